"""Small questions to a syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

# What may be computed in a main block before serving without it being more than serving.
_READING = frozenset({"int", "str", "bool", "float", "getenv", "get", "lower", "strip"})
LOWEST_PORT = 80
# What later versions of Python allow, on the line at which an earlier one stops reading.
_NEWER = re.compile(
    r"\s*type\s+\w+\s*[\[=]"  # 3.12: type aliases
    r"|\s*(async\s+def|def|class)\s+\w+\s*\["  # 3.12: type parameters
    r"|\s*except\*?\s+[\w.]+\s*,[\w., ]+:"  # 3.14: several exceptions without parentheses
    r"|.*\b[rR]?[fF][rR]?([\"']).*\{[^{}]*\2[^{}]*\}"  # 3.12: the same quotes in an f-string
)
MAX_LINE_CHARS = 300
_NEWER_MESSAGE = "f-string expression part cannot include"


class Names:
    """The full names that a module's own names stand for."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def learn(self, node: ast.Import | ast.ImportFrom) -> None:
        """Take the names that an import binds. Relative ones stay as they are written."""
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                if not node.level:
                    self._known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif alias.asname:
                self._known[alias.asname] = alias.name
            else:
                top = alias.name.split(".")[0]
                self._known[top] = top

    def full(self, node: ast.expr) -> str:
        """``flask.Flask`` for ``Flask`` after ``from flask import Flask``; empty if no name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        parts.append(self._known.get(node.id, node.id))
        return ".".join(reversed(parts))


def is_newer(text: str, error: SyntaxError) -> bool:
    """Whether a file that does not parse looks like one for a later Python.

    Our own Python cannot read it, but what it stops at tells: a missing colon is a mistake in
    every version.
    """
    lines = text.splitlines()
    number = error.lineno or 0
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    return _NEWER_MESSAGE in error.msg or _NEWER.match(line[:MAX_LINE_CHARS]) is not None


def is_main(node: ast.stmt) -> bool:
    """``if __name__ == "__main__":``, either way round."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)


def on_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run on import, also those inside ``if``, ``try`` and ``with``."""
    for node in body:
        if is_main(node):
            continue
        yield node
        if isinstance(node, ast.If):
            yield from on_import([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            handlers = [statement for handler in node.handlers for statement in handler.body]
            yield from on_import([*node.body, *handlers, *node.orelse, *node.finalbody])
        elif isinstance(node, ast.With):
            yield from on_import(node.body)


def is_definition(node: ast.stmt) -> bool:
    return isinstance(
        node,
        ast.FunctionDef
        | ast.AsyncFunctionDef
        | ast.ClassDef
        | ast.Import
        | ast.ImportFrom
        | ast.Assign
        | ast.AnnAssign,
    ) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def optional_imports(tree: ast.Module) -> Iterator[ast.stmt]:
    """Imports that may fail: in a ``try`` with handlers, or for type checkers only."""
    for node in ast.walk(tree):
        guarded: list[ast.stmt] = []
        if isinstance(node, ast.Try) and node.handlers:
            guarded = [*node.body, *(s for h in node.handlers for s in h.body)]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            guarded = node.body
        for statement in guarded:
            for inner in ast.walk(statement):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield inner


def only_reads(value: ast.expr) -> bool:
    """``int(os.environ.get("PORT", 5000))`` and the like."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            func = node.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name not in _READING:
                return False
    return True


def find_port(tree: ast.Module) -> int | None:
    """The first port that is written in the code as one."""
    for node in ast.walk(tree):
        values: list[ast.expr] = []
        if isinstance(node, ast.keyword) and node.arg == "port":
            values = [node.value]
        elif isinstance(node, ast.Assign):
            names = [t.id.lower() for t in node.targets if isinstance(t, ast.Name)]
            values = [node.value] if "port" in names else _address(node.value)
        elif isinstance(node, ast.Call):
            values = [port for argument in node.args for port in _address(argument)]
        for value in values:
            if found := _number(value):
                return found
    return None


def _address(node: ast.expr) -> list[ast.expr]:
    """The port of a socket address, ``("", 8000)``. What is returned is none: ``"", 204``."""
    if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
        return []
    host, port = node.elts
    return [port] if isinstance(host, ast.Constant) and isinstance(host.value, str) else []


def _number(node: ast.expr) -> int | None:
    """A port in an expression: ``8000``, ``int(os.getenv("PORT", "8000"))``."""
    for inner in ast.walk(node):
        value = inner.value if isinstance(inner, ast.Constant) else None
        if isinstance(value, str) and value.isdecimal() and len(value) < 6:
            value = int(value)
        if isinstance(value, int) and LOWEST_PORT <= value < 65536:
            return value
    return None
