"""A rubric changes: who gains or loses is looked at first, then kept, and everybody can see why."""

from __future__ import annotations

import pytest

from grader.catalog import load_project
from grader.domain.checks import CheckResult
from grader.domain.project import Project, Rubric
from grader.domain.records import Scope
from grader.domain.report import ProjectSummary, Report
from grader.domain.scoring import score
from grader.domain.verdicts import Outcome
from grader.settings import settings
from grader.store import Database, leases
from tests.api.served import PROJECT, Served, hand_in
from tests.api.test_events import begin, follow
from tests.api.test_submissions import problem
from tests.support.reports import perfect


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(settings().specs_dir, PROJECT)


def earlier(project: Project) -> Project:
    """The project as it was: one point more for the first criterion, one less for the second."""
    first, second, *rest = project.rubric.criteria
    criteria = (
        first.model_copy(update={"points": first.points + 1}),
        second.model_copy(update={"points": second.points - 1}),
        *rest,
    )
    return project.model_copy(update={"rubric": Rubric(criteria=criteria), "digest": "earlier"})


def report_of(project: Project, *, loses: str = "") -> Report:
    """A report in which everything passed, but for one criterion."""
    checks = [
        CheckResult(
            id=criterion.id,
            criterion=criterion.id,
            title=criterion.title,
            points=criterion.points,
            outcome=Outcome.FAILED if criterion.id == loses else Outcome.PASSED,
        )
        for criterion in project.rubric.criteria
    ]
    criteria, points = score(project.rubric, checks, {})
    about = ProjectSummary(
        slug=project.slug,
        title=project.title,
        version="1",
        spec_digest=project.digest,
        harness_digest="h",
    )
    update = {"criteria": criteria, "score": points, "project": about, "runs": (), "problem": None}
    return perfect().model_copy(update=update)


def graded(api: Served, person: str, report: Report) -> str:
    ident: str = hand_in(api.of(person)).json()["id"]
    held = begin(api.database)
    with api.database.writing() as session:
        leases.finish(session, held, report, api.database.now(session))
    return ident


def test_looked_at_then_kept(api: Served, project: Project) -> None:
    before = earlier(project)
    first = project.rubric.criteria[0]
    right = graded(api, "ada", report_of(before))
    wrong = graded(api, "bob", report_of(before, loses=first.id))
    staff = api.of("eve", Scope.INSTRUCTOR)
    url = f"/projects/{PROJECT}/rescore"
    had = api.of("bob").get(f"/submissions/{wrong}").json()["score"]["earned"]

    looked = staff.post(url, json={}).json()
    assert (looked["applied"], looked["looked_at"], looked["cursor"]) == (False, 2, None)
    assert [change["submission"] for change in looked["changes"]] == [wrong], "ada has all of both"
    assert looked["changes"][0]["after"] > had
    assert api.of("bob").get(f"/submissions/{wrong}").json()["score"]["earned"] == had

    kept = staff.post(url, json={"apply": True}).json()
    assert kept == {**looked, "applied": True}
    bob = api.of("bob")
    assert bob.get(f"/submissions/{wrong}").json()["score"]["earned"] == kept["changes"][0]["after"]
    report = bob.get(f"/submissions/{wrong}/report").json()
    assert report["project"]["spec_digest"] == project.digest
    number, kind, data = list(follow(bob, wrong))[-1]
    assert (number, kind) == (4, "score")
    assert (data["why"], data["by"], data["before"]) == ("rubric_changed", "eve", had)
    assert list(follow(bob, wrong, number)) == [], "nothing more is waited for"
    assert staff.post(url, json={"apply": True}).json()["changes"] == []
    assert api.of("ada").get(f"/submissions/{right}").json()["score"]["earned"] == 100


def test_pages(api: Served, project: Project) -> None:
    before = earlier(project)
    loses = project.rubric.criteria[0].id
    made = [graded(api, "ada", report_of(before, loses=loses)) for _ in range(5)]
    staff = api.of("eve", Scope.INSTRUCTOR)
    seen: list[str] = []
    cursor = None
    while True:
        wanted = {"limit": 2, "cursor": cursor, "apply": True}
        page = staff.post(f"/projects/{PROJECT}/rescore", json=wanted).json()
        seen += [change["submission"] for change in page["changes"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == made


def test_what_moved_on_meanwhile_is_left_alone(
    api: Served, project: Project, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.submissions import rescoring as use_case

    ident = graded(api, "ada", report_of(earlier(project), loses=project.rubric.criteria[0].id))
    staff = api.of("eve", Scope.INSTRUCTOR)
    real = use_case.rescore

    def meanwhile(report: Report, now: Project) -> Report:
        assert staff.post(f"/submissions/{ident}/rebuild").status_code == 202
        return real(report, now)

    monkeypatch.setattr(use_case, "rescore", meanwhile)
    answer = staff.post(f"/projects/{PROJECT}/rescore", json={"apply": True}).json()
    assert (answer["looked_at"], answer["changes"]) == (1, [])


def test_only_staff_and_only_projects_that_are_there(api: Served) -> None:
    refused = api.of("ada").post(f"/projects/{PROJECT}/rescore", json={})
    assert problem(refused, 403)["code"] == "access.scope"
    staff = api.of("eve", Scope.INSTRUCTOR)
    assert problem(staff.post("/projects/nothing/rescore", json={}), 404)
