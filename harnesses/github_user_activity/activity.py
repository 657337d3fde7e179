"""What the program says of each event, however it says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from random import Random

from harnesses.kit import Cli, Run, Simulators, expect
from harnesses.kit.simulators.github import GITHUB, Event, GitHub
from harnesses.kit.simulators.github_events import (
    Feed,
    made_up_login,
    made_up_name,
    made_up_repository,
)

KINDS: Mapping[str, str] = {
    "push": r"(?i)push|commit",
    "issue": r"(?i)issue",
    "star": r"(?i)star|watch|[⭐★☆🌟]",
    "fork": r"(?i)fork|🍴",
    "create": r"(?i)creat|new (repo|branch)|made|🎉",
    "pull request": r"(?i)pull|\bPRs?\b|\bmerge",
}
"""Words for each kind of event; GitHub's own name of it is among them."""
_TIMES = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?"
    r"|\d{1,2}:\d\d(:\d\d)?( ?[AP]M)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|#\d+|\[\d+\]|^\W*\d+[.):]"
    r"|\d+ ?(second|minute|hour|day|sec|min|hr|h|m|s|d)s?\b( ago)?"
)


class Week:
    """Somebody's week: one event of each kind, each in a repository of its own.

    Args:
        rng: Source of names and order.

    Attributes:
        login: Who.
        repositories: Where each kind of event happened.
        events: One of each kind.
    """

    def __init__(self, rng: Random) -> None:
        self.login = made_up_login(rng)
        self.repositories = {kind: made_up_repository(rng) for kind in KINDS}
        feed = Feed(self.login, rng)
        where = self.repositories
        events = {
            "push": feed.push(where["push"], rng.randrange(3, 10)),
            "issue": feed.issue(where["issue"]),
            "star": feed.star(where["star"]),
            "fork": feed.fork(where["fork"]),
            "create": feed.create(where["create"], rng.choice((None, made_up_name(rng)))),
            "pull request": feed.pull_request(where["pull request"]),
        }
        order = rng.sample(list(events), len(events))
        self.events: dict[str, Event] = {kind: events[kind] for kind in order}


class Activity:
    """The program, and GitHub as it finds it."""

    def __init__(self, cli: Cli, simulators: Simulators) -> None:
        self.cli = cli
        self.simulators = simulators

    def of(self, login: str, events: Iterable[Event]) -> Run:
        """Let somebody have done something, and ask the program about them."""
        self.simulators.play(GITHUB, GitHub({login: tuple(events)}))
        return self.cli.run(login)

    def shows(self, kind: str, rng: Random) -> None:
        """It shows one kind of event, and tells it from the others."""
        week = Week(rng)
        run = self.of(week.login, week.events.values())
        if run.crashed:  # what another kind of event did to it is that one's matter
            run = self.of(week.login, [week.events[kind]])
        repository = week.repositories[kind]
        expect(run).does_not_crash().holds(
            repository in run.text,
            f"does not name the repository of the {kind}",
            f"a line with {repository}",
        )
        expect(run).holds(
            says(run.text, kind, week),
            f"does not say that it was a {kind}",
            f"a word such as “{_WORDS[kind]}” in the line with {repository}",
            " / ".join(passages(run.text, repository, list(week.repositories.values()))),
        )


_WORDS = {
    "push": "Pushed",
    "issue": "Opened a new issue",
    "star": "Starred",
    "fork": "Forked",
    "create": "Created",
    "pull request": "Opened a pull request",
}


def passages(text: str, repository: str, all_of_them: list[str]) -> list[str]:
    """What is said of a repository: its line; else what stands below or above, up to others'."""
    lines = text.splitlines()
    named = [at for at, line in enumerate(lines) if any(name in line for name in all_of_them)]
    found: list[str] = []
    for at in (at for at in named if repository in lines[at]):
        before = max((other for other in named if other < at), default=-1)
        after = min((other for other in named if other > at), default=len(lines))
        found += [lines[at], "\n".join(lines[at:after]), "\n".join(lines[before + 1 : at + 1])]
    return list(dict.fromkeys(found))


def says(text: str, kind: str, week: Week) -> bool:
    """Whether what is said of an event tells its kind.

    By a word that English has for it; or in any other words that no other kind has.
    """
    names = list(week.repositories.values())
    own = [_bare(part, week) for part in passages(text, week.repositories[kind], names)]
    if any(re.search(KINDS[kind], part) for part in own):
        return True
    others = {
        _bare(part, week)
        for other, name in week.repositories.items()
        if other != kind
        for part in passages(text, name, names)
    }
    wrong = [pattern for other, pattern in KINDS.items() if other != kind]
    return any(
        re.search(r"\w", part)
        and part not in others
        and not any(re.search(pattern, part) for pattern in wrong)
        for part in own
    )


def numbers(text: str, repository: str, all_of_them: list[str]) -> set[int]:
    """The numbers that are said of a repository, times and numberings left out."""
    found: set[int] = set()
    for part in passages(text, repository, all_of_them):
        words = "\n".join(
            _TIMES.sub(" ", line) for line in part.replace(repository, " ").split("\n")
        )
        found |= {
            int(number)
            for number in re.findall(r"(?<![A-Za-z0-9_.])\d{1,6}(?![A-Za-z0-9_]|\.\d)", words)
        }
    return found


def _bare(part: str, week: Week) -> str:
    """Words without names and numbers."""
    for name in (*week.repositories.values(), week.login):
        part = part.replace(name, " ")
    return " ".join(re.sub(r"\d+", " ", part).split())
