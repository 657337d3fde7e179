"""What pytest, and Python itself, would load wherever they find it.

None of it may lie in this folder: pytest would load it here as well, and every test would pass.
"""

from pathlib import Path

from tests.hostile.world import World

NAMES = ("conftest.py", "tests/conftest.py", "harnesses/kit/functional/conftest.py")
FILES = {
    "pytest.ini": "[pytest]\naddopts = -p cheat_plugin --collect-only\n",
    "tox.ini": "[pytest]\naddopts = -p cheat_plugin\n",
    "cheat.pth": "import cheat_plugin\n",
    "sitecustomize.py": "import cheat_plugin\n",
    "usercustomize.py": "import cheat_plugin\n",
    "test_own.py": "def test_everything():\n    pass\n",
    "cheat-1.0.dist-info/entry_points.txt": "[pytest11]\ncheat = cheat_plugin\n",
    "cheat-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: cheat\nVersion: 1.0\n",
    "harnesses/__init__.py": "from cheat_plugin import *\n",
    "harnesses/kit/__init__.py": "def check(*args, **values):\n    return lambda found: print\n",
    "pydantic/__init__.py": "raise SystemExit(0)\n",
    "httpx/__init__.py": "raise SystemExit(0)\n",
    "schemathesis/__init__.py": "raise SystemExit(0)\n",
    "locust/__init__.py": "raise SystemExit(0)\n",
}


def write(folder: Path, world: World) -> None:
    """Hand them in."""
    cheat = (folder / "cheat_plugin.py").read_text()
    for name, text in {**FILES, **dict.fromkeys(NAMES, cheat)}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
