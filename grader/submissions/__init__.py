"""Submissions, from the request to the report: what the API and the pages can do with them."""

from grader.submissions.asking import Upload, submit
from grader.submissions.changing import cancel, rebuild
from grader.submissions.reading import Page, Queueing, find, list_page, queueing, report_of

__all__ = [
    "Page",
    "Queueing",
    "Upload",
    "cancel",
    "find",
    "list_page",
    "queueing",
    "rebuild",
    "report_of",
    "submit",
]
