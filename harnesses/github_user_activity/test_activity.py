"""What somebody did: the program asks GitHub, and says it."""

from __future__ import annotations

import pytest

from harnesses.github_user_activity.activity import Activity, Week, numbers
from harnesses.github_user_activity.clients import library_of
from harnesses.kit import CheckFailed, check, expect
from harnesses.kit.simulators.github import GITHUB
from harnesses.kit.simulators.github_events import Feed, made_up_login, made_up_repository


@pytest.fixture
def activity(cli, simulators):
    return Activity(cli, simulators)


@check("activity.asks")
def test_asks_for_the_user_that_was_named(activity, rng):
    week = Week(rng)
    run = activity.of(week.login, week.events.values())
    asked = [call.path for call in activity.simulators.calls(GITHUB)]
    expect(run).holds(
        bool(asked), "did not ask GitHub anything", f"GET /users/{week.login}/events"
    ).holds(
        any(path.startswith(f"/users/{week.login}/events") for path in asked),
        "did not ask for the events of the user that was named",
        f"GET /users/{week.login}/events",
        ", ".join(f"GET {path}" for path in asked[:5]),
    )


@check("activity.push")
def test_shows_a_push(activity, rng):
    activity.shows("push", rng)


@check("activity.commits")
def test_says_how_many_commits(activity, rng):
    login = made_up_login(rng)
    feed = Feed(login, rng)
    counts = rng.sample(range(2, 18), 3)
    pushes = {made_up_repository(rng): count for count in counts}
    run = activity.of(login, [feed.push(name, count) for name, count in pushes.items()])
    expect(run).does_not_crash()
    for name, count in pushes.items():
        expect(run).holds(
            count in numbers(run.text, name, list(pushes)),
            f"does not say that {count} commits were pushed to {name}",
            f"a line such as “Pushed {count} commits to {name}”",
        )


@check("activity.push_uncounted")
def test_shows_a_push_without_a_number(activity, rng):
    login = made_up_login(rng)
    feed = Feed(login, rng)
    names = [made_up_repository(rng) for _ in range(3)]
    events = (
        feed.push(names[0], 3, counted=False),
        feed.star(names[1]),
        feed.push(names[2], 1, counted=False),
    )
    run = activity.of(login, events)
    expect(run).does_not_crash()
    for name in names[::2]:
        expect(run).holds(
            name in run.text,
            "does not show a push of which GitHub does not say how many commits it had",
            f"a line such as “Pushed to {name}”",
        )


@check("activity.issue", points=6)
def test_shows_a_new_issue(activity, rng):
    activity.shows("issue", rng)


@check("activity.issue", points=2)
def test_a_closed_issue_was_not_opened(activity, rng):
    login = made_up_login(rng)
    feed = Feed(login, rng)
    opened, closed = made_up_repository(rng), made_up_repository(rng)
    run = activity.of(login, (feed.issue(closed, "closed"), feed.issue(opened)))
    for line in run.text.splitlines():
        words = line.lower()
        if closed in line and ("opened" in words or "new issue" in words) and "clos" not in words:
            raise CheckFailed(
                "an issue that was closed is called opened",
                expected=f"“Closed an issue in {closed}”, or nothing",
                actual=line.strip()[:200],
                exchange=run.evidence,
            )


@check("activity.star")
def test_shows_a_star(activity, rng):
    activity.shows("star", rng)


@check("activity.fork")
def test_shows_a_fork(activity, rng):
    activity.shows("fork", rng)


@check("activity.create")
def test_shows_what_was_created(activity, rng):
    activity.shows("create", rng)


@check("activity.pull_request")
def test_shows_a_pull_request(activity, rng):
    activity.shows("pull request", rng)


@check("activity.none")
def test_somebody_who_did_nothing(activity, rng):
    expect(activity.of(made_up_login(rng), ())).does_not_crash()


@check("fetching.by_hand")
def test_fetches_with_what_the_language_brings(activity, rng):
    week = Week(rng)
    run = activity.of(week.login, week.events.values())
    found = [library_of(call.request) for call in activity.simulators.calls(GITHUB)]
    named = next((name for name in found if name), "")
    expect(run).holds(
        not named,
        "fetches with a library",
        "what the language brings along, such as urllib.request, http.client, fetch, https",
        f"requests as {named} sends them",
    )
