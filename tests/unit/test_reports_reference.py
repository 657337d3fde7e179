"""The reference pages are what the code makes, and explain every field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.reports.reference import pages, write_pages

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_what_the_code_makes(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == PAGES[name], "run `python -m grader.reports.reference`"


def test_every_field_says_what_it_holds() -> None:
    schema = json.loads(PAGES["report.schema.json"])
    parts = {"Report": schema, **schema["$defs"]}
    silent = [
        f"{name}.{field}"
        for name, part in parts.items()
        for field, what in part.get("properties", {}).items()
        if not what.get("description")
    ]
    assert silent == []
    assert [name for name, part in parts.items() if not part.get("description")] == []


def test_the_page_names_every_field() -> None:
    schema = json.loads(PAGES["report.schema.json"])
    for part in (schema, *schema["$defs"].values()):
        for field in part.get("properties", {}):
            assert f"| `{field}` |" in PAGES["report.md"]


def test_pages_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    write_pages(tmp_path / "reference")
    assert sorted(path.name for path in (tmp_path / "reference").iterdir()) == sorted(PAGES)
