"""Reads a Python module from its syntax tree: learners' code is never imported or run."""

from __future__ import annotations

import ast
import re
import warnings

from worker.builds.python.frameworks import MAKERS, Framework
from worker.builds.python.module import App, Import, Module
from worker.builds.python.serving import find_serving
from worker.builds.python.syntax import Names, find_port, is_newer, on_import, optional_imports

# Longer texts are no names of files.
MAX_STRING = 80
_IMPORT_LINE = re.compile(r"\s*(?:from\s+(\.*)([\w.]*)\s+import\s+(.+)|import\s+([\w.]+))")
_APP_LINE = re.compile(r"(\w+)\s*(?::\s*\w+\s*)?=\s*(?:\w+\.)?(Flask|FastAPI)\(")


def scan(path: str, text: str) -> Module:
    """Read one module.

    Args:
        path: Of its file.
        text: Its source.

    Returns:
        What was found; for code that this Python cannot parse, ``error`` and what its lines tell.
    """
    try:
        with warnings.catch_warnings():
            # Odd escapes in a learner's strings are no concern of ours.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        return _read(path, tree)
    except SyntaxError as error:
        module = _from_lines(path, text, f"line {error.lineno}: {error.msg}")
        module.newer = is_newer(text, error)
        return module
    except (ValueError, RecursionError, MemoryError):
        return _from_lines(path, text, "it is nested too deeply, or no text")


def _read(path: str, tree: ast.Module) -> Module:
    module, names = Module(path), Names()
    optional = set(optional_imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.learn(node)
            module.imports += _imports(node, node in optional)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if 0 < len(node.value) < MAX_STRING and "\n" not in node.value:
                module.strings.add(node.value)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            module.commands += _commands(node)
    for statement in on_import(tree.body):
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            _assigned(module, statement, names)
        elif isinstance(statement, ast.FunctionDef):
            _factory(module, statement, names)
    module.port = find_port(tree)
    find_serving(module, tree, names)
    return module


def _imports(node: ast.Import | ast.ImportFrom, optional: bool) -> list[Import]:
    if isinstance(node, ast.Import):
        return [Import(alias.name, (), 0, node.lineno, optional) for alias in node.names]
    names = tuple(alias.name for alias in node.names)
    return [Import(node.module or "", names, node.level, node.lineno, optional)]


def _made(value: ast.expr | None, names: Names) -> tuple[str, Framework] | None:
    """What makes an app, and of which framework, if the expression does."""
    if not isinstance(value, ast.Call):
        return None
    maker = names.full(value.func)
    framework = MAKERS.get(maker)
    return (maker.rsplit(".", 1)[-1], framework) if framework else None


def _assigned(module: Module, node: ast.Assign | ast.AnnAssign, names: Names) -> None:
    made = _made(node.value, names)
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if not isinstance(target, ast.Name):
            continue
        if made:
            module.apps.append(App(target.id, made[1], node.lineno, maker=made[0]))
        elif isinstance(node.value, ast.Call):
            module.calls[target.id] = (names.full(node.value.func), node.lineno)


def _factory(module: Module, node: ast.FunctionDef, names: Names) -> None:
    values = [
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Assign | ast.AnnAssign | ast.Return)
    ]
    made = next((found for value in values if (found := _made(value, names))), None)
    returns = any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(node))
    if made and returns:
        given = len(node.args.posonlyargs) + len(node.args.args)
        needs = given > len(node.args.defaults)
        module.apps.append(App(node.name, made[1], node.lineno, True, made[0], needs))


def _commands(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names that ``@app.cli.command("init-db")`` and ``@click.command()`` give a function."""
    found: list[str] = []
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
            continue
        if decorator.func.attr == "command":
            first = decorator.args[0] if decorator.args else None
            given = first.value if isinstance(first, ast.Constant) else None
            # click makes the name from the function's where none is given.
            default = node.name.removesuffix("_command").replace("_", "-")
            found.append(given if isinstance(given, str) else default)
    return found


def _from_lines(path: str, text: str, error: str) -> Module:
    """What can be told of code that cannot be parsed: newer syntax than ours, or a mistake."""
    module = Module(path, error=error)
    for number, line in enumerate(text.split("\n"), 1):
        found = _IMPORT_LINE.match(line)
        if found and found.group(4):
            module.imports.append(Import(found.group(4), (), 0, number, False))
        elif found:
            taken = tuple(re.findall(r"\b(?!as\b)\w+", found.group(3)))
            level = len(found.group(1))
            module.imports.append(Import(found.group(2), taken, level, number, False))
        made = _APP_LINE.match(line)
        if made:
            maker = made.group(2)
            framework = MAKERS[f"{maker.lower()}.{maker}"]
            module.apps.append(App(made.group(1), framework, number, maker=maker))
    return module
