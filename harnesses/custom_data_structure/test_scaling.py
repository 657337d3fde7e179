"""How the work grows with the queue: comparisons are counted, no clock is looked at."""

from __future__ import annotations

from math import inf, log2

from harnesses.custom_data_structure.queues import fresh
from harnesses.kit import check
from harnesses.kit.library import TooManyAsked

FEW = 32
ROUNDS, FIRST = 48, 8
BEYOND = 6
"""So many times n log n comparisons, and filling the queue is given up."""


def _cost(library, rng, size, work, *, filling_counts):
    """Comparisons for each operation of ``work`` on a queue of that size."""
    with fresh(library) as queue:
        oracle = queue.case.oracle
        numbers = rng.sample(range(10 * size), size + 2 * ROUNDS)
        try:
            oracle.most = round(BEYOND * size * log2(size)) if filling_counts else None
            _push(queue, numbers[:size])
            for number in numbers[size : size + FIRST]:
                # What was put off until the first `pop` is no part of the next ones.
                _push(queue, [number])
                _pop(queue)
            begun = oracle.asked
            oracle.most = begun + ROUNDS * max(size, BEYOND * FEW)
            operations = work(queue, numbers[size + FIRST :], rng)
        except TooManyAsked:
            return inf
        return (oracle.asked - begun) / operations


def _push(queue, numbers):
    oracle = queue.case.oracle
    for number in numbers:
        queue.push(oracle.item(f"item {number}"), oracle.key(number))


def _pop(queue):
    least = min(queue.held.items(), key=lambda pair: pair[1].value)[0]
    given = queue.pop()
    if given != least:
        queue.wrong(
            "`pop` gave another item than the next one",
            f"{least!r}: priorities are compared with `<`, as they were given",
            repr(given),
        )


def _grows(library, rng, what, work, *, many, limit, filling_counts=False):
    """With ``many`` items it takes more than ``limit`` times the comparisons of a few."""
    small, large = (
        _cost(library, rng, size, work, filling_counts=filling_counts) for size in (FEW, many)
    )
    if small == inf or large > limit * max(small, 1):
        shown = "far more" if large == inf else f"{large:.0f}"
        library.fail(
            f"{what} takes more comparisons, the more items there are",
            f"{many // FEW} times as many items, about {log2(many) / log2(FEW):.1f} times as many "
            "comparisons",
            f"{small:.0f} comparisons among {FEW} items, {shown} among {many}",
        )


@check("scaling.push_pop", points=4, title="Pushes and pops with few comparisons")
def test_push_and_pop(library, rng):
    def work(queue, numbers, _):
        for number in numbers[:ROUNDS]:
            _push(queue, [number])
            _pop(queue)
        return 2 * ROUNDS

    # A pairing heap, whose work comes in bursts, gets up to 4 times as much; a search 16 times.
    _grows(library, rng, "A push or a pop", work, many=512, limit=6, filling_counts=True)


@check("scaling.push_pop", points=1, title="Peeks without a search")
def test_peek(library, rng):
    def work(queue, _numbers, _):
        # Fewer than there are items: whether `peek` takes them is not asked here.
        for _ in range(FEW // 2):
            queue.peek()
        return FEW // 2

    _grows(library, rng, "A peek", work, many=256, limit=3)


@check("scaling.change", title="Changes and removes with few comparisons")
def test_change_and_remove(library, rng):
    def changes(queue, numbers, rng):
        chosen = rng.sample(list(queue.held), FEW // 2)
        for item, number in zip(chosen, numbers, strict=False):
            queue.change(item, queue.case.oracle.key(number))
        return len(chosen)

    def removals(queue, _numbers, rng):
        chosen = rng.sample(list(queue.held), FEW // 2)
        for item in chosen:
            queue.remove(item)
        return len(chosen)

    _grows(library, rng, "Changing an item", changes, many=256, limit=2.5)
    _grows(library, rng, "Removing an item", removals, many=256, limit=2.5)
