"""What a Python module is, read from its syntax tree: the code is never imported or run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from worker.builds.python.frameworks import (
    FASTAPI,
    FLASK,
    MAKERS,
    RUNNERS,
    SERVING_METHODS,
    Framework,
)

_FACTORY_NAME = re.compile(
    r"^(create|make|build|get|init)_?(app|application|api|server)$|^app_factory$"
)


@dataclass(frozen=True, slots=True)
class App:
    """A variable of a module that holds an app, or a function that returns one."""

    name: str
    framework: Framework
    line: int
    factory: bool = False
    maker: str = ""
    needs_arguments: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module: ``level`` dots, dotted name, the names taken from it."""

    module: str
    names: tuple[str, ...]
    level: int
    line: int
    optional: bool


@dataclass(slots=True)
class Module:
    """What was found in one module.

    Attributes:
        path: Of its file.
        imports: Everything it imports, wherever in it.
        apps: Apps and factories, in order.
        calls: Variable -> function of another module whose result it holds.
        serves: The framework that it serves when it is run as a script; None if it does not.
        main_only_serves: Its ``__main__`` block does nothing but serve.
        served: The import string given to the server (``"main:app"``), or the app's name.
        port: The port in the code, if one is written there.
        commands: Names of command line commands that it defines (``"init-db"``).
        strings: Short texts in it that could be file names.
        error: Why it is no Python for the version in use; empty if it is.
    """

    path: str
    imports: list[Import] = field(default_factory=list)
    apps: list[App] = field(default_factory=list)
    calls: dict[str, tuple[str, int]] = field(default_factory=dict)
    serves: Framework | None = None
    main_only_serves: bool = False
    served: str = ""
    port: int | None = None
    commands: list[str] = field(default_factory=list)
    strings: set[str] = field(default_factory=set)
    error: str = ""

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.rsplit("/", 1)[-1].removesuffix(".py")


def scan(path: str, text: str) -> Module:
    """Read one module; one that cannot be parsed comes back with ``error`` and its imports.

    Args:
        path: Of its file.
        text: Its source.
    """
    try:
        with warnings.catch_warnings():
            # Odd escapes in a learner's strings are no concern of ours.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f"line {error.lineno}" if isinstance(error, SyntaxError) else "it is too deep"
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        return _guess(path, text, f"{where}: {words}")
    found = Module(path)
    try:
        _Scanner(found, tree).run()
    except RecursionError:
        return _guess(path, text, "it is too deep")
    return found


