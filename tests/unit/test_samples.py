"""Samples: what they are made of, and the words for each mistake in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.catalog import load_project, slugs
from grader.domain.project import Rubric
from grader.errors import AuthorError
from harnesses.kit.samples import load_samples, match_rubric, materialise

REPOSITORY = Path(__file__).parents[2]
RUBRIC = Rubric.model_validate(
    {
        "criteria": [
            {"id": "a.write", "title": "Writes", "points": 50, "harness": "functional"},
            {
                "id": "a.read",
                "title": "Reads",
                "points": 30,
                "harness": "functional",
                "needs": ["a.write"],
            },
            {
                "id": "a.sort",
                "title": "Sorts",
                "points": 20,
                "harness": "functional",
                "needs": ["a.read"],
            },
        ]
    }
)


def _sample(harness: Path, name: str, expected: str, **files: str) -> Path:
    folder = harness / "samples" / name
    folder.mkdir(parents=True)
    (folder / "expected.toml").write_text(expected)
    for file, text in files.items():
        (folder / file.replace("_", ".")).write_text(text)
    return folder


@pytest.fixture
def harness(tmp_path: Path) -> Path:
    folder = tmp_path / "guest_book"
    _sample(
        folder,
        "reference",
        'about = "Right."\nlost = []\n',
        app_py="count = 1\nname = 'x'\n",
        run_sh="python app.py\n",
    )
    return folder


FLAWED = """
about = "Counts from the wrong number."
lost = ["a.read"]
based_on = "reference"

[[edits]]
file = "app.py"
old = "count = 1"
new = "count = 2"
"""


def test_an_edited_sample_is_the_base_with_that_edit(harness: Path, tmp_path: Path) -> None:
    folder = _sample(harness, "flawed", FLAWED, notes_txt="mine")
    run = harness / "samples" / "reference" / "run.sh"
    run.chmod(0o755)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "app.pyc").write_bytes(b"\0")
    flawed, reference = load_samples(harness)
    assert (flawed.name, flawed.lost) == ("flawed", ("a.read",))
    assert reference.about == "Right."

    materialise(flawed, tmp_path / "app")
    written = {p.name: p.read_text() for p in (tmp_path / "app").rglob("*")}
    assert written == {
        "app.py": "count = 2\nname = 'x'\n",
        "run.sh": "python app.py\n",
        "notes.txt": "mine",
    }
    assert (tmp_path / "app" / "run.sh").stat().st_mode & 0o777 == 0o755


def test_files_that_are_no_text_are_copied_as_they_are(harness: Path, tmp_path: Path) -> None:
    content = "flask\n".encode("utf-16")
    (harness / "samples" / "reference" / "requirements.txt").write_bytes(content)
    materialise(load_samples(harness)[0], tmp_path / "app")
    assert (tmp_path / "app" / "requirements.txt").read_bytes() == content


def test_edits_of_one_file_build_on_each_other(harness: Path, tmp_path: Path) -> None:
    second = '[[edits]]\nfile = "app.py"\nold = "count = 2"\nnew = "count = 3"\n'
    _sample(harness, "flawed", FLAWED + second)
    materialise(load_samples(harness)[0], tmp_path / "app")
    assert (tmp_path / "app" / "app.py").read_text().startswith("count = 3\n")


@pytest.mark.parametrize(
    ("expected", "title", "hint"),
    [
        (
            FLAWED.replace('"count = 1"', '"count = 7"'),
            "what edit 1 of samples/flawed/expected.toml replaces is in app.py not at all, "
            "it must be there once",
            "copy the text from the file again",
        ),
        (
            FLAWED.replace('"count = 1"', '"n"'),
            "what edit 1 of samples/flawed/expected.toml replaces is in app.py 2 times, "
            "it must be there once",
            "copy the text",
        ),
        (
            FLAWED.replace('"app.py"', '"ap.py"'),
            "edit 1 of samples/flawed/expected.toml changes ap.py, which the app does not have",
            "did you mean `app.py`?",
        ),
        (
            FLAWED.replace('"reference"', '"referense"'),
            "samples/flawed/expected.toml is based on `referense`, which is no sample",
            "did you mean `reference`?",
        ),
        (
            FLAWED.replace('"reference"', '"flawed"'),
            "samples/flawed/expected.toml is based on `flawed`, "
            "which is itself based on another sample",
            "base both on the sample",
        ),
        (
            FLAWED.replace("lost", "loses"),
            "samples/flawed/expected.toml has a key that means nothing here: loses",
            "did you mean `lost`?",
        ),
        (
            FLAWED.replace("old =", "odl ="),
            "samples/flawed/expected.toml has a key that means nothing here: edits[1].odl",
            "did you mean `old`?",
        ),
        (
            'lost = ["a.read"]',
            "samples/flawed/expected.toml does not fit: about: Field required",
            "mend what is named",
        ),
    ],
)
def test_a_mistake_is_told_by_file_and_key(
    harness: Path, expected: str, title: str, hint: str
) -> None:
    _sample(harness, "flawed", expected)
    with pytest.raises(AuthorError) as caught:
        load_samples(harness)
    assert caught.value.title == title
    assert caught.value.hint.startswith(hint)


def test_a_harness_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="holds no sample"):
        load_samples(tmp_path)


@pytest.mark.parametrize(
    ("lost", "title"),
    [
        (["a.rite"], "samples/one/expected.toml loses `a.rite`, which the rubric does not have"),
        (
            ["a.write", "a.sort"],
            "samples/one/expected.toml loses `a.sort`, but that is blocked once `a.write` is lost",
        ),
        (["a.write"], "no sample loses `a.sort`, so nothing proves that its checks can fail"),
    ],
)
def test_samples_and_rubric_must_match(harness: Path, lost: list[str], title: str) -> None:
    _sample(harness, "one", f'about = "One."\nlost = {lost}\n', app_py="x")
    _sample(harness, "two", 'about = "Two."\nlost = ["a.read"]\n', app_py="x")
    with pytest.raises(AuthorError) as caught:
        match_rubric(load_samples(harness), RUBRIC)
    assert caught.value.title == title


@pytest.mark.parametrize("slug", slugs(REPOSITORY / "specs"))
def test_our_samples_prove_our_rubrics(slug: str, tmp_path: Path) -> None:
    samples = load_samples(REPOSITORY / "harnesses" / slug)
    match_rubric(samples, load_project(REPOSITORY / "specs", slug).rubric)
    for sample in samples:
        materialise(sample, tmp_path / sample.name)
    assert not next(sample for sample in samples if sample.name == "reference").lost
