"""Results are written when the image is built, when the app starts and at each request."""

import importlib.util
from pathlib import Path

from tests.hostile.world import World

START = "app = Flask(__name__)\n"


def write(folder: Path, world: World) -> None:
    """Have the app write them, and hand some in with it."""
    file = folder / "app.py"
    text = file.read_text()
    assert text.count(START) == 1
    writes = "import forged\n\nforged.write_results()\napp.before_request(forged.write_results)\n"
    file.write_text(text.replace(START, START + writes))
    spec = importlib.util.spec_from_file_location("forged", folder / "forged.py")
    assert spec
    assert spec.loader
    forged = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(forged)
    for name, words in forged.FILES.items():
        if not Path(name).is_absolute():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(words)
