"""``expect``: assertions that fail in words for a learner."""

from __future__ import annotations

import re
from collections.abc import Container, Sized
from typing import Any, overload

from grader.domain.evidence import Interaction
from harnesses.kit.api import Reply
from harnesses.kit.command.expectations import ExpectRun
from harnesses.kit.command.run import Run
from harnesses.kit.failures import CheckFailed

Shown = Reply | Run
CREATED = (201, 200)
DELETED = (204, 200, 202)
REFUSED = (400, 422)
# Without the value itself, which stands below: under load the same words are counted together.
WRONG_VALUE = "has the wrong value"


class ExpectReply:
    """What an answer must be. Methods return the expectation, so that they can be chained."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def status(self, *wanted: int) -> ExpectReply:
        """The status is one of these."""
        if self._reply.status not in wanted:
            raise CheckFailed(
                f"{self._reply.request} answered {self._reply.status}, not {_either(wanted)}",
                expected=f"status {_either(wanted)}{self._reply.looked_for}",
                actual=f"status {self._reply.status}",
                exchange=self._reply.exchange,
            )
        return self

    def ok(self) -> ExpectReply:
        """200."""
        return self.status(200)

    def created(self) -> ExpectReply:
        """201; 200 is accepted."""
        return self.status(*CREATED)

    def deleted(self) -> ExpectReply:
        """204; 200 and 202 are accepted."""
        return self.status(*DELETED)

    def refused(self) -> ExpectReply:
        """400; 422 is accepted."""
        return self.status(*REFUSED)

    def missing(self) -> ExpectReply:
        """404."""
        return self.status(404)

    def not_a_crash(self) -> ExpectReply:
        """Anything below 500."""
        if self._reply.status >= 500:
            raise CheckFailed(
                f"{self._reply.request} answered {self._reply.status}",
                expected="a status below 500: the app handles this request itself",
                actual=f"status {self._reply.status}",
                exchange=self._reply.exchange,
            )
        return self

    def field(self, name: str) -> ExpectValue:
        """The resource has this field; goes on with its value."""
        value = self._reply.field(name)
        return ExpectValue(value, f"“{name}” in the answer to {self._reply.request}", self._reply)


class ExpectValue:
    """What a value must be."""

    def __init__(self, value: Any, what: str, reply: Shown | None = None) -> None:
        self.value = value
        self._what = what
        self._reply = reply

    def equals(self, wanted: Any) -> ExpectValue:
        """The same value; a number equals its decimal text (ids may be either)."""
        return self._require(_same(self.value, wanted), WRONG_VALUE, wanted)

    def differs_from(self, other: Any) -> ExpectValue:
        return self._require(
            not _same(self.value, other), "is the same as before", f"something else than {other!r}"
        )

    def one_of(self, *wanted: Any) -> ExpectValue:
        found = any(_same(self.value, one) for one in wanted)
        return self._require(found, WRONG_VALUE, _either(wanted))

    def at_least(self, lowest: Any) -> ExpectValue:
        return self._require(self.value >= lowest, "is too small", f"at least {lowest!r}")

    def at_most(self, highest: Any) -> ExpectValue:
        return self._require(self.value <= highest, "is too large", f"at most {highest!r}")

    def matches(self, pattern: str, meaning: str) -> ExpectValue:
        """Text that the regular expression matches as a whole; ``meaning`` says it in words."""
        fits = isinstance(self.value, str) and re.fullmatch(pattern, self.value) is not None
        return self._require(fits, "does not have the form it should", meaning)

    def contains(self, part: Any) -> ExpectValue:
        inside = isinstance(self.value, Container) and part in self.value
        return self._require(inside, "does not contain what it should", f"{part!r} in it")

    def lacks(self, part: Any) -> ExpectValue:
        outside = isinstance(self.value, Container) and part not in self.value
        return self._require(outside, "contains what it should not", f"no {part!r} in it")

    def empty(self) -> ExpectValue:
        return self._require(
            isinstance(self.value, Sized) and len(self.value) == 0, "is not empty", "nothing in it"
        )

    def holds(self, condition: bool, wanted: str, wrong: str = WRONG_VALUE) -> ExpectValue:
        """Any other condition.

        Args:
            condition: Whether it holds.
            wanted: What is wanted, in words.
            wrong: What is wrong where it does not, as the end of a sentence that begins with the
                value's name.
        """
        return self._require(condition, wrong, wanted)

    def _require(self, condition: bool, wrong: str, wanted: Any) -> ExpectValue:
        if not condition:
            raise CheckFailed(
                f"{self._what} {wrong}",
                expected=wanted if isinstance(wanted, str) else repr(wanted),
                actual=repr(self.value),
                exchange=_evidence(self._reply),
            )
        return self


def _evidence(shown: Shown | None) -> Interaction | None:
    if isinstance(shown, Run):
        return shown.evidence
    return shown.exchange if shown else None


Expectation = ExpectReply | ExpectRun | ExpectValue


@overload
def expect(subject: Reply) -> ExpectReply: ...
@overload
def expect(subject: Run) -> ExpectRun: ...
@overload
def expect(subject: Any, what: str, reply: Shown | None = None) -> ExpectValue: ...


def expect(subject: Any, what: str = "", reply: Shown | None = None) -> Expectation:
    """Begin an expectation.

    Args:
        subject: A reply, a call of a program, or any value.
        what: Names a value in words, as in "the number of posts".
        reply: The answer or call that shows it, for evidence.
    """
    if isinstance(subject, Reply):
        return ExpectReply(subject)
    if isinstance(subject, Run):
        return ExpectRun(subject)
    return ExpectValue(subject, what or "the value", reply)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int) and isinstance(right, str):
        return str(left) == right
    if isinstance(left, str) and isinstance(right, int):
        return left == str(right)
    return bool(left == right)


def _either(values: tuple[Any, ...]) -> str:
    shown = [str(value) if isinstance(value, int) else repr(value) for value in values]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
