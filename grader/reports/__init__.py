"""Reports for people and programs: one report, rendered in several formats."""

from grader.reports.ctrf import render_ctrf
from grader.reports.files import FORMATS, write
from grader.reports.html_page import render_html
from grader.reports.json_file import render_json
from grader.reports.junit import render_junit
from grader.reports.markdown import render_markdown
from grader.reports.runner import no_workflow_commands
from grader.reports.terminal import print_report, render_terminal

__all__ = [
    "FORMATS",
    "no_workflow_commands",
    "print_report",
    "render_ctrf",
    "render_html",
    "render_json",
    "render_junit",
    "render_markdown",
    "render_terminal",
    "write",
]
