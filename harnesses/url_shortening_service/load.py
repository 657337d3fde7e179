"""Load on the URL shortener: nine look-ups for each new link."""

from __future__ import annotations

from dataclasses import dataclass

from harnesses.kit import Api, expect, poll
from harnesses.kit.load import LoadScenario, LoadUser, task
from harnesses.kit.load.data import url

LINKS = 50


@dataclass
class Link:
    """A link, and how often it was looked up."""

    code: str
    url: str
    retrievals: int = 0
    uncertain: int = 0


class LookUps(LoadScenario):
    """90 % retrieve, 10 % create; afterwards the counters add up."""

    def prepare(self, api: Api) -> None:
        self.links = [self._create(api) for _ in range(LINKS)]

    def _create(self, api: Api) -> Link:
        target = url(self.random)
        answer = api.post("/shorten", json={"url": target})
        expect(answer).created()
        return Link(str(answer.field("shortCode")), target)

    @task(9)
    def retrieve(self, user: LoadUser) -> None:
        link = user.random.choice(self.links)
        link.uncertain += 1
        answer = user.get("/shorten/{code}", code=link.code)
        link.uncertain -= 1
        link.retrievals += 1
        expect(answer).ok().field("url").equals(link.url)

    @task(1)
    def create(self, user: LoadUser) -> None:
        target = url(user.random)
        answer = user.post("/shorten", json={"url": target})
        expect(answer).created().field("shortCode")
