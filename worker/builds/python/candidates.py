"""Everything in a Python project that could be what is started, scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from posixpath import dirname

from worker.builds.python.frameworks import DJANGO, Framework
from worker.builds.python.layout import Layout, dotted
from worker.builds.python.module import App, Module
from worker.builds.python.readme import Hints

# Points. What a README says outweighs every name, a name outweighs the depth of a folder.
_IN_README, _SCRIPT_IN_README = 25, 20
_OBJECT, _FACTORY, _NEEDY_FACTORY, _SCRIPT, _INDIRECT = 30, 22, 5, 20, 10
_SERVES, _USUAL_VARIABLE, _PACKAGE, _FOLDER = 8, 4, 4, -4
_LOADS_EACH, _LOADS_MOST = 2, 10
_NAMES = {
    "app": 12, "main": 12, "server": 10, "wsgi": 9, "asgi": 9, "run": 9, "application": 8,
    "api": 6, "manage": 6, "start": 6, "__main__": 6, "index": 5,
}  # fmt: skip
# A module with a hundred apps is somebody's experiment.
_MOST_APPS = 8
# Following imports takes time: only for the likeliest.
_LOOKED_INTO = 30


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


def find_candidates(layout: Layout, hints: Hints) -> list[Candidate]:
    """All candidates, likeliest first, in an order that does not depend on chance."""
    found = list(_direct(layout)) or list(_indirect(layout))
    named = _sorted(replace(one, score=one.score + _points(one, hints)) for one in found)
    likely = named[:_LOOKED_INTO]
    return _sorted(replace(one, score=one.score + _loads(one, layout)) for one in likely)


def _sorted(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda c: (-c.score, c.module.path.count("/"), c.module.path))


def _direct(layout: Layout) -> Iterator[Candidate]:
    """Modules that have an app, or that serve."""
    if "django" in layout.folder.text("manage.py").lower():
        said = "manage.py is there, so this is a Django app"
        yield Candidate(layout.modules["manage.py"], "", DJANGO, None, 0, said)
        return
    for module in layout.main_modules():
        if not (module.apps or module.calls or module.serves):
            continue
        root = layout.root_of(module.path)
        apps = [*module.apps, *_made_elsewhere(layout, module, root)]
        for app in apps[:_MOST_APPS]:
            said = _sentence(app, module)
            yield Candidate(module, root, app.framework, app, _app_points(app), said)
        if not apps and module.serves:
            said = f"{module.path} serves when it is run ({module.serves.title})"
            yield Candidate(module, root, module.serves, None, _SCRIPT, said)


def _indirect(layout: Layout) -> Iterator[Candidate]:
    """Scripts that load a module which can serve: ``from server import run; run()``."""
    if not any(module.can_serve for module in layout.modules.values()):
        return
    for module in layout.main_modules():
        if not module.runs:
            continue
        root = layout.root_of(module.path)
        for path in sorted(layout.reachable(module.path, root)):
            framework = layout.modules[path].can_serve
            if framework:
                said = f"{module.path} runs {path}, which serves ({framework.title})"
                script = replace(module, main_only_serves=False, serves=framework)
                yield Candidate(script, root, framework, None, _INDIRECT, said)
                break


def _made_elsewhere(layout: Layout, module: Module, root: str) -> Iterator[App]:
    """``app = create_app()``, and ``from package import app`` in a script that serves it."""
    for variable, (called, line) in module.calls.items():
        function = called.rsplit(".", 1)[-1]
        for app in _apps_of(layout, module, root, function):
            if app.factory:
                yield App(variable, app.framework, line, maker=f"{function}()")
    if module.serves:
        for one in module.imports:
            for name in one.names:
                for app in _apps_of(layout, module, root, name):
                    if not app.factory:
                        said = f"import of {one.module}.{name}"
                        yield App(name, app.framework, one.line, maker=said)


def _apps_of(layout: Layout, module: Module, root: str, name: str) -> list[App]:
    """Apps and factories of that name in modules from which this one takes the name."""
    found = [app for app in module.apps if app.name == name and app.factory]
    for one in module.imports:
        if name not in one.names:
            continue
        base = root
        if one.level:
            base = dirname(module.path)
            for _ in range(one.level - 1):
                base = dirname(base)
        path = layout.resolve(base, one.module) or ""
        # A package given by its folder has its apps in __init__.py.
        target = layout.modules.get(path) or layout.modules.get(f"{path}__init__.py")
        found += [app for app in (target.apps if target else ()) if app.name == name]
    return found


def _app_points(app: App) -> int:
    if not app.factory:
        return _OBJECT
    # What a server calls gets no arguments.
    return _NEEDY_FACTORY if app.needs_arguments else _FACTORY


def _sentence(app: App, module: Module) -> str:
    if app.factory:
        return f"{app.name}() in {module.path} line {app.line} makes a {app.framework.title} app"
    if app.maker.endswith(")") or " " in app.maker:
        return f"{app.name} = {app.maker} in {module.path} line {app.line}"
    return f"{app.name} = {app.maker}(…) in {module.path} line {app.line}"


def _loads(one: Candidate, layout: Layout) -> int:
    """Points for loading much of the project: what does is its beginning."""
    loads = len(layout.reachable(one.module.path, one.root)) - 1
    return min(_LOADS_MOST, _LOADS_EACH * loads)


def _points(one: Candidate, hints: Hints) -> int:
    """Points for what it is called and who says so."""
    module = one.module
    points = _NAMES.get(module.name.lower(), 0) + _FOLDER * module.path.count("/")
    points += _PACKAGE if module.name == "__init__" else 0
    points += _USUAL_VARIABLE if one.app and one.app.name in ("app", "application") else 0
    points += _SERVES if module.serves else 0
    target = f"{one.dotted}:{one.app.name}" if one.app else one.dotted
    if target in hints.targets or one.dotted in hints.targets:
        points += _IN_README
    elif any(_is_script(script, one) for script in hints.scripts):
        points += _SCRIPT_IN_README
    return points


def _is_script(script: str, one: Candidate) -> bool:
    path = one.module.path
    return path == script or path.endswith(f"/{script}") or script == one.dotted
