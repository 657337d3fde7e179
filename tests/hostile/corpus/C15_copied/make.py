"""Equal submissions have equal fingerprints, whoever hands them in, and however."""

import os
import tempfile
import zipfile
from pathlib import Path

from grader.domain.report import Report
from harnesses.kit.samples import load_samples, materialise
from tests.hostile.rows import BLOG
from tests.hostile.world import World
from tests.worker.sources_support import tree_of


def check(report: Report, world: World) -> None:
    """The fingerprint in the report is that of the files, and of nothing else."""
    assert report.source
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "theirs"
        write_reference(folder)
        os.utime(folder / "app.py", (1e9, 1e9))
        archive = Path(name) / "theirs.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for file in sorted(folder.iterdir(), reverse=True):
                packed.write(file, file.name)
        work = Path(name) / "work"
        work.mkdir()
        assert digest(folder, work) == digest(archive, work) == report.source.digest
        (folder / "app.py").write_text((folder / "app.py").read_text() + "#")
        assert digest(folder, work) != report.source.digest


def digest(source: Path, work: Path) -> str:
    """The fingerprint of what is handed in."""
    return tree_of(source, work).source.digest


def write_reference(folder: Path) -> None:
    """What the other one has handed in."""
    harnesses = Path(__file__).parents[4] / "harnesses"
    samples = load_samples(harnesses / BLOG)
    materialise(next(sample for sample in samples if sample.name == "reference"), folder)
