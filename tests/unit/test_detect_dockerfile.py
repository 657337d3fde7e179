"""Dockerfiles: what is built of them, and what is refused with which words."""

import pytest

from grader.errors import SubmissionError
from tests.support.trees import notes_of, plan_of

MIRRORS = "ARG PIP_INDEX_URL PIP_TRUSTED_HOST npm_config_registry"


def build(text: str | bytes, **files: str) -> str:
    """The Dockerfile that is built, without the parts that are always the same."""
    lines = plan_of({"Dockerfile": text, **files}).dockerfile.splitlines()
    return "\n".join(line for line in lines[1:] if line != MIRRORS)


REWRITTEN = {
    "plain": (
        "FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\nCMD python app.py\n",
        'FROM base/python AS stage_0\nWORKDIR /app\nCOPY [".", "."]\nCMD python app.py',
    ),
    "line ends of Windows, a mark, lower case": (
        "\ufefffrom python:3.11\r\nrun pip install \\\r\n  flask\r\n",
        "FROM base/python AS stage_0\nRUN pip install   flask",
    ),
    "comments inside": (
        "FROM python\nRUN a && \\\n# why\n\n  b\n",
        "FROM base/python AS stage_0\nRUN a &&   b",
    ),
    "ARG before FROM": (
        "ARG V=3.11\nARG IMAGE=python:${V}-slim\n"
        "FROM --platform=$BUILDPLATFORM ${IMAGE:-x}\nARG V\n",
        "ARG V=3.11\nARG IMAGE=python:${V}-slim\nFROM base/python AS stage_0\nARG V",
    ),
    "stages, one of them not needed": (
        "FROM node:20 AS Web\nRUN npm ci\nFROM python AS test\nRUN pytest\n"
        'FROM python AS app\nCOPY --from=web /dist /static\nFROM app\nCMD ["x"]\n',
        "FROM base/node AS stage_0\nRUN npm ci\nFROM base/python AS stage_2\n"
        'COPY --from=stage_0 ["/dist", "/static"]\nFROM stage_2 AS stage_3\nCMD ["x"]',
    ),
    "stage by number, scratch": (
        "FROM python\nRUN make\nFROM scratch\nCOPY --from=0 /a /b\n",
        "FROM base/python AS stage_0\nRUN make\nFROM scratch AS stage_1\n"
        'COPY --from=stage_0 ["/a", "/b"]',
    ),
    "cache mount": (
        "FROM python\nRUN --mount=type=cache,target=/root/.cache pip install flask\n",
        "FROM base/python AS stage_0\nRUN pip install flask",
    ),
    "bind mount of a file": (
        "FROM python\nRUN --mount=type=bind,source=requirements.txt,target=requirements.txt \\\n"
        "    pip install -r requirements.txt\n",
        'FROM base/python AS stage_0\nCOPY ["requirements.txt", "requirements.txt"]\n'
        "RUN pip install -r requirements.txt",
    ),
    "heredoc of RUN": (
        'FROM python\nRUN <<EOF\nset -e\necho "a"\nEOF\nCMD x\n',
        'FROM base/python AS stage_0\nRUN ["/bin/sh", "-c", "set -e\\necho \\"a\\"\\n"]\nCMD x',
    ),
    "heredoc for a program": (
        "FROM python\nRUN python3 - <<'X'\nprint(1)\nX\n",
        'FROM base/python AS stage_0\nRUN ["/bin/sh", "-c", "python3 - <<\'X\'\\nprint(1)\\nX\\n"]',
    ),
    "shift is no heredoc": (
        "FROM python\nRUN echo $((1<<3)) <<<word\n",
        "FROM base/python AS stage_0\nRUN echo $((1<<3)) <<<word",
    ),
    "COPY --link --chmod": (
        "FROM python\nCOPY --link --chmod=755 run.sh /app/\n",
        'FROM base/python AS stage_0\nCOPY ["run.sh", "/app/"]\n'
        'RUN ["chmod", "-R", "755", "/app/run.sh"]',
    ),
    "ADD of files is COPY": (
        "FROM python\nADD . /app\n",
        'FROM base/python AS stage_0\nCOPY [".", "/app"]',
    ),
    "architecture": (
        "FROM python\nARG TARGETARCH\n",
        "FROM base/python AS stage_0\nARG TARGETARCH=amd64",
    ),
    "the usual frontend": (
        "# syntax=docker/dockerfile:1\nFROM python\n",
        "FROM base/python AS stage_0",
    ),
    "uv as its guides copy it": (
        "FROM python\nCOPY --from=ghcr.io/astral-sh/uv:0.5.1 /uv /uvx /bin/\n",
        "FROM recipe/python:3.11 AS stage_uv\nFROM base/python AS stage_0\n"
        'COPY --from=stage_uv ["/usr/local/bin/uv", "/bin/"]',
    ),
    "uv as a base": (
        "FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim\nRUN uv sync\n",
        "FROM recipe/python:3.13 AS stage_0\nRUN uv sync",
    ),
    "relative folder": (
        "FROM python\nWORKDIR .\n",
        "FROM base/python AS stage_0\nWORKDIR .",
    ),
    "another escape sign": (
        "# escape=`\nFROM python\nRUN a `\n b\n",
        "FROM base/python AS stage_0\nRUN a  b",
    ),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_is_built(name: str) -> None:
    written, built = REWRITTEN[name]
    assert build(written) == built


REFUSED = {
    "ADD of a URL": ("FROM python\nADD https://example.com/x /x", "line 2: ADD with a URL"),
    "ADD hidden in capitals and lines": (
        "FROM python\naDd \\\n # c\n http://x /y",
        "line 2: ADD with",
    ),
    "ADD of a URL in JSON": ('FROM python\nADD ["http://x", "/y"]', "ADD with a URL"),
    "ADD of a variable": ("FROM python\nARG U\nADD $U /x", "a URL or a variable"),
    "ADD of git": ("FROM python\nADD git@host:a/b /x", "ADD with a URL"),
    "ADD of an archive": ("FROM python\nADD site.tar.gz /x", "ADD of an archive (site.tar.gz)"),
    "another frontend": ("# syntax=evil/frontend\nFROM python", "line 1: `# syntax=evil/frontend`"),
    "ONBUILD": ("FROM python\nONBUILD RUN x", "ONBUILD is not allowed"),
    "foreign image in COPY": ("FROM python\nCOPY --from=busybox /a /b", "COPY --from=busybox"),
    "later stage in COPY": (
        "FROM python AS a\nCOPY --from=b /x /y\nFROM a AS b",
        "COPY --from=b copies from another image",
    ),
    "bind mount of the host": (
        "FROM python\nRUN --mount=type=bind,source=/,target=/host ls",
        "--mount=type=bind is not allowed",
    ),
    "secret": ("FROM python\nRUN --mount=type=secret,id=x cat x", "--mount=type=secret"),
    "security": ("FROM python\nRUN --security=insecure x", "RUN --security is not allowed"),
    "network": ("FROM python\nRUN --network=host x", "RUN --network is not allowed"),
    "too many": ("FROM python\n" + "RUN x\n" * 120, "121 instructions, 120 are the most"),
    "volumes": ("FROM python\n" + "VOLUME /a\n" * 11, "11 volumes"),
    "volume over the system": ("FROM python\nVOLUME /etc", "VOLUME /etc lies over the system"),
    "kernel's folder": ("FROM python\nWORKDIR /proc/self/fd/8", "WORKDIR /proc/self/fd/8"),
    "typing mistake": ("FROM python\nRUM x", "`RUM` is no instruction"),
    "no FROM": ("RUN x", "RUN stands before FROM"),
    "unknown variable": ("FROM $IMAGE", "`$IMAGE` has no value"),
    "unfinished heredoc": ("FROM python\nRUN <<EOF\nx", "`<<EOF` never ends"),
    "odd FROM": ("FROM python b c d", "FROM python b c d"),
    "empty": ("# nothing\n\n", "the Dockerfile is empty"),
    "UTF-16": ("FROM python".encode("utf-16"), "the Dockerfile is saved as UTF-16"),
    "binary": (b"FROM \xff\xfe\x00", "the Dockerfile is no UTF-8 text"),
    "huge": (b"#" * 2_000_000, "the Dockerfile is larger than a megabyte"),
    "unknown base": ("FROM rust:1", "the base image rust:1 is not available"),
    "somebody else's image": ("FROM grader/app/abc:def", "grader/app/abc:def is not available"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    written, words = REFUSED[name]
    with pytest.raises(SubmissionError) as refusal:
        build(written)
    assert words in refusal.value.title


INSTALLERS = {
    "curl -sSL https://install.python-poetry.org | python3 - && poetry x": " && poetry x",
    "curl -sSL https://install.python-poetry.org | POETRY_HOME=/opt/poetry python && x": " && x",
    "apt-get update && curl -LsSf https://astral.sh/uv/install.sh | sh && uv sync": " && uv sync",
    "wget -qO- https://astral.sh/uv/0.5.1/install.sh | sh": "",
}


@pytest.mark.parametrize("command", INSTALLERS)
def test_installers_come_from_the_registry(command: str) -> None:
    plan = plan_of({"Dockerfile": f"FROM python\nRUN {command}\n"})
    line = next(line for line in plan.dockerfile.splitlines() if line.startswith("RUN "))
    assert "http" not in line
    assert line.endswith(f"'{INSTALLERS[command]}")
    assert "was installed from PyPI" in notes_of(plan)


def test_typing_mistakes_are_named() -> None:
    with pytest.raises(SubmissionError, match="did you mean RUN"):
        build("FROM python\nRUM x")


def test_plan_tells_start_port_and_what_was_changed() -> None:
    text = (
        "FROM python AS base\nEXPOSE 3000/tcp\nFROM base\nRUN --mount=type=cache,target=/c x\n"
        'ENTRYPOINT ["python", "-m"]\nCMD ["app"]\n'
    )
    plan = plan_of({"Dockerfile": text, "docker-compose.yml": "services: {}"})
    assert plan.start == "python -m app"
    assert plan.ports == (3000,)
    assert plan.environment == {"PORT": "3000"}
    assert plan.command is None
    assert "--mount=type=cache was left out" in notes_of(plan)
    assert "docker-compose.yml is not read yet" in notes_of(plan)
    assert plan.detected == ("Dockerfile builds FROM python",)


def test_port_that_the_image_sets_is_left_alone() -> None:
    assert plan_of({"Dockerfile": "FROM python\nENV PORT=9000\n"}).environment == {}


def test_start_of_grader_toml_replaces_the_command() -> None:
    files = {"Dockerfile": "FROM python\nCMD x\n", "grader.toml": '[run]\nstart = "python a.py"'}
    plan = plan_of(files)
    assert plan.command == ("sh", "-c", "python a.py")


def test_copied_document_is_a_file_of_the_context() -> None:
    plan = plan_of({"Dockerfile": "FROM python\nCOPY <<'EOF' /app/x.conf\n$a\nEOF\n"})
    assert plan.files == {".grader/heredoc/2/0": b"$a\n"}
    assert 'COPY [".grader/heredoc/2/0", "/app/x.conf"]' in plan.dockerfile
