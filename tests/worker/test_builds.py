"""Building on the real engine: what is built once, what is shared, and how failures read."""

import re

import docker
import pytest

from grader.errors import SubmissionError
from tests.worker.builds_support import Builder, Running
from tests.worker.builds_support import builder as builder

pytestmark = pytest.mark.engine

APP = {
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "requirements.txt": "flask\n",
}
INSTALLED = re.compile(r"^ ?(Resolved|Installed|Downloading|Collecting) ", re.MULTILINE)
DOCKERFILE = (
    "FROM python:3.11-slim AS wheels\nCOPY requirements.txt .\n"
    "RUN pip wheel --wheel-dir /wheels -r requirements.txt\n"
    "FROM python:3.11-slim\nWORKDIR /app\nCOPY --from=wheels /wheels /wheels\n"
    "RUN pip install --no-index /wheels/*.whl\nCOPY . .\n"
    'CMD ["flask", "run"]\n'
)


def test_same_content_is_built_once(builder: Builder) -> None:
    first = builder(APP)
    second = builder(APP)
    assert not first.cached
    assert second.cached
    assert second.image_digest == first.image_digest
    assert second.seconds <= 0.05 * first.seconds
    assert second.log is None


@pytest.mark.parametrize("extra", [{}, {"Dockerfile": DOCKERFILE}], ids=["detected", "Dockerfile"])
def test_nothing_is_installed_again_after_a_change_of_the_code(
    builder: Builder, extra: dict[str, str]
) -> None:
    first = builder({**APP, **extra})
    assert first.log is not None
    assert INSTALLED.search(first.log.text)
    changed = builder({**APP, **extra, "app.py": APP["app.py"] + "# changed\n"})
    assert not changed.cached
    assert changed.log is not None
    assert not INSTALLED.search(changed.log.text)
    assert changed.image_digest != first.image_digest


def test_layers_are_not_shared_between_scopes(builder: Builder) -> None:
    files = {"Dockerfile": "FROM python:3.11-slim\nRUN echo done\nCMD x\n"}
    mine = builder(files, scope="a")
    theirs = builder(files, scope="b")
    assert not theirs.cached
    assert theirs.log is not None
    assert "Using cache" not in theirs.log.text
    assert mine.image_digest != theirs.image_digest


def test_detected_app_runs_as_nobody_and_owns_its_files(
    builder: Builder, engine: docker.DockerClient
) -> None:
    with Running(engine, builder(APP), 8000) as app:
        app.ask("GET", "/")
        assert app.run("id -u") == "10001\n"
        assert app.run("sh -c 'touch /app/x && stat -c %U /app /app/app.py /app/x'") == "app\n" * 3
        assert app.run('sh -c \'ls -a /app | tr "\\n" " "\'') == ". .. app.py requirements.txt x "


def test_what_prepares_an_app_runs_once(builder: Builder, engine: docker.DockerClient) -> None:
    files = {
        **APP,
        "app.py": APP["app.py"]
        + "@app.cli.command('init-db')\ndef init_db():\n    open('made', 'a').write('x')\n"
        "@app.get('/')\ndef home():\n    return open('made').read()\n",
    }
    with Running(engine, builder(files), 8000) as app:
        assert app.ask("GET", "/") == "200 x\n"
        app.restart()
        assert app.ask("GET", "/") == "200 x\n"


def test_another_python_is_tried_where_a_requirement_needs_it(builder: Builder) -> None:
    files = {**APP, "requirements.txt": "flask\nasgiref\ndjango==6.0\n"}
    built = builder(files)
    assert built.plan.bases[0].requested == "python:3.13-slim"
    assert "because django==6.0 needs it" in built.plan.notes[-1].text


FAILURES = {
    "a package that does not exist": (
        {**APP, "requirements.txt": "flask\nflask-that-nobody-wrote-yet-9\n"},
        "PyPI has no package called flask-that-nobody-wrote-yet-9",
    ),
    "a version that does not exist": (
        {**APP, "requirements.txt": "flask==99.1\n"},
        "PyPI has no such version of flask==99.1",
    ),
    "a line that is no requirement": (
        {**APP, "requirements.txt": "flask == = 3\n"},
        "a line of the requirements file cannot be read",
    ),
    "a file that is not committed": (
        {"Dockerfile": "FROM python:3.11-slim\nCOPY requirements.txt .\n"},
        "requirements.txt is not in the repository",
    ),
    "a program that is not there": (
        {"Dockerfile": "FROM python:3.11-slim\nRUN cargo build\n"},
        "the base image has no program cargo",
    ),
    "code that fails while it is built": (
        {"Dockerfile": "FROM python:3.11-slim\nRUN python -c 'import flaskk'\n"},
        "the build ran code that fails: No module named 'flaskk'",
    ),
    "a script that is missing": (
        {"Dockerfile": "FROM node:20-slim\nRUN npm init -y && npm run build\n"},
        'add a script "build" to package.json',
    ),
    "a host that is no registry": (
        {
            "Dockerfile": "FROM python:3.11-slim\n"
            "RUN python -c \"import urllib.request as u; u.urlopen('https://example.com')\"\n"
        },
        "builds reach package registries and nothing else",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure(name: str, builder: Builder) -> None:
    files, hint = FAILURES[name]
    with pytest.raises(SubmissionError) as failure:
        builder(files)
    assert failure.value.code == "build.failed"
    assert hint in failure.value.hint
    assert failure.value.log
    if "requirements.txt" in files:
        assert failure.value.title == "the build failed in: the installation of the dependencies"


def test_addresses_of_the_engine_are_not_reached_by_add(builder: Builder) -> None:
    with pytest.raises(SubmissionError, match="ADD with a URL"):
        builder({"Dockerfile": "FROM python:3.11-slim\nADD http://127.0.0.1/ /x\n"})
