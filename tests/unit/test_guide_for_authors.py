"""The smallest project of the guide for authors is a project."""

from __future__ import annotations

import re
from pathlib import Path

from grader.catalog import load_project
from harnesses.kit.samples import load_samples, match_rubric, materialise

GUIDE = Path("docs/authors/harness.md")
SLUG = "visitor_counter"
BLOCK = re.compile(r"^```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"`(\w+/[\w/]+\.\w+)`")


def files_of(section: str) -> dict[str, str]:
    """Path and content of what the section shows; the last path before a block is the block's."""
    prose_and_blocks = BLOCK.split(section)
    return {
        named[-1]: block
        for prose, block in zip(prose_and_blocks[::2], prose_and_blocks[1::2], strict=False)
        if (named := PATH.findall(prose))
    }


def test_the_smallest_project_is_complete(tmp_path: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    section = text.split("## The smallest project")[1].split("\n## ")[0]
    for name, content in files_of(section).items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    project = load_project(tmp_path / "specs", SLUG)
    samples = load_samples(tmp_path / "harnesses" / SLUG)
    match_rubric(samples, project.rubric)
    assert [sample.name for sample in samples] == ["counts_once", "none_is_zero", "reference"]
    for sample in samples:
        folder = tmp_path / "made" / sample.name
        folder.mkdir(parents=True)
        materialise(sample, folder)
        compile((folder / "app.py").read_text(encoding="utf-8"), "app.py", "exec")
    checks = (tmp_path / "harnesses" / SLUG / "test_visits.py").read_text(encoding="utf-8")
    declared = re.findall(r'@check\("([\w.]+)"', checks)
    assert declared == [criterion.id for criterion in project.rubric.criteria]
