"""What the checks of github_user_activity make of what programs print and send."""

from __future__ import annotations

from random import Random

import pytest

from harnesses.github_user_activity.activity import KINDS, Week, numbers, passages, says
from harnesses.github_user_activity.clients import library_of
from harnesses.kit.simulators import Request
from harnesses.kit.simulators.github_events import Feed, made_up_login, made_up_repository

SENTENCES = {
    "push": "Pushed 3 commits to {}",
    "issue": "Opened a new issue in {}",
    "star": "Starred {}",
    "fork": "Forked {}",
    "create": "Created a branch in {}",
    "pull request": "Opened a pull request in {}",
}
PORTUGUESE = {
    "push": "Enviou 3 alterações para {}",
    "issue": "Relatou um problema em {}",
    "star": "Favoritou {}",
    "fork": "Bifurcou {}",
    "create": "Fez um ramo em {}",
    "pull request": "Ofereceu uma mudança em {}",
}


@pytest.fixture
def week() -> Week:
    return Week(Random(7))


def printed(week: Week, sentences: dict[str, str], between: str = "\n") -> str:
    return between.join(sentences[kind].format(week.repositories[kind]) for kind in week.events)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "sentences",
    [
        SENTENCES,
        PORTUGUESE,
        {kind: f"{{}}:\n  {words.format('it')}" for kind, words in SENTENCES.items()},
        {kind: f"{words.format('something')}\n   at {{}}" for kind, words in SENTENCES.items()},
    ],
    ids=["the brief's", "another language", "below", "above"],
)
def test_however_it_is_said(week: Week, kind: str, sentences: dict[str, str]) -> None:
    assert says(printed(week, sentences), kind, week)


def test_githubs_own_names_will_do(week: Week) -> None:
    text = "\n".join(f"{e['type']} {e['repo']['name']}" for e in week.events.values())
    assert all(says(text, kind, week) for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", ["Was active in {}", "- {}", "{}", "3. {} (2 days ago)"])
def test_the_same_words_for_all_say_nothing(week: Week, kind: str, words: str) -> None:
    assert not says(printed(week, dict.fromkeys(KINDS, words)), kind, week)


def test_the_words_of_another_kind_are_wrong(week: Week) -> None:
    swapped = {**SENTENCES, "star": "Forked {} as well"}
    assert not says(printed(week, swapped), "star", week)
    assert says(printed(week, swapped), "fork", week)


def test_one_line_takes_nothing_from_its_neighbours(week: Week) -> None:
    text = printed(week, {**SENTENCES, "fork": "Did {}"})
    name = week.repositories["fork"]
    assert passages(text, name, list(week.repositories.values())) == [f"Did {name}"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("- Pushed 12 commits to {}", {12}),
        ("2026-11-23T10:04:05Z pushed 12 commit(s) to {}", {12}),
        ("[3] 12 commits -> {} (5 hours ago)", {12}),
        ("4. {}: 12", {12}),
        ("Pushed to {}", set()),
        ("Pushed commit 0123abc to {} v1.2", set()),
    ],
)
def test_numbers_that_are_no_times(line: str, found: set[int]) -> None:
    assert numbers(line.format("ana/garden"), "ana/garden", ["ana/garden"]) == found


def test_names_hold_no_word_that_is_looked_for() -> None:
    rng = Random(3)
    names = " ".join(made_up_repository(rng) for _ in range(500))
    assert not set("0123456789") & set(names)
    assert not [word for word in ("push", "star", "fork", "creat", "pull", "issu") if word in names]


def test_both_generations_of_pushes() -> None:
    feed = Feed(made_up_login(Random(1)), Random(2))
    old, new = feed.push("ana/garden", 27), feed.push("ana/garden", 27, counted=False)
    assert (old["payload"]["size"], len(old["payload"]["commits"])) == (27, 20)
    assert not {"size", "distinct_size", "commits"} & set(new["payload"])
    assert old["created_at"] > new["created_at"]


STANDARD = {
    "accept-encoding": "identity",
    "connection": "close",
    "user-agent": "Python-urllib/3.11",
}
REQUESTS = {"accept-encoding": "gzip, deflate", "accept": "*/*", "connection": "keep-alive"}
FETCH = {**REQUESTS, "sec-fetch-mode": "cors", "user-agent": "node"}


@pytest.mark.parametrize(
    ("headers", "library"),
    [
        (STANDARD, ""),
        (FETCH, ""),
        ({"accept": "*/*", "user-agent": "curl/8.14.1"}, ""),
        ({"user-agent": "forgotten", "connection": "keep-alive"}, ""),
        ({**REQUESTS, "user-agent": "python-requests/2.34.2"}, "python-requests"),
        ({**REQUESTS, "user-agent": "my-activity"}, "requests"),
        ({"user-agent": "axios/1.9.0"}, "axios"),
        ({"user-agent": "Python/3.11 aiohttp/3.12"}, "aiohttp"),
    ],
)
def test_libraries_betray_themselves(headers: dict[str, str], library: str) -> None:
    assert library_of(Request("https", "api.github.com", "GET", "/", headers)) == library
