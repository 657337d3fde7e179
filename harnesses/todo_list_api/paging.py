"""Reading a list page by page, in whichever way the app lets itself be asked."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from harnesses.kit import Api, CheckFailed, Reply
from harnesses.kit.dialect import fold
from harnesses.todo_list_api.steps import Id, listed, new_todo

TODOS = 12
SIZE = 5
TOTALS = (
    *("total", "totalcount", "totalitems", "totaltodos", "totaltasks", "totalresults"),
    *("totalelements", "totalrecords", "totaldocs", "count"),
)
AROUND = ("meta", "pagination", "paging", "pageinfo", "data", "page")


@dataclass(frozen=True)
class Paging:
    """The query parameters of pages; ``skips`` says that the first counts to-dos, not pages."""

    page: str
    size: str
    skips: bool = False

    def params(self, page: int, size: int = SIZE) -> dict[str, str]:
        first = (page - 1) * size if self.skips else page
        return {self.page: str(first), self.size: str(size)}


BRIEFS = Paging("page", "limit")
OTHERS = (
    *(Paging("page", size) for size in ("per_page", "page_size", "pageSize", "size", "perPage")),
    *(Paging(skip, "limit", skips=True) for skip in ("offset", "skip")),
)


def written(api: Api, rng: random.Random) -> list[Id]:
    """The ids of twelve new to-dos."""
    return [new_todo(api, rng)[0] for _ in range(TODOS)]


def paging_of(api: Api) -> Paging:
    """How the app wants to be asked for a page; the brief's way where none works.

    Args:
        api: Of somebody with :data:`TODOS` to-dos.
    """
    for paging in (BRIEFS, *OTHERS):
        if _works(api, paging):
            if paging != BRIEFS:
                api.assume(f"Your list is paged with “{paging.page}” and “{paging.size}”")
            return paging
    return BRIEFS


def _works(api: Api, paging: Paging) -> bool:
    try:
        first, second = (ids(listed(api, paging.params(page))[1]) for page in (1, 2))
    except CheckFailed:
        return False
    return len(first) == len(second) == SIZE and not set(first) & set(second)


def ids(records: list[dict[str, Any]]) -> list[str]:
    """The ids of listed to-dos, as text."""
    return [str(record.get("id")) for record in records]


def total_in(reply: Reply) -> int:
    """How many to-dos there are, as the answer says it: beside the list, or in the header.

    Raises:
        CheckFailed: If it does not say.
    """
    header = reply.headers.get("x-total-count", "")
    if header.isdigit():
        return int(header)
    value = reply.json()
    found = _numbers(value, depth=0)
    for name in TOTALS:
        if name in found:
            return found[name]
    raise CheckFailed(
        f"the answer to {reply.request} does not say how many to-dos there are",
        expected="“total” beside the list (also accepted: total_count, count, inside “meta” or"
        " “pagination”, or the header X-Total-Count)",
        actual=reply.text[:200],
        exchange=reply.exchange,
    )


def _numbers(value: Any, depth: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, int | str) and not isinstance(inner, bool) and str(inner).isdigit():
            found.setdefault(fold(name), int(inner))
        elif depth < 2 and fold(name) in AROUND:
            found = {**_numbers(inner, depth + 1), **found}
    return found
