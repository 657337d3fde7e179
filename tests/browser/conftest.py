"""A real browser, with scripts on and off."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from grader.domain.report import Report
from grader.reports import render_html

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP = {"width": 1100, "height": 800}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the operating system."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("no Chromium on PATH; hint: `make setup`, or `apt-get install chromium`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visitor:
    """Opens reports as files and keeps what the browser complained of or asked for."""

    def __init__(self, context: BrowserContext, folder: Path) -> None:
        self.folder = folder
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.refused: dict[str, str | None] = {}
        self.page.on("requestfailed", lambda sent: self.refused.update({sent.url: sent.failure}))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _dialog(self, dialog: object) -> None:
        self.complaints.append(f"dialog: {dialog}")
        dialog.dismiss()  # type: ignore[attr-defined]

    def open(self, report: Report) -> str:
        """Open a report; returns the URL of its file."""
        return self.open_text(render_html(report))

    def open_text(self, page: str) -> str:
        path = self.folder / "report.html"
        path.write_text(page, encoding="utf-8")
        self.page.goto(path.as_uri())
        return path.as_uri()

    def unfold(self) -> None:
        """Open everything that is folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """Makes a visitor; keyword arguments are those of a browser context."""
    contexts: list[BrowserContext] = []

    def make(**wanted: object) -> Visitor:
        options = {"viewport": DESKTOP, "offline": True, **wanted}
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
        return Visitor(contexts[-1], tmp_path)

    yield make
    for context in contexts:
        context.close()
