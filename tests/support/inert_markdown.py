"""Whether Markdown does anything: what GitHub would join, link, load or format."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OWN_TAGS = {"<br>", "<code>", "</code>", "<sub>", "</sub>", "</details>", "</summary>"}
OWN_TAGS |= {"<details>", "<summary>"}
JOINS = re.compile(r"@\w|#\d|\bGH-\d|://|www\.", re.IGNORECASE)


def tokens(markdown: str) -> list[Token]:
    """All tokens, inline ones instead of what holds them."""
    found: list[Token] = []
    for token in PARSER.parse(markdown):
        found += token.children if token.children else [token]
    return found


def tags(token: Token) -> list[str]:
    return re.findall(r"<[^>]*>", token.content)


def assert_inert(markdown: str) -> None:
    for token in tokens(markdown):
        assert token.type not in ("image", "link_open", "s_open"), token
        if token.type in ("html_inline", "html_block"):
            assert set(tags(token)) <= OWN_TAGS, token.content
        if token.type in ("text", "html_block"):
            assert not JOINS.search(token.content), token.content
