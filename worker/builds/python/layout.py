"""How the modules of a folder import each other, and from where that works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from posixpath import dirname, normpath

from worker.builds.folder import Folder
from worker.builds.plan import APP_DIR
from worker.builds.python.module import Module
from worker.builds.python.scan import scan

# The folder that the project lies in, for projects that are a package: there it is called `app`.
ABOVE = ".."
MAX_MODULES = 500
# Bytes of code that are read at most: a syntax tree is many times as large.
MAX_BYTES = 8 * 1024 * 1024
MAX_MODULE_BYTES = 256 * 1024
_ASIDE = frozenset(
    {
        "test", "tests", "testing", "docs", "doc", "example", "examples", "migrations", "alembic",
        "scripts", "node_modules", "frontend", "client", "dist", "build", "notebooks", "benchmarks",
    }
)  # fmt: skip


_HELPERS = frozenset(
    {"setup", "conftest", "test", "tests", "locustfile", "noxfile", "gunicorn.conf", "tasks"}
)


def is_code(path: str) -> bool:
    """Whether a module belongs to the app: no tests, no examples, no helpers of tools."""
    *folders, name = path.lower().removesuffix(".py").split("/")
    return _ASIDE.isdisjoint(folders) and name not in _HELPERS and not name.startswith("test_")


class Layout:
    """The Python modules of one folder."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        paths = [path for path in folder.with_suffix(".py") if not path.startswith(".")]
        paths.sort(key=lambda path: (path.count("/"), path))
        self.modules: Mapping[str, Module] = dict(_scanned(folder, paths[:MAX_MODULES]))
        self._loaded: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
        self._roots: dict[str, str] = {}
        self._reachable: dict[tuple[str, str], frozenset[str]] = {}

    def main_modules(self) -> Iterator[Module]:
        """Modules that could be what is started."""
        for path, module in self.modules.items():
            if is_code(path):
                yield module

    def resolve(self, root: str, dotted: str) -> str | None:
        """The file that ``import dotted`` loads with ``root`` on the path; None if there is none.

        A package without ``__init__.py`` counts if there is a module in it.
        """
        base = normpath(f"{root}/{dotted.replace('.', '/')}").lstrip("/") if dotted else root
        base = base.removeprefix("./")
        for path in (f"{base}.py", f"{base}/__init__.py"):
            if path in self.modules:
                return path
        return f"{base}/" if base and base in self._code_folders else None

    @cached_property
    def _code_folders(self) -> set[str]:
        return {dirname(path) for path in self.modules}

    def root_of(self, path: str) -> str:
        """The folder that has to be on the path for a module's own imports to work."""
        if path not in self._roots:
            self._roots[path] = self._find_root(path)
        return self._roots[path]

    def _find_root(self, path: str) -> str:
        """Every folder from the module's own up to the top is tried.

        The one from which most imports of the module, and of what it loads in turn, are found
        wins. Relative imports need the package to be found by name, so from its parent or higher.
        """
        if "/" not in path and not any(one.level for one in self.modules[path].imports):
            return ""
        candidates = [root for root in _ancestors(dirname(path)) if _has_name(path, root)]
        scores = {root: self._score(root, path) for root in candidates}
        best = max(scores.values())
        if best < 0:
            # The project is itself the package.
            return ABOVE
        fitting = [root for root in candidates if scores[root] == best]
        # src is where packages lie, and none itself (the "src layout").
        if "src" in fitting and "src/__init__.py" not in self.modules:
            return "src"
        # Nothing tells: a plain script's folder is first on its path; a package is named from
        # above it.
        own = dirname(path)
        if own in fitting and f"{own}/__init__.py".lstrip("/") not in self.modules:
            return own if best > 0 or not own else fitting[-1]
        return fitting[-1]

    def _score(self, root: str, start: str) -> int:
        score, waiting, seen = 0, [start], {start}
        while waiting:
            path = waiting.pop()
            for one in self.modules[path].imports:
                found: list[str] = []
                if one.level:
                    package = dirname(path)
                    for _ in range(one.level - 1):
                        package = dirname(package)
                    # A relative import needs a parent package: the folder itself has none.
                    inside = dirname(path) != root and package.startswith(root)
                    score += 1 if inside else -2
                    found = self._files(package, one.module, one.names)
                else:
                    found = self._files(root, one.module, one.names)
                    score += bool(found)
                for file in found:
                    if file in self.modules and file not in seen:
                        seen.add(file)
                        waiting.append(file)
        return score

    def _files(self, root: str, dotted: str, names: tuple[str, ...]) -> list[str]:
        """Files loaded by ``from dotted import names``."""
        key = (root, dotted, names)
        if key not in self._loaded:
            self._loaded[key] = self._find_files(root, dotted, names)
        return self._loaded[key]

    def _find_files(self, root: str, dotted: str, names: tuple[str, ...]) -> list[str]:
        first = self.resolve(root, dotted) if dotted else None
        inner = [
            file
            for name in names
            if (file := self.resolve(root, f"{dotted}.{name}" if dotted else name))
        ]
        found = ([first] if first else []) + inner
        return [file for file in found if file != f"{root}/"]

    def reachable(self, start: str, root: str) -> frozenset[str]:
        """Every module that is loaded with ``start``, itself among them."""
        if (start, root) not in self._reachable:
            self._reachable[start, root] = frozenset(self._find_reachable(start, root))
        return self._reachable[start, root]

    def _find_reachable(self, start: str, root: str) -> set[str]:
        seen, waiting = {start}, [start]
        while waiting:
            path = waiting.pop()
            for one in self.modules[path].imports:
                package = root
                if one.level:
                    package = dirname(path)
                    for _ in range(one.level - 1):
                        package = dirname(package)
                for file in self._files(package, one.module, one.names):
                    if file in self.modules and file not in seen:
                        seen.add(file)
                        waiting.append(file)
        return seen

    def own_names(self) -> set[str]:
        """Names that imports of this folder's own modules can begin with."""
        names: set[str] = set()
        for path in self.modules:
            parts = path.removesuffix(".py").split("/")
            names.update(parts)
        return names


def _ancestors(folder: str) -> list[str]:
    found = [folder]
    while folder:
        folder = dirname(folder)
        found.append(folder)
    return found


def _has_name(path: str, root: str) -> bool:
    """Whether a module can be imported by name: a dot in a folder's name forbids it."""
    return "." not in dirname(path)[len(root) :]


def _scanned(folder: Folder, paths: list[str]) -> Iterator[tuple[str, Module]]:
    """Modules as long as there are not too many bytes of them."""
    left = MAX_BYTES
    for path in paths:
        text = folder.text(path)
        if len(text) <= min(left, MAX_MODULE_BYTES):
            left -= len(text)
            yield path, scan(path, text)


def dotted(path: str, root: str) -> str:
    """A module's name with ``root`` on the path."""
    inner = path[len(root) + 1 :] if root else path
    if root == ABOVE:
        inner = f"{APP_DIR[1:]}/{path}"
    return inner.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
