"""An app at a URL: checked as it is found, over http and https."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from grader.catalog import load_project
from grader.domain.report import Report
from grader.domain.verdicts import HarnessKind, Outcome, Verdict
from grader.reports.view import view
from grader.settings import settings
from harnesses.kit.samples import load_samples, materialise
from tests.e2e.conftest import Grade
from worker.workbench import Workbench

pytestmark = pytest.mark.engine

SLUG = "url_shortening_service"
SERVE = '    ThreadingHTTPServer(("", PORT), Handler).serve_forever()'
SERVE_WITH_TLS = """\
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("server.pem")
    server = ThreadingHTTPServer(("", PORT), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()
"""


@contextmanager
def running(folder: Path, port: int, certificate: bytes = b"") -> Iterator[None]:
    """A correct app that listens on a port of this machine; with a certificate, for https."""
    samples = load_samples(settings().harnesses_dir / SLUG)
    materialise(next(sample for sample in samples if sample.name == "plain_http_server"), folder)
    program = folder / "server.py"
    text = program.read_text().replace("PORT = 8080", f"PORT = {port}")
    if certificate:
        (folder / "server.pem").write_bytes(certificate)
        assert SERVE in text
        text = text.replace(SERVE, SERVE_WITH_TLS)
    program.write_text(text)
    process = subprocess.Popen(
        [sys.executable, "server.py"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA) -> bytes:
    """Of this machine, with its key, by an authority that nobody knows."""
    return authority.issue_cert("localhost").private_key_and_cert_chain_pem.bytes()


def _loses_nothing(report: Report) -> None:
    """What needs a restart or load is undecided, not lost; everything else is passed."""
    assert report.problem is None, report.problem
    assert report.source is not None
    assert report.source.kind == "url"
    lost = [c.id for c in report.criteria if c.outcome in (Outcome.FAILED, Outcome.BLOCKED)]
    assert lost == []
    undecided = {c.id for c in report.criteria if c.outcome is Outcome.ERRORED}
    project = load_project(settings().specs_dir, SLUG)
    load = {c.id for c in project.rubric.of(HarnessKind.LOAD)}
    assert undecided == {"persistence.restart"} | load
    assert report.score.out_of_reach == report.score.undecided == 22
    assert view(report).undecided == (
        "22 points cannot be earned by an app at a URL, which is neither restarted nor put under"
        " load: hand in the repository for them."
    )


def test_over_http(grade: Grade, tmp_path: Path, free_port: int) -> None:
    with running(tmp_path / "running", free_port):
        report = grade(source=f"app+http://127.0.0.1:{free_port}", slug=SLUG)
    _loses_nothing(report)


def test_over_https(
    grade: Grade,
    bench: Workbench,
    authority: trustme.CA,
    certificate: bytes,
    tmp_path: Path,
    free_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An authority of the operator's own is trusted."""
    authority.cert_pem.write_to_path(tmp_path / "bundle.pem")
    own = bench.settings.model_copy(update={"ca_bundle": tmp_path / "bundle.pem"})
    monkeypatch.setattr(bench, "settings", own)
    with running(tmp_path / "running", free_port, certificate):
        report = grade(source=f"app+https://localhost:{free_port}", slug=SLUG)
    _loses_nothing(report)


def test_a_certificate_that_nobody_trusts(
    grade: Grade, certificate: bytes, tmp_path: Path, free_port: int
) -> None:
    """Nothing is asked of an app that may be somebody else's; the words say what to do."""
    with running(tmp_path / "running", free_port, certificate):
        report = grade(source=f"app+https://localhost:{free_port}", slug=SLUG)
    assert report.verdict is Verdict.FETCH_FAILED
    assert report.score.out_of_reach == 100
    assert report.problem is not None
    assert report.problem.code == "running.certificate"
    assert "certificate" in report.problem.title
    assert "GRADER_CA_BUNDLE" in report.problem.hint


def test_evidence_shows_the_address_that_was_handed_in(
    grade: Grade, tmp_path: Path, free_port: int
) -> None:
    """A learner pastes the request and sees the same: in a pod it is localhost, here the URL."""
    with running(tmp_path / "running", free_port):
        report = grade(source=f"app+http://127.0.0.1:{free_port}", slug="blogging_platform_api")
    shown = report.model_dump_json()
    assert f"http://127.0.0.1:{free_port}/posts" in shown
    assert "http://localhost" not in shown
