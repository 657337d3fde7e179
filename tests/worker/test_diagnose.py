"""Why an app never answered or stopped: a log goes in, words come out."""

from __future__ import annotations

import time

import pytest

from grader.domain.events import NotReady
from grader.domain.verdicts import Fault, Verdict
from tests.support.pods import PYTHON
from worker.sandbox.app import AppSpec, AppStatus
from worker.sandbox.diagnose import diagnose
from worker.sandbox.limits import Limits
from worker.sandbox.pod import Pod

LIMITS = Limits(memory_mb=512, pids=256, disk_mb=512)
EXITED = AppStatus(running=False, exit_code=1, limits=LIMITS)
RUNNING = AppStatus(running=True, limits=LIMITS)
NOTHING = NotReady(seconds=30)
STOPPED = "the app stopped before it answered"

TRACEBACK = """\
Traceback (most recent call last):
  File "/app/app.py", line 3, in <module>
    {line}
"""


def raised(error: str, line: str = "main()") -> str:
    return TRACEBACK.format(line=line) + error + "\n"


# The log, the code, what follows "the app stopped before it answered: ", and the hint (a part).
LOGS: dict[str, tuple[str, str, str, str]] = {
    "package": (
        raised("ModuleNotFoundError: No module named 'flask_limiter'", "import flask_limiter"),
        "app.module_missing",
        "the Python package `flask_limiter` is not installed",
        "add `Flask-Limiter` to requirements.txt",
    ),
    "package with another name": (
        raised("ModuleNotFoundError: No module named 'yaml'"),
        "app.module_missing",
        "the Python package `yaml` is not installed",
        "add `PyYAML` to requirements.txt",
    ),
    "package nobody knows": (
        raised("ModuleNotFoundError: No module named 'short_links'"),
        "app.module_missing",
        "the Python package `short_links` is not installed",
        "add `short-links` to requirements.txt",
    ),
    "package, by gunicorn": (
        "[2026-01-01 10:00:00 +0000] [7] [INFO] Starting gunicorn 23.0.0\n"
        "[2026-01-01 10:00:00 +0000] [8] [ERROR] Exception in worker process\n"
        + raised("ModuleNotFoundError: No module named 'flask'")
        + "[2026-01-01 10:00:00 +0000] [8] [INFO] Worker exiting (pid: 8)\n"
        "[2026-01-01 10:00:01 +0000] [7] [ERROR] Worker (pid:8) exited with code 3\n"
        "[2026-01-01 10:00:01 +0000] [7] [ERROR] Shutting down: Master\n"
        "[2026-01-01 10:00:01 +0000] [7] [ERROR] Reason: Worker failed to boot.\n",
        "app.module_missing",
        "the Python package `flask` is not installed",
        "add `flask` to requirements.txt",
    ),
    "package, by python -m": (
        "/usr/local/bin/python3: No module named uvicorn\n",
        "app.module_missing",
        "the Python package `uvicorn` is not installed",
        "add `uvicorn` to requirements.txt",
    ),
    "module of its own": (
        raised("ModuleNotFoundError: No module named 'app.routes'", "from app.routes import bp"),
        "app.own_module_missing",
        "Python finds no module `app.routes`",
        "the folder that holds `app`",
    ),
    "part of a package": (
        raised("ModuleNotFoundError: No module named 'flask.ext'"),
        "app.name_missing",
        "`flask` has no `ext` to import",
        "list the version",
    ),
    "name": (
        raised(
            "ImportError: cannot import name 'url_quote' from 'werkzeug.urls' "
            "(/usr/local/lib/python3.11/site-packages/werkzeug/urls.py)"
        ),
        "app.name_missing",
        "`werkzeug.urls` has no `url_quote` to import",
        "list the version the code was written for",
    ),
    "circle": (
        raised(
            "ImportError: cannot import name 'db' from partially initialized module 'models' "
            "(most likely due to a circular import) (/app/models.py)"
        ),
        "app.import_circle",
        "its modules import each other in a circle (`db` from `models`)",
        "third file",
    ),
    "syntax": (
        '  File "/app/app.py", line 12\n    def create(:\n               ^\n'
        "SyntaxError: invalid syntax\n",
        "app.syntax",
        "/app/app.py has a syntax error in line 12: invalid syntax",
        "the one before it",
    ),
    "indentation": (
        raised("", "from views import bp").rstrip("\n")
        + '\n  File "/app/views.py", line 4\n    return 1\nIndentationError: unexpected indent\n',
        "app.syntax",
        "/app/views.py has a syntax error in line 4: unexpected indent",
        "the one before it",
    ),
    "f-string": (
        '  File "/app/app.py", line 2\n    x = f"{d["a"]}"\n              ^\n'
        "SyntaxError: f-string: unmatched '['\n",
        "app.fstring",
        "/app/app.py has a syntax error in line 2: f-string: unmatched '['",
        "Python 3.12",
    ),
    "environment, os.environ": (
        TRACEBACK.format(line='url = os.environ["DATABASE_URL"]')
        + "          ~~~~~~~~~~^^^^^^^^^^^^^^^^\n"
        "  File \"<frozen os>\", line 679, in __getitem__\nKeyError: 'DATABASE_URL'\n",
        "app.environment_missing",
        "the environment variable DATABASE_URL is not set",
        'env = { DATABASE_URL = "…" }',
    ),
    "environment, older Python": (
        TRACEBACK.format(line='url = os.environ["SECRET"]')
        + '  File "/usr/lib/python3.9/os.py", line 679, in __getitem__\n'
        "    raise KeyError(key) from None\nKeyError: 'SECRET'\n",
        "app.environment_missing",
        "the environment variable SECRET is not set",
        "give it a default",
    ),
    "environment, pydantic": (
        raised(
            "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\n"
            "SECRET_KEY\n  Field required [type=missing, input_value={}, input_type=dict]\n"
            "    For further information visit https://errors.pydantic.dev/2.9/v/missing"
        ),
        "app.environment_missing",
        "the environment variable SECRET_KEY is not set",
        "give it a default",
    ),
    "environment, decouple": (
        raised(
            "decouple.UndefinedValueError: JWT_SECRET not found. "
            "Declare it as envvar or define a default value."
        ),
        "app.environment_missing",
        "the environment variable JWT_SECRET is not set",
        "give it a default",
    ),
    "environment, Django": (
        raised(
            "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty."
        ),
        "app.environment_missing",
        "the environment variable SECRET_KEY is not set",
        "give it a default",
    ),
    "environment, Node": (
        "/app/index.js:3\n    throw new Error('Missing environment variable: MONGO_URI');\n  ^\n\n"
        "Error: Missing environment variable: MONGO_URI\n    at Object.<anonymous> (/app)\n",
        "app.environment_missing",
        "the environment variable MONGO_URI is not set",
        "give it a default",
    ),
    "port, Python": (
        raised("OSError: [Errno 98] Address already in use"),
        "app.port_taken",
        "it was already in use by another process of the app",
        "start the server once",
    ),
    "port, Flask": (
        " * Serving Flask app 'app'\nAddress already in use\n"
        "Port 5000 is in use by another program. Either identify and stop that program.\n",
        "app.port_taken",
        "port 5000 was already in use",
        "start the server once",
    ),
    "port, uvicorn": (
        "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): "
        "address already in use\n",
        "app.port_taken",
        "port 8000 was already in use",
        "start the server once",
    ),
    "port, gunicorn": (
        "[2026-01-01] [7] [ERROR] Connection in use: ('0.0.0.0', 8000)\n"
        "[2026-01-01] [7] [ERROR] Can't connect to ('0.0.0.0', 8000)\n",
        "app.port_taken",
        "port 8000 was already in use",
        "start the server once",
    ),
    "port, Node": (
        "node:events:497\n      throw er; // Unhandled 'error' event\n      ^\n\n"
        "Error: listen EADDRINUSE: address already in use :::3000\n"
        "    at Server.setupListenHandle [as _listen2] (node:net:1908:16)\n",
        "app.port_taken",
        "port 3000 was already in use",
        "start the server once",
    ),
    "PostgreSQL": (
        raised(
            "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "
            '"localhost" (127.0.0.1), port 5432 failed: Connection refused\n'
            "\tIs the server running on that host and accepting TCP/IP connections?\n"
        ),
        "app.service_unreachable",
        "it could not reach PostgreSQL at localhost:5432",
        "services in grader.toml",
    ),
    "PostgreSQL, other host": (
        raised(
            'psycopg2.OperationalError: could not translate host name "db" to address: '
            "Temporary failure in name resolution"
        ),
        "app.service_unreachable",
        "it could not reach PostgreSQL at db",
        "services in grader.toml",
    ),
    "PostgreSQL, another database": (
        raised(
            "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at "
            '"localhost" (127.0.0.1), port 5432 failed: FATAL:  database "shop" does not exist\n'
        ),
        "app.database_missing",
        "PostgreSQL has no database 'shop'",
        ".env.example",
    ),
    "PostgreSQL, another user": (
        raised(
            'asyncpg.exceptions.InvalidAuthorizationSpecificationError: role "ada" does not exist'
        ),
        "app.login_missing",
        "no user 'ada'",
        "DB_USER",
    ),
    "PostgreSQL, encrypted": (
        "Error: The server does not support SSL connections\n    at Socket.<anonymous> (pg.js:1:2)",
        "app.no_ssl",
        "asks its database for an encrypted connection",
        "by a variable",
    ),
    "MySQL, another database": (
        "Error: Unknown database 'shop'\n    at Object.createConnectionPromise (promise.js:19:31)",
        "app.database_missing",
        "MySQL has no database 'shop'",
        ".env.example",
    ),
    "Redis, another password": (
        raised(
            "redis.exceptions.AuthenticationError: AUTH <password> called without any password "
            "configured for the default user. Are you sure your configuration is correct?"
        ),
        "app.redis_password",
        "Redis asks for another password",
        "REDIS_URL",
    ),
    "MySQL": (
        raised(
            "pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'localhost' "
            '([Errno 111] Connection refused)")'
        ),
        "app.service_unreachable",
        "it could not reach MySQL at localhost",
        "services in grader.toml",
    ),
    "MongoDB": (
        raised(
            "pymongo.errors.ServerSelectionTimeoutError: localhost:27017: [Errno 111] Connection "
            "refused (configured timeouts: socketTimeoutMS: 20000.0ms)"
        ),
        "app.service_unreachable",
        "it could not reach MongoDB at localhost:27017",
        "services in grader.toml",
    ),
    "MongoDB, Node": (
        "MongooseServerSelectionError: connect ECONNREFUSED 127.0.0.1:27017\n"
        "    at _handleConnectionErrors (/app/node_modules/mongoose/lib/connection.js:897:11)\n",
        "app.service_unreachable",
        "it could not reach MongoDB at 127.0.0.1:27017",
        "services in grader.toml",
    ),
    "Redis": (
        raised(
            "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. "
            "Connection refused."
        ),
        "app.service_unreachable",
        "it could not reach Redis at localhost:6379",
        "services in grader.toml",
    ),
    "service by name, Node": (
        "Error: getaddrinfo EAI_AGAIN postgres\n    at GetAddrInfoReqWrap.onlookup (node:dns)\n",
        "app.service_unreachable",
        "it could not reach another service at postgres",
        "services in grader.toml",
    ),
    "the world outside": (
        raised(
            "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='api.example.com', "
            "port=443): Max retries exceeded with url: / (Caused by NameResolutionError("
            '"<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve"))'
        ),
        "app.host_unreachable",
        "it tried to reach api.example.com:443, and there is no network here",
        "let the app start without it",
    ),
    "SQLite folder": (
        raised(
            "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) unable to open database "
            "file\n(Background on this error at: https://sqlalche.me/e/20/e3q8)"
        ),
        "app.database_file",
        "SQLite could not open its database file",
        "create its folder",
    ),
    "table": (
        raised("sqlite3.OperationalError: no such table: posts"),
        "app.table_missing",
        "its database has no table `posts`",
        "create the tables",
    ),
    "permission": (
        raised("PermissionError: [Errno 13] Permission denied: '/var/data/app.db'"),
        "app.permission",
        "it may not write /var/data/app.db",
        "beside the code",
    ),
    "file": (
        raised("FileNotFoundError: [Errno 2] No such file or directory: 'config.json'"),
        "app.file_missing",
        "the file config.json is not there",
        ".dockerignore",
    ),
    "start file": (
        "python: can't open file '/app/main.py': [Errno 2] No such file or directory\n",
        "app.file_missing",
        "the file /app/main.py is not there",
        "commit it",
    ),
    "Node package": (
        "node:internal/modules/cjs/loader:1143\n  throw err;\n  ^\n\n"
        "Error: Cannot find module 'express'\nRequire stack:\n- /app/index.js\n"
        "    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)\n",
        "app.node_package_missing",
        "the Node package `express` is not installed",
        "npm install express",
    ),
    "Node package in a scope": (
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package '@prisma/client/edge' imported from "
        "/app/index.mjs\n    at packageResolve (node:internal/modules/esm/resolve:853:9)\n",
        "app.node_package_missing",
        "the Node package `@prisma/client` is not installed",
        "npm install @prisma/client",
    ),
    "Node file": (
        "Error: Cannot find module './routes/Posts'\nRequire stack:\n- /app/index.js\n"
        "    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)\n",
        "app.node_file_missing",
        "Node finds no file `./routes/Posts`",
        "upper and lower case",
    ),
    "Node import": (
        '(node:7) Warning: To load an ES module, set "type": "module"\n/app/index.js:1\n'
        "import express from 'express';\n^^^^^^\n\n"
        "SyntaxError: Cannot use import statement outside a module\n    at wrapSafe (node)\n",
        "app.node_module_kind",
        "it uses import where Node expects require",
        "package.json",
    ),
    "Node syntax": (
        "/app/index.js:7\n  app.get('/', (req, res => {\n                         ^^\n\n"
        "SyntaxError: Malformed arrow function parameter list\n    at wrapSafe (node:internal)\n",
        "app.syntax",
        "/app/index.js has a syntax error in line 7: Malformed arrow function parameter list",
        "the one before it",
    ),
    "npm script": (
        'npm error Missing script: "start"\nnpm error\nnpm error To see a list of scripts, run:\n',
        "app.npm_script_missing",
        "package.json has no script `start`",
        '"scripts": {"start": "node index.js"}',
    ),
    "command of a script": (
        "\n> api@1.0.0 start\n> nodemon index.js\n\nsh: 1: nodemon: not found\n",
        "start.command_missing",
        "the start command `nodemon` is not in the image",
        "check its spelling",
    ),
    "command": (
        "[FATAL tini (7)] exec gunicorn failed: No such file or directory\n",
        "start.command_missing",
        "the start command `gunicorn` is not in the image",
        "check its spelling",
    ),
    "command not executable": (
        "[FATAL tini (7)] exec ./start.sh failed: Permission denied\n",
        "start.not_executable",
        "the start command `./start.sh` may not be executed",
        "chmod=+x",
    ),
    "command for another machine": (
        "[FATAL tini (7)] exec /app/server failed: Exec format error\n",
        "start.wrong_format",
        "no program that this machine can run",
        "compile a program for Linux",
    ),
    "Windows line ends": (
        "/usr/bin/env: 'bash\\r': No such file or directory\n"
        "env: ‘bash\\r’: No such file or directory\n",
        "app.line_ends",
        "its start script has Windows line ends",
        ".gitattributes",
    ),
    "gunicorn's app": (
        "[2026-01-01] [8] [ERROR] Worker failed\nFailed to find attribute 'app' in 'main'.\n",
        "app.entry_missing",
        "gunicorn finds no `app` in main",
        "gunicorn main:app",
    ),
    "uvicorn's app": (
        'ERROR:    Error loading ASGI app. Attribute "app" not found in module "main".\n',
        "app.entry_missing",
        "uvicorn finds no `app` in main",
        "gunicorn main:app",
    ),
    "threads": (
        raised("RuntimeError: can't start new thread"),
        "app.pids",
        "all of its 256 processes and threads are in use",
        "fewer workers",
    ),
    "JavaScript heap": (
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n",
        "app.memory",
        "it needed more than its 512 MB of memory",
        "keep less in memory",
    ),
    "full folder": (
        raised("OSError: [Errno 28] No space left on device", "blob.write(data)"),
        "app.folder_full",
        "a folder that it writes to was full",
        "each VOLUME of the Dockerfile holds 64 MiB",
    ),
    "full folder, by Node": (
        "Error: ENOSPC: no space left on device, write\n",
        "app.folder_full",
        "a folder that it writes to was full",
        "each VOLUME of the Dockerfile holds 64 MiB",
    ),
    "full folder, by SQLite": (
        raised("sqlite3.OperationalError: database or disk is full"),
        "app.folder_full",
        "a folder that it writes to was full",
        "each VOLUME of the Dockerfile holds 64 MiB",
    ),
    "any exception": (
        raised("AttributeError: 'Flask' object has no attribute 'before_first_request'"),
        "app.raised",
        "AttributeError: 'Flask' object has no attribute 'before_first_request'",
        "the file and the line",
    ),
    "an exception of its own": (
        raised("accounts.errors.Unlucky: not today"),
        "app.raised",
        "accounts.errors.Unlucky: not today",
        "the file and the line",
    ),
    "any error of Node": (
        "/app/index.js:2\nfoo.bar();\n^\n\nReferenceError: foo is not defined\n"
        "    at Object.<anonymous> (/app/index.js:2:1)\n",
        "app.raised",
        "ReferenceError: foo is not defined",
        "the file and the line",
    ),
    "panic": (
        "panic: runtime error: invalid memory address\n\ngoroutine 1 [running]:\n",
        "app.raised",
        "panic: runtime error: invalid memory address",
        "the file and the line",
    ),
    "the last of several": (
        raised("redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379.")
        + "no cache, going on without\n"
        + raised("NameError: name 'db' is not defined"),
        "app.raised",
        "NameError: name 'db' is not defined",
        "the file and the line",
    ),
    "no known words": (
        "Starting…\nGoodbye.\n",
        "app.exited",
        "",
        "run the start command on your machine",
    ),
    "silence": ("", "app.exited", "", "run the start command on your machine"),
}


