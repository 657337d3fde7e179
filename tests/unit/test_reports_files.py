"""Writing report files."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.domain.report import Report
from grader.reports import FORMATS, write
from grader.reports.files import RENDERERS
from tests.support import reports


def test_all_formats_are_written(tmp_path: Path) -> None:
    paths = write(reports.middling(), tmp_path / "made" / "here", FORMATS)
    assert [path.name for path in paths] == [
        "report.json",
        "report.html",
        "report.md",
        "report.junit.xml",
        "report.ctrf.json",
    ]
    assert all(path.read_bytes() for path in paths)
    assert sorted(paths[0].parent.iterdir()) == sorted(paths)


def test_json_is_always_written(tmp_path: Path) -> None:
    assert [path.name for path in write(reports.perfect(), tmp_path, ["md"])] == [
        "report.json",
        "report.md",
    ]
    assert [path.name for path in write(reports.perfect(), tmp_path, [])] == ["report.json"]


def test_hostile_reports_are_written(tmp_path: Path) -> None:
    for path in write(reports.hostile(), tmp_path):
        path.read_text(encoding="utf-8")


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(reports.perfect(), tmp_path, ["json"])
    before = (tmp_path / "report.json").read_text(encoding="utf-8")

    def half(report: Report) -> str:
        return "\ud800"

    monkeypatch.setitem(RENDERERS, "json", ("report.json", half))
    with pytest.raises(UnicodeEncodeError):
        write(reports.perfect(), tmp_path, ["json"])
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == before


def test_a_report_may_be_read_by_others(tmp_path: Path) -> None:
    (path,) = write(reports.perfect(), tmp_path, ["json"])
    assert path.stat().st_mode & 0o777 == 0o644
