"""Which names are taken, left out and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.sources.names import is_junk, odd, shown, unsafe, unwanted_folder


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "a/../x",
        "a/..",
        "..",
        ".",
        "",
        "a//b",
        "/etc/passwd",
        "a\\b",
        "..\\x",
        "C:/x",
        "c:x",
        "a\0b",
        ".git/config",
        "a/.GIT/hooks/post-checkout",
        "a/git~1/x",
        "GIT~1",
        ".g\u200cit/config",
        ".git /x",
        ".git./x",
        ".git::$INDEX_ALLOCATION/x",
    ],
)
def test_attacks_are_refused(path: str) -> None:
    assert unsafe(path)


@pytest.mark.parametrize(
    "path",
    [
        "app.py",
        "-rf",
        "--upload-pack=x",
        ".gitignore",
        ".github/workflows/x.yml",
        ".gitmodules",
        "my app/with spaces.py",
        "ünïcode/файл.py",
        "..a/b..",
        "a/...",
        "trailing ",
        "trailing.",
        "a:b",
        "git~2",
    ],
)
def test_honest_names_are_taken(path: str) -> None:
    if path == "a:b":
        assert unsafe(path) == "it starts with a drive letter"
        return
    assert unsafe(path) is None
    assert odd(path) is None


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("a\nb", "control"),
        ("tab\there", "control"),
        ("\x1b[31mred", "control"),
        ("caf\udce9.txt", "UTF-8"),
        ("x" * 256, "255"),
        ("ü" * 128, "255"),
        ("/".join(["x" * 200] * 6), "1024"),
    ],
)
def test_odd_names_are_left_out(path: str, word: str) -> None:
    assert unsafe(path) is None
    assert word in (odd(path) or "")


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("web/node_modules/x/y.js", "web/node_modules"),
        ("node_modules/a/node_modules/b.js", "node_modules"),
        (".venv/bin/python", ".venv"),
        ("a/__pycache__/b.pyc", "a/__pycache__"),
        ("venv", None),
        ("src/node_modules", None),
        ("src/environment/x.py", None),
    ],
)
def test_caches_and_dependencies(path: str, folder: str | None) -> None:
    assert unwanted_folder(path) == folder


def test_junk() -> None:
    assert is_junk("a/.DS_Store")
    assert not is_junk("a/DS_Store")


def test_shown_hides_nothing_and_steers_nothing() -> None:
    assert shown("a\nb\x1b[2Jc\u202ed\udce9") == "a\\x0ab\\x1b[2Jc\\u202ed\\xe9"
    assert shown("x" * 500) == "x" * 119 + "…"


@given(st.text(st.characters(exclude_categories=[]), max_size=300))
def test_shown_is_always_printable_utf8_and_short(name: str) -> None:
    text = shown(name)
    assert len(text.encode()) <= 120 * 6
    assert "\n" not in text
    assert "\x1b" not in text


@given(st.lists(st.sampled_from(["..", ".", "a", "b c", "", ".git", "x.py"]), max_size=6))
def test_what_passes_stays_inside(parts: list[str]) -> None:
    path = "/".join(parts)
    if unsafe(path) is None:
        assert ".." not in parts
        assert ".git" not in parts
        assert not path.startswith("/")
