"""Everything in a Python project that could be what is started, scored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from posixpath import dirname

from worker.builds.python.frameworks import DJANGO, FLASK, Framework
from worker.builds.python.layout import Layout, dotted
from worker.builds.python.readme import Hints
from worker.builds.python.scan import App, Module

_GOOD_NAMES = {"app": 12, "main": 12, "server": 10, "wsgi": 9, "asgi": 9, "run": 9, "api": 6,
               "application": 8, "index": 5, "manage": 6, "start": 6, "__main__": 6}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to start a project.

    Attributes:
        module: The file, relative to the project.
        root: The folder that has to be on the path.
        framework: What serves.
        app: The variable or factory; None for a script that serves by itself.
        score: How likely it is meant.
        reason: What shows it, as a sentence.
    """

    module: Module
    root: str
    framework: Framework
    app: App | None
    score: int
    reason: str

    @property
    def dotted(self) -> str:
        """The module's name with its root on the path."""
        return dotted(self.module.path, self.root)

    @property
    def script(self) -> bool:
        return self.module.serves is not None


def find_candidates(layout: Layout, hints: Hints) -> list[Candidate]:
    """All candidates, likeliest first; an order that does not depend on chance."""
    found = [replace(one, score=one.score + _points(one, layout, hints)) for one in _all(layout)]
    return sorted(found, key=lambda c: (-c.score, c.module.path.count("/"), c.module.path))


def _all(layout: Layout) -> Iterator[Candidate]:
    if layout.folder.has("manage.py") and "django" in layout.folder.text("manage.py").lower():
        module = layout.modules["manage.py"]
        yield Candidate(
            module, "", DJANGO, None, 100, "manage.py is there, so this is a Django app"
        )
        return
    for module in layout.main_modules():
        root = layout.root_of(module.path)
        apps = [*module.apps, *_from_factories(layout, module, root)]
        for app in apps[:8]:
            yield Candidate(module, root, app.framework, app, _app_points(app), _said(app, module))
        if not apps and module.serves:
            serves = f"{module.path} serves when it is run ({module.serves.title})"
            yield Candidate(module, root, module.serves, None, 20, serves)


def _from_factories(layout: Layout, module: Module, root: str) -> Iterator[App]:
    """``app = create_app()`` with a factory of another module, or of this one."""
    for variable, (called, line) in module.calls.items():
        owner, _, function = called.rpartition(".")
        path = layout.resolve(root, owner) if owner else module.path
        if path is None and any(i.level and function in i.names for i in module.imports):
            path = next(
                (p for p, m in layout.modules.items() if any(a.name == function for a in m.apps)),
                None,
            )
        target = layout.modules.get(path or "")
        for app in target.apps if target else []:
            if app.factory and app.name == function:
                yield App(variable, app.framework, line, maker=f"{function}()")
    # from package import create_app  (relative and absolute imports of an app object)
    for one in module.imports if module.serves else []:
        for name in one.names:
            path = layout.resolve(dirname(module.path) if one.level else root, one.module)
            target = layout.modules.get(path or "")
            for app in target.apps if target else []:
                if app.name == name and not app.factory:
                    yield App(name, app.framework, one.line, maker=f"import of {one.module}.{name}")


def _app_points(app: App) -> int:
    if app.factory:
        # A factory that cannot be called without arguments cannot be what a server is given.
        return 5 if app.needs_arguments else 22
    return 30


def _said(app: App, module: Module) -> str:
    if app.factory:
        return f"{app.name}() in {module.path} line {app.line} makes a {app.framework.title} app"
    maker = app.maker if app.maker.endswith(")") or " " in app.maker else f"{app.maker}(…)"
    return f"{app.name} = {maker} in {module.path} line {app.line}"


def _points(one: Candidate, layout: Layout, hints: Hints) -> int:
    module = one.module
    points = _GOOD_NAMES.get(module.name.lower(), 0) - 4 * module.path.count("/")
    if module.name == "__init__":
        points += 4
    if one.app and one.app.name in ("app", "application"):
        points += 4
    if module.serves:
        points += 8
    # What loads most of the project is its beginning.
    points += min(10, 2 * (len(layout.reachable(module.path, one.root)) - 1))
    target = f"{one.dotted}:{one.app.name}" if one.app else ""
    if target and (target in hints.targets or one.dotted in hints.targets):
        points += 25
    elif any(_same_script(script, module.path, one) for script in hints.scripts):
        points += 20
    if one.framework is FLASK and one.app and one.app.maker == "OpenAPI":
        points += 1
    return points


def _same_script(script: str, path: str, one: Candidate) -> bool:
    return path == script or path.endswith(f"/{script}") or script == one.dotted
