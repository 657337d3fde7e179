"""Sequences of steps that Hypothesis makes up, and the shortest that shows a fault.

Hypothesis' own state machines draw each step while the one before is done; here a sequence is
drawn as a whole, which a learner's process runs through at once. It shrinks to a few steps in a
fraction of the time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from harnesses.kit.failures import CheckFailed
from harnesses.kit.library.case import Case

EXAMPLES = 200
FEW, MANY = 7, 24
SECONDS = 20.0
SHRINK_S = 8.0
Arguments = dict[str, Any]
Step = tuple[str, Arguments]
Rule = TypeVar("Rule", bound=Callable[..., None])
_STEP = "grader_step"


def step(
    weight: int = 1, at_first: int = 0, **arguments: st.SearchStrategy[Any]
) -> Callable[[Rule], Rule]:
    """Declare a method of a machine as something that may be done at any time.

    Args:
        weight: How often, relative to the others.
        at_first: A sequence may begin with up to so many of these: mistakes hide where there is
            much to go wrong.
        arguments: Strategies for its arguments, by name.
    """

    def declare(rule: Rule) -> Rule:
        setattr(rule, _STEP, (weight, at_first, arguments))
        return rule

    return declare


class Machine:
    """What can be done to a learner's object, and to a reference model in the same way.

    Every sequence has a machine and a case of its own. Steps raise ``CheckFailed`` where object
    and model part, by :meth:`Case.fail`; one that cannot be done just now does nothing.

    Args:
        case: A process of the learner's.
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    def finish(self) -> None:
        """Called after the last step: look at what is left."""


def explore(
    machine: Callable[[Case], Machine],
    open_case: Callable[[], AbstractContextManager[Case]],
    number: int,
    *,
    examples: int = EXAMPLES,
) -> None:
    """Look for a sequence of steps that shows a fault.

    Args:
        machine: A :class:`Machine`.
        open_case: Opens a case for each sequence.
        number: The seed: the same tries the same.
        examples: How many sequences are tried.

    Raises:
        CheckFailed: The one with the fewest steps that was found.
    """
    found: list[tuple[int, CheckFailed]] = []
    deadline = time.monotonic() + SECONDS

    def run(sequence: list[Step]) -> None:
        nonlocal deadline
        if time.monotonic() > deadline:
            raise _Enough
        with open_case() as case:
            try:
                done = machine(case)
                for name, arguments in sequence:
                    getattr(done, name)(**arguments)
                done.finish()
            except CheckFailed as failure:
                if not found:
                    deadline = min(deadline, time.monotonic() + SHRINK_S)
                found.append((len(case.program), failure))
                raise

    chosen = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    try:
        seed(number)(chosen(given(_sequences(machine))(run)))()
    except _Enough:
        pass
    except Exception:
        # Whatever Hypothesis makes of it, a fault that was seen was there.
        if not found:
            raise
    if found:
        # The last of the shortest is the simplest.
        raise min(reversed(found), key=lambda one: one[0])[1]


class _Enough(BaseException):
    """The time is over; what was found is found."""


def _sequences(machine: object) -> st.SearchStrategy[list[Step]]:
    one: list[st.SearchStrategy[Step]] = []
    beginning: st.SearchStrategy[list[Step]] = st.just([])
    for name in sorted(dir(machine)):
        weight, at_first, arguments = getattr(getattr(machine, name), _STEP, (0, 0, {}))
        this = st.tuples(st.just(name), st.fixed_dictionaries(arguments))
        one += [this] * weight
        if at_first:
            beginning = st.lists(this, max_size=FEW) | st.lists(
                this, min_size=at_first // 2, max_size=at_first
            )
    rest = st.lists(st.one_of(one), max_size=MANY)
    return st.builds(lambda first, then: first + then, beginning, rest)
