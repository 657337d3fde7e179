"""Splits a Dockerfile into its instructions, as the engine's own parser does.

What is built is never the learner's text but what :func:`render` makes of the parsed
instructions, so that a difference between this parser and the engine's cannot smuggle anything
past the rules. Followed: moby's ``frontend/dockerfile/parser`` (directives, continuation lines,
comments inside them) and BuildKit's here-documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

from grader.errors import SubmissionError

KNOWN = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
    "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip
# Beyond it the engine's scanner gives up on a line.
MAX_LINE = 60_000
_DIRECTIVE = re.compile(r"^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_HEREDOC = re.compile(r"(?<![<\w\\])<<(-?)([\"']?)([a-zA-Z_][a-zA-Z0-9_]*)\2")


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A here-document: its name, its text, whether variables in it stay as they are."""

    name: str
    text: str
    literal: bool


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word in capitals, flags (``--from=x``), the rest, and its line."""

    word: str
    flags: tuple[str, ...]
    rest: str
    line: int
    heredocs: tuple[Heredoc, ...] = ()

    def flag(self, name: str) -> str | None:
        """The value of ``--name=value``; None if the flag is absent."""
        prefix = f"--{name}="
        return next((f[len(prefix) :] for f in self.flags if f.startswith(prefix)), None)

    def without(self, *names: str) -> Instruction:
        """The same without some flags."""
        kept = tuple(f for f in self.flags if f[2:].split("=", 1)[0] not in names)
        return replace(self, flags=kept)


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A parsed Dockerfile: its escape sign, the frontend it asks for, its instructions."""

    escape: str
    syntax: str
    instructions: tuple[Instruction, ...]


def parse(text: str) -> Dockerfile:
    """Split a Dockerfile.

    Args:
        text: With ``\\n`` as line ends and no byte order mark.

    Raises:
        SubmissionError: ``build.dockerfile_empty``, or ``build.dockerfile_invalid`` with the line.
    """
    lines = text.split("\n")
    escape, syntax, start = _directives(lines)
    reader = _Reader(lines, start, escape)
    instructions = tuple(reader)
    if not instructions:
        raise SubmissionError("build.dockerfile_empty")
    return Dockerfile(escape, syntax, instructions)


def render(dockerfile: Dockerfile) -> str:
    """The Dockerfile with one instruction on each line; here-documents must be gone."""
    lines = [f"# escape={dockerfile.escape}"]
    for one in dockerfile.instructions:
        line = " ".join(part for part in (one.word, *one.flags, one.rest) if part)
        # What the engine would take for a continued line would swallow the next instruction.
        if _continued(dockerfile.escape).search(line):
            raise refuse(one.line, "the line ends with a lone escape sign", "delete it")
        lines.append(line)
    return "\n".join(lines) + "\n"


def refuse(line: int, problem: str, advice: str) -> SubmissionError:
    """The error of a line that cannot be built."""
    return SubmissionError("build.dockerfile_invalid", line=line, problem=problem, advice=advice)


def _directives(lines: list[str]) -> tuple[str, str, int]:
    """Escape sign, frontend, and the index of the first line that is no directive."""
    found = {"escape": "\\", "syntax": ""}
    index = 0
    while index < len(lines) and (match := _DIRECTIVE.match(lines[index])):
        if match.group(1).lower() not in ("escape", "syntax", "check"):
            break
        found[match.group(1).lower()] = match.group(2)
        index += 1
    if found["escape"] not in ("\\", "`"):
        raise refuse(1, f"`# escape={found['escape']}`", "use a backslash or a backtick")
    return found["escape"], found["syntax"], index


class _Reader:
    """Yields instructions from lines."""

    def __init__(self, lines: list[str], start: int, escape: str) -> None:
        self._lines = lines
        self._at = start
        self._continued = _continued(escape)

    def __iter__(self) -> _Reader:
        return self

    def __next__(self) -> Instruction:
        while self._at < len(self._lines) and _is_void(self._lines[self._at]):
            self._at += 1
        if self._at >= len(self._lines):
            raise StopIteration
        number = self._at + 1
        one = _split(self._logical_line(), number)
        if one.word in ("RUN", "COPY", "ADD"):
            one = replace(one, heredocs=tuple(self._heredocs(one)))
        return one

    def _logical_line(self) -> str:
        parts: list[str] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if parts and _is_void(line):
                self._at += 1
                continue
            self._at += 1
            parts.append(self._continued.sub("", line if parts else line.lstrip()))
            if not self._continued.search(line):
                break
        return "".join(parts).strip()

    def _heredocs(self, one: Instruction) -> list[Heredoc]:
        found: list[Heredoc] = []
        for dash, quote, name in _HEREDOC.findall(one.rest):
            body: list[str] = []
            while True:
                if self._at >= len(self._lines):
                    raise refuse(
                        one.line, f"`<<{name}` never ends", f"write {name} on its own line"
                    )
                line = self._lines[self._at]
                self._at += 1
                line = line.lstrip("\t") if dash else line
                if line == name:
                    break
                body.append(line + "\n")
            found.append(Heredoc(name, "".join(body), bool(quote)))
        return found


def _continued(escape: str) -> re.Pattern[str]:
    sign = re.escape(escape)
    return re.compile(rf"(?:(?<=[^{sign}])|^){sign}[ \t]*$")


def _is_void(line: str) -> bool:
    bare = line.strip()
    return not bare or bare.startswith("#")


def _split(line: str, number: int) -> Instruction:
    if len(line) > MAX_LINE:
        raise refuse(number, "the instruction is too long", "put the commands into a script")
    word, _, rest = line.partition(" ") if " " in line else line.partition("\t")
    word, _, tabbed = word.partition("\t")
    rest = f"{tabbed} {rest}".strip() if tabbed else rest.strip()
    if word.upper() not in KNOWN:
        near = get_close_matches(word.upper(), KNOWN, n=1)
        advice = f"did you mean {near[0]}?" if near else "an instruction begins each line"
        raise refuse(number, f"`{word[:40]}` is no instruction", advice)
    flags: list[str] = []
    while match := re.match(r"(--[a-z]+(?:=\S*)?)(?:\s+|$)", rest):
        if word.upper() in ("CMD", "ENTRYPOINT", "ENV", "LABEL", "ARG"):
            break
        flags.append(match.group(1))
        rest = rest[match.end() :]
    return Instruction(word.upper(), tuple(flags), rest, number)
