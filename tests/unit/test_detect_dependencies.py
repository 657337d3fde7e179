"""What Python projects need: every file in which learners say so, and those that say nothing."""

from collections.abc import Mapping

import pytest

from tests.support.trees import Bases, notes_of, plan_of, requirements_of
from worker.builds.python.pyproject import _specifier
from worker.builds.python.requirements import Requirements
from worker.builds.python.version import choose

APP = "from flask import Flask\napp = Flask(__name__)\n"
FAST = "from fastapi import FastAPI\napp = FastAPI()\n"

# name -> (files besides app.py, what is installed)
ROWS: dict[str, tuple[Mapping[str, str | bytes], list[str]]] = {
    "plain": ({"requirements.txt": "flask==3.0.0\n"}, ["flask==3.0.0"]),
    "UTF-16 with a mark": (
        {"requirements.txt": "flask==3.0.0\r\n".encode("utf-16")},
        ["flask==3.0.0"],
    ),
    "UTF-16 without a mark": (
        {"requirements.txt": "flask==3.0.0\r\n".encode("utf-16-le")},
        ["flask==3.0.0"],
    ),
    "UTF-8 with a mark": ({"requirements.txt": b"\xef\xbb\xbfflask\r\n"}, ["flask"]),
    "comments, hashes and continuation lines": (
        {
            "requirements.txt": "# all\nflask==3.0.0 \\\n    --hash=sha256:abc \\\n"
            "    --hash=sha256:d\n"
        },
        ["flask==3.0.0"],
    ),
    "included files": (
        {
            "requirements.txt": "-r more/base.txt\n",
            "more/base.txt": "flask\n-r deep.txt\n",
            "more/deep.txt": "peewee",
        },
        ["flask", "peewee"],
    ),
    "pip and Windows": (
        {"requirements.txt": "pip==24.2\npywin32==306\ncolorama==0.4.6\nflask\nwheel==0.44.0\n"},
        ["colorama==0.4.6", "flask", "wheel==0.44.0"],
    ),
    "another index": (
        {"requirements.txt": "-i https://user:secret@mirror.example/simple\nflask\n--pre\n"},
        ["--pre", "flask"],
    ),
    "conda's paths": (
        {"requirements.txt": "flask @ file:///tmp/build/flask\nclick==8.1.7\n"},
        ["click==8.1.7", "flask"],
    ),
    "itself": (
        {
            "requirements.txt": "-e .\n",
            "pyproject.toml": '[project]\nname="a"\ndependencies=["flask"]',
        },
        ["flask"],
    ),
    "a folder of files": ({"requirements/prod.txt": "flask"}, ["flask"]),
    "another name": ({"Requirements_v2.txt": "flask"}, ["flask"]),
    "pyproject": (
        {"pyproject.toml": '[project]\nname = "a"\ndependencies = ["flask>=3"]\n'},
        ["flask>=3"],
    ),
    "pyproject with a dynamic list": (
        {
            "pyproject.toml": '[project]\nname = "a"\ndynamic = ["dependencies"]\n'
            '[tool.setuptools.dynamic]\ndependencies = {file = ["deps.in"]}\n',
            "deps.in": "flask\n",
        },
        ["flask"],
    ),
    "poetry": (
        {
            "pyproject.toml": '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\n'
            'python = "^3.10"\nflask = "^3.0"\nredis = {version = "~5.0", extras = ["hiredis"]}\n'
            'nothing = {version = "*", optional = true}\n'
        },
        ["flask>=3.0,<4", "redis[hiredis]>=5.0,<5.1"],
    ),
    "Pipfile": (
        {"Pipfile": '[packages]\nflask = "*"\nredis = "==5.0.1"\n'},
        ["flask", "redis==5.0.1"],
    ),
    "setup.py": (
        {"setup.py": "from setuptools import setup\nsetup(install_requires=['flask'])"},
        ["flask"],
    ),
    "setup.cfg": (
        {"setup.cfg": "[options]\ninstall_requires =\n    flask\n    redis\n"},
        ["flask", "redis"],
    ),
    "conda": (
        {
            "environment.yml": "dependencies:\n- python=3.11\n- redis=5.0\n"
            "- pip:\n  - flask==3.0.0\n"
        },
        ["flask==3.0.0", "redis==5.0"],
    ),
    "nothing": ({}, ["flask"]),
    "an empty file": ({"requirements.txt": ""}, ["flask"]),
}


@pytest.mark.parametrize("name", ROWS)
def test_requirements(name: str) -> None:
    files, installed = ROWS[name]
    assert requirements_of(plan_of({"app.py": APP, **files})) == installed


IMPORTS = {
    "import jwt": ["PyJWT"],
    "from flask_sqlalchemy import SQLAlchemy": ["Flask-SQLAlchemy"],
    "from dotenv import load_dotenv": ["python-dotenv"],
    "import bs4, yaml, PIL.Image": ["PyYAML", "beautifulsoup4", "pillow"],
    "import psycopg2": ["psycopg2-binary"],
    "import os, sqlite3, tomllib": [],
    "import helpers": [],
    "import werkzeug.security, jinja2, click": [],
    "try:\n    import orjson\nexcept ImportError:\n    orjson = None": [],
    "import some_company_tool": [],
    "from starlette.middleware.sessions import SessionMiddleware": ["starlette"],
    "from fastapi import FastAPI, Form": ["fastapi", "python-multipart"],
    "from pydantic import BaseModel, EmailStr": ["email-validator", "pydantic"],
    "URL = 'sqlite+aiosqlite:///a.db'": ["aiosqlite"],
    "URL = 'sqlite+aiosqlite:'": [],
}


