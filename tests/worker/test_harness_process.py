"""The line between worker and harness: events, commands, endings, and nonsense."""

from __future__ import annotations

import io
import struct
import threading
import time
import tracemalloc

import pytest

from grader.domain.events import Assumed, CheckStarted, Finished, Reply, Stop
from grader.domain.verdicts import Fault, HarnessKind
from grader.errors import PlatformError
from tests.support.pods import start_harness
from worker.sandbox.pod import Pod
from worker.sandbox.stream import STDERR, STDOUT, Demultiplexer, LineSplitter, StreamError, Tail

SAY = """
import json, sys, time
def say(type, **values):
    print(json.dumps({"type": type, **values}), flush=True)
"""


def frame(stream: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(payload)) + payload


class TestDemultiplexer:
    FRAMES = (
        frame(STDOUT, b"one\n") + frame(STDERR, b"oops") + frame(STDOUT, b"") + frame(1, b"two")
    )

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 100])
    def test_pieces_of_any_size(self, size: int) -> None:
        splitter, source = Demultiplexer(), io.BytesIO(self.FRAMES)
        told = {STDOUT: b"", STDERR: b""}
        while piece := source.read(size):
            for stream, part in splitter.feed(piece):
                told[stream] += part
        assert told == {STDOUT: b"one\ntwo", STDERR: b"oops"}

    @pytest.mark.parametrize(
        "header", [b"\0" * 8, b"\3\0\0\0\0\0\0\1", b"HTTP/1.1", b"\1x\0\0\0\0\0\1"]
    )
    def test_what_is_no_header(self, header: bytes) -> None:
        with pytest.raises(StreamError):
            list(Demultiplexer().feed(header))


class TestLines:
    def test_lines_over_pieces(self) -> None:
        lines = LineSplitter(10)
        assert list(lines.feed(b"ab")) == []
        assert list(lines.feed(b"c\n\nd")) == [b"abc", b""]
        assert list(lines.feed(b"\n0123456789\n")) == [b"d", b"0123456789"]

    @pytest.mark.parametrize("piece", [b"0123456789x", b"0123456789x\n", b"a\n0123456789xyz"])
    def test_a_line_that_is_too_long(self, piece: bytes) -> None:
        with pytest.raises(StreamError):
            list(LineSplitter(10).feed(piece))

    def test_a_line_that_grows_too_long(self) -> None:
        lines = LineSplitter(10)
        list(lines.feed(b"0123456"))
        with pytest.raises(StreamError):
            list(lines.feed(b"7890"))


def test_tail_keeps_the_end() -> None:
    kept = Tail(4)
    for piece in (b"abc", b"", b"defg", b"h\xff"):
        kept.feed(piece)
    assert kept.text() == "fgh\ufffd"


