"""Counted keys and items: what they are is known here only, so whoever compares them has to ask.

That makes the count proof: code that never asks cannot know the order, whatever it does to the
driver.
"""

from __future__ import annotations

import hashlib
import operator
import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from harnesses.kit.library.values import Item, Key, Load, Value, to_value
from harnesses.kit.library.wire import Garbled, must

Thing = TypeVar("Thing", Key, Item, Load)
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}


class Oracle:
    """Makes keys and items, and answers what is asked of them.

    Attributes:
        asked: How many questions there were.
        most: How many may be asked; the one after that raises :class:`TooManyAsked`.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.most: int | None = None
        self._things: list[Key | Item | Load] = []
        self._salt = secrets.token_bytes(16)

    def key(self, value: float) -> Key:
        """A priority of this value."""
        return self._keep(Key(len(self._things), value))

    def item(self, value: str) -> Item:
        """An item of this value."""
        return self._keep(Item(len(self._things), value))

    def load(self, size: int) -> Load:
        """An item of that many bytes."""
        return self._keep(Load(len(self._things), size))

    def known(self, word: str, number: int) -> Value:
        """What has this number; KeyError if that is nothing, or something of another kind."""
        if not 0 <= number < len(self._things):
            raise KeyError(number)
        thing = self._things[number]
        if type(thing).__name__.lower() != word:
            raise KeyError(number)
        return thing

    def answer(self, question: object) -> Any:
        """The answer to a question of the driver's, and one more is counted.

        Raises:
            Garbled: It is no question.
            TooManyAsked: It is one too many.
        """
        self.asked += 1
        if self.most is not None and self.asked > self.most:
            raise TooManyAsked
        must(isinstance(question, list) and 2 <= len(question) <= 3)
        assert isinstance(question, list)
        name, *sides = question
        left, *right = (to_value(side, self.known) for side in sides)
        must(isinstance(left, Key | Item))
        if name == "hash" and not right:
            return self._hash(left)
        if name == "neg" and isinstance(left, Key):
            return self.key(-left.value).number
        if name not in _ORDER or not right:
            raise Garbled
        return _compared(name, left, right[0])

    def _hash(self, thing: Key | Item) -> int:
        """Salted: a table of the hashes of all numbers would tell what each key is."""
        words = repr(thing.value).encode()
        return int.from_bytes(hashlib.blake2b(words, digest_size=7, key=self._salt).digest())

    def _keep(self, thing: Thing) -> Thing:
        self._things.append(thing)
        return thing


class TooManyAsked(Exception):  # noqa: N818 - says what happened
    """More comparisons were made than anybody needs."""


def _compared(name: str, left: Key | Item, right: Value) -> bool | None:
    """None where the two have no order."""
    other = right.value if isinstance(right, Key | Item) else right
    if name in ("eq", "ne") or (isinstance(left, Key) and isinstance(other, int | float)):
        return _ORDER[name](left.value, other)
    return None
