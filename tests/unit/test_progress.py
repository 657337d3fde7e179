"""Progress on a terminal, line by line."""

from __future__ import annotations

import io

import pytest

from grader.cli.view import MAX_BUILD_LINE, ProgressView
from grader.domain.progress import BuildOutput


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Step 3/7 : RUN npm ci", "  step 3 of 7: RUN npm ci\n"),
        ("Step 5/10 : RUN sh a.sh && mkdir /app && true", "  step 5 of 10: RUN sh a.sh …\n"),
        ("Step 2/7 : COPY . .", ""),
        ("npm warn deprecated", ""),
    ],
)
def test_a_build_step_that_takes_time_has_one_line(printed: str, shown: str) -> None:
    stream = io.StringIO()
    ProgressView(stream)(BuildOutput(line=printed))
    assert stream.getvalue() == shown


def test_a_long_step_is_cut_and_says_so() -> None:
    stream = io.StringIO()
    ProgressView(stream)(BuildOutput(line=f"Step 1/1 : RUN {'x' * 500}"))
    line = stream.getvalue().rstrip("\n")
    assert len(line) == MAX_BUILD_LINE + 2
    assert line.endswith("x …")
