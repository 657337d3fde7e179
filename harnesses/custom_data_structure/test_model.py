"""Any sequence of operations, held against a model."""

from __future__ import annotations

from functools import partial

from hypothesis.stateful import initialize, precondition, rule
from hypothesis.strategies import integers, lists

from harnesses.custom_data_structure.model import Model
from harnesses.custom_data_structure.queues import INTERFACE, Queue
from harnesses.custom_data_structure.words import items
from harnesses.kit import check
from harnesses.kit.library.explore import LibraryMachine, explore

PRIORITIES = integers(0, 9)
MANY = lists(PRIORITIES, max_size=14)
PLACE = integers(0, 30)
EMPTY = "an exception: the queue is empty"


class Basic(LibraryMachine):
    """Push, pop, peek and len."""

    library = None
    names = ()

    def __init__(self):
        super().__init__()
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

    @initialize(numbers=MANY)
    def begin(self, numbers):
        for number in numbers:
            self.push_one(self.queue, self.model, number)

    @rule(priority=PRIORITIES)
    def push(self, priority):
        self.push_one(self.queue, self.model, priority)

    @rule()
    def pop(self):
        if not len(self.model):
            self.queue.refused(self.queue.try_pop(), EMPTY)
            return
        given = self.queue.pop()
        self.is_next("pop", given)
        self.model.remove(given)

    @rule()
    def length(self):
        if (said := self.queue.length()) != len(self.model):
            self.queue.wrong("`len` is wrong", len(self.model), said)

    @rule()
    def drain(self):
        while len(self.model):
            self.pop()

    def is_next(self, method, given):
        right = sorted(self.model.next())
        if given not in right:
            wanted = " or ".join(map(repr, right))
            self.queue.wrong(f"`{method}` gave another item than the next one", wanted, repr(given))


class Peeking(Basic):
    """The same, and looks before it takes."""

    @rule()
    def peek(self):
        if not len(self.model):
            self.queue.refused(self.queue.try_peek(), EMPTY)
            return
        self.is_next("peek", self.queue.peek())


class Full(Basic):
    """The same, and everything that changes what is in the queue."""

    def some(self, place):
        return self.model.entries[place % len(self.model)].item

    @precondition(lambda self: len(self.model))
    @rule(place=PLACE, priority=PRIORITIES)
    def change(self, place, priority):
        item = self.some(place)
        self.queue.change(item, priority)
        self.model.change(item, priority)

    @precondition(lambda self: len(self.model))
    @rule(place=PLACE)
    def remove(self, place):
        item = self.some(place)
        self.queue.remove(item)
        self.model.remove(item)

    @rule()
    def walk(self):
        given = self.queue.items()
        if len(given) != len(self.model) or not self.model.allows(given):
            self.queue.wrong(
                "walking through the queue gave another order than `pop` has to",
                [entry.item for entry in sorted(self.model.entries, key=lambda e: e.priority)],
                given,
            )

    @precondition(lambda self: self.used < 40)
    @rule(numbers=lists(PRIORITIES, max_size=5))
    def merge(self, numbers):
        other, model = Queue.new(self.library, self.case, "other"), Model()
        for number in numbers:
            self.push_one(other, model, number)
        self.queue = self.queue.merge(other)
        self.model.merge(model)


def _explored(machine, library, rng):
    chosen = type(machine.__name__, (machine,), {"library": library, "names": items(rng, 20)})
    explore(chosen, partial(library.case, INTERFACE), rng.getrandbits(32))


@check("model.basic")
def test_pushes_and_pops(library, rng):
    _explored(Peeking, library, rng)


@check("model.full")
def test_everything(library, rng):
    _explored(Full, library, rng)
