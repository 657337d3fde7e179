"""How Node.js projects are built and started."""

import json
from typing import Any

import pytest

from tests.support.trees import notes_of, plan_of
from worker.builds.node.package import allows

SERVER = (
    "const express = require('express');\nconst app = express();\n"
    "app.listen(process.env.PORT || 3000);\n"
)
MODULE = "import express from 'express';\nexpress().listen(3000);\n"


def package(**fields: Any) -> str:
    return json.dumps({"dependencies": {"express": "^5"}, **fields})


ROWS = {
    "start script": (
        {"package.json": package(scripts={"start": "node index.js"}), "index.js": SERVER},
        "node index.js",
    ),
    "start script with variables": (
        {
            "package.json": package(scripts={"start": "NODE_ENV=x node index.js"}),
            "index.js": SERVER,
        },
        "NODE_ENV=x node index.js",
    ),
    "start script with one before it": (
        {"package.json": package(scripts={"prestart": "x", "start": "node a.js"}), "a.js": SERVER},
        "npm run --silent start",
    ),
    "watcher": (
        {"package.json": package(scripts={"start": "nodemon src/app.js"}), "src/app.js": SERVER},
        "node src/app.js",
    ),
    "watcher of main": (
        {"package.json": package(scripts={"dev": "nodemon"}, main="app.js"), "app.js": SERVER},
        "node app.js",
    ),
    "node's own watcher": (
        {"package.json": package(scripts={"dev": "node --watch server.js"}), "server.js": SERVER},
        "node server.js",
    ),
    "main": ({"package.json": package(main="./server"), "server.js": SERVER}, "node server.js"),
    "main that does not exist": (
        {"package.json": package(main="index.js"), "src/server.js": SERVER},
        "node src/server.js",
    ),
    "any file that listens": (
        {"package.json": package(), "backend/api/boot.js": SERVER},
        "node backend/api/boot.js",
    ),
    "front end's script is none": (
        {"package.json": package(scripts={"start": "react-scripts start"}), "server.js": SERVER},
        "node server.js",
    ),
    "modules": ({"package.json": package(type="module"), "app.mjs": MODULE}, "node app.mjs"),
    "no package.json": ({"server.js": SERVER}, "node server.js"),
    "http without packages": (
        {"package.json": "{}", "app.js": "require('http').createServer(f).listen(80)"},
        "node app.js",
    ),
    "TypeScript with a build": (
        {
            "package.json": package(scripts={"build": "tsc", "start": "node dist/index.js"}),
            "tsconfig.json": "{}",
            "src/index.ts": MODULE,
        },
        "node dist/index.js",
    ),
    "TypeScript without a build": (
        {"package.json": package(), "src/index.ts": MODULE},
        "tsx src/index.ts",
    ),
    "Procfile": (
        {"Procfile": "web: node a.js", "package.json": package(), "a.js": SERVER},
        "node a.js",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_start_command(name: str) -> None:
    files, start = ROWS[name]
    assert plan_of(files).start == start


def test_dependencies_come_before_the_code() -> None:
    plan = plan_of({"package.json": package(), "package-lock.json": "{}", "index.js": SERVER})
    lines = plan.dockerfile.splitlines()
    install = next(i for i, line in enumerate(lines) if "install.sh ci" in line)
    code = next(i for i, line in enumerate(lines) if line.startswith("COPY --chown"))
    assert 'COPY ["source/package-lock.json", "./"]' in lines
    assert install < code == len(lines) - 1


def test_build_script_runs_after_the_code_is_there() -> None:
    plan = plan_of(ROWS["TypeScript with a build"][0])
    assert plan.dockerfile.endswith("source/ /app/\nRUN npm run build\n")


@pytest.mark.parametrize(
    ("files", "note"),
    [
        ({"server.js": SERVER}, "express installed, as the code needs: there is no package.json"),
        ({"package.json": "{}", "server.js": SERVER}, "package.json does not list them"),
        (
            {"package.json": package(), "yarn.lock": "__metadata:\n", "server.js": SERVER},
            "yarn.lock did not fix",
        ),
        (
            {"package.json": package(scripts={"start": "nodemon server.js"}), "server.js": SERVER},
            "which watches the files",
        ),
    ],
)
def test_notes(files: dict[str, str], note: str) -> None:
    assert note in notes_of(plan_of(files))


def test_packages_that_imported_files_need_are_found() -> None:
    files = {"server.js": "require('./lib/db')\n" + SERVER, "lib/db.js": "require('mysql2')"}
    assert "install.sh none express mysql2" in plan_of(files).dockerfile


@pytest.mark.parametrize(
    ("files", "manager"),
    [
        ({}, "npm"),
        ({"package-lock.json": "{}"}, "ci"),
        ({"yarn.lock": "# yarn lockfile v1\n"}, "yarn"),
        ({"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}, "pnpm@9"),
        ({"pnpm-lock.yaml": "lockfileVersion: 5.4\n"}, "pnpm@7"),
        ({"pnpm-lock.yaml": "lockfileVersion: '12'\n"}, "npm"),
    ],
)
def test_what_installs(files: dict[str, str], manager: str) -> None:
    plan = plan_of({"package.json": package(), "server.js": SERVER, **files})
    assert f"sh /opt/grader/install.sh {manager} &&" in plan.dockerfile


def test_only_what_is_installed_counts_for_the_layer_of_dependencies() -> None:
    one = plan_of({"package.json": package(scripts={"start": "node a.js"}), "a.js": SERVER})
    other = plan_of(
        {"package.json": package(scripts={"dev": "node a.js"}, version="2"), "a.js": ""}
    )
    assert one.files == other.files


def test_scripts_that_run_after_an_installation_run_once_the_code_is_there() -> None:
    scripts = {"postinstall": "node fill.js", "start": "node a.js"}
    plan = plan_of({"package.json": package(scripts=scripts), "a.js": SERVER, "fill.js": ""})
    assert plan.dockerfile.endswith("source/ /app/\nRUN npm run postinstall\n")
    assert b"postinstall" not in plan.files["ours/package.json"]


def test_comments_are_no_code() -> None:
    files = {"server.js": "// const x = require('mysql2')\n/* app.listen(1) */\n" + SERVER}
    assert "mysql2" not in plan_of(files).dockerfile


def test_port_is_a_hint() -> None:
    plan = plan_of({"server.js": SERVER})
    assert plan.ports[0] == 3000
    assert plan.environment == {"PORT": "3000"}


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({}, "22"),
        ({".nvmrc": "v20.1.0"}, "20"),
        ({".nvmrc": "lts/*"}, "22"),
        ({"package.json": package(engines={"node": ">=22"})}, "22"),
        ({"package.json": package(engines={"node": ">=18 <21"})}, "20"),
        ({"package.json": package(engines={"node": "18.x"})}, "18"),
    ],
)
def test_version(files: dict[str, str], version: str) -> None:
    plan = plan_of({"server.js": SERVER, **files})
    assert plan.bases[0].reference == f"recipe/node:{version}"


@pytest.mark.parametrize(
    ("wanted", "major", "allowed"),
    [
        (">=18", 20, True),
        ("^20.1.0 || >=22", 22, True),
        ("<20", 20, False),
        ("<20.5", 20, True),
        ("16 || 18", 20, False),
        ("*", 20, True),
        (">=18.0.0 <=20", 20, True),
    ],
)
def test_ranges(wanted: str, major: int, allowed: bool) -> None:
    assert allows(wanted, major) == allowed
