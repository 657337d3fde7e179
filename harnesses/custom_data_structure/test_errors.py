"""What cannot be done is refused, and nothing changes."""

from __future__ import annotations

from harnesses.custom_data_structure.queues import fresh
from harnesses.custom_data_structure.test_queue import comes, filled
from harnesses.kit import check

EMPTY = "an exception, such as IndexError: the queue is empty"
UNKNOWN = "an exception, such as KeyError: there is no such item"


@check("errors.empty", points=4, title="Says so when `pop` finds nothing")
def test_pop_of_nothing(library, rng):
    with fresh(library) as queue:
        queue.refused(queue.try_pop(), EMPTY)
        comes(queue, [item for item, _ in filled(queue, rng, 1)])
        queue.refused(queue.try_pop(), EMPTY)
        comes(queue, [item for item, _ in filled(queue, rng, 1)])


@check("errors.empty", points=2, title="Says so when `peek` finds nothing")
def test_peek_at_nothing(library, rng):
    with fresh(library) as queue:
        queue.refused(queue.try_peek(), EMPTY)
        pairs = filled(queue, rng, 1)
        comes(queue, [item for item, _ in pairs])
        queue.refused(queue.try_peek(), EMPTY)


@check("errors.unknown", points=3, title="Refuses to change what is not there")
def test_change_of_no_item(library, rng):
    with fresh(library) as queue:
        pairs = filled(queue, rng, 3)
        queue.refused(queue.try_change(f"nobody {rng.random()}", 1), UNKNOWN)
        gone = queue.pop()
        queue.refused(queue.try_change(gone, pairs[0][1] - 1), UNKNOWN)
        comes(queue, [item for item, _ in pairs[1:]])


@check("errors.unknown", points=3, title="Refuses to remove what is not there")
def test_remove_of_no_item(library, rng):
    with fresh(library) as queue:
        pairs = filled(queue, rng, 3)
        queue.refused(queue.try_remove(f"nobody {rng.random()}"), UNKNOWN)
        queue.remove(pairs[1][0])
        queue.refused(queue.try_remove(pairs[1][0]), UNKNOWN)
        comes(queue, [pairs[0][0], pairs[2][0]])
