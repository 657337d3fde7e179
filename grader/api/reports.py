"""``/submissions/…/report``: the report in every format."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from grader.api import problems
from grader.api.callers import Caller
from grader.api.service import Here
from grader.api.submissions import SubmissionId
from grader.domain.report import Report
from grader.reports.files import RENDERERS
from grader.submissions import report_of

router = APIRouter(prefix="/submissions", tags=["submissions"])

Format = Literal["json", "html", "md", "junit", "ctrf"]
MEDIA_TYPES = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "junit": "application/xml",
    "ctrf": "application/vnd.ctrf+json",
}
# A report is a document without scripts, whatever a learner wrote into it.
INERT = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
}


def _report(submission: SubmissionId, service: Here, caller: Caller) -> Report:
    return report_of(service.database, caller, submission)


@router.get(
    "/{submission}/report",
    response_model=Report,
    responses={
        200: {
            "description": "The report",
            "content": {
                media.partition(";")[0]: {"schema": {"type": "string"}}
                for name, media in MEDIA_TYPES.items()
                if name in ("html", "md", "junit")
            }
            | {MEDIA_TYPES["ctrf"]: {"schema": {"type": "object"}}},
        },
        **problems.responses(401, 404, 422, 503),
    },
    summary="The report",
)
def read(
    report: Annotated[Report, Depends(_report)],
    wanted: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """What was graded, point by point."""
    _, render = RENDERERS[wanted]
    return Response(render(report), media_type=MEDIA_TYPES[wanted], headers=INERT)
