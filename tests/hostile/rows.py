"""The corpus: one folder a row, ``corpus/<id>/`` with an ``expect.toml``; README.md explains it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from grader.catalog.authored import fit, read_toml
from grader.domain.base import Frozen
from grader.domain.verdicts import HarnessKind, Verdict

CORPUS = Path(__file__).with_name("corpus")
GROUPS = {
    "B": "build",
    "R": "run time",
    "S": "start",
    "H": "responses",
    "C": "cheating",
    "G": "repository",
    "Z": "archive",
    "X": "text",
    "N": "found by ourselves",
}
BLOG = "blogging_platform_api"
# Of 100 points. A cheat that reaches it must be flagged.
PASS_MARK = 60


class Expect(Frozen):
    """How the row must end; what is left out is not looked at."""

    verdict: tuple[Verdict, ...] = Field(default=(), description="One of these")
    code: str = Field(default="", description="The code of the report's problem")
    says: tuple[str, ...] = Field(default=(), description="Words the learner must see somewhere")
    says_not: tuple[str, ...] = Field(default=(), description="Words that must be nowhere")
    lost: tuple[str, ...] | None = Field(default=None, description="Exactly these criteria fail")
    loses: tuple[str, ...] = Field(default=(), description="At least these criteria fail")
    at_least: float | None = Field(default=None, description="Points of 100 it earns or more")
    at_most: float | None = Field(default=None, description="Points of 100 it earns or fewer")
    flags: tuple[str, ...] | None = Field(default=None, description="Exactly these for staff")
    caught: bool = Field(default=False, description="Below the pass mark, or flagged for staff")
    within: float = Field(default=90, gt=0, description="Seconds until the verdict")


class Row(Frozen):
    """One row; the schema of ``expect.toml``."""

    title: str = Field(min_length=1, description="What it does, in one sentence")
    project: str = Field(default=BLOG, description="What it is graded as")
    sample: str = Field(default="", description="The sample whose app the files are laid over")
    kinds: tuple[HarnessKind, ...] = Field(
        default=(HarnessKind.FUNCTIONAL,), description="The harnesses to run"
    )
    control: bool = Field(
        default=False, description="Whether an honest submission is graded at the same time"
    )
    unable: str = Field(default="", description="Why it cannot be run here, if it cannot")
    settings: dict[str, Any] = Field(default={}, description="The operator's, for this row")
    expect: Expect = Expect()


def rows() -> dict[str, Row]:
    """Every row by its id, in the order of the groups."""
    files = sorted(CORPUS.glob("*/expect.toml"), key=_order)
    return {file.parent.name: fit(Row, read_toml(file), file) for file in files}


def _order(file: Path) -> tuple[int, str]:
    return list(GROUPS).index(file.parent.name[0]), file.parent.name
