"""What to say of a folder that no recipe fits."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import basename, dirname

from grader.errors import SubmissionError
from worker.builds.folder import Folder

# File that only a project of that language has -> the language.
_TOOLCHAINS = {
    "go.mod": "Go",
    "pom.xml": "Java",
    "build.gradle": "Java",
    "build.gradle.kts": "Kotlin",
    "Cargo.toml": "Rust",
    "Gemfile": "Ruby",
    "composer.json": "PHP",
    "mix.exs": "Elixir",
    "deno.json": "Deno",
    "bun.lockb": "Bun",
    "build.sbt": "Scala",
    "Package.swift": "Swift",
    "pubspec.yaml": "Dart",
    "shard.yml": "Crystal",
    "stack.yaml": "Haskell",
    "project.clj": "Clojure",
}
_SUFFIXES = {
    ".go": "Go", ".java": "Java", ".kt": "Kotlin", ".rs": "Rust", ".rb": "Ruby", ".php": "PHP",
    ".cs": ".NET", ".csproj": ".NET", ".sln": ".NET", ".ex": "Elixir", ".scala": "Scala",
}  # fmt: skip
_DOCUMENTS = (".md", ".rst", ".txt", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".gitignore")
_NO_PROJECTS = frozenset({"test", "tests", "docs", "example", "examples", "frontend", "client"})
_DEEPEST, _MOST_FOLDERS = 4, 200
LOOKED_FOR = (
    "Dockerfile, Procfile, requirements.txt, pyproject.toml, manage.py, package.json, *.py, *.js"
)


def other_language(folder: Folder) -> str:
    """The language of a project that no recipe is there for; empty if there is no sign of one."""
    for name, language in _TOOLCHAINS.items():
        if folder.has(name):
            return language
    return next(
        (language for suffix, language in _SUFFIXES.items() if folder.with_suffix(suffix)), ""
    )


def projects_below(folder: Folder, fits: Callable[[Folder], bool]) -> list[str]:
    """The nearest sub-folders that hold a project of their own, sorted.

    Args:
        folder: Where nothing was found.
        fits: Whether a recipe fits a folder.
    """
    found: list[str] = []
    with_files = {dirname(file) for file in folder.files} - {""}
    near = [path for path in with_files if path.count("/") < _DEEPEST]
    for path in sorted(near, key=lambda p: (p.count("/"), p))[:_MOST_FOLDERS]:
        inside_another = any(path.startswith(f"{other}/") for other in found)
        if inside_another or not _NO_PROJECTS.isdisjoint(path.lower().split("/")):
            continue
        if fits(folder.below(path)):
            found.append(path)
    return found


def nothing_found(folder: Folder, below: list[str]) -> SubmissionError:
    """The error for a folder that cannot be built."""
    if below:
        first = below[0]
        names = ", ".join(f"`{path}`" for path in below[:12])
        return SubmissionError("build.several_projects", folders=names, first=first)
    language = other_language(folder)
    if language:
        return SubmissionError("build.language", language=language)
    if all(path.lower().endswith(_DOCUMENTS) or _is_document(path) for path in folder.files):
        names = ", ".join(sorted(folder.files)[:4])
        return SubmissionError("build.documents_only", names=names)
    return SubmissionError("build.nothing_found", looked_for=LOOKED_FOR)


def _is_document(path: str) -> bool:
    name = basename(path).lower()
    return name in ("license", "readme", "notice", "authors", "changelog", ".gitattributes")