@pytest.mark.parametrize("name", LOGS)
def test_log_of_an_app_that_stopped(name: str) -> None:
    log, code, title, hint = LOGS[name]
    ending = diagnose(EXITED, log, NOTHING)
    assert ending.code == code
    assert title in ending.title
    assert hint in ending.hint
    assert ending.fault is Fault.LEARNER
    assert ending.verdict in (Verdict.START_FAILED, Verdict.LIMIT_EXCEEDED)
    if code.startswith("app."):
        assert ending.title.startswith(STOPPED)
    assert ending.log == log.rstrip()


@pytest.mark.parametrize("name", LOGS)
def test_colours_and_carriage_returns_change_nothing(name: str) -> None:
    log, code, title, _ = LOGS[name]
    coloured = "".join(f"\x1b[31m{line}\x1b[0m\r\n" for line in log.splitlines())
    ending = diagnose(EXITED, coloured, NOTHING)
    assert ending.code == code
    assert title in ending.title
    assert "\x1b" not in ending.model_dump_json()


def test_after_it_had_answered() -> None:
    log = raised("RecursionError: maximum recursion depth exceeded")
    ending = diagnose(EXITED, log, None)
    assert ending.verdict is Verdict.CRASHED
    assert ending.title.startswith("the app stopped while it was being checked: RecursionError")


