"""The lines are said when the app starts and at each request."""

from pathlib import Path

from tests.hostile.world import World

START = "app = Flask(__name__)\n"
SAYS = """import forged

print(forged.TEXT, flush=True)


@app.before_request
def say():
    print(forged.TEXT, flush=True)


app.after_request(forged.answer)
"""


def write(folder: Path, world: World) -> None:
    """Have the app say them."""
    file = folder / "app.py"
    text = file.read_text()
    assert text.count(START) == 1
    file.write_text(text.replace(START, START + SAYS))
