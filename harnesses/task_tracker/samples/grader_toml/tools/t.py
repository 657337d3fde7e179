import json
import sys
from datetime import datetime
from pathlib import Path

FILE = Path("tasks.json")
STATUSES = ("todo", "in-progress", "done")
USAGE = """usage:
  task-cli add DESCRIPTION
  task-cli update ID DESCRIPTION
  task-cli delete ID
  task-cli mark-in-progress ID
  task-cli mark-done ID
  task-cli list [done|todo|in-progress]"""


class Problem(Exception):
    pass


def now():
    return datetime.now().isoformat()


def load():
    if not FILE.exists():
        return []
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Problem(f"{FILE} is no JSON: {error}")


def save(tasks):
    FILE.write_text(json.dumps(tasks, indent=2, ensure_ascii=False), encoding="utf-8")


def find(tasks, text):
    try:
        number = int(text)
    except ValueError:
        raise Problem(f"{text!r} is no ID")
    for task in tasks:
        if task["id"] == number:
            return task
    raise Problem(f"Task {number} not found")


def add(description):
    tasks = load()
    number = max((task["id"] for task in tasks), default=0) + 1
    moment = now()
    tasks.append(
        {
            "id": number,
            "description": description,
            "status": "todo",
            "createdAt": moment,
            "updatedAt": moment,
        }
    )
    save(tasks)
    print(f"Task added successfully (ID: {number})")


def update(text, description):
    tasks = load()
    task = find(tasks, text)
    task["description"] = description
    task["updatedAt"] = now()
    save(tasks)
    print(f"Task {task['id']} updated")


def delete(text):
    tasks = load()
    task = find(tasks, text)
    tasks.remove(task)
    save(tasks)
    print(f"Task {task['id']} deleted")


def mark(text, status):
    tasks = load()
    task = find(tasks, text)
    task["status"] = status
    task["updatedAt"] = now()
    save(tasks)
    print(f"Task {task['id']} is {status}")


def show(status=None):
    if status is not None and status not in STATUSES:
        raise Problem(f"{status!r} is no status: {', '.join(STATUSES)}")
    tasks = [task for task in load() if status in (None, task["status"])]
    if not tasks:
        print("No tasks")
    for task in tasks:
        print(f"{task['id']}  [{task['status']}]  {task['description']}")


def run(words):
    match words:
        case ["add", description]:
            add(description)
        case ["update", text, description]:
            update(text, description)
        case ["delete", text]:
            delete(text)
        case ["mark-in-progress", text]:
            mark(text, "in-progress")
        case ["mark-done", text]:
            mark(text, "done")
        case ["list"]:
            show()
        case ["list", status]:
            show(status)
        case _:
            raise Problem(USAGE)


def main():
    try:
        run(sys.argv[1:])
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