def test_before_it_had_answered_by_the_watchers_word() -> None:
    ending = diagnose(EXITED, "", None, answered=False)
    assert (ending.verdict, ending.title) == (Verdict.START_FAILED, f"{STOPPED}, with exit code 1")


@pytest.mark.parametrize(
    ("status", "code", "title"),
    [
        (AppStatus(False, 0), "app.ended", f"{STOPPED}: its program came to its end"),
        (AppStatus(False, 139), "app.killed", f"{STOPPED}: it was ended by the signal SIGSEGV"),
        (AppStatus(False, 137), "app.killed", f"{STOPPED}: it was ended by the signal SIGKILL"),
        (AppStatus(False, 250), "app.exited", f"{STOPPED}, with exit code 250"),
        (
            AppStatus(False, 137, "memory", limits=LIMITS),
            "app.memory",
            f"{STOPPED}: it needed more than its 512 MB of memory",
        ),
        (
            AppStatus(False, 137, "disk", limits=LIMITS),
            "app.disk",
            f"{STOPPED}: it wrote more than 512 MB to its disk",
        ),
        (
            AppStatus(False, 137, "output", limits=LIMITS),
            "app.output",
            f"{STOPPED}: it printed more than 2 MB a second",
        ),
        (
            AppStatus(True, None, "pids", pids=256, limits=LIMITS),
            "app.pids",
            "the app runs, but listens on no port: all of its 256 processes and threads are in use",
        ),
    ],
)
def test_exit_codes_and_limits(status: AppStatus, code: str, title: str) -> None:
    ending = diagnose(status, "", NOTHING)
    assert (ending.code, ending.title) == (code, title)
    limited = status.limit != ""
    assert ending.verdict is (Verdict.LIMIT_EXCEEDED if limited else Verdict.START_FAILED)


