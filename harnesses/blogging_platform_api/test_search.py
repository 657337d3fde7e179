"""Posts are found by a term."""

import random

from harnesses.blogging_platform_api.data import about, word
from harnesses.blogging_platform_api.searching import NOTHING_FOUND, found, search_parameter
from harnesses.blogging_platform_api.steps import create, named, new_post
from harnesses.kit import Api, CheckFailed, check, expect

# What breaks out of SQL text, of LIKE patterns and of regular expressions.
ODD_ENDS = ("'", '"', "%", "_", "\\", "'; --", "(", "[", "*", "?", "+")


def _expect_found(api: Api, name: str, term: str, post_id: object, where: str) -> None:
    reply = api.get("/posts", params={name: term})
    listed = found(reply)
    if str(post_id) not in listed:
        raise CheckFailed(
            f"a search for “{term}” does not find the post that has it in its {where}",
            expected=f"post {post_id} in the answer to {reply.request}",
            actual=named(listed),
            exchange=reply.exchange,
        )


def _in_field(api: Api, rng: random.Random, field: str) -> None:
    name, topic = search_parameter(api, rng), word(rng)
    post_id = create(api, about(rng, topic, field))
    _expect_found(api, name, topic, post_id, field)


@check("search.finds", points=2, title="A word in the title is found")
def test_in_title(api: Api, rng: random.Random) -> None:
    _in_field(api, rng, "title")


@check("search.finds", points=2, title="A word in the content is found")
def test_in_content(api: Api, rng: random.Random) -> None:
    _in_field(api, rng, "content")


@check("search.finds", points=2, title="A word in the category is found")
def test_in_category(api: Api, rng: random.Random) -> None:
    _in_field(api, rng, "category")


@check(
    "search.finds",
    points=2,
    title="Part of a word is found, in every post that holds it",
    hint="Match the term anywhere in the text, as LIKE '%term%' does, and return all matches.",
)
def test_part_of_a_word(api: Api, rng: random.Random) -> None:
    name, topic = search_parameter(api, rng), word(rng)
    posts = [create(api, about(rng, topic, "title", "content", "category")) for _ in range(3)]
    for post_id in posts:
        _expect_found(api, name, topic[2:9], post_id, "title, content and category")


@check("search.leaves_out", points=3, title="Posts without the term are left out")
def test_leaves_out(api: Api, rng: random.Random) -> None:
    name, topic = search_parameter(api, rng), word(rng)
    post_id = create(api, about(rng, topic, "title", "content", "category"))
    other_id, _ = new_post(api, rng)
    reply = api.get("/posts", params={name: topic})
    listed = found(reply)
    if str(other_id) in listed:
        raise CheckFailed(
            f"a search for “{topic}” also finds posts that do not contain it",
            expected=f"post {post_id} and no other",
            actual=named(listed),
            exchange=reply.exchange,
        )
    expect(len(listed), f"the number of posts found by a search for “{topic}”", reply).at_most(1)


@check("search.leaves_out", points=1, title="A term that no post contains finds nothing")
def test_nothing_found(api: Api, rng: random.Random) -> None:
    name, topic = search_parameter(api, rng), word(rng)
    reply = api.get("/posts", params={name: topic})
    listed = found(reply)
    if listed:
        raise CheckFailed(
            f"a search for “{topic}”, which no post contains, finds posts",
            expected="an empty array",
            actual=named(listed),
            exchange=reply.exchange,
        )
    if reply.status in NOTHING_FOUND:
        api.assume(
            f"A search that finds nothing answers {reply.status}; it was read as an empty array"
        )


@check("search.odd_terms", title="Quotes, wildcards and brackets in a term do no harm")
def test_odd_terms(api: Api, rng: random.Random) -> None:
    name = search_parameter(api, rng)
    new_post(api, rng)
    for end in ODD_ENDS:
        expect(api.get("/posts", params={name: word(rng) + end})).not_a_crash()
        expect(api.get("/posts", params={name: end})).not_a_crash()
