"""The catalogue: what an author's files become, and the words for each mistake in them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.catalog import load_all, load_project, slugs
from grader.catalog.loader import digest
from grader.domain.verdicts import HarnessKind
from grader.errors import AuthorError, UsageError

REPOSITORY = Path(__file__).parents[2]
SPECS = REPOSITORY / "specs"

PROJECT = """\
slug = "guest_book"
title = "Guest Book"
version = "1.0"
level = "beginner"
summary = "Remembers who was here."

[[rubric.criteria]]
id = "entries.write"
title = "Takes entries"
points = 60
harness = "functional"

[[rubric.criteria]]
id = "contract.shape"
title = "Answers in shape"
points = 40
harness = "contract"
needs = ["entries.write"]

[contract.criteria]
"contract.shape" = ["response_schema_conformance"]
"""
OPENAPI = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/entries: {get: {}}}\n"

Change = Callable[[Path], object]


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    folder = tmp_path / "specs" / "guest_book"
    folder.mkdir(parents=True)
    (folder / "project.toml").write_text(PROJECT)
    (folder / "openapi.yaml").write_text(OPENAPI)
    (folder / "brief.md").write_text("# Guest Book\n")
    return tmp_path / "specs"


def test_a_spec_becomes_a_project(specs: Path) -> None:
    project = load_project(specs, "guest_book")
    assert project.title == "Guest Book"
    assert project.brief == "# Guest Book\n"
    assert project.openapi == OPENAPI
    assert project.rubric.get("contract.shape").needs == ("entries.write",)
    assert len(project.digest) == 64


def test_load_all_finds_every_folder_with_a_project(specs: Path) -> None:
    (specs / "notes_of_the_author").mkdir()
    assert list(load_all(specs)) == ["guest_book"] == list(slugs(specs))


def test_a_project_without_contract_needs_no_openapi(specs: Path) -> None:
    folder = specs / "guest_book"
    (folder / "openapi.yaml").unlink()
    head, _, _ = PROJECT.partition('[[rubric.criteria]]\nid = "contract')
    (folder / "project.toml").write_text(head.replace("60", "100"))
    assert load_project(specs, "guest_book").openapi is None


def _replace(old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        file = folder / "project.toml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    return change


def _write(name: str, content: bytes) -> Change:
    return lambda folder: (folder / name).write_bytes(content)


MISTAKES = [
    pytest.param(
        _replace("title =", "titel ="),
        "specs/guest_book/project.toml has a key that means nothing here: titel",
        "did you mean `title`?",
        id="unknown key",
    ),
    pytest.param(
        _replace("points = 60", "point = 60"),
        "specs/guest_book/project.toml has a key that means nothing here: "
        "rubric.criteria[entries.write].point",
        "did you mean `points`?",
        id="unknown key in an array of tables",
    ),
    pytest.param(
        _replace("[contract.criteria]", "[contract]\nmax_example = 3\n[contract.criteria]"),
        "specs/guest_book/project.toml has a key that means nothing here: contract.max_example",
        "did you mean `max_examples`?",
        id="unknown key in a table",
    ),
    pytest.param(
        _replace("level =", "openapi = 'x'\nlevel ="),
        "specs/guest_book/project.toml has a key that means nothing here: openapi",
        "there is: slug, title, version, level, summary, run, dialect, rubric, contract, load",
        id="computed field",
    ),
    pytest.param(
        _replace("points = 60", 'points = "many"'),
        "specs/guest_book/project.toml does not fit: rubric.criteria[1].points: "
        "Input should be a valid integer, unable to parse string as an integer (it is 'many')",
        "mend what is named",
        id="wrong type",
    ),
    pytest.param(
        _replace("[contract.", '[run]\nsimulates = ["api.githb.com"]\n[contract.'),
        "specs/guest_book/project.toml does not fit: run.simulates[1]: "
        "Input should be 'api.github.com' (it is 'api.githb.com')",
        "mend what is named",
        id="a host without a simulator",
    ),
    pytest.param(
        _replace("points = 60", "points = 50"),
        "specs/guest_book/project.toml does not fit: rubric: "
        "the points add up to 90, they must add up to 100",
        "mend what is named",
        id="wrong sum",
    ),
    pytest.param(
        _replace('needs = ["entries.write"]', 'needs = ["entries.right"]'),
        "specs/guest_book/project.toml does not fit: rubric: "
        "'contract.shape' needs 'entries.right', which is no criterion",
        "mend what is named",
        id="unknown need",
    ),
    pytest.param(
        _replace('"contract.shape" = [', '"contract.shades" = ['),
        "specs/guest_book/project.toml does not fit: "
        "the rubric and [contract] do not name the same criteria: contract.shades, contract.shape",
        "mend what is named",
        id="plan and rubric differ",
    ),
    pytest.param(
        _replace('slug = "guest_book"', 'slug = "guestbook"'),
        "specs/guest_book/project.toml says slug `guestbook`, "
        "but its folder is called `guest_book`",
        "spell both the same",
        id="slug differs",
    ),
    pytest.param(
        _write("project.toml", b"slug = guest_book\n"),
        "specs/guest_book/project.toml is not valid TOML: Invalid value (at line 1, column 8)",
        "mend the line it names",
        id="not TOML",
    ),
    pytest.param(
        _write("openapi.yaml", b"paths: [\n"),
        "specs/guest_book/openapi.yaml is not valid YAML: while parsing",
        "mend the line it names",
        id="not YAML",
    ),
    pytest.param(
        _write("openapi.yaml", b"openapi: 3.1.0\n"),
        "specs/guest_book/openapi.yaml describes no operation",
        "write an OpenAPI document",
        id="no paths",
    ),
    pytest.param(
        _write("brief.md", b"# Caf\xe9\n"),
        "specs/guest_book/brief.md is not UTF-8 text: byte 5 does not fit",
        "save the file as UTF-8",
        id="not UTF-8",
    ),
    pytest.param(
        lambda folder: (folder / "openapi.yaml").unlink(),
        "specs/guest_book/openapi.yaml is missing",
        "write it",
        id="no openapi",
    ),
    pytest.param(
        lambda folder: (folder / "brief.md").unlink(),
        "specs/guest_book/brief.md is missing",
        "write it",
        id="no brief",
    ),
]


@pytest.mark.parametrize(("change", "title", "hint"), MISTAKES)
def test_a_mistake_is_told_by_file_and_key(
    specs: Path, change: Change, title: str, hint: str
) -> None:
    change(specs / "guest_book")
    with pytest.raises(AuthorError) as caught:
        load_project(specs, "guest_book")
    assert caught.value.title.startswith(title)
    assert caught.value.hint.startswith(hint)


def test_all_mistakes_of_a_file_are_in_the_log(specs: Path) -> None:
    _replace("points = 60", 'points = "x"')(specs / "guest_book")
    _replace("points = 40", 'points = "y"')(specs / "guest_book")
    with pytest.raises(AuthorError) as caught:
        load_project(specs, "guest_book")
    assert [line.partition(":")[0] for line in caught.value.log.splitlines()][:2] == [
        "rubric.criteria[1].points",
        "rubric.criteria[2].points",
    ]


@pytest.mark.parametrize(
    ("slug", "hint"),
    [("guestbook", "did you mean `guest_book`?"), ("zzz", "there is: guest_book")],
)
def test_an_unknown_project_is_the_askers_to_mend(specs: Path, slug: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_project(specs, slug)
    assert caught.value.title == f"the catalogue has no project `{slug}`"
    assert caught.value.hint == hint


def test_a_missing_folder_of_specs_is_named(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="there is no folder of specs at"):
        load_all(tmp_path / "nowhere")


def test_the_digest_follows_names_and_contents_only(specs: Path, tmp_path: Path) -> None:
    folder = specs / "guest_book"
    before = digest(folder)
    copy = tmp_path / "elsewhere"
    shutil.copytree(folder, copy)
    (copy / ".DS_Store").write_bytes(b"x")
    assert digest(copy) == before
    (copy / "brief.md").write_text("# Guest book\n")
    changed = digest(copy)
    (copy / "brief.md").rename(copy / "letter.md")
    assert len({before, changed, digest(copy)}) == 3


def test_the_url_shortener_is_worth_what_its_brief_says() -> None:
    project = load_project(SPECS, "url_shortening_service")
    points = {
        kind: sum(criterion.points for criterion in project.rubric.of(kind)) for kind in HarnessKind
    }
    for kind, words in [
        (HarnessKind.FUNCTIONAL, "for behaviour"),
        (HarnessKind.CONTRACT, "for the contract"),
        (HarnessKind.LOAD, "under load"),
    ]:
        assert f"**{points[kind]} points {words}**" in project.brief
    assert all(criterion.why and criterion.hint for criterion in project.rubric.criteria)
