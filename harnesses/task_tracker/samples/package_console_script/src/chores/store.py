import json
import pathlib
import uuid

PATH = pathlib.Path.cwd() / "chores.json"


class Damaged(Exception):
    pass


def load():
    if not PATH.is_file():
        return {}
    try:
        return json.loads(PATH.read_text("utf-8"))
    except json.JSONDecodeError as problem:
        raise Damaged(f"{PATH.name} cannot be read: {problem.msg}") from problem


def dump(tasks):
    PATH.write_text(json.dumps(tasks, indent=1), "utf-8")


def new_id(tasks):
    while (found := uuid.uuid4().hex[:8]) in tasks:
        pass
    return found
