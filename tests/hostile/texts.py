"""Rows of hostile text: one app says it in every place that reaches a report.

A row's ``make.py`` names its texts and hands them to :func:`handed_in`. They come from answers and
their headers, from the app's log, from what its build prints, and from the repository: names of
files, the folder and the branch that are graded. :func:`check` then wants them in the report, and
every rendering of it inert.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from unittest.mock import patch

from grader.domain.report import Report
from grader.reports.terminal import print_report
from tests.hostile import spoilt_blog
from tests.hostile.handed import Handed
from tests.hostile.invariants import renderings
from tests.hostile.repositories import Entry, entries_of, served
from tests.hostile.world import World
from tests.support.inert_markdown import assert_inert
from tests.worker.sources_support import FILE, FOLDER

# Stand before a text, so that the row knows that it arrived.
ANSWER, LOG, BUILD, NAME = "said-in-an-answer", "said-in-the-log", "said-by-the-build", "a-name"
FOREIGN = {"script", "img", "iframe", "object", "embed", "link", "base", "form", "input", "video"}
FOREIGN |= {"math", "foreignobject", "plaintext"}
# All that may steer a terminal or hide text; newline and tab may stay.
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# More than any script stacks on a letter.
STACKED = re.compile("[\u0300-\u036f]{6}")
NAME_BYTES = 150

EVIL = """
import itertools
import json
import sys

ROUTE = r"GET /posts\\?.*"
TEXTS = itertools.cycle(json.load(open("texts.json")))


def change(body, handler):
    text = next(TEXTS)
    print("{LOG}", text.encode("utf-8", "replace").decode(), flush=True)
    # On a line of its own, where a runner would look for commands.
    return ("{ANSWER}\\n" + text).encode("utf-8", "replace")
"""
NOISE = """
import json
import sys

for text in json.load(open("texts.json")):
    sys.stdout.buffer.write(b"{BUILD} " + text.encode("utf-8", "replace") + b"\\n")
"""
DOCKERFILE = """
FROM python:3.11-slim
WORKDIR /app
COPY . .
RUN python noise.py
CMD ["python", "server.py"]
"""


@contextlib.contextmanager
def handed_in(
    folder: Path, texts: Sequence[str], path: str = "work", branch: str = "main"
) -> Iterator[dict[str, Handed]]:
    """Serve a repository that says the texts wherever it can.

    Args:
        folder: Holds the sample ``plain_http_server``.
        texts: What it says.
        path: The folder of the repository that is graded.
        branch: The branch that is graded.
    """
    _write(folder, texts)
    with served(folder) as server:
        raw = server.repository("raw.git")
        blob = raw.blob("x")
        # A line end in it, so that it is left out and the report says so.
        names = {f"{NAME}\n{_as_name(text)}".encode("utf-8", "replace") for text in texts}
        odd: list[Entry] = [(FILE, name, blob) for name in names]
        work = raw.tree(*entries_of(raw, folder))
        raw.commit(raw.tree((FOLDER, path, work), *odd), branch=branch)
        yield {"": Handed(server.at("raw.git"), ref=branch, path=path)}


def _write(folder: Path, texts: Sequence[str]) -> None:
    spoilt_blog.write(folder, World(secrets={}, files={}))
    (folder / "texts.json").write_text(json.dumps(list(texts)), encoding="utf-8")
    (folder / "evil.py").write_text(EVIL.format(LOG=LOG, ANSWER=ANSWER), encoding="utf-8")
    (folder / "noise.py").write_text(NOISE.format(BUILD=BUILD), encoding="utf-8")
    (folder / "Dockerfile").write_text(DOCKERFILE.lstrip(), encoding="utf-8")
    (folder / "Procfile").unlink()


def _as_name(text: str) -> str:
    return text[:NAME_BYTES].replace("/", "\u2215").replace("\\", "\u2216").replace("\0", "0")


def check(report: Report, world: World) -> None:
    """It was said, it is told, and nothing of it acts in any format."""
    texts = renderings(report)
    for mark in (ANSWER, LOG, BUILD, NAME):
        assert mark in texts["json"], mark
    for name, text in texts.items():
        assert not STEERS.search(text), (name, STEERS.findall(text)[:5])
        assert not STACKED.search(text), name
    assert_inert(texts["md"])
    _inert_page(texts["html"])
    assert obeyed(report) == []


class _Page(HTMLParser):
    """Keeps what our own pages never have."""

    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []
        self.titles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.titles += tag == "h1"
        links = [value or "" for name, value in attrs if name in ("href", "src", "action")]
        acts = [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag in FOREIGN or acts or [link for link in links if not link.startswith("#")]:
            self.foreign.append(f"{tag} {attrs}")


def _inert_page(html: str) -> None:
    page = _Page()
    page.feed(html)
    assert page.foreign == []
    assert page.titles == 1


def obeyed(report: Report) -> list[str]:
    """What GitHub's runner would take for a command while the report is printed."""
    out = io.StringIO()
    with patch.dict(os.environ, {"GITHUB_ACTIONS": "true"}):
        print_report(report, out)
    return commands_in(out.getvalue())


def commands_in(printed: str) -> list[str]:
    """What GitHub's runner would take for a command in what was printed."""
    found: list[str] = []
    stopped = ""
    for line in printed.splitlines():
        text = line.strip()
        if stopped:
            stopped = "" if text == f"::{stopped}::" else stopped
        elif text.startswith("::stop-commands::"):
            stopped = text.removeprefix("::stop-commands::")
        # The older form is read wherever it stands in a line.
        elif text.startswith("::") or "##[" in text:
            found.append(text)
    return found
