"""The learner's priority queue as the checks see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from harnesses.kit.library import Case, Interface, Library, Outcome, Thing
from harnesses.kit.library.shape import bare
from harnesses.kit.library.values import Handle, Key

INTERFACE = Interface(
    name="PriorityQueue",
    others=(
        "MyPriorityQueue", "CustomPriorityQueue", "MinPriorityQueue", "HeapPriorityQueue",
        "PriorityQ", "PQueue", "PQ", "MinHeap", "BinaryHeap", "MinBinaryHeap", "Heap",
    ),
    methods={
        "push": ("enqueue", "insert", "put", "add", "add_item", "heappush", "offer"),
        "pop": (
            "dequeue", "extract_min", "pop_min", "get", "remove_min", "delete_min", "poll",
            "extract", "pop_item", "heappop", "extract_next", "pop_next",
        ),
        "peek": (
            "peek_top", "peek_min", "front", "top", "first", "find_min", "get_min", "min", "next",
        ),
        "change_priority": (
            "update_priority", "set_priority", "update", "reprioritize", "reprioritise", "change",
            "modify_priority", "decrease_key", "update_item",
        ),
        "remove": ("delete", "discard", "remove_item", "delete_item", "cancel"),
        "merge": ("meld", "merge_with", "merge_queue", "union", "extend", "combine", "update_from"),
        "size": ("length", "count", "get_size"),
    },
    needed=("push", "pop"),
    variable="queue",
)  # fmt: skip
_PRIORITY = frozenset(
    {"priority", "prio", "p", "pri", "rank", "weight", "newpriority", "newprio", "urgency"}
)
Pairs = dict[Any, Any]


class Queue:
    """An object of the learner's class.

    Attributes:
        held: What is in it by now, with its priority: what pairs that it gives are told by.
    """

    def __init__(self, library: Library, case: Case, thing: Thing) -> None:
        self.library = library
        self.case = case
        self.thing = thing
        self.held: Pairs = {}

    @classmethod
    def new(cls, library: Library, case: Case, name: str = "") -> Queue:
        """An empty queue."""
        return cls(library, case, case.new(name))

    def push(self, item: Any, priority: Any) -> None:
        """Put an item in; it has to be taken.

        Raises:
            CheckFailed: It was not.
        """
        self.done(self.try_push(item, priority), "the item is in the queue")
        self.held[item] = priority

    def try_push(self, item: Any, priority: Any) -> Outcome:
        """What comes of ``push``."""
        return self._with_priority("push", item, priority)

    def pop(self) -> Any:
        """The item that comes out; there has to be one."""
        item = self._item(self.try_pop())
        if _hashable(item):
            self.held.pop(item, None)
        return item

    def try_pop(self) -> Outcome:
        """What comes of ``pop``."""
        return self.thing.call("pop", shows=True)

    def peek(self) -> Any:
        """The item that is next; there has to be one."""
        return self._item(self.try_peek())

    def try_peek(self) -> Outcome:
        """What comes of ``peek``."""
        return self.thing.call("peek", shows=True)

    def change(self, item: Any, priority: Any) -> None:
        """Give an item that is there another priority."""
        outcome = self.try_change(item, priority)
        self.done(outcome, "the item has another priority")
        self.held[item] = priority

    def try_change(self, item: Any, priority: Any) -> Outcome:
        """What comes of ``change_priority``."""
        return self._with_priority("change_priority", item, priority)

    def remove(self, item: Any) -> None:
        """Take an item out that is there."""
        self.done(self.try_remove(item), "the item is no longer in the queue")
        self.held.pop(item, None)

    def try_remove(self, item: Any) -> Outcome:
        """What comes of ``remove``."""
        return self.thing.call("remove", item)

    def merge(self, other: Queue) -> Queue:
        """Take all items of another queue in; what holds them then."""
        before = len(self.held)
        outcome = self.done(self.thing.call("merge", other.thing), "the queue holds both")
        held = {**other.held, **self.held}
        given = outcome.value
        if isinstance(given, Handle) and given.number != self.thing.handle.number:
            merged = self.case.adopt(given, "merged")
            if other.held and self.length() == before:
                self.library.assume("`merge` returns a new queue, so that one was looked at")
                both = Queue(self.library, self.case, merged)
                both.held = held
                return both
        self.held = held
        return self

    def length(self) -> Any:
        """How many items it says that it holds."""
        outcome = self.thing.length()
        if outcome.error and outcome.error.kind == "TypeError" and "size" in self.case.shape.calls:
            self.library.assume("There is no `__len__`, so `size` was called instead of `len`")
            outcome = self.thing.call("size", shows=True)
        return self.done(outcome, "the number of items").value

    def items(self) -> list[Any]:
        """What walking through it gives, in order."""
        outcome = self.done(self.thing.values(), "the items, as `pop` would give them")
        return [self._read(value) for value in outcome.value]

    # -- reading ----------------------------------------------------------------------------------

    def done(self, outcome: Outcome, wanted: str) -> Outcome:
        """A step must not raise anything."""
        if outcome.error:
            message = f"`{outcome.call}` raised {outcome.error.kind}"
            self.case.fail(message, wanted, str(outcome.error), outcome.error)
        return outcome

    def refused(self, outcome: Outcome, wanted: str) -> None:
        """A step must raise an exception, and on purpose."""
        if outcome.error is None:
            message = f"`{outcome.call}` raised nothing"
            self.case.fail(message, wanted, f"it gave {outcome.value!r}")
        elif outcome.error.accident:
            message = (
                f"`{outcome.call}` raised {outcome.error.kind}, which tells of a mistake in it"
            )
            self.case.fail(message, wanted, str(outcome.error), outcome.error)

    def wrong(self, message: str, wanted: Any, actual: Any) -> None:
        """The last step gave something else than it must."""
        self.case.fail(message, str(wanted), str(actual))

    def _with_priority(self, method: str, item: Any, priority: Any) -> Outcome:
        names = [bare(one.name) for one in self.case.shape.parameters.get(method, ())]
        if names[:1] and names[0] in _PRIORITY and not (len(names) > 1 and names[1] in _PRIORITY):
            self.library.assume(f"`{method}` takes the priority first, so it was called like that")
            return self.thing.call(method, priority, item)
        return self.thing.call(method, item, priority)

    def _item(self, outcome: Outcome) -> Any:
        return self._read(self.done(outcome, "an item").value)

    def _read(self, value: Any) -> Any:
        """An item, also where it comes in a pair with its priority."""
        if isinstance(value, tuple | list) and len(value) == 2 and not self._holds(value):
            for item, priority in (value, reversed(value)):
                if self._holds(item) and _same(self.held[item], priority):
                    self.library.assume("Items come in pairs with their priorities")
                    return item
        return value

    def _holds(self, value: Any) -> bool:
        return _hashable(value) and value in self.held


@contextmanager
def fresh(library: Library, *, spare_mb: int | None = None) -> Iterator[Queue]:
    """An empty queue in a process of its own."""
    with library.case(INTERFACE, spare_mb=spare_mb) as case:
        yield Queue.new(library, case)


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _same(one: Any, other: Any) -> bool:
    values = [v.value if isinstance(v, Key) else v for v in (one, other)]
    return bool(values[0] == values[1])
