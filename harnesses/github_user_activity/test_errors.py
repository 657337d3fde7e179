"""When something is wrong: words for people, in time, and no stack trace."""

from __future__ import annotations

import pytest

from harnesses.github_user_activity.activity import Activity
from harnesses.kit import check, expect
from harnesses.kit.simulators import Malformed, Refused, Slow
from harnesses.kit.simulators.github import GITHUB, GitHub, out_of_order, rate_limited
from harnesses.kit.simulators.github_events import made_up_login

PATIENCE_S = 12.0
"""The brief says ten seconds; a program also has to start."""


@pytest.fixture
def activity(cli, simulators):
    return Activity(cli, simulators)


def _says_so(activity, rng, script, timeout=10.0):
    """While GitHub behaves in that way, the program says something and ends."""
    activity.simulators.play(GITHUB, script)
    run = activity.cli.run(made_up_login(rng), timeout=timeout)
    expect(run).says_something()


@check("errors.unknown_user")
def test_nobody_of_that_name(activity, rng):
    _says_so(activity, rng, GitHub({made_up_login(rng): ()}))


@check("errors.rate_limit")
def test_too_many_requests(activity, rng):
    _says_so(activity, rng, rate_limited())


@check("errors.server")
def test_out_of_order(activity, rng):
    _says_so(activity, rng, out_of_order(rng.choice((500, 503))))


@check("errors.network")
def test_no_connection(activity, rng):
    _says_so(activity, rng, Refused())


@check("errors.malformed")
def test_an_answer_that_is_no_json(activity, rng):
    _says_so(activity, rng, Malformed(page=True))
    _says_so(activity, rng, Malformed())


@check("errors.slow")
def test_no_answer_in_time(activity, rng):
    _says_so(activity, rng, Slow(), PATIENCE_S)


@check("errors.usage")
def test_nobody_named(activity):
    expect(activity.cli.run()).says_something()
