"""Samples: apps with a known result, which prove that a harness is right.

A sample is a folder of ``samples/`` that holds the app as a learner would hand it in, and beside
it ``expected.toml``, which says what must be lost::

    about = "Updating sets createdAt anew."
    lost = ["links.update_timestamps"]
    based_on = "reference"

    [[edits]]
    file = "app.py"
    old = "SET url = ?, updated_at = ?"
    new = "SET url = ?, created_at = ?"

With ``based_on`` the app is that of another sample; files of the folder are added to it or take
the place of its files, then the edits are made. ``lost`` names the criteria that fail; those
that are blocked in consequence follow from the rubric.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from grader.catalog.authored import advice, fit, name_of, read_text, read_toml
from grader.domain.base import Frozen
from grader.domain.project import Rubric
from grader.errors import AuthorError

EXPECTED_FILE = "expected.toml"
# What running a sample by hand leaves behind; never part of the app.
LEFTOVERS = frozenset({"__pycache__", "node_modules", ".venv"})


class Edit(Frozen):
    """One change of one file; ``old`` occurs in it exactly once."""

    file: str
    old: str = Field(min_length=1)
    new: str


class Expected(Frozen):
    """The schema of ``expected.toml``."""

    about: str = Field(min_length=1, description="What is special about it, in one sentence")
    lost: tuple[str, ...] = Field(description="Ids of the criteria that fail")
    based_on: str | None = Field(default=None, description="The sample whose app is changed")
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """An app with a known result."""

    name: str
    folder: Path
    base: Path | None
    expected: Expected

    @property
    def about(self) -> str:
        return self.expected.about

    @property
    def lost(self) -> tuple[str, ...]:
        return self.expected.lost


def load_samples(slug_dir: Path) -> list[Sample]:
    """The samples of a harness by name; what they are made of is checked as well.

    Args:
        slug_dir: The folder of the harness, for example ``harnesses/url_shortening_service``.

    Raises:
        AuthorError: If there are none, or one of them cannot be made.
    """
    root = slug_dir / "samples"
    files = sorted(root.glob(f"*/{EXPECTED_FILE}"))
    if not files:
        raise AuthorError("samples.none", folder=name_of(root))
    names = [file.parent.name for file in files]
    samples = [_load(file, names) for file in files]
    for sample in samples:
        _edited(sample)
    return samples


def _load(file: Path, names: Sequence[str]) -> Sample:
    expected = fit(Expected, read_toml(file), file)
    base = None
    if expected.based_on is not None:
        base = file.parent.parent / expected.based_on
        if expected.based_on not in names:
            raise AuthorError(
                "samples.unknown_base",
                file=name_of(file),
                base=expected.based_on,
                advice=advice(expected.based_on, names),
            )
        if read_toml(base / EXPECTED_FILE).get("based_on") is not None:
            raise AuthorError("samples.base_is_based", file=name_of(file), base=expected.based_on)
    return Sample(name=file.parent.name, folder=file.parent, base=base, expected=expected)


def materialise(sample: Sample, directory: Path) -> None:
    """Write the files of a sample's app.

    Args:
        sample: Which one.
        directory: Where to; made if it is not there.

    Raises:
        AuthorError: If an edit does not apply.
    """
    texts = _edited(sample)
    directory.mkdir(parents=True, exist_ok=True)
    for name, path in _files(sample).items():
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name in texts:
            target.write_text(texts[name], encoding="utf-8", newline="")
        else:
            shutil.copyfile(path, target)
        target.chmod(0o755 if os.access(path, os.X_OK) else 0o644)


def match_rubric(samples: Iterable[Sample], rubric: Rubric) -> None:
    """Check that the samples prove this rubric.

    Raises:
        AuthorError: If a sample loses a criterion that the rubric does not have or that is
            blocked by another one it loses, or if a criterion is lost by no sample.
    """
    known = [criterion.id for criterion in rubric.criteria]
    lost: set[str] = set()
    for sample in samples:
        file = name_of(sample.folder / EXPECTED_FILE)
        for criterion in sample.lost:
            if criterion not in known:
                raise AuthorError(
                    "samples.unknown_criterion",
                    file=file,
                    criterion=criterion,
                    advice=advice(criterion, known),
                )
            blocker = next((n for n in _all_needs(criterion, rubric) if n in sample.lost), None)
            if blocker:
                raise AuthorError(
                    "samples.blocked_criterion", file=file, criterion=criterion, blocker=blocker
                )
        lost.update(sample.lost)
    for criterion in known:
        if criterion not in lost:
            raise AuthorError("samples.unproven_criterion", criterion=criterion)


def _all_needs(criterion: str, rubric: Rubric) -> Iterator[str]:
    """What a criterion needs, directly or through others."""
    for need in rubric.get(criterion).needs:
        yield need
        yield from _all_needs(need, rubric)


def _files(sample: Sample) -> dict[str, Path]:
    """Where each file of the app comes from, by its name in the app."""
    found: dict[str, Path] = {}
    for folder in filter(None, (sample.base, sample.folder)):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and name.name != EXPECTED_FILE and not LEFTOVERS & set(name.parts):
                found[name.as_posix()] = path
    return found


def _edited(sample: Sample) -> dict[str, str]:
    """The files that edits change, as they are afterwards."""
    files = _files(sample)
    expected_file = name_of(sample.folder / EXPECTED_FILE)
    texts: dict[str, str] = {}
    for number, edit in enumerate(sample.expected.edits, start=1):
        if edit.file not in files:
            raise AuthorError(
                "samples.edit_of_no_file",
                file=expected_file,
                number=number,
                name=edit.file,
                advice=advice(edit.file, files),
            )
        text = texts.get(edit.file) or read_text(files[edit.file])
        times = text.count(edit.old)
        if times != 1:
            raise AuthorError(
                "samples.edit_not_once",
                log=edit.old,
                file=expected_file,
                number=number,
                name=edit.file,
                times="not at all" if times == 0 else f"{times} times",
            )
        texts[edit.file] = text.replace(edit.old, edit.new)
    return texts
