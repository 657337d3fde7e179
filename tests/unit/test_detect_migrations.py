"""What is run once before an app starts, and when."""

from __future__ import annotations

import json

import pytest

from tests.support.trees import notes_of, plan_of

SERVER = "require('express')().listen(3000);\n"
FAST = "from fastapi import FastAPI\napp = FastAPI()\n"


def node(scripts: dict[str, str], *packages: str, **files: str) -> str:
    """The script that prepares a Node.js project; empty where there is none."""
    top = {"scripts": scripts, "dependencies": dict.fromkeys(("express", *packages), "*")}
    tree = {"package.json": json.dumps(top), "index.js": SERVER, **files}
    return plan_of(tree).files.get("ours/prepare.sh", b"").decode()


START = {"start": "node index.js"}


@pytest.mark.parametrize(
    ("scripts", "packages", "files", "command"),
    [
        ({"db:migrate": "node migrate.js"}, (), {}, "npm run --silent db:migrate && "),
        (
            {"migrate": "knex migrate:latest", "seed": "knex seed:run"},
            (),
            {},
            "npm run --silent migrate && npm run --silent seed && ",
        ),
        ({}, ("knex", "pg"), {"knexfile.js": "x"}, "knex migrate:latest && "),
        ({}, ("sequelize-cli",), {"migrations/1-links.js": "x"}, "sequelize-cli db:migrate && "),
        ({}, ("prisma",), {"prisma/schema.prisma": "x"}, "prisma db push --skip-generate && "),
        (
            {"migrate": "prisma migrate dev"},
            ("prisma",),
            {"prisma/schema.prisma": "x", "prisma/migrations/1/migration.sql": "x"},
            "prisma migrate deploy && ",
        ),
    ],
)
def test_node_migrations_are_run_before_the_start(
    scripts: dict[str, str], packages: tuple[str, ...], files: dict[str, str], command: str
) -> None:
    assert f"\n{command}" in node(START | scripts, *packages, **files)


@pytest.mark.parametrize(
    "scripts",
    [
        START,
        START | {"db:seed": "node seed.js"},
        {"start": "npm run migrate && node index.js", "migrate": "knex migrate:latest"},
        START | {"prestart": "npm run db:migrate", "db:migrate": "x"},
        START | {"migrate": "prisma migrate reset"},
    ],
)
def test_nothing_is_run_that_runs_already_or_waits_for_somebody(scripts: dict[str, str]) -> None:
    assert node(scripts) == ""


def test_node_starts_through_the_script_that_prepares() -> None:
    top = {"scripts": START | {"migrate": "x"}, "dependencies": {"express": "*"}}
    plan = plan_of({"package.json": json.dumps(top), "index.js": SERVER})
    assert 'CMD ["sh", "/opt/grader/start.sh"]' in plan.dockerfile
    assert "exec node index.js" in plan.files["ours/start.sh"].decode()
    assert "`npm run --silent migrate` was run before the first start" in notes_of(plan)


@pytest.mark.parametrize(("driver", "late"), [("psycopg2-binary", True), ("aiosqlite", False)])
def test_migrations_wait_for_a_database_that_no_build_has(driver: str, late: bool) -> None:
    plan = plan_of(
        {
            "main.py": FAST,
            "requirements.txt": f"fastapi\nalembic\n{driver}\n",
            "alembic.ini": "[alembic]\n",
        }
    )
    assert "alembic upgrade head" in plan.files["ours/prepare.sh"].decode()
    assert ("RUN sh /opt/grader/prepare.sh" not in plan.dockerfile) == late


IMAGE = "FROM python:3.11\nCOPY . .\nCMD uvicorn main:app\n"


@pytest.mark.parametrize(
    ("files", "prepare"),
    [
        ({"requirements.txt": "asyncpg"}, "[ ! -e alembic.ini ] || alembic upgrade head"),
        ({"requirements.txt": "aiosqlite"}, ""),
        ({"requirements.txt": "asyncpg", "start.sh": "alembic upgrade head\n"}, ""),
        ({"requirements.txt": "asyncpg", "grader.toml": '[run]\nstart = "sh x"'}, ""),
        (
            {"requirements.txt": "asyncpg", "Dockerfile": IMAGE + "CMD alembic upgrade head && x"},
            "",
        ),
    ],
)
def test_an_image_that_leaves_migrations_to_others_gets_them(
    files: dict[str, str], prepare: str
) -> None:
    plan = plan_of({"Dockerfile": IMAGE, "alembic.ini": "[alembic]", **files})
    assert " && ".join(plan.prepare) == prepare
    assert ("`alembic upgrade head` was run" in notes_of(plan)) == bool(prepare)
