"""Which services a project is found to need, and the addresses that it is given."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from grader.errors import SubmissionError
from grader.settings import Settings
from tests.support.trees import MemoryTree
from worker.backing import provide
from worker.builds.backing.plan import BackingPlan, plan_services
from worker.builds.backing.reading import MOST_CHARS, read_texts
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest, read_manifest

FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
PG_CONNECT = (
    'import psycopg2\npsycopg2.connect(host="localhost", user="me", password="x", dbname="links")'
)


def planned(files: dict[str, str], manifest: Manifest | None = None) -> BackingPlan:
    folder = Folder(MemoryTree(files))
    return plan_services(folder, manifest or read_manifest(folder))


@dataclass(frozen=True)
class Row:
    name: str
    files: dict[str, str]
    services: list[str]
    variables: dict[str, str] = field(default_factory=dict)


ROWS = [
    Row("nothing", {"main.py": FASTAPI, "requirements.txt": "fastapi"}, []),
    Row("driver listed", {"requirements.txt": "fastapi\npsycopg2-binary==2.9\n"}, ["postgres"]),
    Row("driver with extras", {"requirements.txt": "psycopg[binary]>=3\n"}, ["postgres"]),
    Row(
        "pyproject", {"pyproject.toml": '[project]\ndependencies = ["asyncpg>=0.29"]'}, ["postgres"]
    ),
    Row(
        "what a project says of itself is no dependency",
        {"pyproject.toml": '[project]\nname = "redis-like"\ndescription = "as fast as redis"'},
        [],
    ),
    Row(
        "node",
        {"package.json": '{"dependencies": {"mysql2": "^3", "ioredis": "5"}}'},
        ["mysql", "redis"],
    ),
    Row("only to be developed", {"package.json": '{"devDependencies": {"mysql2": "^3"}}'}, []),
    Row("import", {"app.py": "import redis\nr = redis.Redis()"}, ["redis"]),
    Row("go", {"go.mod": "require (\n\tgithub.com/jackc/pgx/v5 v5.5.0\n)"}, ["postgres"]),
    Row("celery", {"requirements.txt": "celery[redis]==5.3"}, ["redis"]),
    Row("rabbit", {"requirements.txt": "pika"}, ["rabbitmq"]),
    Row("mongo", {"package.json": '{"dependencies": {"mongoose": "8"}}'}, ["mongodb"]),
    Row("prisma", {"prisma/schema.prisma": 'datasource db {\n  provider = "mysql"\n}'}, ["mysql"]),
    Row(
        "compose",
        {"compose.yaml": "services:\n  db:\n    image: postgres:16\n  c:\n    image: redis\n"},
        ["postgres", "redis"],
    ),
    Row(
        "a file unless the environment says otherwise",
        {
            "requirements.txt": "sqlalchemy\npsycopg2-binary",
            "db.py": 'import os\nURL = os.getenv("DATABASE_URL", "sqlite:///./app.db")',
        },
        [],
    ),
    Row(
        "a file, but the example says otherwise",
        {
            "db.py": 'import os\nURL = os.getenv("DATABASE_URL", "sqlite:///./app.db")',
            ".env.example": "DATABASE_URL=postgresql://u:p@db.example.com:6543/links?sslmode=require\n",
        },
        ["postgres"],
        {"DATABASE_URL": "postgresql://u:p@localhost:5432/links"},
    ),
    Row("tests only", {"tests/test_db.py": "import psycopg2"}, []),
    Row("comment", {"app.py": "# postgresql://localhost/x\n"}, []),
    Row(
        "asyncpg through SQLAlchemy",
        {"requirements.txt": "sqlalchemy[asyncio]\nasyncpg"},
        ["postgres"],
        {"DATABASE_URL": "postgresql+asyncpg://postgres:postgres@localhost:5432/app"},
    ),
    Row(
        "asyncpg alone",
        {"requirements.txt": "asyncpg"},
        ["postgres"],
        {"DATABASE_URL": "postgresql://postgres:postgres@localhost:5432/app"},
    ),
    Row(
        "an app that names the driver itself",
        {
            "requirements.txt": "sqlalchemy\nasyncpg",
            "db.py": 'url = URL.replace("postgresql://", "postgresql+asyncpg://")',
        },
        ["postgres"],
        {"DATABASE_URL": "postgresql://postgres:postgres@localhost:5432/app"},
    ),
    Row(
        "written in the code",
        {"db.py": PG_CONNECT},
        ["postgres"],
        {"DB_USER": "me", "DB_NAME": "links", "PGDATABASE": "links", "DB_HOST": "localhost"},
    ),
    Row(
        "a name of the learner's own for the address",
        {"db.js": "const pg = require('pg');\nconnect(process.env.POSTGRES_CONNECTION_STRING)"},
        ["postgres"],
        {"POSTGRES_CONNECTION_STRING": "postgresql://postgres:postgres@localhost:5432/app"},
    ),
    Row(
        "default of a variable",
        {"db.js": "require('mysql2')\nconst c = {user: process.env.DB_USER || 'shop'}"},
        ["mysql"],
        {"DB_USER": "shop", "MYSQL_PORT": "3306"},
    ),
    Row(
        "compose sets the login",
        {
            "compose.yaml": "services:\n  links-db:\n    image: postgres:16\n    environment:\n"
            "      POSTGRES_USER: ada\n      POSTGRES_DB: links\n"
        },
        ["postgres"],
        {"POSTGRES_USER": "ada", "DATABASE_URL": "postgresql://ada:postgres@localhost:5432/links"},
    ),
    Row(
        "a password of Redis",
        {"requirements.txt": "redis", ".env": "REDIS_URL=redis://:secret@cache:6379/2\n"},
        ["redis"],
        {"REDIS_URL": "redis://:secret@cache:6379/2", "REDIS_PASSWORD": "secret"},
    ),
    Row(
        "signs that an address has to hide",
        {
            ".env": "DATABASE_URL=mysql://ada:p%40ss%2Fw@db/x\nAMQP_URL=amqps://a:b@far.example.org/%2F\n"
        },
        ["mysql", "rabbitmq"],
        {
            "DATABASE_URL": "mysql://ada:p%40ss%2Fw@db:3306/x",
            "DB_PASSWORD": "p@ss/w",
            "AMQP_URL": "amqp://a:b@localhost:5672/%2F",
        },
    ),
    Row(
        "RabbitMQ without more",
        {"requirements.txt": "pika"},
        ["rabbitmq"],
        {"RABBITMQ_URL": "amqp://guest:guest@localhost:5672"},
    ),
    Row(
        "MySQL is spoken to over the network",
        {"requirements.txt": "mysqlclient", "s.py": "x = 'mysql://a:b@localhost/c'"},
        ["mysql"],
        {"DB_HOST": "127.0.0.1", "DATABASE_URL": "mysql://a:b@127.0.0.1:3306/c"},
    ),
    Row("listed", {"grader.toml": '[run]\nservices = ["Postgres:16"]'}, ["postgres"]),
    Row(
        "listed as none",
        {"requirements.txt": "psycopg2", "grader.toml": "[run]\nservices = []"},
        [],
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_services_are_found(row: Row) -> None:
    plan = planned(row.files)
    assert [one.kind for one in plan.services] == row.services
    assert {name: plan.environment.get(name) for name in row.variables} == row.variables


def test_a_service_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(SubmissionError, match="oracle") as caught:
        planned({"grader.toml": '[run]\nservices = ["oracle"]'})
    assert "postgres, mysql" in caught.value.hint


def test_every_login_that_is_written_somewhere_is_let_in() -> None:
    files = {
        "db.py": PG_CONNECT,
        ".env.example": "DATABASE_URL=postgresql://ada:pw@links-db/main\n",
    }
    plan = planned(files)
    assert plan.services[0].logins.users == ("ada", "me")
    assert plan.services[0].logins.databases == ("main", "links")
    assert "links-db" in plan.hosts


def test_references_in_settings_are_filled_in() -> None:
    env = "POSTGRES_USER=ada\nDATABASE_URL=postgresql://${POSTGRES_USER}:x@db:5432/links # local\n"
    assert planned({".env": env}).environment["DATABASE_URL"] == "postgresql://ada:x@db:5432/links"


def test_what_a_learner_says_of_other_settings_is_passed_on() -> None:
    plan = planned({".env.example": "JWT_EXPIRES_IN=1h\nPORT=9\nJWT_SECRET='mine'\nEMPTY=\n"})
    assert plan.environment["JWT_EXPIRES_IN"] == "1h"
    assert plan.environment["JWT_SECRET"] == "mine"
    assert "PORT" not in plan.environment
    assert "EMPTY" not in plan.environment


def test_secrets_are_given_to_everybody_and_are_no_defaults_of_a_database() -> None:
    plan = planned({"app.js": "jwt.sign(x, process.env.MY_TOKEN_SECRET)"})
    assert len(plan.environment["JWT_SECRET"]) == 64
    assert len(plan.environment["MY_TOKEN_SECRET"]) == 64
    assert "DATABASE_URL" not in plan.environment
    assert plan.hosts == ()


@pytest.mark.parametrize(
    ("files", "scripts"),
    [
        (["sql/seed.sql", "sql/schema.sql"], ("sql/schema.sql", "sql/seed.sql")),
        (["init.sql", "notes/old.sql"], ("init.sql",)),
        (["db/001_up.sql", "db/drop_all.sql"], ("db/001_up.sql",)),
        (["schema.sql", "alembic.ini"], ()),
    ],
)
def test_sql_files_are_run_in_their_order(files: list[str], scripts: tuple[str, ...]) -> None:
    tree = dict.fromkeys(files, "SELECT 1;") | {"requirements.txt": "psycopg2"}
    assert planned(tree).services[0].scripts == scripts


def test_sql_that_the_app_reads_itself_is_left_to_it() -> None:
    tree = {"schema.sql": "CREATE TABLE x ();", "db.js": "require('pg'); read('schema.sql')"}
    assert planned(tree).services[0].scripts == ()


def test_sql_without_a_server_is_for_a_file() -> None:
    assert planned({"schema.sql": "x", "app.py": "import sqlite3"}).services == ()


def test_a_service_that_is_not_offered_is_said_before_anything_is_built() -> None:
    tree = MemoryTree({"package.json": '{"dependencies": {"mongoose": "8"}}'})
    with pytest.raises(SubmissionError, match="MongoDB") as caught:
        provide(tree, None, Settings())  # type: ignore[arg-type] - nothing is asked of it
    assert "package.json lists mongoose" in caught.value.title
    assert "PostgreSQL, MySQL, Redis, RabbitMQ" in caught.value.hint


def test_only_so_much_is_read_and_what_says_most_comes_first() -> None:
    files = {f"m{i}.py": "x = 'y'\n" * 20_000 for i in range(100)}
    files["deep/down/.env.example"] = "DATABASE_URL=postgresql://a:b@db/c\n"
    folder = Folder(MemoryTree(files))
    texts = read_texts(folder)
    assert sum(len(one.text) for one in texts.code) <= MOST_CHARS
    assert [one.kind for one in plan_services(folder, Manifest()).services] == ["postgres"]
