"""What a call of a program must come to; fails in words for a learner."""

from __future__ import annotations

import re

from harnesses.kit.command.run import Run
from harnesses.kit.failures import CheckFailed

SHOWN_CHARS = 300


class ExpectRun:
    """Methods return the expectation, so that they can be chained."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def ends(self) -> ExpectRun:
        """It ended by itself, within its time and its limits."""
        if self._run.error:
            self._fail(
                f"`{self._run.call}` did not end by itself",
                "it does its work and ends",
                self._run.error,
            )
        return self

    def does_not_crash(self) -> ExpectRun:
        """It ended, and not by an error that nobody caught."""
        self.ends()
        if self._run.crashed:
            self._fail(
                f"`{self._run.call}` ended with an error that the program did not handle",
                "a message for the user, and no stack trace",
                _last_line(self._run) or self._run.crashed,
            )
        return self

    def succeeds(self) -> ExpectRun:
        """It ended well: no crash, and exit code 0 unless it was called off."""
        self.does_not_crash()
        if self._run.exit_code:
            self._fail(
                f"`{self._run.call}` ended with exit code {self._run.exit_code}",
                "exit code 0, which says that it worked",
                f"exit code {self._run.exit_code}",
            )
        return self

    def says_something(self) -> ExpectRun:
        """It printed anything at all, on either stream."""
        self.does_not_crash()
        if not self._run.text.strip():
            self._fail(f"`{self._run.call}` printed nothing", "a message for the user", "nothing")
        return self

    def prints(self, part: str) -> ExpectRun:
        """It printed this text."""
        self.does_not_crash()
        if part not in self._run.text:
            wanted = f"“{part}” in what it prints"
            self._fail(f"`{self._run.call}` did not print what it should", wanted, self._shown())
        return self

    def prints_match(self, pattern: str, meaning: str) -> re.Match[str]:
        """It printed something that the expression finds; ``meaning`` says what, in words."""
        self.does_not_crash()
        found = re.search(pattern, self._run.text)
        if found is None:
            self._fail(f"`{self._run.call}` did not print what it should", meaning, self._shown())
        assert found is not None
        return found

    def lacks(self, part: str) -> ExpectRun:
        """It did not print this text."""
        self.does_not_crash()
        if part in self._run.text:
            self._fail(
                f"`{self._run.call}` printed what it should not",
                f"no “{part}” in what it prints",
                self._shown(),
            )
        return self

    def holds(self, condition: bool, wrong: str, wanted: str, actual: str = "") -> ExpectRun:
        """Any other condition.

        Args:
            condition: Whether it holds.
            wrong: What is wrong where it does not, as the end of a sentence that begins with the
                call.
            wanted: What is wanted, in words.
            actual: What there was; default: what was printed.
        """
        if not condition:
            self._fail(f"`{self._run.call}` {wrong}", wanted, actual or self._shown())
        return self

    def _shown(self) -> str:
        text = self._run.text.strip()
        return text[:SHOWN_CHARS] if text else "nothing"

    def _fail(self, message: str, expected: str, actual: str) -> None:
        raise CheckFailed(message, expected=expected, actual=actual, exchange=self._run.evidence)


def _last_line(run: Run) -> str:
    lines = [line for line in (run.stderr or run.stdout).splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
