"""A case: a process of its own, in which nothing has happened yet but the import."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from harnesses.kit.failures import CheckFailed
from harnesses.kit.library.counting import Oracle
from harnesses.kit.library.program import Program
from harnesses.kit.library.shape import Interface, Shape
from harnesses.kit.library.values import Handle, Value, to_plain, to_value
from harnesses.kit.library.wire import Garbled, HungUp, Message, Silent, Wire, must

TIMEOUT_S = 5.0
MOST_VALUES = 5_000
# What a mistake of the code raises rather than its author.
ACCIDENTS = frozenset(
    {
        "AttributeError", "NameError", "TypeError", "SyntaxError", "ImportError", "RecursionError",
        "MemoryError", "StopIteration", "NotImplementedError", "SystemExit", "KeyboardInterrupt",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Raised:
    """An exception of the learner's code."""

    kind: str
    text: str = ""
    bases: tuple[str, ...] = ()
    trace: str = ""

    @property
    def accident(self) -> bool:
        """It tells of a mistake in the code, not of one of its caller."""
        return not ACCIDENTS.isdisjoint((self.kind, *self.bases))

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}".rstrip(": ")


@dataclass(frozen=True)
class Outcome:
    """What a step came to.

    Attributes:
        call: The step, as code.
        value: What it gave.
        error: What it raised instead.
    """

    call: str
    value: Value
    error: Raised | None


class Case:
    """What is done to the learner's objects, and what comes of it.

    Args:
        wire: The line to a process that has imported the class.
        shape: The class.
        interface: What it is meant to be.
        program: Collects what is done.
    """

    def __init__(self, wire: Wire, shape: Shape, interface: Interface, program: Program) -> None:
        self.shape = shape
        self.oracle = Oracle()
        self.program = program
        self.failure: CheckFailed | None = None
        self._wire = wire
        self._interface = interface
        self._names: dict[int, str] = {}

    def new(self, name: str = "") -> Thing:
        """An object of the learner's class, in programs called ``name``.

        Raises:
            CheckFailed: It cannot be made without arguments.
        """
        name = name or self._interface.variable
        outcome = self._do({"op": "new", "args": []}, f"{self.shape.name}()", name)
        if outcome.error or not isinstance(outcome.value, Handle):
            self.fail(
                f"`{self.shape.name}()` made no object",
                "an empty one, made without arguments",
                str(outcome.error or repr(outcome.value)),
            )
        self._names[outcome.value.number] = name
        return Thing(self, outcome.value, name)

    def call(self, handle: Handle, name: str, args: tuple[Value, ...], *, shows: bool) -> Outcome:
        """Call a method, by the learner's name of it."""
        words = ", ".join(self._shown(arg) for arg in args)
        request = {"op": "call", "on": handle.number, "name": name}
        request["args"] = [to_plain(arg) for arg in args]
        return self._do(request, f"{self._names[handle.number]}.{name}({words})", shows=shows)

    def adopt(self, handle: Handle, name: str) -> Thing:
        """An object that the last step gave, in programs called ``name`` from now on."""
        if handle.number not in self._names:
            self._names[handle.number] = name
            self.program.bind(name)
        return Thing(self, handle, self._names[handle.number])

    def length(self, handle: Handle) -> Outcome:
        """``len(…)``."""
        code = f"len({self._names[handle.number]})"
        return self._do({"op": "len", "on": handle.number}, code, shows=True)

    def values(self, handle: Handle, most: int = MOST_VALUES) -> Outcome:
        """``list(…)``, of the first so many."""
        request = {"op": "list", "on": handle.number, "most": most}
        return self._do(request, f"list({self._names[handle.number]})", shows=True)

    def fail(
        self, message: str, expected: str, actual: str, error: Raised | None = None
    ) -> NoReturn:
        """The last step was wrong.

        Raises:
            CheckFailed: Always.
        """
        shown = self.program.evidence(error.trace if error else "")
        self.failure = CheckFailed(message, expected=expected, actual=actual, exchange=shown)
        raise self.failure

    def close(self) -> None:
        """Hang up, which ends the process."""
        self._wire.close()

    # -- one step ---------------------------------------------------------------------------------

    def _do(
        self, request: Mapping[str, Any], code: str, name: str = "", *, shows: bool = False
    ) -> Outcome:
        self.program.step(f"{name} = {code}" if name else code, shows=shows)
        try:
            self._wire.send(dict(request))
            answer = self._answer()
            value, error = self._read(answer)
        except Silent:
            self.program.error = f"nothing came of it within {TIMEOUT_S:g} s"
            self._broken(code, "did not end", "it does its work and returns")
        except HungUp:
            self.program.error = "the process ended"
            self._broken(code, "ended the program", "it returns; nothing else ends the program")
        except Garbled:
            self.program.error = "what came back was none of its answers"
            self._broken(code, "was not what answered", "the answer of the method, nothing else")
        if error:
            self.program.raised(error.kind, error.text)
        else:
            self.program.came(value if isinstance(value, str) else repr(value))
        return Outcome(code, value, error)

    def _answer(self) -> Message:
        deadline = time.monotonic() + TIMEOUT_S
        while "ask" in (message := self._wire.receive(deadline)):
            self._wire.send({"answer": self.oracle.answer(message["ask"])})
        return message

    def _read(self, answer: Message) -> tuple[Value, Raised | None]:
        if "raised" in answer:
            told = answer["raised"]
            must(isinstance(told, dict) and isinstance(told.get("bases"), list))
            return None, Raised(
                kind=str(told.get("kind"))[:100],
                text=str(told.get("text"))[:200],
                bases=tuple(str(base)[:100] for base in told["bases"][:20]),
                trace=str(told.get("trace"))[:4000],
            )
        must("value" in answer)
        return to_value(answer["value"], self.oracle.known), None

    def _broken(self, code: str, how: str, wanted: str) -> NoReturn:
        self.fail(f"`{code}` {how}", wanted, self.program.error)

    def _shown(self, value: Value) -> str:
        if isinstance(value, Handle):
            return self._names.get(value.number, repr(value))
        return repr(value)


@dataclass(frozen=True)
class Thing:
    """An object of the learner's class."""

    case: Case
    handle: Handle
    name: str

    def call(self, method: str, *args: Value, shows: bool = False) -> Outcome:
        """Call a method of the brief.

        Args:
            method: As the brief calls it.
            args: What it gets; another thing is named.
            shows: What it gives is looked at.

        Raises:
            CheckFailed: There is no such method, or nothing came of it.
        """
        name = self.case.shape.calls.get(method)
        if name is None:
            self.case.fail(
                f"`{self.case.shape.name}` has no method `{method}`",
                f"a method `{method}`",
                f"it has {', '.join(self.case.shape.calls.values())}",
            )
        plain = tuple(arg.handle if isinstance(arg, Thing) else arg for arg in args)
        return self.case.call(self.handle, name, plain, shows=shows)

    def length(self) -> Outcome:
        """``len(…)``."""
        return self.case.length(self.handle)

    def values(self) -> Outcome:
        """``list(…)``."""
        return self.case.values(self.handle)
