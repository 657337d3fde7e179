"""How the work grows with the queue: comparisons are counted, no clock is looked at."""

from __future__ import annotations

from math import inf, log2

from harnesses.custom_data_structure.queues import fresh
from harnesses.kit import check
from harnesses.kit.library import TooManyAsked

FEW, MANY = 32, 256
ROUNDS = 24
GROWTH = 3.5
"""Eight times as many items make a heap compare 1.6 times as often, a search 8 times."""
BEYOND = 12
"""So many times n log n comparisons, and filling the queue is given up."""


def _cost(library, rng, size, work):
    """Comparisons for each operation of ``work`` on a queue of that size."""
    with fresh(library) as queue:
        oracle = queue.case.oracle
        numbers = rng.sample(range(10 * size), size + 2 * ROUNDS)
        try:
            oracle.most = round(BEYOND * size * log2(size))
            _push(queue, numbers[:size])
            for number in numbers[size : size + 4]:
                # What was put off until the first `pop` is no part of the next ones.
                _push(queue, [number])
                _pop(queue)
            begun = oracle.asked
            oracle.most = begun + 4 * ROUNDS * size
            operations = work(queue, numbers[size + 4 :], rng)
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


def _grows(library, rng, what, work):
    few, many = (_cost(library, rng, size, work) for size in (FEW, MANY))
    if many > GROWTH * max(few, 1):
        shown = "far more" if many == inf else f"{many:.0f}"
        library.fail(
            f"{what} takes more comparisons, the more items there are",
            f"{MANY // FEW} times as many items, about {log2(MANY) / log2(FEW):.1f} times as many "
            "comparisons",
            f"{few:.0f} comparisons among {FEW} items, {shown} among {MANY}",
        )


@check("scaling.push_pop", points=4, title="Pushes and pops with few comparisons")
def test_push_and_pop(library, rng):
    def work(queue, numbers, _):
        for number in numbers[:ROUNDS]:
            _push(queue, [number])
            _pop(queue)
        return 2 * ROUNDS

    _grows(library, rng, "A push or a pop", work)


@check("scaling.push_pop", points=1, title="Peeks without a search")
def test_peek(library, rng):
    def work(queue, _numbers, _):
        for _ in range(ROUNDS):
            queue.peek()
        return ROUNDS

    _grows(library, rng, "A peek", work)


@check("scaling.change", title="Changes and removes with few comparisons")
def test_change_and_remove(library, rng):
    def work(queue, numbers, rng):
        held = rng.sample(list(queue.held), ROUNDS)
        for item, number in zip(held, numbers, strict=False):
            queue.change(item, queue.case.oracle.key(number))
            queue.remove(item)
        return 2 * ROUNDS

    _grows(library, rng, "Changing or removing an item", work)
