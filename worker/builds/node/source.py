"""What JavaScript and TypeScript files import and whether they serve, read from their text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.builds.folder import Folder

SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts")
_IMPORT = re.compile(
    r"""(?:\brequire\(\s*|\bfrom\s+|^[ \t]*import\s+|\bimport\(\s*)["']([^"'\n]+)["']""",
    re.MULTILINE,
)
_SERVES = re.compile(
    r"\.listen\s*\(|\bBun\.serve\(|\bserve\(\s*\{|\bNestFactory\b|new\s+WebSocketServer\(|new\s+Server\("
)
_PORT = re.compile(
    r"""(?:\blisten\(\s*|\bPORT\b[^\n]{0,40}?(?:\|\||\?\?)\s*|\bport\b\s*[:=]\s*)["']?(\d{2,5})""",
    re.IGNORECASE,
)
_LINE_COMMENT = re.compile(r"(?<![:\"'`])//[^\n]*")
# https://nodejs.org/api/modules.html#built-in-modules
_BUILT_IN = frozenset(
    {
        "assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants",
        "crypto", "dgram", "diagnostics_channel", "dns", "domain", "events", "fs", "http", "http2",
        "https", "inspector", "module", "net", "os", "path", "perf_hooks", "process", "punycode",
        "querystring", "readline", "repl", "stream", "string_decoder", "sys", "timers", "tls",
        "trace_events", "tty", "url", "util", "v8", "vm", "wasi", "worker_threads", "zlib",
    }
)  # fmt: skip
# Packages that may be installed without being listed: well known, no namesakes.
KNOWN = frozenset(
    {
        "express", "cors", "body-parser", "morgan", "dotenv", "helmet", "jsonwebtoken", "bcrypt",
        "bcryptjs", "mongoose", "mongodb", "sqlite3", "better-sqlite3", "pg", "mysql", "mysql2",
        "sequelize", "knex", "uuid", "nanoid", "joi", "zod", "axios", "ejs", "pug", "multer",
        "cookie-parser", "express-session", "express-validator", "express-rate-limit", "redis",
        "ioredis", "ws", "socket.io", "fastify", "koa", "koa-router", "@koa/router", "shortid",
        "validator", "winston", "pino", "marked", "hapi", "@hapi/hapi", "moment", "dayjs", "lodash",
        "node-fetch", "sharp", "nodemon", "swagger-ui-express", "compression", "passport",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Script:
    """One file: packages and files of its own that it imports, whether it serves, its port."""

    packages: frozenset[str]
    relative: tuple[str, ...]
    serves: bool
    port: int | None


def read_script(folder: Folder, path: str) -> Script:
    """Read one file without running it."""
    text = _without_comments(folder.lines(path))
    names = _IMPORT.findall(text)
    packages = {_package(name) for name in names if not name.startswith((".", "/", "node:", "#"))}
    port = _PORT.search(text)
    number = int(port.group(1)) if port else None
    return Script(
        frozenset(name for name in packages if name.split("/")[0] not in _BUILT_IN),
        tuple(name for name in names if name.startswith(".")),
        bool(_SERVES.search(text)),
        number if number and 79 < number < 65536 else None,
    )


def _without_comments(text: str) -> str:
    parts: list[str] = []
    at = 0
    while (start := text.find("/*", at)) >= 0:
        parts.append(text[at:start])
        end = text.find("*/", start + 2)
        at = end + 2 if end >= 0 else len(text)
    return _LINE_COMMENT.sub("", "".join([*parts, text[at:]]))


def _package(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[:2]) if name.startswith("@") else parts[0]
