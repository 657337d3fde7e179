"""Writing a report to files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from grader.domain.report import Report
from grader.reports.ctrf import render_ctrf
from grader.reports.html_page import render_html
from grader.reports.json_file import render_json
from grader.reports.junit import render_junit
from grader.reports.markdown import render_markdown

RENDERERS: dict[str, tuple[str, Callable[[Report], str]]] = {
    "json": ("report.json", render_json),
    "html": ("report.html", render_html),
    "md": ("report.md", render_markdown),
    "junit": ("report.junit.xml", render_junit),
    "ctrf": ("report.ctrf.json", render_ctrf),
}
FORMATS: tuple[str, ...] = tuple(RENDERERS)


def write(report: Report, directory: Path, formats: Iterable[str] = FORMATS) -> list[Path]:
    """Write a report in some formats.

    Args:
        report: What to write.
        directory: Made when it is not there.
        formats: Of :data:`FORMATS`; ``json`` is always written, and written first.

    Returns:
        The files, in the order of :data:`FORMATS`. Each appears whole or not at all.
    """
    directory.mkdir(parents=True, exist_ok=True)
    wanted = {"json", *formats}
    paths = []
    for name, (filename, render) in RENDERERS.items():
        if name in wanted:
            path = directory / filename
            _replace(path, render(report))
            paths.append(path)
    return paths


def _replace(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        # mkstemp makes files for their owner only; whoever may see the folder may read a report.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