@pytest.mark.parametrize("line", IMPORTS)
def test_missing_imports_are_added_only_where_they_are_certain(line: str) -> None:
    plan = plan_of({"app.py": f"{line}\n{APP}", "helpers.py": "", "requirements.txt": "flask\n"})
    assert requirements_of(plan) == sorted(["flask", *IMPORTS[line]])
    assert ("requirements.txt does not list it" in notes_of(plan)) == bool(IMPORTS[line])


def test_learner_is_told_that_nothing_was_listed() -> None:
    assert "nothing lists the dependencies, so flask installed" in notes_of(
        plan_of({"app.py": APP})
    )
    empty = plan_of({"app.py": APP, "requirements.txt": "\n"})
    assert "requirements.txt lists nothing, so flask installed" in notes_of(empty)


def test_secrets_in_an_index_address_are_not_shown() -> None:
    files = {
        "app.py": APP,
        "requirements.txt": "--extra-index-url=https://me:s3cret@x.example/p\nflask",
    }
    notes = notes_of(plan_of(files))
    assert "x.example" in notes
    assert "s3cret" not in notes


@pytest.mark.parametrize(
    ("requirements", "added"),
    [("fastapi", True), ("fastapi[standard]", False), ("fastapi\nuvicorn[standard]", False)],
)
def test_server_is_added_where_nothing_brings_it(requirements: str, added: bool) -> None:
    plan = plan_of({"main.py": FAST, "requirements.txt": requirements})
    assert ("uvicorn was added" in notes_of(plan)) == added
    assert ("uvicorn" in requirements_of(plan)) == added


def test_lock_file_fixes_the_versions() -> None:
    lock = (
        '[[package]]\nname = "flask"\nversion = "3.0.3"\nsource = { registry = "https://x" }\n'
        '[[package]]\nname = "a"\nversion = "0.1"\nsource = { virtual = "." }\n'
        '[[package]]\nname = "numpy"\nversion = "1.0"\n'
        '[[package]]\nname = "numpy"\nversion = "2.0"\n'
    )
    pyproject = '[project]\nname = "a"\ndependencies = ["flask"]\n'
    plan = plan_of({"app.py": APP, "pyproject.toml": pyproject, "uv.lock": lock})
    assert plan.files["ours/constraints.txt"] == b"flask==3.0.3\n"


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({}, "3.11"),
        ({".python-version": "3.13\n"}, "3.13"),
        ({"runtime.txt": "python-3.12.7"}, "3.12"),
        ({"pyproject.toml": '[project]\nname="a"\nrequires-python = ">=3.12"'}, "3.13"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.10"'}, "3.11"),
        ({"Pipfile": '[packages]\n[requires]\npython_version = "3.13"\n'}, "3.13"),
    ],
)
def test_python_version(files: dict[str, str], version: str) -> None:
    plan = plan_of({"app.py": APP, **files})
    assert plan.bases[0].reference == f"recipe/python:{version}"


def test_pins_without_wheels_choose_the_python() -> None:
    wanted = Requirements(lines=["pandas==2.1.0"])
    assert choose("", ("3.13", "3.11"), wanted)[0] == "3.11"
    assert (
        "pandas 2.1.0 has no ready-made build for 3.13" in choose("", ("3.13", "3.11"), wanted)[1]
    )
    assert choose("", ("3.13", "3.11"), Requirements(lines=["pandas==2.3.0"]))[0] == "3.13"
    assert choose("==3.13.*", ("3.11", "3.13"), wanted)[0] == "3.13"


@pytest.mark.parametrize(
    ("poetry", "standard"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("*", ""),
        ("1.5", "==1.5"),
        (">=1,<3", ">=1,<3"),
        ("~=2.0", "~=2.0"),
        (">= 3.8, < 4", ">=3.8,<4"),
    ],
)
def test_poetry_versions(poetry: str, standard: str) -> None:
    assert _specifier(poetry) == standard


def test_project_counts_as_installed() -> None:
    files = {
        "app.py": APP,
        "pyproject.toml": '[project]\nname = "My.App"\nversion = "1.2"\ndependencies = ["flask"]\n'
        '[project.scripts]\nserve = "app:main"\n',
    }
    plan = plan_of(files)
    info = "ours/site/my_app-1.2.dist-info"
    assert b"Name: My.App\nVersion: 1.2\n" in plan.files[f"{info}/METADATA"]
    assert b"serve = app:main" in plan.files[f"{info}/entry_points.txt"]
    assert b"/usr/local/bin/serve" in plan.files["ours/scripts.sh"]


def test_name_of_a_project_cannot_leave_its_folder() -> None:
    plan = plan_of({"app.py": APP, "pyproject.toml": '[project]\nname = "../../etc"\n'})
    assert not any(".." in path for path in plan.files)


def test_folder_name_cannot_add_an_instruction() -> None:
    name = "x\nADD http://example.com /y"
    plan = plan_of({f"{name}/main.py": FAST, "app.py": APP})
    assert "ADD" not in plan.dockerfile
    assert Bases.offered["python"][0] in plan.dockerfile
