"""Commands that run once before an app's first start, and the script that sees to it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib import resources

# Where a recipe puts files of ours in its image.
TOOLS = "/opt/grader"
# Made by the recipe, and the app's user's: remembers that the commands were run.
DONE = f"{TOOLS}/done"
START = ("sh", f"{TOOLS}/start.sh")


def scripts(prepare: Sequence[str], start: str) -> dict[str, str]:
    """The two shell scripts for a recipe's image, by name.

    Args:
        prepare: Shell commands; the first that fails is the last that is run.
        start: The shell line that starts the app.
    """
    return {
        "prepare.sh": _resource("prepare.sh").replace("@commands@", " && ".join(prepare)),
        "start.sh": _resource("start.sh").replace("@command@", start),
    }


def shell_line(start: Sequence[str] | str) -> str:
    """A shell line whose program takes the shell's place where the line is a single command."""
    line = start if isinstance(start, str) else shlex.join(start)
    single = not any(sign in line for sign in ";&|<>(){}\n") and "=" not in line.split(" ")[0]
    return f"exec {line}" if single and not line.startswith(("exec ", "cd ")) else line


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
