"""Seeds of seeds: nothing that is sent for one purpose tells what is sent for another."""

import inspect

from grader.cli import grade
from grader.domain import ids
from grader.domain.verdicts import HarnessKind
from harnesses.kit.seeds import derive, randomness


def test_the_same_seed_and_purpose_give_the_same_data() -> None:
    assert derive(7, "check", "test_get") == derive(7, "check", "test_get")
    assert randomness(7, "x").random() == randomness(7, "x").random()


def test_every_purpose_has_a_seed_of_its_own() -> None:
    purposes = [*HarnessKind, "scenario", ("user", 0), ("user", 1), ("check", "a"), ("checka",)]
    seeds = {
        derive(seed, *(purpose if isinstance(purpose, tuple) else (purpose,)))
        for seed in (0, 1, 7)
        for purpose in purposes
    }
    assert len(seeds) == 3 * len(purposes)


def test_a_derived_seed_is_large_whatever_the_seed() -> None:
    assert min(derive(0, number) for number in range(200)) > 2**40
    assert max(derive(0, number) for number in range(200)) < 2**63


def test_a_seed_is_made_up_unless_somebody_asks_for_one() -> None:
    seed = inspect.signature(grade.grade).parameters["seed"]
    assert seed.default is None
    # More than anybody could try: a million tries a second take nine years.
    assert ids.SEED_BITS >= 48
