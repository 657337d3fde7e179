"""An honest blog that does something else beside: ``evil.py`` of a row, imported by the sample."""

from __future__ import annotations

from pathlib import Path

SERVER = "server.py"


def write(folder: Path) -> None:
    """Have the sample ``plain_http_server`` import the row's ``evil`` before it listens."""
    server = folder / SERVER
    marker = '\nif __name__ == "__main__":'
    text = server.read_text(encoding="utf-8")
    assert text.count(marker) == 1
    server.write_text(text.replace(marker, f"\nimport evil  # noqa\n{marker}"), encoding="utf-8")
