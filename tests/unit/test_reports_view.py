"""How a report is arranged: causes before echoes, the most useful thing first."""

from __future__ import annotations

from grader.domain.evidence import Interaction, LogTail
from grader.domain.verdicts import Outcome
from grader.reports import render_html, render_markdown, render_terminal
from grader.reports.junit import explanation
from grader.reports.steps import Step, steps_of
from grader.reports.view import View, view
from tests.support import reports


def lost(*criteria: str) -> View:
    """The report of an app that loses these criteria and passes what can be checked."""
    by_need = {c.id: set(c.needs) for c in reports.RUBRIC.criteria}
    out = set(criteria)
    for criterion in reports.RUBRIC.criteria:
        if by_need[criterion.id] & out:
            out.add(criterion.id)
    checks = [
        reports.check(c.id, Outcome.FAILED if c.id in criteria else Outcome.PASSED, message="m")
        for c in reports.RUBRIC.criteria
        if c.id in criteria or c.id not in out
    ]
    return view(reports.report_of(checks))


def test_the_first_thing_is_the_one_with_most_to_win() -> None:
    first = lost("posts.timestamps", "posts.validation").first
    assert first is not None
    assert first.result.id == "posts.validation"


def test_what_waits_for_a_criterion_counts_with_it() -> None:
    first = lost("posts.validation", "posts.get").first
    assert first is not None
    assert first.result.id == "posts.get"
    assert first.waiting == 10 + 6 + 6


def test_a_blocked_criterion_is_never_the_first_thing() -> None:
    arranged = lost("posts.create")
    assert arranged.first is not None
    assert arranged.first.result.id == "posts.create"
    assert len(arranged.first.echoes) == len(reports.RUBRIC.criteria) - 1


def test_a_chain_of_blocked_criteria_stands_under_its_root() -> None:
    first = lost("posts.get").first
    assert first is not None
    assert [echo.id for echo in first.echoes] == [
        "posts.update",
        "posts.timestamps",
        "posts.persistence",
    ]


def test_each_criterion_is_listed_once() -> None:
    for make in reports.EVERY.values():
        arranged = view(make())
        listed = [item.result.id for group in arranged.groups for item in group.items]
        for group in arranged.groups:
            listed += [criterion.id for bundle in group.bundles for criterion in bundle.criteria]
            for item in group.items:
                listed += [e.id for e in item.echoes if e.harness is group.kind]
        assert sorted(listed) == sorted(criterion.id for criterion in arranged.report.criteria)


def test_what_waits_for_another_group_is_said_in_its_own_group_too() -> None:
    contract = lost("posts.create").groups[1]
    assert contract.items == ()
    assert [len(bundle.criteria) for bundle in contract.bundles] == [2]
    assert contract.bundles[0].message == "“Creates a post and answers with it” comes first"


def test_one_fate_is_told_once() -> None:
    for make in (reports.build_failed, reports.platform_error):
        for group in view(make()).groups:
            assert group.items == ()
            assert len(group.bundles) == 1


def test_unknown_and_circular_blockers_are_survived() -> None:
    report = lost("posts.update").report
    criteria = tuple(
        criterion.model_copy(update={"blocked_by": (criterion.id,), "outcome": Outcome.BLOCKED})
        if place % 2
        else criterion.model_copy(update={"blocked_by": ("nobody",), "outcome": Outcome.BLOCKED})
        for place, criterion in enumerate(report.criteria)
    )
    arranged = view(report.model_copy(update={"criteria": criteria}))
    assert arranged.first is None


def test_headlines() -> None:
    said = {name: view(make()).headline for name, make in reports.EVERY.items()}
    assert said["perfect"] == "Everything works"
    assert said["middling"] == "4 things to fix"
    assert said["build_failed"] == "The app could not be built"
    assert said["never_ready"] == "The app never answered"
    assert said["platform_error"] == "We could not finish grading"
    assert lost("posts.timestamps").headline == "1 thing to fix"


def test_what_the_learner_can_do_comes_before_what_is_ours() -> None:
    text = render_terminal(reports.harness_broke())
    assert text.index("Fix this first") < text.index("our error:")
    text = render_terminal(reports.partial_ending())
    assert text.index("error:") < text.index("Fix this first")


def test_undecided_points_are_ours() -> None:
    arranged = view(reports.middling())
    assert arranged.undecided == "6 points could not be decided: that is our fault, not yours."
    assert view(reports.perfect()).undecided == ""
    assert view(reports.platform_error()).ours
    assert not view(reports.build_failed()).ours


def with_restart() -> list[Interaction]:
    """What shows the failure, then what led to it, as the kit sends it."""
    read = reports.exchange("GET", "/posts/7", body=None, status=404)
    made = reports.exchange("POST", "/posts", status=201, answer='{"id": 7}')
    return [
        read.model_copy(update={"number": 2, "preceded_by": "the app was restarted"}),
        made.model_copy(update={"number": 1}),
    ]


def test_a_restart_makes_steps_of_what_a_check_did() -> None:
    read, made = with_restart()
    assert steps_of([read, made]) == (
        Step(1, interaction=made),
        Step(2, done="The app was restarted"),
        Step(3, interaction=read, shows=True),
    )
    assert steps_of([made]) == ()
    assert steps_of([]) == ()


def test_every_format_for_people_shows_the_steps_in_order() -> None:
    lost = reports.check(
        "posts.persistence", Outcome.FAILED, message="m", evidence=[*with_restart()]
    )
    report = reports.report_of([lost])
    for text in (render_terminal(report), render_markdown(report), render_html(report)):
        first, second, third = (text.lower().index(f"step {number}") for number in (1, 2, 3))
        restarted = text.index("The app was restarted")
        assert first < text.index("-X POST") < second < restarted < third
        assert text.index("curl -i -X GET") > restarted
        assert text.count("-X POST") in (1, 2)  # in HTML under “Fix this first” and once more


def test_machines_are_told_the_steps_as_well() -> None:
    lost = reports.check("posts.persistence", Outcome.FAILED, message="m", evidence=with_restart())
    *_, first, second, third = explanation(lost).splitlines()
    assert first.startswith("step 1: curl -i -X POST")
    assert second == "step 2: The app was restarted"
    assert third.startswith("step 3: curl -i -X GET")


def test_a_traceback_is_shown_with_the_request_that_made_it() -> None:
    log = LogTail(title="What your app printed", text="Traceback …\nKeyError: 'url'")
    lost = reports.check("posts.create", Outcome.FAILED, evidence=[reports.exchange(), log])
    report = reports.report_of([lost])
    assert "KeyError: 'url'" in render_terminal(report)
    assert "What your app printed:\n\n```\nTraceback …\nKeyError: 'url'\n```" in render_markdown(
        report
    )
