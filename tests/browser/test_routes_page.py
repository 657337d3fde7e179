"""The page that shows every route of the API, as a browser without a way out sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from grader.settings import Settings
from grader.store import Database, schema
from tests.api.served import serve

pytestmark = pytest.mark.alone


def test_every_route_is_shown_and_nothing_is_fetched_from_elsewhere(
    browser: Browser, tmp_path: Path
) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'grader.db'}")
    schema.upgrade(database)
    asked: list[str] = []
    with serve(database, Settings()) as api:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{api.url}/api/v1/docs")
        expect(page.get_by_text("Hand in a git repository")).to_be_visible()
        expect(page.get_by_text("Revoke a token")).to_be_visible()
        page.close()
    assert [url for url in asked if not url.startswith((api.url, "data:"))] == []
