"""Values on the line: plain data on one side, what a reference model works with on the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harnesses.kit.library.wire import Garbled, must

MAX_TEXT = 10_000
MAX_DIGITS = 300


@dataclass(frozen=True)
class Key:
    """A priority that is a number here and nothing but comparable there."""

    number: int
    value: float

    def __repr__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Item:
    """An item that is equal to itself, has a hash, and no order."""

    number: int
    value: str

    def __repr__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Load:
    """An item that takes that many bytes of memory."""

    number: int
    size: int

    def __repr__(self) -> str:
        return f'"{self.number}" * {self.size:_}'


@dataclass(frozen=True)
class Handle:
    """An object of the learner's class."""

    number: int
    kind: str

    def __repr__(self) -> str:
        return f"<{self.kind} object>"


@dataclass(frozen=True)
class Foreign:
    """Something else, of which nothing is known but what it calls itself."""

    kind: str

    def __repr__(self) -> str:
        return f"<{self.kind} object>"


Value = Any
"""None, bool, int, float, str, tuple, list, or one of the classes above."""


def to_plain(value: Value) -> list[Any]:
    """A value as the driver takes it."""
    match value:
        case None:
            return ["none", None]
        case bool() | str():
            return [type(value).__name__, value]
        case int() | float():
            return [type(value).__name__, repr(value)]
        case tuple() | list():
            return [type(value).__name__, [to_plain(one) for one in value]]
        case Load():
            return ["load", value.number, value.size]
        case Key() | Item() | Handle():
            word = "object" if isinstance(value, Handle) else type(value).__name__.lower()
            return [word, value.number]
    raise TypeError(f"{value!r} cannot be sent to the driver")


def to_value(data: object, known: Callable[[str, int], Value], depth: int = 0) -> Value:
    """What the driver's answer stands for.

    Args:
        data: As it came.
        known: The key, item or load of a number; KeyError if there is none.
        depth: How deep it is in others.

    Raises:
        Garbled: It is no value.
    """
    must(isinstance(data, list) and len(data) >= 2 and depth < 8)
    assert isinstance(data, list)
    word, value = data[0], data[1]
    try:
        match word:
            case "none":
                return None
            case "bool":
                return bool(value)
            case "str":
                return str(value)[:MAX_TEXT]
            case "int":
                return int(str(value)[:MAX_DIGITS])
            case "float":
                return float(str(value)[:MAX_DIGITS])
            case "tuple" | "list":
                inner = [to_value(one, known, depth + 1) for one in value]
                return tuple(inner) if word == "tuple" else inner
            case "key" | "item" | "load":
                return known(word, int(value))
            case "object":
                kind = str(data[2])[:100]
                return Foreign(kind) if value is None else Handle(int(value), kind)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        raise Garbled from None
    raise Garbled
