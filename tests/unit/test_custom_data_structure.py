"""The model that a learner's priority queue is held against."""

from __future__ import annotations

import heapq
from random import Random

import pytest

from harnesses.custom_data_structure.model import Model


def filled(*pairs: tuple[str, int]) -> Model:
    model = Model()
    for item, priority in pairs:
        model.push(item, priority)
    return model


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_heapq(seed: int) -> None:
    random, model, heap = Random(seed), Model(), list[tuple[int, int, str]]()
    for number in range(60):
        if heap and random.random() < 0.4:
            item = heapq.heappop(heap)[2]
            assert model.next() == {item}
            model.remove(item)
        else:
            priority = random.randrange(4)
            heapq.heappush(heap, (priority, number, str(number)))
            model.push(str(number), priority)
    assert len(model) == len(heap)


def test_equals_come_in_the_order_of_their_pushes() -> None:
    model = filled(("a", 1), ("b", 1), ("c", 0))
    assert model.allows(["c", "a", "b"])
    assert not model.allows(["c", "b", "a"])


def test_where_a_changed_item_stands_among_its_equals_is_open() -> None:
    model = filled(("a", 5), ("b", 1), ("c", 1))
    model.change("a", 1)
    for order in ("abc", "bca", "bac"):
        assert model.allows(list(order))
    assert not model.allows(list("acb"))
    model.push("d", 1)
    assert not model.allows(list("bcda"))


def test_how_the_equals_of_merged_queues_mix_is_open() -> None:
    one, other = filled(("a", 1), ("b", 1)), filled(("x", 1), ("y", 1))
    one.merge(other)
    one.push("z", 1)
    for order in ("abxyz", "axbyz", "xyabz"):
        assert one.allows(list(order))
    for order in ("ayxbz", "baxyz", "abxzy"):
        assert not one.allows(list(order))
