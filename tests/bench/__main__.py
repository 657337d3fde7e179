"""Runs the benchmark and prints the table: ``python -m tests.bench``.

"Bare" is ``bare.sh`` beside this file: the same work by hand. Ours and bare take turns, ratios are
of medians.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from grader.settings import settings as read_settings
from tests.bench import build, command, grade, intake, memory, service, steadiness
from tests.bench.row import Row
from worker.workbench import Workbench

PARTS = {
    "grade": grade.rows,
    "build": build.rows,
    "command": command.rows,
    "service": service.rows,
    "steadiness": steadiness.rows,
    "memory": memory.rows,
    "intake": intake.rows,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    options = parser.parse_args()
    rows = asyncio.run(_run(options.parts or list(PARTS)))
    _print(rows)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([row.model_dump() for row in rows], indent=2)
    options.out.write_text(text + "\n", encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1


async def _run(parts: list[str]) -> list[Row]:
    rows: list[Row] = []
    with Workbench.open(read_settings()) as bench:
        for part in parts:
            print(f"{part} …", file=sys.stderr, flush=True)
            rows += await PARTS[part](bench)
    return rows


def _print(rows: list[Row]) -> None:
    table = Table(box=None, header_style="bold")
    for heading in ("WHAT", "RATIO", "GOAL", "UNIT", ""):
        table.add_column(heading)
    for row in rows:
        goal = f"{'≤' if row.at_most else '≥'} {row.goal:g}"
        table.add_row(row.name, f"{row.ratio:.3g}", goal, row.unit, "met" if row.met else "MISSED")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
