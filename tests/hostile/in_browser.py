"""A report of the corpus in Chromium: does anything in it run, load or complain?"""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from grader.domain.report import Report
from tests.browser.conftest import ARGUMENTS, DESKTOP, NAMES, Visitor


def assert_inert_in_browser(report: Report, folder: Path) -> None:
    """Open the report as a learner does, with scripts on and everything unfolded."""
    path = next(found for name in NAMES if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        context = chromium.new_context(
            viewport={"width": DESKTOP["width"], "height": DESKTOP["height"]}, offline=True
        )
        visitor = Visitor(context, folder)
        url = visitor.open(report)
        visitor.unfold()
        visitor.page.wait_for_timeout(100)
        assert visitor.requests == [url]
        assert visitor.complaints == []
        assert visitor.page.locator("h1").count() == 1
        chromium.close()
