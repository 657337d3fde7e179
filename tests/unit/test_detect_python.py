"""How Python projects are started: one row for each way in which learners write them."""

from dataclasses import dataclass

import pytest

from tests.support.trees import notes_of, plan_of
from worker.builds.python.scan import scan

FLASK = "from flask import Flask\n"
APP = f"{FLASK}app = Flask(__name__)\n"
RUN = 'if __name__ == "__main__":\n    app.run(debug=True, port=5001)\n'
FAST = "from fastapi import FastAPI\napp = FastAPI()\n"
FACTORY = f"{FLASK}def create_app(config=None):\n    app = Flask(__name__)\n    return app\n"
UVICORN = "uvicorn {} --host 0.0.0.0 --port 8000"
FLASK_RUN = "flask --app {} run --host 0.0.0.0 --port 8000 --no-debug"
GUNICORN = "gunicorn {} --bind 0.0.0.0:8000 --threads 8"
HANDLER = (
    "from http.server import BaseHTTPRequestHandler, HTTPServer\n"
    "class H(BaseHTTPRequestHandler):\n    pass\n"
)
MAIN = 'if __name__ == "__main__":\n'


@dataclass(frozen=True)
class Row:
    name: str
    files: dict[str, str]
    start: str
    note: str = ""
    folder: str = "/app"


