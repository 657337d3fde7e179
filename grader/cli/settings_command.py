"""``grader settings``: what an operator can set, with the values of now."""

from __future__ import annotations

from grader.settings import Settings
from grader.settings import settings as read_settings


def settings() -> None:
    """List every setting, its value and what it does."""
    from rich.console import Console
    from rich.table import Table

    current = read_settings()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("VARIABLE", "VALUE", "MEANING"):
        table.add_column(heading, overflow="fold")
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        table.add_row(
            f"GRADER_{name.upper()}", "" if value is None else str(value), field.description or ""
        )
    Console().print(table)
