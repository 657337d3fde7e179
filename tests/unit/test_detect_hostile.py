"""Trees that try to make detection slow, large or wrong: each ends soon, in a plan or in words."""

import threading
import time
from collections.abc import Callable, Mapping

import pytest

from grader.errors import SubmissionError
from tests.support.trees import plan_of
from worker.builds.failures import log_tail
from worker.builds.hints import hint
from worker.builds.plan import BuildPlan

MIB = 1024 * 1024
APP = "from flask import Flask\napp = Flask(__name__)\n"
DEEP = 60_000

TREES: dict[str, Callable[[], Mapping[str, str | bytes]]] = {
    "deep brackets": lambda: {"app.py": "x = " + "[" * DEEP, "main.py": APP},
    "deep operators": lambda: {"app.py": "x = " + "-" * DEEP + "1", "main.py": APP},
    "deep attributes": lambda: {"app.py": "x = a" + ".b" * DEEP, "main.py": APP},
    "deep calls": lambda: {"app.py": "x = a" + "()" * DEEP, "main.py": APP},
    "deep sums": lambda: {"app.py": "x = 1" + "+1" * DEEP, "main.py": APP},
    "deep lambdas": lambda: {"app.py": "x = " + "lambda: " * DEEP + "1", "main.py": APP},
    "deep conditions": lambda: {"app.py": "x = 1" + " if 1 else 1" * DEEP, "main.py": APP},
    "deep elifs": lambda: {
        "app.py": "if a: pass\n" + "elif b: pass\n" * (DEEP // 4),
        "main.py": APP,
    },
    "huge numbers": lambda: {"app.py": "x = " + "9" * 200_000, "main.py": APP},
    "no text": lambda: {"app.py": b"\x00\xff" * 1000, "main.py": APP},
    "many modules": lambda: {
        f"m{number}.py": APP + "".join(f"import m{other}\n" for other in range(0, 1500, 15))
        for number in range(1500)
    },
    "deep folders": lambda: {f"{'a/' * depth}app.py": "import app\n" + APP for depth in range(400)},
    "many folders": lambda: {f"f{number}/x{number}.txt": "" for number in range(20_000)},
    "many projects": lambda: {f"f{number}/requirements.txt": "" for number in range(20_000)},
    "many requirements": lambda: {
        "app.py": APP,
        "requirements.txt": "\n".join(f"p{number}==1" for number in range(100_000)),
    },
    "requirements that include themselves": lambda: {
        "app.py": APP,
        "requirements.txt": "-r requirements.txt\n-r b.txt",
        "b.txt": "-r requirements.txt",
    },
    "long README": lambda: {"app.py": APP, "README.md": "cd " * 300_000 + '"'},
    "empty lines": lambda: {"server.js": "\n" * MIB + "app.listen(1)"},
    "open comments": lambda: {"server.js": "/*" * (MIB // 2) + "\napp.listen(1)"},
    "long line": lambda: {"server.js": "import " * (MIB // 8) + "\napp.listen(1)"},
    "deep JSON": lambda: {"package.json": "[" * 500_000},
    "deep TOML": lambda: {"app.py": APP, "pyproject.toml": "a = " + "[" * 500_000},
    "deep YAML": lambda: {"app.py": APP, "environment.yml": "[" * 500_000},
    "YAML of references": lambda: {
        "app.py": APP,
        "environment.yml": "a: &a [x, x]\n"
        + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
        ),
    },
    "deep manifest": lambda: {"grader.toml": "a = " + "[" * 500_000},
    "stages without end": lambda: {"Dockerfile": "FROM python\n" * 20_000},
    "variables without end": lambda: {"Dockerfile": "ARG A=" + "$A" * 30_000 + "\nFROM $A"},
    "heredocs without end": lambda: {
        "Dockerfile": "FROM python\nRUN " + "<<A " * 10_000 + "\nA" * 10_000
    },
}


def planned_in_a_thread(files: Mapping[str, str | bytes]) -> BuildPlan | SubmissionError:
    """As a worker does it: with the smaller stack of a thread."""
    found: list[BuildPlan | SubmissionError] = []

    def work() -> None:
        try:
            found.append(plan_of(files))
        except SubmissionError as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found, "detection ended with an error of ours"
    return found[0]


@pytest.mark.parametrize("name", TREES)
def test_detection_ends_soon(name: str) -> None:
    files = TREES[name]()
    started = time.process_time()
    result = planned_in_a_thread(files)
    assert time.process_time() - started < 6
    assert isinstance(result, SubmissionError) or result.dockerfile


def test_log_of_a_hostile_build_is_read_soon_and_clean() -> None:
    log = "Requires-Python " * 100_000 + "\x1b[31m\x00red\r\n50%\r100%\n" + "a\x1b[" * 100_000
    started = time.process_time()
    tail = log_tail(log)
    hint(log)
    assert time.process_time() - started < 3
    assert "\x1b" not in tail.text
    assert "\x00" not in tail.text
    assert len(tail.text) < 10_000