ROWS = [
    Row("flask object", {"app.py": APP, "requirements.txt": "flask"}, FLASK_RUN.format("app:app")),
    Row("flask that only serves", {"app.py": APP + RUN}, FLASK_RUN.format("app:app")),
    Row(
        "flask that makes its tables first",
        {"app.py": APP + 'if __name__ == "__main__":\n    init()\n    app.run()\n'},
        "python app.py",
    ),
    Row(
        "flask that makes its tables inside with",
        {
            "app.py": APP
            + 'if __name__ == "__main__":\n    with app.app_context():\n        db.create_all()\n'
            "    app.run()\n"
        },
        "python app.py",
    ),
    Row(
        "gunicorn listed",
        {"app.py": APP, "requirements.txt": "flask\ngunicorn"},
        GUNICORN.format("app:app"),
    ),
    Row(
        "module with hyphens",
        {"my-flask-app.py": APP, "requirements.txt": "flask\n"},
        FLASK_RUN.format("my-flask-app:app"),
    ),
    Row(
        "another variable",
        {"main.py": f"{FLASK}server = Flask('x')"},
        FLASK_RUN.format("main:server"),
    ),
    Row(
        "flask imported as a module",
        {"x.py": "import flask\napi = flask.Flask('x')"},
        FLASK_RUN.format("x:api"),
    ),
    Row(
        "factory in a package, and a command that makes the database",
        {
            "flaskr/__init__.py": FACTORY.replace("    return", "    from . import db\n    return"),
            "flaskr/db.py": "import click\n@click.command('init-db')\n"
            "def init_db_command():\n    pass\n",
            "pyproject.toml": '[project]\nname = "flaskr"\ndependencies = ["flask"]\n',
        },
        FLASK_RUN.format("flaskr:create_app"),
        "flask init-db",
    ),
    Row(
        "launcher of a factory",
        {
            "app/__init__.py": FACTORY,
            "run.py": "from app import create_app\napp = create_app()\n" + RUN,
        },
        FLASK_RUN.format("run:app"),
    ),
    Row(
        "launcher that makes the app in its main block",
        {
            "app/__init__.py": FACTORY,
            "run.py": 'from app import create_app\nif __name__ == "__main__":\n'
            "    app = create_app()\n    app.run()\n",
        },
        "python run.py",
    ),
    Row(
        "launcher of an object",
        {"shortener/__init__.py": APP, "run.py": "from shortener import app\n" + RUN},
        FLASK_RUN.format("run:app"),
    ),
    Row(
        "create_app().run()",
        {"wsgi.py": FACTORY + MAIN + "    create_app().run()\n"},
        FLASK_RUN.format("wsgi:create_app"),
    ),
    Row(
        "fastapi object",
        {"main.py": FAST, "requirements.txt": "fastapi\nuvicorn"},
        UVICORN.format("main:app"),
    ),
    Row(
        "fastapi that imports its siblings",
        {"main.py": "import services\n" + FAST, "services.py": "import utils", "utils.py": ""},
        UVICORN.format("main:app"),
    ),
    Row(
        "fastapi in a package, absolute imports from above",
        {"app/__init__.py": "", "app/main.py": "from app.db import x\n" + FAST, "app/db.py": ""},
        UVICORN.format("app.main:app"),
    ),
    Row(
        "fastapi in a package, relative imports",
        {"app/main.py": "from .db import x\n" + FAST, "app/db.py": "", "app/__init__.py": ""},
        UVICORN.format("app.main:app"),
    ),
    Row(
        "fastapi in a folder, imports its siblings",
        {"src/main.py": "from database import x\n" + FAST, "src/database.py": ""},
        UVICORN.format("main:app") + " --app-dir src",
    ),
    Row(
        "the same, with its database beside it",
        {
            "src/main.py": "from database import x\n" + FAST,
            "src/database.py": "URL = 'blog.db'",
            "src/blog.db": "",
        },
        UVICORN.format("main:app"),
        folder="/app/src",
    ),
    Row(
        "the README says to change the folder",
        {
            "backend/main.py": "from database import x\n" + FAST,
            "backend/database.py": "",
            "requirements.txt": "fastapi",
            "README.md": "```\ncd backend\nuvicorn main:app --reload\n```",
        },
        UVICORN.format("main:app"),
        folder="/app/backend",
    ),
    Row(
        "fastapi factory",
        {
            "main.py": "from fastapi import FastAPI\n"
            "def create_app():\n    app = FastAPI()\n    return app\n"
        },
        UVICORN.format("main:create_app") + " --factory",
    ),
    Row(
        "launcher with an import string",
        {
            "run.py": "import uvicorn\n" + MAIN + '    uvicorn.run("app.main:app", reload=True)\n',
            "app/main.py": FAST,
            "app/__init__.py": "",
        },
        UVICORN.format("app.main:app"),
    ),
    Row(
        "fastapi, and a main block that also seeds",
        {
            "main.py": "import uvicorn\n"
            + FAST
            + 'if __name__ == "__main__":\n    seed()\n    uvicorn.run(app, port=9000)\n'
        },
        "python main.py",
    ),
    Row(
        "hypercorn listed",
        {"main.py": FAST, "requirements.txt": "fastapi\nhypercorn"},
        "hypercorn main:app --bind 0.0.0.0:8000",
    ),
    Row(
        "starlette",
        {"server.py": "from starlette.applications import Starlette\napplication = Starlette()"},
        UVICORN.format("server:application"),
    ),
    Row(
        "quart",
        {"app.py": "from quart import Quart\napp = Quart(__name__)\n"},
        UVICORN.format("app:app"),
    ),
    Row(
        "django",
        {
            "manage.py": "import django",
            "shop/settings.py": "",
            "shop/wsgi.py": "",
            "requirements.txt": "django",
        },
        "python manage.py runserver 0.0.0.0:8000 --noreload",
        "migrate",
    ),
    Row(
        "django with gunicorn",
        {"manage.py": "# django", "shop/wsgi.py": "", "requirements.txt": "Django==5.0\ngunicorn"},
        GUNICORN.format("shop.wsgi:application"),
    ),
    Row(
        "http.server in the main block",
        {"server.py": HANDLER + MAIN + '    HTTPServer(("", 8123), H).serve_forever()\n'},
        "python server.py",
    ),
    Row(
        "http.server in a function",
        {
            "main.py": HANDLER
            + "def main():\n    HTTPServer(('', 8123), H).serve_forever()\nmain()\n"
        },
        "python main.py",
    ),
    Row(
        "http.server in another module",
        {
            "main.py": "from web.server import run\nif __name__ == '__main__':\n    run()\n",
            "web/server.py": HANDLER
            + "def run():\n    HTTPServer(('', 8123), H).serve_forever()\n",
        },
        "python main.py",
    ),
    Row(
        "aiohttp that serves itself",
        {
            "app.py": "from aiohttp import web\napp = web.Application()\n"
            + MAIN
            + "    web.run_app(app)\n"
        },
        "python app.py",
    ),
    Row(
        "bottle run at the top",
        {"app.py": "from bottle import route, run\nrun(host='localhost', port=8080)"},
        "python app.py",
    ),
    Row(
        "bottle object",
        {"app.py": "import bottle\napp = bottle.Bottle()"},
        GUNICORN.format("app:app"),
    ),
    Row(
        "tornado",
        {
            "main.py": "import tornado.web\n"
            "def make_app():\n    return tornado.web.Application([])\n"
            + MAIN
            + "    app = make_app()\n    app.listen(8888)\n"
        },
        "python main.py",
    ),
    Row(
        "script in a package with absolute imports from above",
        {
            "shop/server.py": "from shop.db import x\n"
            + HANDLER
            + "HTTPServer(('', 80), H).serve_forever()",
            "shop/db.py": "",
        },
        "python -m shop.server",
    ),
    Row(
        "the README breaks a tie",
        {
            "old.py": APP,
            "new.py": APP,
            "README.md": "Run `flask --app new run`.",
            "requirements.txt": "flask",
        },
        FLASK_RUN.format("new:app"),
        "old.py could be meant too",
    ),
    Row(
        "a package in src",
        {
            "src/shop/__init__.py": "",
            "src/shop/api.py": "from shop.db import x\n" + FAST,
            "src/shop/db.py": "",
            "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["fastapi"]\n',
        },
        UVICORN.format("shop.api:app") + " --app-dir src",
    ),
    Row(
        "the project is itself a package",
        {
            "__init__.py": FACTORY.replace("    return", "    from . import db\n    return"),
            "db.py": "",
        },
        FLASK_RUN.format("app:create_app"),
    ),
    Row(
        "the project is itself a package, with a module that is started",
        {"main.py": "from .db import x\n" + FAST, "db.py": ""},
        UVICORN.format("app.main:app") + " --app-dir ..",
    ),
    Row(
        "a folder with a dot in its name",
        {"v1.0/main.py": "from db import x\n" + FAST, "v1.0/db.py": ""},
        UVICORN.format("main:app") + " --app-dir v1.0",
    ),
    Row(
        "alembic",
        {"main.py": FAST, "alembic.ini": "", "requirements.txt": "fastapi\nalembic\nuvicorn"},
        UVICORN.format("main:app"),
        "alembic upgrade head",
    ),
    Row(
        "syntax of a newer Python than ours",
        {"main.py": "type A = int\nfrom fastapi import FastAPI\napp = FastAPI()\n"},
        UVICORN.format("main:app"),
        "a newer Python: 3.13",
    ),
    Row(
        "tests and examples are no apps",
        {"tests/app.py": APP, "examples/main.py": FAST, "service.py": APP},
        FLASK_RUN.format("service:app"),
    ),
    Row(
        "start in grader.toml",
        {"x.py": "print(1)", "grader.toml": '[run]\nstart = "python x.py"\nport = 1234\n'},
        "python x.py",
    ),
    Row(
        "Procfile",
        {
            "Procfile": "web: gunicorn my-app:app --workers=3\r\n",
            "my-app.py": APP,
            "requirements.txt": "flask",
        },
        "gunicorn my-app:app --workers=3",
        "gunicorn was added",
    ),
    Row(
        "Procfile with a release command",
        {"Procfile": "release: python db.py\nweb: python app.py", "app.py": APP + RUN, "db.py": ""},
        "python app.py",
        "`python db.py` was run before the first start",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_start_command(row: Row) -> None:
    plan = plan_of(row.files)
    assert plan.start == row.start
    assert row.note in notes_of(plan)
    assert f"WORKDIR {row.folder}\n" in plan.dockerfile


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ("app.run(port=5001)", 5001),
        ("PORT = int(os.getenv('PORT', '4321'))", 4321),
        ("HTTPServer(('', 8123), H).serve_forever()", 8123),
        ("address = ('localhost', 8124)", 8124),
        ("def f():\n    return '', 204", None),
        ("port = 22", None),
    ],
)
def test_port_in_the_code(line: str, port: int | None) -> None:
    assert scan("app.py", APP + line).port == port


@pytest.mark.parametrize(
    ("code", "newer"),
    [
        ("type Id = int", True),
        ("type Pair[T] = tuple[T, T]", True),
        ("def first[T](items: list[T]) -> T:\n    return items[0]", True),
        ("class Box[T]:\n    pass", True),
        ('text = f"{row["title"]}"', True),
        ("text = f\"{'\\n'.join(rows)}\"", True),
        ("try:\n    pass\nexcept KeyError, ValueError:\n    pass", True),
        ("def get(id)\n    return id", False),
        ('text = f"{row', False),
        ("if x = 1:\n    pass", False),
        ("print 'hello'", False),
        ("x = (1,", False),
        ("type = 1", False),
        ("  x = 1", False),
    ],
)
def test_only_newer_syntax_asks_for_a_newer_python(code: str, newer: bool) -> None:
    assert scan("app.py", f"{APP}\n{code}\n").newer is newer
    files = {"app.py": f"{APP}\n{code}\n", "requirements.txt": "flask"}
    assert ("newer Python" in notes_of(plan_of(files))) is newer


def test_names_of_rows_are_unique() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
