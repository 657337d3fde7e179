from __future__ import annotations

from collections.abc import Iterator
from numbers import Number
from typing import TypeVar

from .heap import Entry, IndexedHeap

T = TypeVar("T")


class PriorityQueue(IndexedHeap[T]):
    """The smallest priority first."""

    def __init__(self, items: dict[T, Number] | None = None) -> None:
        super().__init__()
        self._number = 0
        for item, priority in (items or {}).items():
            self.push(item, priority)

    def push(self, item: T, priority) -> None:
        if priority is None or (isinstance(priority, float) and priority != priority):
            raise ValueError("a priority has to have an order")
        self._number += 1
        self._entries.append(Entry(priority, self._number, item))
        self._up(len(self._entries) - 1)

    def change_priority(self, item: T, priority) -> None:
        if item not in self._index:
            raise LookupError(f"{item!r} is not in the queue")
        entry = self._entries[self._index[item]]
        self._number += 1
        entry.priority, entry.number = priority, self._number
        self._up(self._index[item])
        self._down(self._index[item])

    def remove(self, item: T) -> None:
        if item not in self._index:
            raise LookupError(f"{item!r} is not in the queue")
        self._delete(self._index[item])

    def merge(self, other: PriorityQueue[T]) -> None:
        while other:
            entry = other._entries[0]
            self.push(entry.item, entry.priority)
            other.pop()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[T]:
        return (entry.item for entry in sorted(self._entries))
