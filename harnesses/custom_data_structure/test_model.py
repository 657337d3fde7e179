"""Any sequence of operations, held against a model."""

from __future__ import annotations

from functools import partial

from hypothesis.strategies import integers, lists

from harnesses.custom_data_structure.model import Model
from harnesses.custom_data_structure.queues import INTERFACE, Queue, fresh
from harnesses.custom_data_structure.test_queue import comes
from harnesses.custom_data_structure.words import items
from harnesses.kit import check
from harnesses.kit.library.explore import Machine, explore, step

PRIORITIES = integers(0, 3) | integers(0, 99)
PLACE = integers(0, 30)
EMPTY = "an exception: the queue is empty"


class Basic(Machine):
    """Push, pop, peek and len."""

    library = None
    names = ()
    empty_is_refused = False

    def __init__(self, case):
        super().__init__(case)
        self.queue = Queue.new(self.library, self.case)
        self.model = Model()
        self.used = 0

    def name(self):
        self.used += 1
        turn, place = divmod(self.used - 1, len(self.names))
        return self.names[place] + "'" * turn

    def push_one(self, queue, model, priority):
        item = self.name()
        queue.push(item, priority)
        model.push(item, priority)

    @step(weight=2, at_first=16, priority=PRIORITIES)
    def push(self, priority):
        self.push_one(self.queue, self.model, priority)

    @step()
    def pop(self):
        if len(self.model):
            given = self.queue.pop()
            self.is_next("pop", given)
            self.model.remove(given)
        elif self.empty_is_refused:
            self.queue.refused(self.queue.try_pop(), EMPTY)

    @step()
    def length(self):
        if (said := self.queue.length()) != len(self.model):
            self.queue.wrong("`len` is wrong", len(self.model), said)

    def finish(self):
        while len(self.model):
            self.pop()

    def is_next(self, method, given):
        right = sorted(self.model.next())
        if given not in right:
            wanted = " or ".join(map(repr, right))
            self.queue.wrong(f"`{method}` gave another item than the next one", wanted, repr(given))


class Peeking(Basic):
    """The same, and looks before it takes, also when nothing is there."""

    empty_is_refused = True

    @step()
    def peek(self):
        if not len(self.model):
            self.queue.refused(self.queue.try_peek(), EMPTY)
            return
        self.is_next("peek", self.queue.peek())


class Full(Basic):
    """The same, and everything that changes what is in the queue."""

    def some(self, place):
        return self.model.entries[place % len(self.model)].item

    @step(place=PLACE, priority=PRIORITIES)
    def change(self, place, priority):
        if not len(self.model):
            return
        item = self.some(place)
        self.queue.change(item, priority)
        self.model.change(item, priority)

    @step(weight=3, place=PLACE)
    def remove(self, place):
        if not len(self.model):
            return
        item = self.some(place)
        self.queue.remove(item)
        self.model.remove(item)

    @step()
    def walk(self):
        given = self.queue.items()
        if len(given) != len(self.model) or not self.model.allows(given):
            self.queue.wrong(
                "Walking through the queue gave another order than `pop` has to",
                [entry.item for entry in sorted(self.model.entries, key=lambda e: e.priority)],
                given,
            )

    @step(numbers=lists(PRIORITIES, max_size=5))
    def merge(self, numbers):
        other, model = Queue.new(self.library, self.case, "other"), Model()
        for number in numbers:
            self.push_one(other, model, number)
        self.queue = self.queue.merge(other)
        self.model.merge(model)


def _explored(machine, library, rng):
    chosen = type(machine.__name__, (machine,), {"library": library, "names": items(rng, 20)})
    explore(chosen, partial(library.case, INTERFACE), rng.getrandbits(32))


@check("model.basic", title="Stays right however it is pushed and popped")
def test_pushes_and_pops(library, rng):
    _explored(Peeking, library, rng)


@check("model.full", points=2, title="Stays right when an item in the middle goes")
def test_middle_goes(library, rng):
    """Pushed level by level, a heap has its urgent entries at its right edge: the last of them
    takes the place of an entry that goes on the left, and has to rise there."""
    urgent, late = (
        iter(sorted(rng.sample(range(99), 4))),
        iter(sorted(rng.sample(range(99, 999), 11))),
    )
    levels = [next(urgent if place in (0, 2, 6, 14) else late) for place in range(15)]
    for place in (rng.choice((3, 4)), rng.choice((7, 8, 9, 10))):
        with fresh(library) as queue:
            pairs = list(zip(items(rng, 15), levels, strict=True))
            for item, priority in pairs:
                queue.push(item, priority)
            queue.remove(pairs.pop(place)[0])
            comes(queue, [item for item, _ in sorted(pairs, key=lambda pair: pair[1])])


@check("model.full", points=2, title="Stays right whatever is done to it")
def test_everything(library, rng):
    _explored(Full, library, rng)
