"""The list comes in pages."""

import random

from harnesses.kit import Api, CheckFailed, check, expect
from harnesses.todo_list_api.paging import SIZE, TODOS, ids, paging_of, total_in, written
from harnesses.todo_list_api.steps import find, listed, new_todo, somebody

ODD_PAGES = ({"page": "0"}, {"page": "-1"}, {"limit": "-1"}, {"limit": "0"}, {"limit": "abc"})


@check("paging.pages", points=3, title="Each page has its own to-dos, and all pages have them all")
def test_pages(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    wanted = set(map(str, written(ada, rng)))
    paging = paging_of(ada)
    seen: list[str] = []
    for page, size in ((1, SIZE), (2, SIZE), (3, TODOS - 2 * SIZE)):
        reply, records = listed(ada, paging.params(page))
        expect(len(records), f"the number of to-dos on page {page} of {SIZE}", reply).equals(size)
        seen += ids(records)
    if set(seen) != wanted or len(seen) != len(wanted):
        raise CheckFailed(
            f"three pages of {SIZE} do not show each of {TODOS} to-dos once",
            expected="each to-do on one page",
            actual=f"{len(set(seen) & wanted)} of {len(wanted)} shown, {len(seen)} rows in all",
            exchange=reply.exchange,
        )


@check(
    "paging.pages",
    points=1,
    title="Odd page numbers do no harm",
    hint="Answer 400, or take the nearest page that there is.",
)
def test_odd_pages(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    new_todo(ada, rng)
    for params in ODD_PAGES:
        expect(ada.get("/todos", params=params)).not_a_crash()


@check("paging.total", title="“total” is how many to-dos one has")
def test_total(api: Api, rng: random.Random) -> None:
    ada, bela = somebody(api, rng), somebody(api, rng)
    paging = paging_of(ada)
    first = written(ada, rng)[0]
    new_todo(bela, rng)
    for page in (1, 2):
        reply, _ = listed(ada, paging.params(page))
        expect(total_in(reply), f"“total” on page {page}", reply).equals(TODOS)
    ada.delete(f"/todos/{first}")
    if find(ada, first)[1] is None:
        reply, _ = listed(ada, paging.params(1))
        expect(total_in(reply), "“total” after one was deleted", reply).equals(TODOS - 1)
