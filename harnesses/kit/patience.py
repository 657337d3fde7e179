"""How long a request waits for its answer, where the ones before it waited in vain."""

from __future__ import annotations

from collections import Counter

SHORTER_S = (3.0, 1.0)


class Patience:
    """Remembers which routes are silent.

    A run asks one route dozens of times; if each request waited its full time, one route that
    hangs would take minutes, and with them the checks of all the others. So after a request that
    was given its whole time in vain the next one to the same route waits shorter. Any answer
    restores the full time: an app that was slow once, or is slow always, loses nothing.
    """

    def __init__(self) -> None:
        self._silent: Counter[tuple[str, int, bool]] = Counter()

    def seconds(self, method: str, target: str, wanted: float) -> float:
        """How long a request may wait that would be given ``wanted`` seconds."""
        times = self._silent[_route(method, target)]
        return min(wanted, SHORTER_S[min(times, len(SHORTER_S)) - 1]) if times else wanted

    def heard(self, method: str, target: str, *, silent: bool) -> None:
        """Tell how a request ended."""
        route = _route(method, target)
        self._silent[route] = self._silent[route] + 1 if silent else 0


def _route(method: str, target: str) -> tuple[str, int, bool]:
    """Requests with the same belong to one route, as far as that can be seen from outside."""
    path, _, query = target.partition("?")
    return method, len([part for part in path.split("/") if part]), bool(query)
