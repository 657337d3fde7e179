"""Lists in sentences."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 5


class Names:
    """Names for a sentence: ``a, b and 3 more``. Keeps only those that are shown."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._first: list[str] = []
        self._count = 0
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        self._count += 1
        if len(self._first) < _MOST:
            self._first.append(name)

    def __len__(self) -> int:
        return self._count

    def __str__(self) -> str:
        more = self._count - len(self._first)
        return ", ".join(self._first) + (f" and {more} more" if more else "")
