"""A picture of a report: ``python -m tests.support.picture report.html docs/images/report.png``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 960, 980


def take(page_file: Path, picture: Path, *, scheme: str = "light") -> None:
    """Photograph the top of an HTML report.

    Args:
        page_file: The report.
        picture: Where the PNG goes.
        scheme: ``light`` or ``dark``.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=2,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page.goto(page_file.resolve().as_uri())
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
