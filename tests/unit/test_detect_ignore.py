"""``.dockerignore``: what is left out of a build, and that no pattern is slow."""

import time

import pytest

from worker.builds.ignore import Ignore, glob

# patterns, path, left out
ROWS = [
    ("node_modules", "node_modules/x/y.js", True),
    ("node_modules", "web/node_modules/x.js", False),
    ("**/node_modules", "web/node_modules/x.js", True),
    ("*.md", "README.md", True),
    ("*.md", "docs/README.md", False),
    ("**/*.md", "docs/a/README.md", True),
    ("**/*.md", "README.md", True),
    ("/build/", "build/x", True),
    ("./a/../b", "b", True),
    ("# comment\n\nx", "# comment", False),
    ("*\n!src", "src/app.py", False),
    ("*\n!src", "other/app.py", True),
    ("*\n!src\nsrc/secret*", "src/secret.txt", True),
    ("!../x\n*.log", "a.log", True),
    ("a?c", "abc", True),
    ("[a-c]x", "bx", True),
    ("[^a-c]x", "bx", False),
    ("\\*", "*", True),
    ("\\*", "a", False),
    ("docs/**/x", "docs/x", True),
    ("docs/**/x", "docs/a/b/x", True),
    ("**", "anything", True),
    ("[", "[", True),
]


@pytest.mark.parametrize(("text", "path", "left_out"), ROWS)
def test_rows(text: str, path: str, left_out: bool) -> None:
    assert Ignore(text).excludes(path) == left_out


def test_no_pattern_is_slow() -> None:
    started = time.process_time()
    assert not glob("*a" * 100 + "b", "a" * 250)
    ignore = Ignore("\n".join(f"**/x{number}*/**/y" for number in range(100_000)))
    for folder in range(100):
        for file in range(20):
            ignore.excludes(f"a/b/c/d/{folder}/{file}.py")
    assert time.process_time() - started < 5
