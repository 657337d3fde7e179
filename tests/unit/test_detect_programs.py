"""What is called, whatever a command-line program is named."""

from __future__ import annotations

import json

import pytest

from grader.errors import SubmissionError
from tests.support.trees import notes_of, plan_of

MAIN = (
    "import sys\n\n\ndef main():\n    print(sys.argv)\n\n\nif __name__ == '__main__':\n    main()\n"
)
FLAT = "import sys\nprint(sys.argv[1:])\n"
GAME = "guess = int(input('Your guess: '))\nprint(guess)\n"
CLASS = "class PriorityQueue:\n    pass\n"
HELPER = "def load():\n    return []\n"
NODE = "console.log(process.argv.slice(2));\n"
PROJECT = '[project]\nname = "chores"\nversion = "1"\n'

ROWS = {
    "main.py": ({"main.py": MAIN}, "python main.py"),
    "task_cli.py beside a module": (
        {"task_cli.py": "import store\n" + MAIN, "store.py": HELPER},
        "python task_cli.py",
    ),
    "any name": ({"zettel.py": FLAT}, "python zettel.py"),
    "tasks.py is no tool's here": ({"tasks.py": MAIN}, "python tasks.py"),
    "a game reads its input": ({"number.py": GAME, "words.py": HELPER}, "python number.py"),
    "what the README calls": (
        {"a.py": MAIN, "b.py": MAIN, "README.md": "Run `python b.py add x`."},
        "python b.py",
    ),
    "tests are not called": ({"test_main.py": MAIN, "todo.py": MAIN}, "python todo.py"),
    "package with __main__": (
        {"chores/__init__.py": "", "chores/__main__.py": "from .app import run\nrun()\n",
         "chores/app.py": "import sys\ndef run():\n    print(sys.argv)\n"},
        "python -m chores",
    ),
    "package below src": (
        {"src/chores/__init__.py": "", "src/chores/__main__.py": "from . import app\napp.run()\n",
         "src/chores/app.py": "def run():\n    pass\n"},
        "python -m chores",
    ),
    "console script": (
        {"pyproject.toml": PROJECT + '[project.scripts]\nchores = "chores:main"\n',
         "chores.py": MAIN, "other.py": MAIN},
        "chores",
    ),
    "script without a suffix": (
        {"task-cli": "#!/usr/bin/env python3\nimport sys\nprint(sys.argv)\n", "store.py": HELPER},
        "python task-cli",
    ),
    "script in bin": (
        {"bin/todo": "#!/usr/bin/python3\nprint(1)\n", "lib/store.py": HELPER},
        "python bin/todo",
    ),
    "bin of package.json": (
        {"package.json": json.dumps({"bin": {"t": "./cli/run.js"}}), "cli/run.js": NODE},
        "node cli/run.js",
    ),
    "start of package.json": (
        {"package.json": json.dumps({"scripts": {"start": "node app.js"}}), "app.js": NODE},
        "node app.js",
    ),
    "main of package.json": (
        {"package.json": json.dumps({"main": "lib/x.js"}), "lib/x.js": NODE},
        "node lib/x.js",
    ),
    "JavaScript alone": ({"task.js": NODE, "util.js": "exports.x = 1;\n"}, "node task.js"),
    "shell wrapper": ({"task-cli": "#!/bin/sh\nls\n"}, "sh task-cli"),
    "shell script": ({"todo.sh": "#!/bin/bash\nls\n", "install.sh": "#!/bin/sh\n"}, "bash todo.sh"),
    "grader.toml": (
        {"grader.toml": '[run]\nstart = "python b.py"\n', "a.py": MAIN, "b.py": MAIN},
        "python b.py",
    ),
    "Dockerfile": (
        {"Dockerfile": 'FROM python:3.11\nCOPY . .\nENTRYPOINT ["python", "x.py"]\n',
         "x.py": MAIN},
        "python x.py",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_program_is_found(name: str) -> None:
    files, start = ROWS[name]
    assert plan_of(files, "command").start == start


def test_choice_between_equals_is_told() -> None:
    planned = plan_of({"x.py": MAIN, "y.py": MAIN}, "command")
    assert planned.start == "python x.py"
    assert "y.py could be meant too: [run] start in grader.toml says which" in notes_of(planned)


def test_nothing_to_call_is_said() -> None:
    with pytest.raises(SubmissionError) as error:
        plan_of({"store.py": HELPER}, "command")
    assert error.value.code == "build.no_program"
    assert "nothing in it was found that can be called" in error.value.title
    assert 'start = "python main.py"' in error.value.hint


def test_server_recipes_are_not_asked() -> None:
    """A Procfile says how a server is started; a program has none."""
    assert plan_of({"Procfile": "web: x", "main.py": MAIN}, "command").start == "python main.py"


@pytest.mark.parametrize(
    "files",
    [
        {"queue.py": CLASS},
        {"src/waiting/__init__.py": CLASS, "pyproject.toml": PROJECT},
        {"queue.py": CLASS, "Dockerfile": "FROM scratch\n"},
    ],
)
def test_a_library_is_driven_by_a_python_of_ours(files: dict[str, str]) -> None:
    assert plan_of(files, "library").start == "python"


def test_a_library_is_python() -> None:
    with pytest.raises(SubmissionError):
        plan_of({"index.js": NODE}, "library")