class _Scanner:
    def __init__(self, module: Module, tree: ast.Module) -> None:
        self._m = module
        self._tree = tree
        self._names: dict[str, str] = {}
        self._types: dict[str, Framework] = {}

    def run(self) -> None:
        optional = set(_optional_imports(self._tree))
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node, node in optional)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if 0 < len(node.value) < 80 and "\n" not in node.value:
                    self._m.strings.add(node.value)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._command(node)
        for node in _top_level(self._tree.body):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                self._assign(node)
            elif isinstance(node, ast.FunctionDef):
                self._factory(node)
        self._port()
        self._serving()

    # -- imports and names ------------------------------------------------------------------------

    def _import(self, node: ast.Import | ast.ImportFrom, optional: bool) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self._names[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
                self._m.imports.append(Import(alias.name, (), 0, node.lineno, optional))
            return
        module = node.module or ""
        for alias in node.names:
            if not node.level:
                self._names[alias.asname or alias.name] = f"{module}.{alias.name}"
        names = tuple(alias.name for alias in node.names)
        self._m.imports.append(Import(module, names, node.level, node.lineno, optional))

    def _full(self, node: ast.expr) -> str:
        """The full dotted name of an expression, imports filled in; empty if it has none."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        parts.append(self._names.get(node.id, node.id))
        return ".".join(reversed(parts))

    # -- apps -------------------------------------------------------------------------------------

    def _made(self, value: ast.expr | None) -> tuple[str, Framework] | None:
        if not isinstance(value, ast.Call):
            return None
        maker = self._full(value.func)
        framework = MAKERS.get(maker)
        return (maker.rsplit(".", 1)[-1], framework) if framework else None

    def _assign(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        made = self._made(node.value)
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            if made:
                self._types[target.id] = made[1]
                self._m.apps.append(App(target.id, made[1], node.lineno, maker=made[0]))
            elif isinstance(node.value, ast.Call):
                self._m.calls[target.id] = (self._full(node.value.func), node.lineno)

    def _factory(self, node: ast.FunctionDef) -> None:
        made: tuple[str, Framework] | None = None
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign | ast.AnnAssign | ast.Return):
                made = made or self._made(inner.value)
        returns = any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(node))
        if made and returns:
            needs = len(node.args.posonlyargs) + len(node.args.args) > len(node.args.defaults)
            self._m.apps.append(
                App(node.name, made[1], node.lineno, True, made[0], needs_arguments=needs)
            )

    def _command(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
                continue
            if decorator.func.attr != "command":
                continue
            first = decorator.args[0] if decorator.args else None
            given = first.value if isinstance(first, ast.Constant) else None
            # click makes the name from the function's where none is given.
            default = node.name.removesuffix("_command").replace("_", "-")
            self._m.commands.append(given if isinstance(given, str) else default)

    # -- serving ----------------------------------------------------------------------------------

    def _serving(self) -> None:
        main = [node for node in self._tree.body if _is_main(node)]
        for block in main:
            assert isinstance(block, ast.If)
            self._m.main_only_serves = self._only_serves(block.body)
            if self._find_serving(block.body) or self._calls_server(block.body):
                return
        rest = [node for node in self._tree.body if not _is_main(node)]
        self._find_serving(
            [
                n
                for n in rest
                if not isinstance(n, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
            ]
        )

    def _find_serving(self, body: list[ast.stmt]) -> bool:
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and self._serves(node):
                    return True
        return False

    def _serves(self, call: ast.Call) -> bool:
        full = self._full(call.func)
        framework = RUNNERS.get(full)
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if not framework and isinstance(owner, ast.Name) and owner.id in self._app_names():
            framework = (
                self._app_names()[owner.id] if full.split(".")[-1] in SERVING_METHODS else None
            )
            self._m.served = self._m.served or (owner.id if framework else "")
        if not framework:
            return False
        self._m.serves = framework
        if not self._m.served and call.args:
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                self._m.served = first.value
            elif isinstance(first, ast.Name):
                self._m.served = first.id
        return True

    def _app_names(self) -> dict[str, Framework]:
        known = dict(self._types)
        imported = {
            n for i in self._m.imports for n in i.names if n in ("app", "application", "api")
        }
        for name in {*imported, *(n for n in self._m.calls if n in ("app", "application", "api"))}:
            known.setdefault(name, _guess_framework(self._m.imports))
        for name, (maker, _) in self._m.calls.items():
            if _FACTORY_NAME.match(maker.rsplit(".", 1)[-1]):
                known.setdefault(name, _guess_framework(self._m.imports))
        return known

    def _calls_server(self, body: list[ast.stmt]) -> bool:
        """The block calls functions of the module one of which serves: ``main()``."""
        functions = {
            node.name: node
            for node in self._tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        waiting: list[ast.stmt] = list(body)
        seen: set[str] = set()
        while waiting:
            statement = waiting.pop()
            for node in ast.walk(statement):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                name = node.func.id
                if name not in functions or name in seen:
                    continue
                seen.add(name)
                if self._find_serving(functions[name].body):
                    self._m.main_only_serves = False
                    return True
                waiting += functions[name].body
        return False

    def _only_serves(self, body: list[ast.stmt]) -> bool:
        for statement in body:
            if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass):
                continue
            call = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(call, ast.Constant) or (
                isinstance(call, ast.Call) and self._serves(call)
            ):
                continue
            if isinstance(call, ast.Call) and self._full(call.func) == "print":
                continue
            if isinstance(statement, ast.Assign) and _only_reads_environment(statement.value):
                continue
            return False
        return True

    def _port(self) -> None:
        for node in ast.walk(self._tree):
            if (isinstance(node, ast.keyword) and node.arg == "port") or (isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id.lower() == "port" for t in node.targets
            )):
                self._m.port = self._m.port or _number(node.value)
            elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
                # ("", 8000), as socket addresses are written.
                host, port = node.elts
                if isinstance(host, ast.Constant) and isinstance(host.value, str):
                    self._m.port = self._m.port or _number(port)


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run on import, also inside ``if``, ``try`` and ``with``; not main blocks."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and not _is_main(node):
            yield from _top_level([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _top_level([*node.body, *node.orelse, *node.finalbody])
            for handler in node.handlers:
                yield from _top_level(handler.body)
        elif isinstance(node, ast.With):
            yield from _top_level(node.body)


def _is_main(node: ast.stmt) -> bool:
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)


def _optional_imports(tree: ast.Module) -> Iterator[ast.stmt]:
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


def _only_reads_environment(value: ast.expr) -> bool:
    """``int(os.environ.get("PORT", 5000))`` and the like."""
    allowed = {"int", "str", "getenv", "get", "bool", "float", "lower"}
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            func = node.func
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            if name not in allowed:
                return False
    return True


def _number(node: ast.expr) -> int | None:
    """A port in an expression: ``8000``, ``int(os.getenv("PORT", "8000"))``."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant):
            value = inner.value
            if isinstance(value, str) and value.isdecimal():
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and 80 <= value < 65536:
                return value
    return None


def _guess_framework(imports: list[Import]) -> Framework:
    """The framework of an app made elsewhere: the server that this module imports tells."""
    tops = {one.module.split(".")[0] for one in imports}
    return FASTAPI if tops & {"uvicorn", "fastapi", "hypercorn"} else FLASK


def _guess(path: str, text: str, error: str) -> Module:
    """What can be told of a module that this Python cannot parse: newer syntax, or a mistake."""
    found = Module(path, error=error)
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r"\s*(?:from\s+(\.*)([\w.]*)\s+import\s+(.+)|import\s+([\w.]+))", line)
        if match and match.group(4):
            found.imports.append(Import(match.group(4), (), 0, number, False))
        elif match:
            names = tuple(re.findall(r"\b(?!as\b)\w+", match.group(3)))
            found.imports.append(Import(match.group(2), names, len(match.group(1)), number, False))
        made = re.match(r"(\w+)\s*(?::\s*\w+\s*)?=\s*(?:\w+\.)?(Flask|FastAPI)\(", line)
        if made:
            maker = made.group(2)
            framework = MAKERS["flask.Flask" if maker == "Flask" else "fastapi.FastAPI"]
            found.apps.append(App(made.group(1), framework, number, maker=maker))
    return found
