#!/usr/bin/env node
const fs = require("fs");
const path = require("path");

const FILE = path.join(__dirname, "db.json");
const [verb, ...rest] = process.argv.slice(2);

function load() {
  if (!fs.existsSync(FILE)) return [];
  try {
    return JSON.parse(fs.readFileSync(FILE, "utf8"));
  } catch (error) {
    console.error(`${path.basename(FILE)} is damaged: ${error.message}`);
    process.exit(1);
  }
}

function save(tasks) {
  fs.writeFileSync(FILE, JSON.stringify(tasks, null, 2));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

function change(id, apply) {
  const tasks = load();
  const task = tasks.find((one) => one.id === Number(id));
  if (!task) fail(`Task with ID ${id} not found.`);
  apply(task, tasks);
  task.updatedAt = new Date().toISOString();
  save(tasks);
}

switch (verb) {
  case "add": {
    if (!rest[0]) fail("Please give a description.");
    const tasks = load();
    const id = tasks.reduce((most, one) => Math.max(most, one.id), 0) + 1;
    const now = new Date().toISOString();
    tasks.push({ id, description: rest[0], status: "todo", createdAt: now, updatedAt: now });
    save(tasks);
    console.log(`Task added successfully (ID: ${id})`);
    break;
  }
  case "update":
    if (!rest[1]) fail("Please give an ID and a description.");
    change(rest[0], (task) => (task.description = rest[1]));
    console.log("Task updated.");
    break;
  case "delete":
    if (!rest[0]) fail("Please give an ID.");
    change(rest[0], (task, tasks) => tasks.splice(tasks.indexOf(task), 1));
    console.log("Task deleted.");
    break;
  case "mark-in-progress":
  case "mark-done":
    change(rest[0], (task) => (task.status = verb.replace("mark-", "")));
    console.log("Task marked.");
    break;
  case "list": {
    const known = ["todo", "in-progress", "done"];
    if (rest[0] && !known.includes(rest[0])) fail(`Unknown status. Known: ${known.join(", ")}`);
    console.table(load().filter((one) => !rest[0] || one.status === rest[0]));
    break;
  }
  default:
    console.log("Usage: task-cli <add|update|delete|mark-in-progress|mark-done|list>");
}
