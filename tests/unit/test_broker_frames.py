"""The worker's reading of what a broker says."""

from __future__ import annotations

import pytest

from worker.sandbox.broker_frames import Frames
from worker.sandbox.stream import StreamError

SAID = b"started 1 0\nout 1 6\nab\n\ncdexit 1 0 0 5 6 0 0\n"
MEANT = [
    (["started", "1", "0"], b""),
    (["out", "1", "6"], b"ab\n\ncd"),
    (["exit", "1", "0", "0", "5", "6", "0", "0"], b""),
]


@pytest.mark.parametrize("size", [1, 2, 7, len(SAID)])
def test_messages_come_in_any_pieces(size: int) -> None:
    frames = Frames()
    pieces = [SAID[at : at + size] for at in range(0, len(SAID), size)]
    assert [message for piece in pieces for message in frames.feed(piece)] == MEANT


@pytest.mark.parametrize("said", [b"out 1 99999999999\n", b"out 1 -1\n", b"x" * 1000])
def test_nonsense_is_refused(said: bytes) -> None:
    with pytest.raises(StreamError):
        list(Frames().feed(said))
