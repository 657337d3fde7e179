"""What has left the queue is not kept: the kernel counts, not the code."""

from __future__ import annotations

from harnesses.custom_data_structure.queues import fresh
from harnesses.kit import check

LOAD_MB, LOADS, SPARE_MB = 4, 60, 128


def _released(library, take):
    with fresh(library, spare_mb=SPARE_MB) as queue:
        for number in range(LOADS):
            load = queue.case.oracle.load(LOAD_MB * 1024 * 1024)
            outcome = queue.try_push(load, 1)
            if outcome.error and outcome.error.kind == "MemoryError":
                library.fail(
                    "What has left the queue is kept in memory",
                    f"room for one item of {LOAD_MB} MB after another: it had {SPARE_MB} MB",
                    f"no memory was left after {number} items, though the queue was empty",
                )
            queue.done(outcome, "the item is in the queue")
            queue.held[load] = 1
            take(queue, load)


@check("memory.released", title="Lets go of what was popped")
def test_popped(library):
    _released(library, lambda queue, _: queue.pop())
