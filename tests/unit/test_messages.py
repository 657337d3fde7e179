"""Every message says what happened and one thing to try, and can be made into an error."""

import ast
import string
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.messages import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
BLAME = ("simply", "just ", "obviously", "invalid input", "you failed", "stupid")
RAISERS = {
    "UsageError",
    "AccessError",
    "NotFoundError",
    "ConflictError",
    "TooManyError",
    "SubmissionError",
    "AuthorError",
    "PlatformError",
    "GraderError",
}


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("code", CATALOGUE)
def test_message_has_words(code: str) -> None:
    message = CATALOGUE[code]
    names = fields_of(message.title) | fields_of(message.hint)
    error = GraderError(code, **{name.split(".")[0].split("[")[0]: 7 for name in names})
    assert error.title
    assert error.hint
    assert not error.title.endswith("."), "titles stand alone, without a full stop"
    assert not any(word in (error.title + error.hint).lower() for word in BLAME)


def unknown_codes() -> list[str]:
    """Codes that are raised and have no row."""
    missing = []
    for package in ("grader", "worker", "harnesses"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in RAISERS
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                    and node.args[0].value not in CATALOGUE
                ):
                    missing.append(f"{file.name}: {node.args[0].value}")
    return missing


def test_every_code_that_is_raised_has_words() -> None:
    assert unknown_codes() == []


def test_every_row_is_used() -> None:
    unused = {code for code in CATALOGUE if not _named_outside_table(code)}
    assert unused == set()


def _named_outside_table(code: str) -> bool:
    return any(
        f'"{code}"' in file.read_text(encoding="utf-8")
        for package in ("grader", "worker", "harnesses")
        for file in (ROOT / package).rglob("*.py")
        if file.name != "messages.py"
    )
