"""Trees that cannot be built, each with its words; and which folder of a tree is the project."""

import sys

import pytest

from grader.errors import SubmissionError
from tests.support.trees import notes_of, plan_of

APP = "from flask import Flask\napp = Flask(__name__)\n"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
PACKAGE = '{"scripts": {"start": "node x.js"}}'

REFUSED = {
    "README only": ({"README.md": "# Hi", "LICENSE": ""}, "there is no program in it"),
    "Go": ({"go.mod": "module x", "main.go": ""}, "this is a Go project"),
    "Java": ({"pom.xml": "", "src/Main.java": ""}, "this is a Java project"),
    "PHP without a mark": ({"index.php": ""}, "this is a PHP project"),
    "compose only": ({"compose.yaml": "services: {}"}, "only compose.yaml says how to build it"),
    "nothing that is known": (
        {"a.sql": "", "b.html": ""},
        "no project was found; looked for: Dockerfile",
    ),
    "several projects": (
        {"todo/requirements.txt": "flask", "todo/app.py": APP, "my blog/package.json": PACKAGE},
        "there are several projects in it: `my blog`, `todo`",
    ),
    "a front end's pages": (
        {"package.json": '{"scripts": {"start": "react-scripts start"}}'},
        "this is Node.js code",
    ),
    "Python that does not serve": (
        {"main.py": "print(1)"},
        "this is Python code, but nothing in it",
    ),
    "package.json that is none": ({"package.json": "{,}"}, "package.json cannot be read"),
    "Procfile without web": (
        {"Procfile": "worker: x"},
        "the Procfile has no web process (it has: worker)",
    ),
    "path that is not there": (
        {"grader.toml": 'path = "sever"', "server/a.py": ""},
        "names the folder `sever`",
    ),
    "key that means nothing": (
        {"grader.toml": '# mine\n[run]\nstrat = "x"\n', "a.py": ""},
        "grader.toml, line 3: [run] 'strat' means nothing here; did you mean 'start'?",
    ),
    "port that is none": (
        {"grader.toml": "[run]\nport = 70000\n"},
        "line 2: [run] 'port' has to be a number",
    ),
    "port that is a text": (
        {"grader.toml": '[run]\nport = "80"\n'},
        "line 2: [run] 'port' has to be",
    ),
    "path without a slash": ({"grader.toml": '[run]\nbase_path = "api"\n'}, "begins with"),
    "no TOML": ({"grader.toml": "a = \n"}, "grader.toml, line 1: it is not valid TOML"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_words(name: str) -> None:
    files, words = REFUSED[name]
    with pytest.raises(SubmissionError) as refusal:
        plan_of(files)
    assert words in refusal.value.title


def test_mistakes_in_the_code_are_shown_where_nothing_serves() -> None:
    with pytest.raises(SubmissionError) as refusal:
        plan_of({"main.py": "def broken(:\n"})
    assert refusal.value.log == f"main.py, line 1: invalid syntax (read with Python {VERSION})"


def test_empty_main_module_is_named() -> None:
    with pytest.raises(SubmissionError) as refusal:
        plan_of({"app/main.py": "", "app/db.py": "x = 1", "requirements.txt": "fastapi"})
    assert refusal.value.log == "app/main.py is empty"


def test_only_project_of_a_tree_is_used() -> None:
    plan = plan_of(
        {"README.md": "", "server dir/requirements.txt": "flask", "server dir/app.py": APP}
    )
    assert plan.root == "server dir"
    assert "the project was found in `server dir`" in notes_of(plan)


def test_back_end_beside_a_front_end() -> None:
    plan = plan_of(
        {
            "backend/requirements.txt": "flask",
            "backend/app.py": APP,
            "frontend/pages/package.json": PACKAGE,
        }
    )
    assert plan.root == "backend"


def test_path_of_grader_toml_is_followed() -> None:
    files = {
        "grader.toml": 'path = "b"\n[run]\nport = 4000\nbase_path = "/api"\nenv = { KEY = "v" }\n',
        "a/app.py": APP,
        "b/app.py": APP,
    }
    plan = plan_of(files)
    assert plan.root == "b"
    assert plan.ports[0] == 4000
    assert plan.base_path == "/api"
    assert plan.environment == {"PORT": "4000", "KEY": "v"}


def test_environments_and_dependencies_in_the_tree_are_not_looked_at() -> None:
    files = {
        "venv/pyvenv.cfg": "",
        "venv/lib/site.py": APP,
        "node_modules/express/package.json": PACKAGE,
        "api.py": APP,
    }
    assert plan_of(files).start.startswith("flask --app api:app")
