"""What a program's last words mean: patterns of well-known endings. Pure.

Patterns were taken from the messages of CPython 3.9 to 3.13, Node 18 to 22, gunicorn, uvicorn,
Flask, Django, SQLAlchemy, psycopg, PyMySQL, PyMongo, redis-py, npm, dash, bash and tini. None can
run for long on hostile text: no nested repetition, lines are short when they come here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from worker.builds.python.distributions import distribution
from worker.sandbox.volumes import SIZE_MB

WORDS_CHARS = 200
# Where learners keep their own code; no package on PyPI that anybody means has these names.
OWN_MODULES = frozenset(
    (
        "api",
        "app",
        "application",
        "apps",
        "backend",
        "blog",
        "config",
        "configs",
        "controllers",
        "core",
        "crud",
        "database",
        "db",
        "dependencies",
        "extensions",
        "handlers",
        "helpers",
        "lib",
        "main",
        "middleware",
        "models",
        "project",
        "repositories",
        "routers",
        "routes",
        "schemas",
        "server",
        "service",
        "services",
        "settings",
        "src",
        "util",
        "utils",
        "views",
        "wsgi",
    )
)
SERVICES = {
    "3306": "MySQL",
    "5432": "PostgreSQL",
    "5672": "RabbitMQ",
    "6379": "Redis",
    "9092": "Kafka",
    "9200": "Elasticsearch",
    "27017": "MongoDB",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a program ended: a row of :data:`grader.messages.CATALOGUE` and what fills it in."""

    code: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    explain: Callable[[dict[str, str]], Cause]


def find_cause(log: str) -> Cause | None:
    """The last cause that a log names, None where it names none.

    Args:
        log: The end of what a program printed, cleaned (:func:`grader.domain.text.tail`).
    """
    best: tuple[int, Cause] | None = None
    for rule in _RULES:
        for match in rule.pattern.finditer(log):
            # A match counts from the line it ends in; where two end alike, the first rule counts.
            line = log.rfind("\n", 0, match.end()) + 1
            if best is None or line > best[0]:
                values = {k: (v or "").strip()[:WORDS_CHARS] for k, v in match.groupdict().items()}
                best = (line, rule.explain(values))
    return best[1] if best else None


def _module_missing(found: dict[str, str]) -> Cause:
    module = found["module"]
    top, _, rest = module.partition(".")
    known = distribution(top)
    if rest and known:
        return Cause("app.name_missing", {"name": rest, "module": top})
    if rest or top in OWN_MODULES:
        return Cause("app.own_module_missing", {"module": module, "top": top})
    package = known or top.replace("_", "-")
    return Cause("app.module_missing", {"module": top, "package": package})


def _syntax(found: dict[str, str]) -> Cause:
    code = "app.fstring" if "f-string" in found["detail"] else "app.syntax"
    return Cause(code, found)


def _node_module(found: dict[str, str]) -> Cause:
    module = found["module"]
    if module.startswith((".", "/", "file:")):
        return Cause("app.node_file_missing", {"module": module})
    scope = 2 if module.startswith("@") else 1
    return Cause("app.node_package_missing", {"module": "/".join(module.split("/")[:scope])})


def _unreachable(found: dict[str, str]) -> Cause:
    """A connection that failed: to a database beside the app, or to the world outside."""
    host, port = found.get("host", ""), found.get("port", "")
    address = ":".join(part for part in (host, port) if part) or "another machine"
    outside = "." in host and not re.fullmatch(r"[\d.]+", host) and port not in SERVICES
    if outside:
        return Cause("app.host_unreachable", {"address": address})
    service = found.get("service") or SERVICES.get(port, "another service")
    return Cause("app.service_unreachable", {"service": service, "address": address})


def _port_taken(found: dict[str, str]) -> Cause:
    return Cause("app.port_taken", {"port": f"port {found['port']}" if found["port"] else "it"})


def _as(code: str, **fixed: str) -> Callable[[dict[str, str]], Cause]:
    return lambda found: Cause(code, {**found, **fixed})


def _unreachable_service(service: str) -> Callable[[dict[str, str]], Cause]:
    return lambda found: _unreachable({**found, "service": service})


def _rules() -> Iterator[_Rule]:
    for pattern, explain in _TABLE:
        yield _Rule(re.compile(pattern, re.MULTILINE), explain)


