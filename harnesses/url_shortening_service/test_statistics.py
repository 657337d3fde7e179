"""Retrievals are counted."""

import random
import time

from harnesses.kit import Api, check, expect, poll
from harnesses.url_shortening_service.steps import (
    Link,
    access_count,
    expect_found,
    expect_url,
    new_link,
)

PATIENCE_S = 3.0  # an app may count a little later
PAUSE_S = 0.1


@check("stats.show", title="GET /shorten/{shortCode}/stats answers with the link and accessCount")
def test_show(api: Api, rng: random.Random) -> None:
    link = new_link(api, rng)
    expect(access_count(api, link), "accessCount of a new link").at_least(0)
    expect_url(api.get(f"{link.path}/stats"), link.url)


@check("stats.count", title="accessCount grows by one with each retrieval")
def test_count(api: Api, rng: random.Random) -> None:
    link, other = new_link(api, rng), new_link(api, rng)
    visits = rng.randint(3, 6)
    counter, untouched = Counter(api, link), Counter(api, other)
    for _ in range(visits):
        expect_found(api, link)
    grown = counter.growth(visits)
    if grown == 0 and _redirects(api, link):
        for _ in range(visits - 1):
            api.get(f"/{link.code}")
        grown = counter.growth(visits)
    expect(grown, f"the growth of accessCount after {visits} retrievals").equals(visits)
    expect(untouched.growth(0), "the growth of accessCount of a link nobody retrieved").equals(0)


@check("stats.read_only", title="Looking at statistics leaves accessCount as it is")
def test_read_only(api: Api, rng: random.Random) -> None:
    link = new_link(api, rng)
    first = access_count(api, link)
    for _ in range(3):
        access_count(api, link)
    time.sleep(PAUSE_S * 3)
    expect(access_count(api, link), "accessCount after nothing but looking").equals(first)


class Counter:
    """Follows the accessCount of a link that nobody retrieved yet.

    Where each look at it counts as well, which is the business of another criterion, those are
    taken off.
    """

    def __init__(self, api: Api, link: Link) -> None:
        self._api = api
        self._link = link
        self._looks = 0
        first = access_count(api, link)
        self._start = access_count(api, link)
        self._each_look = self._start - first

    def growth(self, wanted: int) -> int:
        """By how much it has grown; waits for the wanted number, an app may count later."""
        return int(poll(self._look, wanted, seconds=PATIENCE_S, pause=PAUSE_S))

    def _look(self) -> int:
        self._looks += 1
        return access_count(self._api, self._link) - self._start - self._looks * self._each_look


def _redirects(api: Api, link: Link) -> bool:
    """Whether the app has a redirect route, on which it may count instead."""
    reply = api.get(f"/{link.code}")
    return 300 <= reply.status < 400 and reply.headers.get("location", "").startswith(link.url)
