"""The figures of a run: printed at its end and written to ``build/hostile.json``."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.hostile.rows import GROUPS

OUT = Path("build/hostile.json")
PARTS = Path("build/hostile")
COUNTS = (
    "invariants_checked",
    "host_changes",
    "leaks",
    "secrets_seen",
    "controls_run",
    "controls_disturbed",
)


@dataclass
class Figures:
    """What ``build/hostile.json`` holds.

    Attributes:
        rows_passed: Rows that ended as they must, by group.
        rows_failed: Rows that did not, by id.
        rows_unable: Rows that cannot be run here, and why.
        invariants_checked: How often an invariant was asserted.
        host_changes: Canary files changed and canary addresses reached.
        leaks: Rows that left something behind.
        secrets_seen: Rows in whose reports a secret stood.
        controls_run: Honest submissions graded beside a hostile one.
        controls_disturbed: Those that did not get their usual result.
    """

    rows_passed: Counter[str] = field(default_factory=Counter)
    rows_failed: list[str] = field(default_factory=list)
    rows_unable: dict[str, str] = field(default_factory=dict)
    invariants_checked: int = 0
    host_changes: int = 0
    leaks: int = 0
    secrets_seen: int = 0
    controls_run: int = 0
    controls_disturbed: int = 0

    @property
    def rows(self) -> int:
        """Rows that ended in any way."""
        return self.rows_passed.total() + len(self.rows_failed) + len(self.rows_unable)

    def add(self, other: Figures) -> None:
        """Add what another process has counted."""
        self.rows_passed.update(other.rows_passed)
        self.rows_failed += other.rows_failed
        self.rows_unable.update(other.rows_unable)
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def write_part(self, worker: str) -> None:
        """Write what this process has counted."""
        PARTS.mkdir(parents=True, exist_ok=True)
        # asdict() makes a Counter of a Counter's items.
        text = json.dumps(asdict(self) | {"rows_passed": dict(self.rows_passed)})
        (PARTS / f"{worker}.json").write_text(text, encoding="utf-8")

    @classmethod
    def of_parts(cls) -> Figures:
        """What all processes of this run have counted."""
        whole = cls()
        for file in sorted(PARTS.glob("*.json")):
            raw = json.loads(file.read_text(encoding="utf-8"))
            whole.add(cls(**raw | {"rows_passed": Counter(raw["rows_passed"])}))
        return whole

    def write(self, file: Path = OUT) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        content = asdict(self) | {"rows_passed": self.rows_passed.total()}
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def print(self) -> None:
        table = Table(box=None, header_style="bold")
        table.add_column("HOSTILE CORPUS")
        table.add_column("", justify="right")
        for key, title in GROUPS.items():
            if self.rows_passed[key]:
                table.add_row(f"  {title}", f"{self.rows_passed[key]} passed")
        table.add_row("rows passed", str(self.rows_passed.total()))
        table.add_row("rows failed", str(len(self.rows_failed)))
        table.add_row("rows that cannot be run here", str(len(self.rows_unable)))
        for name in COUNTS:
            table.add_row(name.replace("_", " "), str(getattr(self, name)))
        console = Console()
        console.print(table)
        for row, why in self.rows_unable.items():
            console.print(f"not run: {row}: {why}", markup=False, highlight=False)
