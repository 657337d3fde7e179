"""Load on the URL shortener: nine look-ups for each new link."""

from __future__ import annotations

from dataclasses import dataclass

from harnesses.kit import Api, CheckFailed, expect, poll
from harnesses.kit.load import LoadScenario, LoadUser, task
from harnesses.url_shortening_service import steps
from harnesses.url_shortening_service.steps import Link

LINKS = 50
POPULAR = 5
SHARE_OF_POPULAR = 0.7


@dataclass
class LookedUp:
    """A link and its look-ups: those that were answered are counted by the app, others may be."""

    link: Link
    counted_before: int | None = None
    asked: int = 0
    answered: int = 0


class LookUps(LoadScenario):
    """90 % retrieve, 10 % create; afterwards the counters add up.

    A few links are popular, as in real life: lost counts show where many ask for the same link.
    """

    def prepare(self, api: Api) -> None:
        self.links = [LookedUp(steps.new_link(api, self.random)) for _ in range(LINKS)]
        self.popular = self.links[:POPULAR]
        if counts_alone(api, steps.new_link(api, self.random)):
            for found in self.popular:
                found.counted_before = count(api, found.link)

    @task(9)
    def retrieve(self, user: LoadUser) -> None:
        popular = user.random.random() < SHARE_OF_POPULAR
        chosen = user.random.choice(self.popular if popular else self.links)
        chosen.asked += 1
        answer = user.get("/shorten/{code}", code=chosen.link.code)
        chosen.answered += 1
        expect(answer).ok()
        steps.expect_url(answer, chosen.link.url)

    @task(1)
    def create(self, user: LoadUser) -> None:
        answer = user.post("/shorten", json={"url": steps.target(user.random)})
        expect(answer).created()
        steps.code_in(answer)

    def after(self, api: Api) -> None:
        steps.expect_found(api, steps.new_link(api, self.random))
        for found in self.popular:
            if found.counted_before is not None:
                counts_add_up(api, found, found.counted_before)


def count(api: Api, link: Link) -> int | None:
    """How often the app says that a link was looked up; None where it does not say."""
    try:
        return steps.access_count(api, link)
    except CheckFailed:
        return None


def counts_alone(api: Api, link: Link) -> bool:
    """Whether one look-up is counted once: if not, that is no matter of load."""
    before = count(api, link)
    api.get(link.path)
    return before is not None and poll(lambda: count(api, link), before + 1) == before + 1


def counts_add_up(api: Api, found: LookedUp, before: int) -> None:
    """Each answered look-up was counted, perhaps a little later."""
    least, most = before + found.answered, before + found.asked
    counted = poll(lambda: count(api, found.link), least)
    what = f"the access count of a link that several users looked up {found.answered} times"
    expect(counted, what).holds(
        counted is not None and least <= counted <= most,
        str(least) if least == most else f"{least} to {most}",
        "does not add up",
    )
