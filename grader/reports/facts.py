"""What was graded by what, as names and values for people."""

from __future__ import annotations

from grader.domain.report import BuildSummary, Report
from grader.domain.submission import FetchedSource
from grader.reports import words


def facts_of(report: Report) -> list[tuple[str, str]]:
    """Names and values, only those that are known."""
    facts: list[tuple[str, str]] = []
    if report.source:
        facts += _source(report.source)
    if report.build:
        facts += _build(report.build)
    facts += [
        ("Seed", str(report.seed)),
        ("Project", f"{report.project.slug}, spec {report.project.version}"),
        ("Spec digest", report.project.spec_digest),
        ("Harness digest", report.project.harness_digest),
        ("Grader", report.grader_version),
    ]
    facts += [
        (
            f"{run.kind.capitalize()} checks",
            f"{words.counted(run.checks, 'check')} in {words.seconds(run.seconds)}",
        )
        for run in report.runs
    ]
    return [(name, value) for name, value in facts if value]


def _source(source: FetchedSource) -> list[tuple[str, str]]:
    return [
        ("Source", source.location),
        ("Branch or tag", source.ref or ""),
        ("Commit", source.commit or ""),
        ("Folder", source.path),
        ("Files", f"{source.files} ({_size(source.bytes)})" if source.files else ""),
        ("Digest of the code", source.digest),
    ]


def _build(build: BuildSummary) -> list[tuple[str, str]]:
    how = build.recipe + (" (built before, nothing to do)" if build.cached else "")
    return [
        ("Built as", how),
        ("Because", "; ".join(build.detected)),
        ("Started with", build.start_command),
        ("Services beside it", "; ".join(build.services)),
        ("Base image", build.base_image),
        ("Image digest", build.image_digest),
    ]


def _size(count: int) -> str:
    if count < 1024:
        return f"{count} bytes"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KiB"
    return f"{count / 1024 / 1024:.1f} MiB"