def test_a_container_that_is_gone_is_our_fault() -> None:
    ending = diagnose(AppStatus(running=False), "", NOTHING)
    assert (ending.verdict, ending.fault) == (Verdict.GRADER_ERROR, Fault.PLATFORM)


def test_runs_and_listens_nowhere() -> None:
    ending = diagnose(RUNNING, "working…\n", NOTHING)
    assert (ending.verdict, ending.code) == (Verdict.NEVER_READY, "app.silent")


def test_runs_on_after_a_traceback() -> None:
    """A reloader (nodemon, uvicorn --reload) outlives the app that it started."""
    log = LOGS["Node package"][0] + "[nodemon] app crashed - waiting for file changes\n"
    ending = diagnose(RUNNING, log, NOTHING)
    assert ending.verdict is Verdict.NEVER_READY
    assert ending.title == (
        "the app runs, but listens on no port: the Node package `express` is not installed"
    )


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        ("port 8000: BadStatusLine: \x15\x03\x03", "app.not_http"),
        ("port 8000: TimeoutError: timed out", "app.no_answer"),
        ("port 8000: RemoteDisconnected: Remote end closed connection", "app.hangs_up"),
        ("port 8000: ConnectionResetError: [Errno 104] Connection reset by peer", "app.hangs_up"),
        ("port 8000: ValueError: invalid literal", "app.unreadable"),
        ("", "app.server_errors"),
    ],
)
def test_listens_and_does_not_answer(cause: str, code: str) -> None:
    seen = NotReady(seconds=30, listening=("127.0.0.1:8000",), cause=cause)
    ending = diagnose(RUNNING, raised("ValueError: of some request"), seen)
    assert (ending.verdict, ending.code) == (Verdict.NEVER_READY, code)
    assert "127.0.0.1:8000" in ending.title


