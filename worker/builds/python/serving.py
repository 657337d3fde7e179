"""Whether a module serves when it is run as a script."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from worker.builds.python.frameworks import (
    FASTAPI,
    FLASK,
    RUNNERS,
    SERVING_METHODS,
    Framework,
)
from worker.builds.python.module import Module
from worker.builds.python.syntax import Names, is_definition, is_main, on_import, only_reads

FACTORY_NAME = re.compile(
    r"^(create|make|build|get|init)_?(app|application|api|server)$|^app_factory$"
)
_APP_NAMES = frozenset({"app", "application", "api", "server"})
_ASYNC = frozenset({"uvicorn", "fastapi", "hypercorn", "starlette"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def find_serving(module: Module, tree: ast.Module, names: Names) -> None:
    """Fill in what a module does when it is run: ``serves``, ``served``, ``runs`` and the rest.

    Args:
        module: With its imports, apps and calls already found.
        tree: Its syntax tree.
        names: What its names stand for.
    """
    reader = _Reader(module, tree, names)
    blocks = [node.body for node in tree.body if isinstance(node, ast.If) and is_main(node)]
    rest = [node for node in on_import(tree.body) if not is_definition(node)]
    module.runs = bool(blocks or rest)
    for body in blocks:
        module.main_only_serves = reader.only_serves(body)
        module.serves = module.serves or reader.serving(body)
    module.serves = module.serves or reader.serving(rest)
    module.can_serve = module.serves or reader.anywhere()


class _Reader:
    def __init__(self, module: Module, tree: ast.Module, names: Names) -> None:
        self._m, self._tree, self._names = module, tree, names
        self._functions = {n.name: n for n in tree.body if isinstance(n, _Function)}
        self._apps = self._known_apps()

    def serving(self, body: Iterable[ast.stmt]) -> Framework | None:
        """What is served by statements, or by functions of the module that they call."""
        waiting, seen = list(body), set[str]()
        while waiting:
            for node in ast.walk(waiting.pop(0)):
                if not isinstance(node, ast.Call):
                    continue
                framework = self._served_by(node)
                if framework:
                    return framework
                for name in self._called(node):
                    if name not in seen:
                        seen.add(name)
                        waiting += self._functions[name].body
        return None

    def only_serves(self, body: list[ast.stmt]) -> bool:
        """Whether a main block could be left out where a server is started in another way."""
        for statement in body:
            if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass):
                continue
            if isinstance(statement, ast.Assign) and only_reads(statement.value):
                continue
            call = statement.value if isinstance(statement, ast.Expr) else None
            plain = isinstance(call, ast.Call) and (
                self._names.full(call.func) == "print" or self._served_by(call) is not None
            )
            if not plain and not isinstance(call, ast.Constant):
                return False
        return True

    def anywhere(self) -> Framework | None:
        """What some function or class of the module serves."""
        calls = (node for node in ast.walk(self._tree) if isinstance(node, ast.Call))
        return next((found for call in calls if (found := self._served_by(call))), None)

    def _served_by(self, call: ast.Call) -> Framework | None:
        full = self._names.full(call.func)
        framework = RUNNERS.get(full)
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if framework:
            self._m.served = self._m.served or _first_argument(call)
        elif isinstance(owner, ast.Name) and owner.id in self._apps:
            if full.rsplit(".", 1)[-1] in SERVING_METHODS:
                framework = self._apps[owner.id]
                self._m.served = self._m.served or owner.id
        elif isinstance(owner, ast.Call) and full == "":
            # create_app().run()
            maker = self._names.full(owner.func).rsplit(".", 1)[-1]
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if FACTORY_NAME.match(maker) and method in SERVING_METHODS:
                framework = self._guess()
        return framework

    def _called(self, call: ast.Call) -> list[str]:
        """Functions of the module that a call runs: ``main()``, ``asyncio.run(main())``."""
        parts = [call.func, *call.args]
        return [p.id for p in parts if isinstance(p, ast.Name) and p.id in self._functions]

    def _known_apps(self) -> dict[str, Framework]:
        """Names that hold an app, made here or elsewhere."""
        known = {app.name: app.framework for app in self._m.apps if not app.factory}
        elsewhere = {name for one in self._m.imports for name in one.names if name in _APP_NAMES}
        for name, (maker, _) in self._m.calls.items():
            if FACTORY_NAME.match(maker.rsplit(".", 1)[-1]):
                elsewhere.add(name)
        # Inside functions and main blocks too: app = create_app(); app.run().
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                maker = self._names.full(node.value.func).rsplit(".", 1)[-1]
                if FACTORY_NAME.match(maker):
                    elsewhere |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        for name in elsewhere:
            known.setdefault(name, self._guess())
        return known

    def _guess(self) -> Framework:
        """The framework of an app made elsewhere: what this module imports tells."""
        return FASTAPI if {one.top for one in self._m.imports} & _ASYNC else FLASK


def _first_argument(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    return first.id if isinstance(first, ast.Name) else ""
