"""The fixture ``library``: the learner's code behind its driver."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from grader.domain.commands import Begin, Read, Start
from grader.domain.evidence import CommandRun
from grader.domain.text import clean
from harnesses.kit.command.line import Line
from harnesses.kit.command.run import why_ended
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.library.case import Case, Raised
from harnesses.kit.library.program import Program
from harnesses.kit.library.shape import (
    Found,
    Interface,
    Shape,
    bare,
    choose,
    read_classes,
    read_shape,
)
from harnesses.kit.library.wire import CONNECT_S, Door, LineFailure, Silent, Wire, must, ours

DRIVER = Path(__file__).with_name("driver.py").read_text(encoding="utf-8")
IMPORT_S = 20.0
HURRIED_S = 1.0
TOKEN_BYTES = 16


@dataclass
class Known:
    """What was learnt in one check and holds for all that follow.

    Attributes:
        found: The class that is meant.
        looked: Whether it was looked for.
        told: Departures from the brief that were told.
    """

    found: Found | None = None
    looked: bool = False
    told: set[str] = field(default_factory=set)


class Library:
    """The learner's code, imported in a process that this check has to itself.

    Args:
        line: The line to the worker.
        door: Where the driver connects to.
        known: Shared by all checks.
        note: Told of a departure from the brief that costs nothing.
    """

    def __init__(self, line: Line, door: Door, known: Known, note: Callable[[str], None]) -> None:
        self._line = line
        self._door = door
        self._known = known
        self._note = note
        self._control: Wire | None = None
        self._handle = 0
        self.shape: Shape | None = None

    def assume(self, text: str) -> None:
        """Tell the learner of a departure from the brief that costs nothing, in a sentence."""
        if text not in self._known.told:
            self._known.told.add(text)
            self._note(text)

    def fail(self, message: str, expected: str, actual: str) -> NoReturn:
        """Something is wrong that no single step shows.

        Raises:
            CheckFailed: Always.
        """
        raise CheckFailed(message, expected=expected, actual=actual)

    @contextmanager
    def case(self, interface: Interface, *, spare_mb: int | None = None) -> Iterator[Case]:
        """A fresh process in which the class of an interface was imported, and nothing else.

        Args:
            interface: Which class is meant.
            spare_mb: How much memory it may take beyond what it has.

        Raises:
            CheckFailed: There is no such class, it cannot be imported, or its process was ended
                by the learner's code.
            Undecidable: For our own fault.
        """
        if self._control is None:
            self._start(interface)
        assert self._control is not None
        assert self.shape is not None
        token = secrets.token_hex(TOKEN_BYTES)
        program = Program(self.shape)
        try:
            self._control.send({"op": "fork", "token": token, "spare_mb": spare_mb})
            wire = self._door.admit(token)
        except LineFailure:
            raise self._import_ended() from None
        case = Case(wire, self.shape, interface, program)
        clean_end = False
        try:
            yield case
            clean_end = case.failure is None
        finally:
            case.close()
            self._after(clean_end=clean_end)

    def _after(self, *, clean_end: bool) -> None:
        """The process of a case is over; one that does not end is ended with its driver.

        Args:
            clean_end: Nothing was wrong: then the end may take its time on a busy machine.
        """
        assert self._control is not None
        try:
            patience = CONNECT_S if clean_end else HURRIED_S
            must("ended" in self._control.receive(time.monotonic() + patience))
        except Silent:
            self.close()
        except LineFailure:
            self.close()
            if clean_end:
                raise self._import_ended() from None

    def close(self) -> None:
        """End the driver."""
        if self._control is not None:
            self._control.close()
            self._control = None

    # -- starting ---------------------------------------------------------------------------------

    def _start(self, interface: Interface) -> None:
        self._line.do(Begin())
        token = secrets.token_hex(TOKEN_BYTES)
        arguments = ("-I", "-c", DRIVER, str(self._door.port), token)
        begun = self._line.do(Start(args=arguments))
        if begun.failure or begun.limit:
            raise ours(why_ended(begun, 0))
        self._handle = begun.handle
        try:
            self._control = self._door.admit(token)
            self._import(interface)
        except LineFailure:
            raise self._import_ended() from None

    def _import(self, interface: Interface) -> None:
        assert self._control is not None
        deadline = time.monotonic() + IMPORT_S
        if not self._known.looked:
            self._control.send({"op": "scan"})
            classes = read_classes(self._control.receive(deadline))
            self._known.found = choose(classes, interface)
            self._known.looked = True
        found = self._known.found
        if found is None:
            raise CheckFailed(
                f"no class `{interface.name}` was found",
                expected=f"a class `{interface.name}` in a Python file",
                actual="none of that name, and none with its methods",
            )
        if bare(found.name) != bare(interface.name):
            self.assume(f"`{found.name}` in `{found.shown}` was taken for `{interface.name}`")
        self._control.send({"op": "load", "file": found.file, "name": found.name})
        told = self._control.receive(deadline)
        if "raised" in told:
            error = told["raised"] if isinstance(told["raised"], dict) else {}
            raised = Raised(str(error.get("kind")), str(error.get("text"))[:200])
            raise CheckFailed(
                f"`{found.shown}` cannot be imported",
                expected=f"a module with the class `{found.name}` in it",
                actual=str(raised),
                exchange=_importing(found, str(error.get("trace"))),
            )
        self.shape = read_shape(found, told, interface)

    def _import_ended(self) -> CheckFailed | Undecidable:
        """The driver's process is gone, or does not answer."""
        self.close()
        seen = self._line.do(Read(handle=self._handle, timeout=1))
        found = self._known.found
        if found is None:
            # Nothing of the learner's has run yet.
            return ours(clean(seen.stderr[-300:], 300) or "it said nothing")
        how = why_ended(seen, IMPORT_S) or f"it ended with exit code {seen.exit_code}"
        return CheckFailed(
            f"the code of `{found.shown}` ended the program it is used in, or kept it busy",
            expected="importing it defines its classes, and nothing else happens",
            actual=how,
            exchange=_importing(found, seen.stderr, seen.stdout, seen.exit_code),
        )


def _importing(
    found: Found, stderr: str, stdout: str = "", exit_code: int | None = 1
) -> CommandRun:
    return CommandRun(
        command=f"python {found.shown}",
        exit_code=exit_code,
        stdout=clean(stdout, 2000),
        stderr=clean(stderr, 4000),
    )
