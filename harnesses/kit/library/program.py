"""What was done to a learner's objects, as a small program that shows it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from grader.domain.evidence import CommandRun
from grader.domain.text import clean
from harnesses.kit.library.shape import Shape

KEPT_LINES = 60
KEPT_CHARS = 4_000


class Program:
    """The steps of a case.

    Args:
        shape: Whose objects they are done to.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._steps: list[tuple[str, str | None, str]] = []
        self._begun = time.monotonic()
        self.error = ""

    def step(self, code: str, *, shows: bool) -> None:
        """A step is about to be done; ``shows``: its result is looked at."""
        self._steps.append((f"print({code})" if shows else code, None, ""))

    def came(self, shown: str) -> None:
        """The last step gave this."""
        code, _, _ = self._steps[-1]
        self._steps[-1] = (code, shown if code.startswith("print(") else None, "")

    def raised(self, kind: str, text: str) -> None:
        """The last step raised this."""
        code, _, _ = self._steps[-1]
        self._steps[-1] = (code, None, f"{kind}: {text}".rstrip(": "))

    def bind(self, name: str) -> None:
        """What the last step gave has a name from now on."""
        code, shown, error = self._steps[-1]
        self._steps[-1] = (f"{name} = {code}", shown, error)

    def __len__(self) -> int:
        return len(self._steps)

    def evidence(self, trace: str = "") -> CommandRun:
        """As the report shows it: a command to paste in the folder of the project."""
        lines = [f"from {self._shape.module} import {self._shape.name}", ""]
        printed: list[str] = []
        kept = self._steps[-KEPT_LINES:]
        if len(kept) < len(self._steps):
            lines.append(f"# … {len(self._steps) - len(kept)} steps before")
        for number, (code, shown, error) in enumerate(kept, start=1):
            last = number == len(kept)
            lines += _caught(code) if error and not last else [code]
            if shown is not None:
                printed.append(shown)
            if error and not last:
                printed.append(error.partition(":")[0])
        code = "\n".join(lines)
        failed = kept[-1][2] if kept else ""
        path = f"PYTHONPATH={self._shape.root} " if self._shape.root else ""
        return CommandRun(
            command=clean(f"{path}python - <<'END'\n{code}\nEND", 2 * KEPT_CHARS),
            exit_code=None if self.error else int(bool(failed)),
            stdout=clean("\n".join(printed), KEPT_CHARS),
            stderr=clean(trace or failed, KEPT_CHARS),
            error=self.error or None,
            elapsed_ms=round((time.monotonic() - self._begun) * 1000, 1),
        )


def _caught(code: str) -> Sequence[str]:
    return ("try:", f"    {code}", "except Exception as error:", "    print(type(error).__name__)")