@pytest.mark.engine
class TestProcess:
    def test_events_come_as_they_are_sent(self, pod: Pod) -> None:
        harness = start_harness(pod, SAY + "say('check_started', id='a'); input(); say('finished')")
        assert harness.next_event(10) == CheckStarted(id="a")
        harness.send(Stop())
        assert harness.next_event(10) == Finished()
        assert harness.next_event(10) is None
        assert harness.next_event(10) is None

    def test_kind_is_the_last_argument(self, pod: Pod) -> None:
        code = SAY + "say('assumed', text=sys.argv[-1])"
        assert start_harness(pod, code).next_event(10) == Assumed(text=HarnessKind.FUNCTIONAL)

    def test_commands_arrive_one_a_line(self, pod: Pod) -> None:
        code = SAY + "for line in sys.stdin: say('assumed', text=line)"
        harness = start_harness(pod, code)
        for number in range(3):
            command = Reply(id=number, ok=True, detail="ü\n\"'" * 10_000)
            harness.send(command)
            event = harness.next_event(10)
            assert event == Assumed(text=command.model_dump_json() + "\n")

    def test_all_events_up_to_the_last(self, pod: Pod) -> None:
        code = SAY + "say('check_started', id='a'); say('finished'); say('check_started', id='b')"
        events = list(start_harness(pod, code).events(10))
        assert events == [CheckStarted(id="a"), Finished()]

    def test_standard_error_is_kept_apart(self, pod: Pod) -> None:
        code = SAY + "print('x' * 99_999 + 'the end', file=sys.stderr, flush=True); say('finished')"
        harness = start_harness(pod, code)
        assert list(harness.events(10)) == [Finished()]
        assert harness.next_event(10) is None
        kept, _, how = harness.stderr_tail.partition("the end")
        assert len(kept) < 17_000
        assert "exit code 0" in how

    def test_nothing_in_time(self, pod: Pod) -> None:
        harness = start_harness(pod, SAY + "time.sleep(1); say('finished'); time.sleep(60)")
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            harness.next_event(0.2)
        assert time.monotonic() - started < 1
        assert harness.next_event(10) == Finished()

    def test_killed_by_another_thread(self, pod: Pod) -> None:
        harness = start_harness(pod, "import time; time.sleep(60)")
        threading.Timer(0.3, harness.kill).start()
        started = time.monotonic()
        assert harness.next_event(30) is None
        assert time.monotonic() - started < 5
        harness.kill()

    def test_dies_before_its_last_event(self, pod: Pod) -> None:
        code = SAY + "say('check_started', id='a'); raise ValueError('of the harness')"
        with pytest.raises(PlatformError) as caught:
            list(start_harness(pod, code).events(10))
        assert caught.value.code == "harness.died"
        assert "ValueError: of the harness" in caught.value.log
        assert "exit code 1" in caught.value.log

    def test_runs_out_of_memory(self, pod: Pod) -> None:
        harness = start_harness(pod, "kept = [b'x' * 1_000_000 for _ in range(5_000)]")
        assert harness.next_event(30) is None
        assert "out of memory" in harness.stderr_tail

    def test_commands_to_one_that_is_gone(self, pod: Pod) -> None:
        harness = start_harness(pod, "pass")
        assert harness.next_event(10) is None
        with pytest.raises(PlatformError) as caught:
            harness.send(Stop())
        assert caught.value.code == "harness.died"

    def test_ends_when_the_worker_hangs_up(self, pod: Pod) -> None:
        """A worker that is killed takes its harnesses with it."""
        code = SAY + "say('check_started', id='a'); sys.stdin.read()"
        harness = start_harness(pod, code)
        assert harness.next_event(10)
        harness.hang_up()
        deadline = time.monotonic() + 10
        state = harness.state()
        while state and state["Running"] and time.monotonic() < deadline:
            time.sleep(0.05)
            state = harness.state()
        assert state
        assert not state["Running"]

    @pytest.mark.parametrize(
        "line",
        [
            "'hello'",
            "''",
            "'{}'",
            "'[]'",
            '\'{"type": "made_up"}\'',
            '\'{"type": "finished", "more": 1}\'',
            '\'{"type": "check_started", "id": 7}\'',
            '\'{"type": "check_started", "id": "\\\\ud800"}\'',
            '\'{"type": "ready", "host": "h", "port": 1, "seconds": NaN}\'',
            '\'{"type": "assumed", "text": "\' + \'x\' * 600_000 + \'"}\'',
            "b'\\xff\\xfe'.decode('latin-1')",
            "'x' * 2_000_000",
        ],
    )
    def test_nonsense_is_our_fault_and_keeps_what_came_before(self, pod: Pod, line: str) -> None:
        harness = start_harness(pod, SAY + f"say('check_started', id='a'); print({line})")
        assert harness.next_event(10) == CheckStarted(id="a")
        with pytest.raises(PlatformError) as caught:
            harness.next_event(10)
        assert (caught.value.code, caught.value.fault) == ("harness.nonsense", Fault.PLATFORM)

    def test_too_many_events(self, pod: Pod) -> None:
        harness = start_harness(pod, SAY + "while True: say('check_started', id='a')")
        with pytest.raises(PlatformError) as caught:
            for _ in harness.events(60):
                pass
        assert caught.value.code == "harness.nonsense"
        assert "20000 events" in caught.value.log

    def test_memory_stays_flat_however_fast_it_writes(self, pod: Pod) -> None:
        """What is not taken waits in the harness's own pipe."""
        code = SAY + "while True: say('assumed', text='x' * 400_000)"
        harness = start_harness(pod, code)
        tracemalloc.start()
        with pytest.raises(PlatformError) as caught:
            for _ in harness.events(60):
                pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert "bytes of events" in caught.value.log
        assert peak < 20_000_000
