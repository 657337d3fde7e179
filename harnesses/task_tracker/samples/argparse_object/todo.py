#!/usr/bin/env python3
import argparse
import datetime
import json
import os
import time

STORE = "data/list.json"


def stamp():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def read():
    try:
        with open(STORE) as f:
            return json.load(f)
    except FileNotFoundError:
        return {"last_id": 0, "tasks": []}
    except json.JSONDecodeError:
        print("\033[31mwarning: the list was damaged, starting with an empty one\033[0m")
        return {"last_id": 0, "tasks": []}


def write(data):
    os.makedirs("data", exist_ok=True)
    with open(STORE, "w") as f:
        json.dump(data, f)


def pick(data, number):
    for task in data["tasks"]:
        if task["id"] == number:
            return task
    print(f"\033[31m✘ no task with id {number}\033[0m")
    return None


def main():
    parser = argparse.ArgumentParser(prog="todo")
    sub = parser.add_subparsers(dest="verb", required=True)
    sub.add_parser("add").add_argument("text")
    p = sub.add_parser("update")
    p.add_argument("id", type=int)
    p.add_argument("text")
    for verb in ("delete", "mark-in-progress", "mark-done"):
        sub.add_parser(verb).add_argument("id", type=int)
    sub.add_parser("list").add_argument(
        "status", nargs="?", choices=["todo", "in-progress", "done"]
    )
    args = parser.parse_args()
    data = read()
    if args.verb == "add":
        data["last_id"] += 1
        task = {
            "id": data["last_id"],
            "description": args.text,
            "status": "todo",
            "created_at": stamp(),
            "updated_at": None,
        }
        data["tasks"].append(task)
        print(f"\033[32m✔ Task added successfully (ID: {task['id']})\033[0m")
    elif args.verb == "list":
        shown = [t for t in data["tasks"] if not args.status or wanted(t, args.status)]
        for t in shown or []:
            print(f"\033[1m#{t['id']:<3}\033[0m {t['description']:<40} {t['status']}")
        print(f"{len(shown)} task(s)")
        return
    else:
        task = pick(data, args.id)
        if task is None:
            return
        if args.verb == "delete":
            data["tasks"].remove(task)
        elif args.verb == "update":
            task["description"] = args.text
        else:
            task["status"] = args.verb.removeprefix("mark-")
        task["updated_at"] = stamp()
        print(f"✔ {args.verb} {args.id}")
    write(data)


def wanted(task, status):
    if status == "todo":
        return task["status"] != "done"
    return task["status"] == status


main()
