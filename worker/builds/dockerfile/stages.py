"""The stages of a Dockerfile: which there are, which are needed, what their ``FROM`` means."""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.builds.dockerfile.parse import Dockerfile, Instruction, refuse

_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))")

# What BuildKit sets by itself, and what it is here.
PLATFORM_ARGS = {
    "TARGETPLATFORM": "linux/amd64",
    "TARGETOS": "linux",
    "TARGETARCH": "amd64",
    "TARGETVARIANT": "",
    "BUILDPLATFORM": "linux/amd64",
    "BUILDOS": "linux",
    "BUILDARCH": "amd64",
    "BUILDVARIANT": "",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One ``FROM`` and what follows it.

    Attributes:
        index: Its place, from 0.
        name: As given with ``AS``, in lower case; may be empty.
        image: What it builds on, variables filled in.
        line: The line of its ``FROM``.
        body: Its instructions, without ``FROM``.
    """

    index: int
    name: str
    image: str
    line: int
    body: tuple[Instruction, ...]


def split_stages(dockerfile: Dockerfile) -> tuple[tuple[Instruction, ...], list[Stage]]:
    """The ``ARG`` lines before the first ``FROM``, and the stages.

    Raises:
        SubmissionError: ``build.dockerfile_invalid`` if something else comes first, a ``FROM`` is
            malformed, or a variable in it has no value.
    """
    head: list[Instruction] = []
    groups: list[tuple[Instruction, list[Instruction]]] = []
    for one in dockerfile.instructions:
        if one.word == "FROM":
            groups.append((one, []))
        elif groups:
            groups[-1][1].append(one)
        elif one.word == "ARG":
            head.append(one)
        else:
            raise refuse(one.line, f"{one.word} stands before FROM", "begin with FROM")
    if not groups:
        raise refuse(1, "there is no FROM", "begin with FROM, for example FROM python:3.12-slim")
    values = _defaults(head)
    stages = [_stage(i, one, body, values) for i, (one, body) in enumerate(groups)]
    return tuple(head), stages


def needed(stages: list[Stage]) -> list[Stage]:
    """The stages that the last one is made from, in order: BuildKit builds no others either."""
    wanted = {len(stages) - 1}
    for stage in reversed(stages):
        if stage.index not in wanted:
            continue
        sources = [stage.image] + [
            value for one in stage.body if (value := one.flag("from")) is not None
        ]
        for source in sources:
            found = find_stage(stages, source, before=stage.index)
            if found:
                wanted.add(found.index)
    return [stage for stage in stages if stage.index in wanted]


def find_stage(stages: list[Stage], source: str, *, before: int) -> Stage | None:
    """The earlier stage that a name or number means; None if it means an image."""
    for stage in reversed(stages[:before]):
        if source == str(stage.index) or (stage.name and source.lower() == stage.name):
            return stage
    return None


def expand(text: str, values: dict[str, str], line: int) -> str:
    """Fill in ``$NAME``, ``${NAME}``, ``${NAME:-default}`` and ``${NAME:+other}``."""

    def fill(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(4)
        value = values.get(name, "")
        if match.group(2) == "-":
            return value or match.group(3)
        if match.group(2) == "+":
            return match.group(3) if value else ""
        if name not in values:
            raise refuse(line, f"`${name}` has no value", f"give it one: ARG {name}=…")
        return value

    return _VARIABLE.sub(fill, text)


def _defaults(head: list[Instruction]) -> dict[str, str]:
    values = dict(PLATFORM_ARGS)
    for one in head:
        for word in one.rest.split():
            name, equals, value = word.partition("=")
            if equals:
                values[name] = expand(value.strip("\"'"), values, one.line)
    return values


def _stage(index: int, one: Instruction, body: list[Instruction], values: dict[str, str]) -> Stage:
    words = expand(one.rest, values, one.line).split()
    name = ""
    if len(words) == 3 and words[1].lower() == "as":
        name = words[2].lower()
    elif len(words) != 1:
        raise refuse(one.line, f"FROM {one.rest[:60]}", "write FROM image, or FROM image AS name")
    return Stage(index, name, words[0].strip("\"'"), one.line, tuple(body))