@pytest.mark.parametrize(
    "log",
    [
        "bind " * 100_000,
        "Traceback (most recent call last):\n" + "  File\n" * 20_000,
        '  File "x", line 1\n' * 20_000,
        "a." * 100_000 + "Error",
        "/x:1\n" * 20_000,
        "(" * 100_000,
        "'" * 100_000,
        "\n" * 100_000,
    ],
)
def test_hostile_logs_take_no_time(log: str) -> None:
    started = time.monotonic()
    diagnose(EXITED, log, NOTHING)
    assert time.monotonic() - started < 5


def test_hostile_words_are_tamed() -> None:
    log = raised(f"ModuleNotFoundError: No module named '{'a' * 5000}'")
    ending = diagnose(EXITED, log, NOTHING)
    assert len(ending.title) < 400
    assert len(ending.hint) < 400


@pytest.mark.engine
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("no-such-program",), "start.command_missing"),
        (("/srv/no/such/file",), "start.command_missing"),
        (("/etc/passwd",), "start.not_executable"),
        (("sh", "-c", "exec gunicorn main:app"), "start.command_missing"),
        (("bash", "-c", "no-such-program"), "start.command_missing"),
        (("python3", "-c", "import flask_limiter"), "app.module_missing"),
        (("python3", "-c", "import os; os.environ['NOT_SET']"), "app.environment_missing"),
        (("python3", "-c", "x ="), "app.syntax"),
        (("python3", "no.py"), "app.file_missing"),
        (("python3", "-m", "uvicorn"), "app.module_missing"),
        (("python3", "-c", "open('/no/where')"), "app.file_missing"),
        (("python3", "-c", "import sqlite3; sqlite3.connect('/no/x.db')"), "app.database_file"),
        (("python3", "-c", "pass"), "app.ended"),
        (("python3", "-c", "import os; os.abort()"), "app.killed"),
    ],
)
def test_the_engines_and_interpreters_own_words(
    pod: Pod, command: tuple[str, ...], code: str
) -> None:
    pod.start_app(AppSpec(PYTHON, command))
    status = pod.wait_app_exit(20)
    assert status is not None
    assert diagnose(status, pod.app_log(), None, answered=False).code == code
