#!/usr/bin/env node
const [name] = process.argv.slice(2);
if (!name) {
  console.error("Usage: github-activity <username>");
  process.exit(1);
}

const describe = ({ type, payload }) => {
  switch (type) {
    case "PushEvent":
      return payload.size ? `Pushed ${payload.size} commit(s)` : "Pushed";
    case "IssuesEvent":
      return `${payload.action === "opened" ? "Opened" : "Changed"} an issue`;
    case "WatchEvent":
      return "Starred it";
    case "ForkEvent":
      return "Forked it";
    case "CreateEvent":
      return `Created ${payload.ref_type} ${payload.ref ?? ""}`;
    case "PullRequestEvent":
      return `${payload.action} a PR`;
    default:
      return type.replace("Event", "");
  }
};

try {
  const answer = await fetch(`https://api.github.com/users/${name}/events`, {
    signal: AbortSignal.timeout(4000),
  });
  if (answer.status === 404) throw new Error(`User ${name} not found`);
  if (!answer.ok) throw new Error(`GitHub says ${answer.status}`);
  const events = await answer.json();
  if (events.length === 0) console.log("No activity.");
  for (const event of events) {
    console.log(`${event.repo.name}:`);
    console.log(`  ${describe(event)}`);
  }
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
}
