"""What is not a URL is refused. Which URLs are valid beyond that is up to the app."""

import random

from harnesses.kit import Api, check, expect
from harnesses.url_shortening_service.steps import target, word

JSON = {"Content-Type": "application/json"}


@check("links.validation", points=2, title="POST /shorten refuses a body without a URL")
def test_no_url(api: Api, rng: random.Random) -> None:
    for body in ({}, {"url": ""}, {"url": None}, {word(rng): target(rng)}):
        expect(api.post("/shorten", json=body)).refused()


@check("links.validation", points=2, title="POST /shorten refuses text that is no URL")
def test_text_that_is_no_url(api: Api, rng: random.Random) -> None:
    for text in (f"not a url {rng.randint(2, 999)}", f"{word(rng)} {word(rng)}"):
        expect(api.post("/shorten", json={"url": text})).refused()


@check("links.validation", points=2, title="POST /shorten refuses numbers and broken JSON")
def test_other_types(api: Api, rng: random.Random) -> None:
    expect(api.post("/shorten", json={"url": rng.randint(10_000, 99_999)})).refused()
    cut_off = f'{{"url": "{target(rng)}'
    expect(api.post("/shorten", content=cut_off, headers=JSON)).refused()
