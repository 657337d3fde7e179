"""``report.json``: the report itself, as its schema documents it."""

from __future__ import annotations

import json

from grader.domain.report import Report
from grader.reports.safe import safe


def render_json(report: Report) -> str:
    """The report as strict JSON: no NaN, nothing that UTF-8 cannot carry, a newline at the end."""
    content = safe(report).model_dump(mode="json")
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