_TABLE: tuple[tuple[str, Callable[[dict[str, str]], Cause]], ...] = (
    # -- Python: imports and syntax ---------------------------------------------------------------
    (r"ModuleNotFoundError: No module named '(?P<module>[\w.]+)'", _module_missing),
    (r"^\S*python[\d.]*: No module named (?P<module>[\w.]+)", _module_missing),
    (
        r"ImportError: cannot import name '(?P<name>\w+)' from partially initialized module "
        r"'(?P<module>[\w.]+)'",
        _as("app.import_circle"),
    ),
    (
        r"ImportError: cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
        _as("app.name_missing"),
    ),
    (
        r'^ +File "(?P<file>[^"\n]+)", line (?P<line>\d+)[^\n]*\n'
        r'(?:(?! +File ") [^\n]*\n){0,3}'
        r"(?:SyntaxError|IndentationError|TabError): (?P<detail>.*)$",
        _syntax,
    ),
    # -- settings ---------------------------------------------------------------------------------
    (
        r'File "[^"\n]*\bos\b[^"\n]*", line \d+, in __getitem__\n(?: [^\n]*\n){0,3}'
        r"KeyError: '(?P<name>\w+)'",
        _as("app.environment_missing"),
    ),
    (
        r"ValidationError: \d+ validation errors? for \w*(?:Settings|Config|Env)\w*\n"
        r"(?P<name>\w+)\n +Field required",
        _as("app.environment_missing"),
    ),
    (r"UndefinedValueError: (?P<name>\w+) not found", _as("app.environment_missing")),
    (
        r"ImproperlyConfigured: Set the (?P<name>\w+) environment variable",
        _as("app.environment_missing"),
    ),
    (
        r"ImproperlyConfigured: The (?P<name>SECRET_KEY) setting must not be empty",
        _as("app.environment_missing"),
    ),
    (
        r"(?:[Mm]issing|[Uu]ndefined) (?:required )?env(?:ironment)? ?(?:var(?:iable)?s?)?:? "
        r"[\"'`]?(?P<name>[A-Z][A-Z0-9_]+)",
        _as("app.environment_missing"),
    ),
    # -- ports ------------------------------------------------------------------------------------
    (
        r"EADDRINUSE: address already in use (?:\[?[\w:.*]*\]?:)?(?P<port>\d+)?",
        _port_taken,
    ),
    (r"Connection in use: \('[^']*', (?P<port>\d+)\)", _port_taken),
    (r"Port (?P<port>\d+) is in use by another program", _port_taken),
    (
        r"\[Errno 98\] [^\n]*?\('[^']*', (?P<port>\d+)\)[^\n]*address already in use",
        _port_taken,
    ),
    (r"(?i)(?:\[Errno 98\][^\n]*|\bbind[^\n]*)address already in use(?P<port>)", _port_taken),
    # -- databases and other services -------------------------------------------------------------
    (
        r'\bdatabase "(?P<name>[^"\n]+)" does not exist',
        _as("app.database_missing", service="PostgreSQL"),
    ),
    (
        r"[Uu]nknown database '(?P<name>[^'\n]+)'",
        _as("app.database_missing", service="MySQL"),
    ),
    (r"server does not support SSL", _as("app.no_ssl")),
    (r'\brole "(?P<name>[^"\n]+)" does not exist', _as("app.login_missing")),
    (
        r"NOAUTH Authentication required|WRONGPASS|AUTH <password> called without any password",
        _as("app.redis_password"),
    ),
    (
        r"ACCESS_REFUSED[^\n]*|ProbableAuthenticationError",
        _as("app.login_missing", name="of RabbitMQ"),
    ),
    (
        r'connection to server at "(?P<host>[^"\n]+)"[^\n]*port (?P<port>\d+) failed',
        _unreachable_service("PostgreSQL"),
    ),
    (
        r'could not (?:translate host name|connect to server)[^\n]*"(?P<host>[^"\n]+)"',
        _unreachable_service("PostgreSQL"),
    ),
    (
        r"Can't connect to (?:local )?MySQL server[^\n]*'(?P<host>[^']+)'",
        _unreachable_service("MySQL"),
    ),
    (
        r"Can't reach database server at [`']?(?P<host>[\w.-]+)[`']?:[`']?(?P<port>\d+)",
        _unreachable,
    ),
    (
        r"ServerSelectionTimeoutError: (?P<host>[\w.-]+):(?P<port>\d+)",
        _unreachable_service("MongoDB"),
    ),
    (
        r"Error (?:111|-2|-3) connecting to (?P<host>[\w.-]+):(?P<port>\d+)",
        _unreachable_service("Redis"),
    ),
    (r"ECONNREFUSED \[?(?P<host>[\d.]+|[\da-f:]*:[\da-f:]*)\]?:(?P<port>\d+)", _unreachable),
    (r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?P<host>[\w.-]+)", _unreachable),
    (
        r"host='(?P<host>[\w.-]+)', port=(?P<port>\d+)\): Max retries exceeded",
        _unreachable,
    ),
    (
        r"(?:\[Errno -[23]\] )?(?:Temporary failure in name resolution|Name or service not known)",
        _unreachable,
    ),
    (r"(?:\[Errno 101\] )?Network is unreachable|connect ENETUNREACH", _unreachable),
    (r"\[Errno 111\] Connection refused", _unreachable),
    # -- files ------------------------------------------------------------------------------------
    (
        r"(?:OperationalError\)?:? ?\(?|SqliteError: |SQLITE_CANTOPEN: )[^\n]*"
        r"unable to open database file",
        _as("app.database_file"),
    ),
    (r"attempt to write a readonly database", _as("app.permission", path="its database file")),
    (r"database is locked|SQLITE_BUSY", _as("app.database_locked")),
    (r"no such table: (?P<table>[\w.]+)", _as("app.table_missing")),
    (r'relation "(?P<table>[\w.]+)" does not exist', _as("app.table_missing")),
    (
        r"PermissionError: \[Errno 13\] Permission denied: '(?P<path>[^'\n]+)'",
        _as("app.permission"),
    ),
    (r"EACCES: permission denied, \w+ '(?P<path>[^'\n]+)'", _as("app.permission")),
    (
        r"FileNotFoundError: \[Errno 2\] No such file or directory: '(?P<path>[^'\n]+)'",
        _as("app.file_missing"),
    ),
    (r"ENOENT: no such file or directory, \w+ '(?P<path>[^'\n]+)'", _as("app.file_missing")),
    (r"can't open file '(?P<path>[^'\n]+)': \[Errno 2\]", _as("app.file_missing")),
    # -- Node -------------------------------------------------------------------------------------
    (r"Cannot find module '(?P<module>[^'\n]+)'", _node_module),
    (r"Cannot find package '(?P<module>[^'\n]+)'", _node_module),
    (
        r"Cannot use import statement outside a module|require is not defined in ES module scope"
        r"|ERR_REQUIRE_ESM|exports is not defined in ES module scope",
        _as("app.node_module_kind"),
    ),
    (r"Missing script: [\"']?(?P<name>[\w:-]+)", _as("app.npm_script_missing")),
    (
        r"^(?P<file>(?:file://)?/[^\s:]+):(?P<line>\d+)\n(?:[^\n]*\n){1,4}"
        r"SyntaxError: (?P<detail>.*)$",
        _syntax,
    ),
    # -- servers that find no app -----------------------------------------------------------------
    (
        r"Failed to find attribute '(?P<name>[^'\n]+)' in '(?P<module>[^'\n]+)'",
        _as("app.entry_missing", server="gunicorn"),
    ),
    (
        r'Attribute "(?P<name>[^"\n]+)" not found in module "(?P<module>[^"\n]+)"',
        _as("app.entry_missing", server="uvicorn"),
    ),
    (
        r'Could not import module "(?P<module>[^"\n]+)"',
        _as("app.entry_missing", server="uvicorn", name="app"),
    ),
    (
        r"Could not locate a Flask application|Failed to find Flask application",
        _as("app.entry_missing", server="flask", name="app", module="app.py or wsgi.py"),
    ),
    # -- the start command ------------------------------------------------------------------------
    (r"/bin/(?:ba)?sh\^M|\$'\\r': command not found|: not found\r", _as("app.line_ends")),
    (r"env: ['‘]?\w+\\r['’]?: No such file", _as("app.line_ends")),
    (
        r"\[FATAL tini \(\d+\)\] exec (?P<what>\S+) failed: No such file",
        _as("start.command_missing"),
    ),
    (
        r"\[FATAL tini \(\d+\)\] exec (?P<what>\S+) failed: Permission denied",
        _as("start.not_executable"),
    ),
    (r"[Ee]xec format error", _as("start.wrong_format")),
    (
        r"^(?:/bin/)?(?:ba|da)?sh: (?:line )?\d+: (?:exec: )?(?P<what>[^\s:]+): "
        r"(?:command )?not found",
        _as("start.command_missing"),
    ),
    (
        r"^(?:/bin/)?(?:ba|da)?sh: (?:line )?\d+: (?:exec: )?(?P<what>[^\s:]+): Permission denied",
        _as("start.not_executable"),
    ),
    # -- limits -----------------------------------------------------------------------------------
    (
        r"RuntimeError: can't start new thread|\bfork: (?:retry: )?Resource temporarily",
        _as("app.pids"),
    ),
    (r"BlockingIOError: \[Errno 11\]|uv_thread_create|pthread_create failed", _as("app.pids")),
    (r"JavaScript heap out of memory|^MemoryError\b", _as("app.memory")),
    (
        r"(?:\[Errno 28\]|ENOSPC:|: )[ ]?[Nn]o space left on device|database or disk is full",
        _as("app.folder_full", volume_mb=str(SIZE_MB)),
    ),
    # -- anything else ----------------------------------------------------------------------------
    (
        r"^Traceback \(most recent call last\):\n(?:[ \t][^\n]*\n)+(?P<error>\S.*)$",
        _as("app.raised"),
    ),
    (r"^(?P<error>\w*(?:Error|Exception)\b[^\n]*)(?=\n(?:[^\n]*\n)?\s+at \S)", _as("app.raised")),
    (r"^(?P<error>panic: .*)$", _as("app.raised")),
    (r'^Exception in thread "main" (?P<error>.*)$', _as("app.raised")),
    (r"^(?P<error>(?:\w+\.)*\w*(?:Error|Exception): .*)$", _as("app.raised")),
)
_RULES = tuple(_rules())
