"""Every folder below ``trees`` is built, started and asked, as its ``expect.toml`` says."""

import shutil
import tomllib
from pathlib import Path

import docker
import pytest

from tests.worker.builds_support import Builder, Running
from tests.worker.builds_support import builder as builder

TREES = Path(__file__).with_name("trees")
NAMES = sorted(folder.name for folder in TREES.iterdir())

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("name", NAMES)
def test_tree(name: str, builder: Builder, engine: docker.DockerClient, tmp_path: Path) -> None:
    expected = tomllib.loads((TREES / name / "expect.toml").read_text(encoding="utf-8"))
    folder = tmp_path / "tree"
    shutil.copytree(TREES / name, folder, ignore=shutil.ignore_patterns("expect.toml"))

    built = builder(folder)

    assert built.plan.recipe == expected["recipe"]
    assert built.plan.start == expected["start"]
    notes = "\n".join(note.text for note in built.plan.notes)
    for words in expected.get("notes", []):
        assert words in notes
    port = expected.get("port") or _usual_port(built.plan.start)
    with Running(engine, built, port) as app:
        for request in expected["request"]:
            answer = app.ask(request.get("method", "GET"), request["path"])
            assert answer.startswith(f"{request.get('status', 200)} ")
            assert request.get("contains", "") in answer


def _usual_port(start: str) -> int:
    """Flask's own where its script is run; otherwise ours."""
    return 5000 if start == "python app.py" else 8000
