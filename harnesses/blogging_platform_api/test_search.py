"""Posts are found by a term."""

import random


from harnesses.blogging_platform_api.data import post, word
from harnesses.blogging_platform_api.steps import create, ids, new_post
from harnesses.kit import Api, Reply, check, expect



def search(api: Api, term: str) -> Reply:
    return api.get("/posts", params={"term": term})


def _found(reply: Reply) -> list[str]:
    """Ids of the posts found; an app may say “nothing found” with 404 or an empty 204."""
    if reply.status in (404, 204):
        return []
    expect(reply).ok()
    return ids(reply.records())


def _expect_found_by(api: Api, rng: random.Random, field: str) -> None:
    needle = word(rng)
    text = f"{needle} and more" if field != "category" else needle
    post_id = create(api, post(rng, title=f"On {word(rng)}") | {field: text})
    reply = search(api, needle)
    found = _found(reply)
    expect(found, f"what a search for a word in the {field} finds", reply).contains(str(post_id))


@check("search.finds", points=3, title="A word in the title is found")
def test_in_title(api: Api, rng: random.Random) -> None:
    _expect_found_by(api, rng, "title")


@check("search.finds", points=3, title="A word in the content is found")
def test_in_content(api: Api, rng: random.Random) -> None:
    _expect_found_by(api, rng, "content")


@check("search.finds", points=2, title="A word in the category is found")
def test_in_category(api: Api, rng: random.Random) -> None:
    _expect_found_by(api, rng, "category")


@check("search.leaves_out", title="Posts without the term are left out")
def test_leaves_out(api: Api, rng: random.Random) -> None:
    needle = word(rng)
    new_post(api, rng, title=f"On {needle}")
    other_id, _ = new_post(api, rng)
    reply = search(api, needle)
    expect(_found(reply), "what the search finds", reply).lacks(str(other_id))
    nothing = search(api, word(rng))
    expect(_found(nothing), "what a search for an unknown word finds", nothing).empty()


@check("search.odd_terms", title="Quotes and wildcards in a term do no harm")
def test_odd_terms(api: Api, rng: random.Random) -> None:
    new_post(api, rng)
    for term in (f"{word(rng)}'", f'{word(rng)}"', f"%{word(rng)}%", f"{word(rng)}'; --", "\\"):
        expect(search(api, term)).not_a_crash()
