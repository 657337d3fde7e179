"""Tests as learners have them; not in this folder, where pytest would load them."""

from pathlib import Path

from tests.hostile.world import World

FILES = {
    "pytest.ini": "[pytest]\naddopts = --maxfail=1 -x\n",
    "tests/conftest.py": "import pytest\n\nraise RuntimeError('no database in tests')\n",
    "tests/test_own.py": "def test_create(api):\n    assert api.post('/posts').ok\n",
}


def write(folder: Path, world: World) -> None:
    """Hand them in."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
