"""What a priority queue must do: the reference that a learner's is held against.

Where the brief leaves the order of equal priorities open (after a change of priority, and between
two queues that were merged), every order is right.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count

_queues = count()


@dataclass(frozen=True)
class Entry:
    """An item in a queue.

    Attributes:
        origin: The queue that it was pushed to.
        earliest, latest: Between these pushes of that queue it came, as far as is fixed.
    """

    item: str
    priority: int
    origin: int
    earliest: int
    latest: int


@dataclass
class Model:
    """A priority queue that is right, and slow."""

    entries: list[Entry] = field(default_factory=list)
    origin: int = field(default_factory=lambda: next(_queues))
    pushes: int = 0
    merged: dict[int, int] = field(default_factory=dict)

    def push(self, item: str, priority: int) -> None:
        self.pushes += 1
        self.entries.append(Entry(item, priority, self.origin, self.pushes, self.pushes))

    def change(self, item: str, priority: int) -> None:
        """From now on it may count as the last that came, or stay where it was."""
        self.pushes += 1
        entry = self.get(item)
        changed = replace(entry, priority=priority, latest=self.pushes)
        if entry.origin != self.origin:
            # It may have joined this queue only now.
            changed = replace(changed, origin=self.origin, earliest=0)
        self.entries[self.entries.index(entry)] = changed

    def remove(self, item: str) -> None:
        self.entries.remove(self.get(item))

    def merge(self, other: Model) -> None:
        self.pushes += 1
        self.merged = {**self.merged, **other.merged, other.origin: self.pushes}
        self.merged |= dict.fromkeys(other.merged, self.pushes)
        self.entries += other.entries

    def get(self, item: str) -> Entry:
        """The entry of an item that is there."""
        return next(entry for entry in self.entries if entry.item == item)

    def next(self) -> set[str]:
        """The items that may come next; none if it is empty."""
        least = min((entry.priority for entry in self.entries), default=0)
        first = [entry for entry in self.entries if entry.priority == least]
        return {x.item for x in first if not any(self._before(y, x) for y in first)}

    def allows(self, order: list[str]) -> bool:
        """Whether the items may come out in this order."""
        rest = replace(self, entries=list(self.entries))
        for item in order:
            if item not in rest.next():
                return False
            rest.remove(item)
        return not rest.entries

    def _before(self, one: Entry, other: Entry) -> bool:
        """Whether one has to come before another of the same priority."""
        if one.origin == other.origin:
            return one.latest < other.earliest
        joined = self.merged.get(one.origin)
        return other.origin == self.origin and joined is not None and joined < other.earliest

    def __len__(self) -> int:
        return len(self.entries)
