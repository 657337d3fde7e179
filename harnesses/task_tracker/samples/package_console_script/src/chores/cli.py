import sys
import time

from .store import Damaged, dump, load, new_id


def main():
    try:
        return run(sys.argv[1:])
    except Damaged as damaged:
        print(f"Error: {damaged}")
        return 2


def run(argv):
    tasks = load()
    verb, rest = (argv[0], argv[1:]) if argv else ("help", [])
    if verb == "add" and len(rest) == 1:
        key = new_id(tasks)
        now = time.time()
        tasks[key] = {
            "description": rest[0], "status": "todo", "createdAt": now, "updatedAt": now
        }
        print(f"Task added: (ID: {key})")
    elif verb == "list":
        states = {"todo", "in-progress", "done"}
        if rest and rest[0] not in states:
            print(f"Error: there is no status {rest[0]}")
            return 2
        for key, task in tasks.items():
            if not rest or task["status"] == rest[0]:
                print(key, task["status"].ljust(12), task["description"])
        if not tasks:
            print("Nothing to do.")
        return 0
    elif verb in ("update", "delete", "mark-done", "mark-in-progress") and rest:
        if rest[0] not in tasks:
            print(f"Error: no task {rest[0]}")
            return 2
        task = tasks[rest[0]]
        if verb == "delete":
            del tasks[rest[0]]
        elif verb == "update":
            if len(rest) < 2:
                print("Error: what shall it say?")
                return 2
            task["description"] = rest[1]
        else:
            task["status"] = verb.removeprefix("mark-")
        task["updatedAt"] = time.time()
        print("ok")
    else:
        print("chores add|update|delete|mark-done|mark-in-progress|list …")
        return 2
    dump(tasks)
    return 0
