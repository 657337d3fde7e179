"""The gate at which users wait between slices."""

from __future__ import annotations

from gevent.event import Event


class Gate:
    """Lets users through during a slice, and knows when the last one is back."""

    def __init__(self) -> None:
        self._open = Event()
        self._quiet = Event()
        self._inside = 0
        self.opened = 0

    def open(self) -> None:
        self.opened += 1
        self._quiet.clear()
        self._open.set()

    def close(self, seconds: float) -> bool:
        """Let nobody in any more and wait for those inside; whether all came back in time."""
        self._open.clear()
        return self._inside == 0 or bool(self._quiet.wait(seconds))

    def wait(self) -> None:
        self._open.wait()

    def __enter__(self) -> None:
        self._inside += 1

    def __exit__(self, *_: object) -> None:
        self._inside -= 1
        if self._inside == 0 and not self._open.is_set():
            self._quiet.set()
