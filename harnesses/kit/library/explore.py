"""Sequences of operations that Hypothesis makes up, and the shortest that shows a fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from harnesses.kit.failures import CheckFailed
from harnesses.kit.library.case import Case

EXAMPLES = 60
STEPS = 25
SECONDS = 20.0
SHRINK_S = 10.0
Opener = Callable[[], AbstractContextManager[Case]]


class LibraryMachine(RuleBasedStateMachine):
    """A state machine whose rules do the same to a learner's object and to a reference model.

    Every example has a case of its own: ``self.case``. Rules raise ``CheckFailed`` where the two
    part, best through :meth:`Case.fail`.
    """

    open_case: Opener

    def __init__(self) -> None:
        super().__init__()
        self._opened = self.open_case()
        self.case = self._opened.__enter__()

    def teardown(self) -> None:
        self._opened.__exit__(None, None, None)


class _Enough(BaseException):
    """The time is over; what was found is found."""


def explore(
    machine: type[LibraryMachine], open_case: Opener, number: int, *, examples: int = EXAMPLES
) -> None:
    """Look for a sequence of steps that shows a fault.

    Args:
        machine: What can be done.
        open_case: Opens a case for each example.
        number: The seed: the same finds the same.
        examples: How many sequences are tried.

    Raises:
        CheckFailed: The one with the fewest steps that was found.
    """
    found: list[tuple[int, CheckFailed]] = []
    deadline = time.monotonic() + SECONDS

    class Watched(machine):  # type: ignore[valid-type, misc]
        def __init__(self) -> None:
            if time.monotonic() > deadline:
                raise _Enough
            super().__init__()

        def teardown(self) -> None:
            nonlocal deadline
            if self.case.failure is not None:
                if not found:
                    deadline = min(deadline, time.monotonic() + SHRINK_S)
                found.append((len(self.case.program), self.case.failure))
            super().teardown()

    Watched.open_case = staticmethod(open_case)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(seed(number)(Watched), settings=chosen)
    except _Enough:
        pass
    except Exception:
        # Whatever Hypothesis makes of it, a fault that was seen was there.
        if not found:
            raise
    if found:
        raise min(found, key=lambda one: one[0])[1]
