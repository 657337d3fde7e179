"""Items go in and come out."""

from __future__ import annotations

from harnesses.custom_data_structure.queues import Queue, fresh
from harnesses.custom_data_structure.words import items, priorities
from harnesses.kit import check


def filled(queue, rng, count, numbers=None):
    """Push so many items in random order; (item, priority), the smallest priority first."""
    pairs = list(zip(items(rng, count), numbers or priorities(rng, count), strict=True))
    for item, priority in pairs:
        queue.push(item, priority)
    return sorted(pairs, key=lambda pair: pair[1])


def comes(queue, wanted):
    """These items come out, in this order."""
    for item in wanted:
        if (given := queue.pop()) != item:
            queue.wrong("`pop` gave another item than the next one", repr(item), repr(given))


@check("queue.push_pop", title="Gives back what was put in")
def test_what_went_in_comes_out(library, rng):
    with fresh(library) as queue:
        wanted = [item for item, _ in filled(queue, rng, 3)]
        given = [queue.pop() for _ in wanted]
        if sorted(map(repr, given)) != sorted(map(repr, wanted)):
            queue.wrong("What came out is not what went in", wanted, given)


@check("queue.order", points=6, title="Gives the smallest of a few numbers first")
def test_numbers(library, rng):
    with fresh(library) as queue:
        comes(queue, [item for item, _ in filled(queue, rng, 4)])


@check("queue.order", points=3, title="Gives the smallest first when there are many")
def test_many(library, rng):
    with fresh(library) as queue:
        comes(queue, [item for item, _ in filled(queue, rng, 40)])


@check("queue.order", points=3, title="Takes text and tuples as priorities")
def test_other_priorities(library, rng):
    texts = [f"2031-{month:02}-{rng.randrange(10, 29)}" for month in rng.sample(range(1, 13), 5)]
    pairs = [(rng.randrange(3), number) for number in rng.sample(range(90), 5)]
    for numbers in (texts, pairs, [0.5, 0.25, -1.5, 2.0, 1.0]):
        with fresh(library) as queue:
            comes(queue, [item for item, _ in filled(queue, rng, 5, numbers)])


@check("queue.ties", points=5, title="Serves equal priorities in the order of their coming")
def test_first_come_first_served(library, rng):
    with fresh(library) as queue:
        names, low, high = items(rng, 9), *sorted(priorities(rng, 2))
        for item in names[:8]:
            queue.push(item, high)
        queue.push(names[8], low)
        comes(queue, [names[8], *names[:8]])


@check("queue.ties", points=3, title="Takes items that have no order")
def test_items_without_order(library, rng):
    with fresh(library) as queue:
        mixed = [items(rng, 1)[0], rng.randrange(1000), ("a", rng.randrange(9)), None]
        rng.shuffle(mixed)
        for item in mixed:
            queue.push(item, 1)
        comes(queue, mixed)


@check("queue.peek", title="Shows what is next, and leaves it there")
def test_peek_shows_the_next(library, rng):
    with fresh(library) as queue:
        for item, _ in filled(queue, rng, 4):
            for _ in range(2):
                if (shown := queue.peek()) != item:
                    queue.wrong("`peek` showed another item", repr(item), repr(shown))
            comes(queue, [item])


@check("queue.length", title="Knows how many items it holds")
def test_length(library, rng):
    def holds(number):
        if (said := queue.length()) != number:
            queue.wrong("The queue holds another number of items", number, said)

    with fresh(library) as queue:
        holds(0)
        count = rng.randrange(4, 9)
        filled(queue, rng, count)
        holds(count)
        queue.pop()
        holds(count - 1)


@check("queue.iteration", title="Can be walked through in order")
def test_iteration_is_in_order(library, rng):
    with fresh(library) as queue:
        wanted = [item for item, _ in filled(queue, rng, 9)]
        for _ in range(2):
            if (given := queue.items()) != wanted:
                queue.wrong("Walking through the queue gave something else", wanted, given)
        if (said := queue.length()) != len(wanted):
            queue.wrong("Walking through the queue changed it", len(wanted), said)
        comes(queue, wanted)


@check("queue.separate", title="Keeps two queues apart")
def test_two_queues(library, rng):
    with fresh(library) as queue:
        other = Queue.new(library, queue.case, "other")
        mine, theirs = items(rng, 2)
        queue.push(mine, 1)
        other.push(theirs, 0)
        comes(queue, [mine])
        comes(other, [theirs])
