"""Load on the URL shortener: nine look-ups for each new link."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from harnesses.kit import Api, expect, poll
from harnesses.kit.load import LoadScenario, LoadUser, task
from harnesses.kit.load.data import url, word

LINKS = 50
POPULAR = 5
COUNT_SECONDS = 3.0


@dataclass
class Link:
    """A link, and how often it was looked up.

    ``answered`` look-ups were counted by the app, those that were only ``asked`` perhaps.
    """

    code: str
    url: str
    asked: int = 0
    answered: int = 0
    counted_before: int | None = None


class LookUps(LoadScenario):
    """90 % retrieve, 10 % create; afterwards the counters add up."""

    def prepare(self, api: Api) -> None:
        self.links = [create(api, self.random) for _ in range(LINKS)]
        self.popular = self.links[:POPULAR]
        for link in self.popular:
            link.counted_before = count_of(api, link)

    @task(9)
    def retrieve(self, user: LoadUser) -> None:
        # Links in print are like that; and lost updates show where many ask for the same link.
        popular = user.random.random() < 0.7
        link = user.random.choice(self.popular if popular else self.links)
        link.asked += 1
        answer = user.get("/shorten/{code}", code=link.code)
        link.answered += 1
        expect(answer).ok().field("url").equals(link.url)

    @task(1)
    def create(self, user: LoadUser) -> None:
        target = url(user.random)
        answer = user.post("/shorten", json={"url": target})
        expect(answer).created().field("shortCode")

    def after(self, api: Api) -> None:
        self._still_right(api)
        for link in self.popular:
            if link.counted_before is not None:
                counter_adds_up(api, link, link.counted_before)

    def _still_right(self, api: Api) -> None:
        link = create(api, self.random)
        expect(api.get(f"/shorten/{link.code}")).ok().field("url").equals(link.url)
        expect(api.get(f"/shorten/{word(self.random)}")).missing()


def create(api: Api, random: Random) -> Link:
    """A new link."""
    target = url(random)
    answer = api.post("/shorten", json={"url": target})
    expect(answer).created()
    return Link(str(answer.field("shortCode")), target)


def count_of(api: Api, link: Link) -> int | None:
    """What the app says how often the link was looked up; None where it does not say."""
    answer = api.get(f"/shorten/{link.code}/stats")
    count = answer.record().get("accessCount") if answer.status == 200 else None
    return count if isinstance(count, int) else None


def counter_adds_up(api: Api, link: Link, before: int) -> None:
    """Each answered look-up was counted; counting may come a little later.

    Raises:
        CheckFailed: If look-ups are missing, or more than were asked for are counted.
    """
    least, most = before + link.answered, before + link.asked
    count = poll(lambda: count_of(api, link), least, seconds=COUNT_SECONDS)
    expect(
        count, f"the access count of a link after {link.answered} look-ups by several users"
    ).holds(
        count is not None and least <= count <= most,
        str(least) if least == most else f"{least} to {most}",
    )
