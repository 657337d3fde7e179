"""What is in the queue already is changed."""

from __future__ import annotations

from harnesses.custom_data_structure.queues import Queue, fresh
from harnesses.custom_data_structure.test_queue import comes, filled
from harnesses.kit import check


@check("change.priority", points=4, title="Lets an item become more urgent")
def test_more_urgent(library, rng):
    with fresh(library) as queue:
        pairs = filled(queue, rng, 7)
        item, _ = pairs.pop()
        queue.change(item, pairs[0][1] - 1)
        comes(queue, [item, *(other for other, _ in pairs)])


@check("change.priority", points=4, title="Lets an item become less urgent")
def test_less_urgent(library, rng):
    with fresh(library) as queue:
        pairs = filled(queue, rng, 7)
        item, _ = pairs.pop(0)
        queue.change(item, pairs[-1][1] + 1)
        comes(queue, [*(other for other, _ in pairs), item])


@check("change.remove", title="Removes an item, and no other")
def test_remove(library, rng):
    with fresh(library) as queue:
        pairs = filled(queue, rng, 5)
        item, _ = pairs.pop(rng.randrange(5))
        queue.remove(item)
        if (said := queue.length()) != len(pairs):
            queue.wrong("The queue holds another number of items", len(pairs), said)
        comes(queue, [other for other, _ in pairs])


@check("change.merge", title="Takes in another queue")
def test_merge(library, rng):
    with fresh(library) as queue:
        other = Queue.new(library, queue.case, "other")
        pairs = filled(queue, rng, 4)
        for number in range(4):
            item, priority = f"guest {number} {rng.randrange(100)}", rng.randrange(-60, 600)
            while priority in [taken for _, taken in pairs]:
                priority += 1
            other.push(item, priority)
            pairs.append((item, priority))
        both = queue.merge(other)
        if (said := both.length()) != len(pairs):
            both.wrong("The queue holds another number of items", len(pairs), said)
        comes(both, [item for item, _ in sorted(pairs, key=lambda pair: pair[1])])
