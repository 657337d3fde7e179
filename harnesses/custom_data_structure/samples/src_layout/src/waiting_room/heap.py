from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass
class Entry:
    priority: Any
    number: int
    item: Any

    def __lt__(self, other: Entry) -> bool:
        return (self.priority, self.number) < (other.priority, other.number)


class IndexedHeap(Generic[T]):
    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._index: dict[T, int] = {}

    def _put(self, index: int, entry: Entry) -> None:
        self._entries[index] = entry
        self._index[entry.item] = index

    def _up(self, index: int) -> None:
        entry = self._entries[index]
        while index > 0:
            parent = (index - 1) >> 1
            if not entry < self._entries[parent]:
                break
            self._put(index, self._entries[parent])
            index = parent
        self._put(index, entry)

    def _down(self, index: int) -> None:
        entry = self._entries[index]
        size = len(self._entries)
        while (child := 2 * index + 1) < size:
            if child + 1 < size and self._entries[child + 1] < self._entries[child]:
                child += 1
            if not self._entries[child] < entry:
                break
            self._put(index, self._entries[child])
            index = child
        self._put(index, entry)

    def pop(self) -> T:
        if not self._entries:
            raise IndexError("the queue is empty")
        return self._delete(0)

    def peek(self) -> T:
        if not self._entries:
            raise IndexError("the queue is empty")
        return self._entries[0].item

    def _delete(self, index: int) -> T:
        gone = self._entries[index]
        last = self._entries.pop()
        del self._index[gone.item]
        if last is not gone:
            self._put(index, last)
            self._up(index)
            self._down(self._index[last.item])
        return gone.item
