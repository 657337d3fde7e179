"""Where the harness of a project lies."""

from __future__ import annotations

import os
from pathlib import Path

ROOT_VARIABLE = "GRADER_HARNESSES_DIR"


def harness_folder(slug: str) -> Path:
    """The folder of a project's harness: beside the kit, or where the operator keeps harnesses."""
    root = os.environ.get(ROOT_VARIABLE) or Path(__file__).resolve().parent.parent
    return Path(root) / slug
