"""The recipe for a folder that brings its own Dockerfile."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from grader.errors import SubmissionError
from worker.builds.dockerfile.modern import Modern
from worker.builds.dockerfile.parse import Dockerfile, Instruction, parse, refuse, render
from worker.builds.dockerfile.prepare import left_undone
from worker.builds.dockerfile.rules import check, check_size, check_volumes, words
from worker.builds.dockerfile.stages import Stage, find_stage, needed, split_stages
from worker.builds.dockerfile.tools import STAGE, Uv
from worker.builds.folder import READ_LIMIT, Folder
from worker.builds.manifest import Manifest
from worker.builds.plan import (
    LEARNER_MIRROR_ARGS,
    PORT,
    Bases,
    BuildPlan,
    ResolvedBase,
    note,
    warning,
)

_SYNTAX = re.compile(r"^(docker\.io/)?docker/dockerfile(-upstream)?(:[\w.-]+)?$")
COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")


class DockerfileRecipe:
    """Builds a learner's own Dockerfile, its bases served from what the operator has."""

    name = "dockerfile"

    def detect(self, folder: Folder) -> str:
        return "a Dockerfile" if folder.find("Dockerfile") else ""

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`Recipe`.

        Raises:
            SubmissionError: ``build.dockerfile_*`` or ``build.base_unknown``.
        """
        name = folder.find("Dockerfile") or "Dockerfile"
        parsed = parse(_text(folder.raw(name)))
        if parsed.syntax and not _SYNTAX.match(parsed.syntax):
            raise refuse(1, f"`# syntax={parsed.syntax[:60]}`", "leave the line out")
        rewritten = _rewrite(parsed, bases)
        notes = [note(text) for text in rewritten.notes]
        notes += [warning(base.note) for base in rewritten.bases if base.note]
        compose = next((path for path in map(folder.find, COMPOSE) if path), None)
        if compose:
            notes.append(note(f"the Dockerfile was used; {compose} is not read yet"))
        prepare = left_undone(folder, manifest, rewritten.text) if rewritten.bases else ()
        if prepare:
            ran = " and ".join(f"`{line.rpartition('|| ')[2]}`" for line in prepare)
            notes.append(note(f"{ran} was run before the first start: the image does not"))
        command = ("sh", "-c", manifest.start) if manifest.start else None
        return BuildPlan(
            recipe=self.name,
            root=folder.root,
            dockerfile=rewritten.text,
            files=rewritten.files,
            bases=tuple(rewritten.bases),
            start=manifest.start or rewritten.start,
            prepare=prepare,
            command=command,
            environment=_environment(manifest, rewritten),
            ports=tuple([manifest.port] if manifest.port else []) + rewritten.ports,
            base_path=manifest.base_path,
            detected=(f"{name} builds FROM {rewritten.bases[-1].requested}",)
            if rewritten.bases
            else (f"{name} builds FROM scratch",),
            notes=tuple(notes),
        )


@dataclass(slots=True)
class _Rewritten:
    text: str
    files: dict[str, bytes]
    bases: list[ResolvedBase]
    notes: list[str]
    start: str
    ports: tuple[int, ...]
    sets_port: bool


def _text(raw: bytes) -> str:
    """A Dockerfile's text.

    Raises:
        SubmissionError: If it is empty, too large, or in no encoding the engine reads.
    """
    if len(raw) >= READ_LIMIT:
        raise SubmissionError("build.dockerfile_encoding", problem="is larger than a megabyte")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SubmissionError("build.dockerfile_encoding", problem="is saved as UTF-16")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SubmissionError("build.dockerfile_encoding", problem="is no UTF-8 text") from None
    if "\0" in text:
        raise SubmissionError("build.dockerfile_encoding", problem="is no text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rewrite(parsed: Dockerfile, bases: Bases) -> _Rewritten:
    head, stages = split_stages(parsed)
    wanted = needed(stages)
    check_size(wanted)
    modern = Modern()
    used: dict[str, ResolvedBase] = {}
    uv = Uv(bases)
    out: list[Instruction] = []
    for stage in wanted:
        modern.begin_stage()
        check_volumes(stage)
        out.append(_from(stage, stages, bases, used, uv))
        if stage.image != "scratch":
            out.append(Instruction("ARG", (), LEARNER_MIRROR_ARGS, stage.line))
        for one in stage.body:
            check(one)
            out += modern.rewrite(uv.copy(one) or _stage_source(one, stage, stages))
    first = list(head)
    if uv.stage:
        used[uv.stage.requested] = uv.stage
        first.append(Instruction("FROM", (), f"{uv.stage.reference} AS {STAGE}", 1))
    final = _chain(stages)
    return _Rewritten(
        text=render(replace(parsed, instructions=(*first, *out))),
        files=modern.files,
        bases=list(used.values()),
        notes=modern.notes,
        start=_start(final),
        ports=_ports(final),
        sets_port=any(one.word == "ENV" and re.search(r"\bPORT\b", one.rest) for one in final),
    )


def _from(
    stage: Stage, stages: list[Stage], bases: Bases, used: dict[str, ResolvedBase], uv: Uv
) -> Instruction:
    earlier = find_stage(stages, stage.image, before=stage.index)
    if earlier:
        reference = _name(earlier)
    elif stage.image == "scratch":
        reference = "scratch"
    else:
        # Asked again only for another image: the same one twice is one base.
        if stage.image not in used:
            used[stage.image] = uv.base(stage.image) or bases.resolve(stage.image)
        reference = used[stage.image].reference
    return Instruction("FROM", (), f"{reference} AS {_name(stage)}", stage.line)


def _name(stage: Stage) -> str:
    """A stage name that no image can have: names given by learners never reach the engine."""
    return f"stage_{stage.index}"


def _stage_source(one: Instruction, stage: Stage, stages: list[Stage]) -> Instruction:
    source = one.flag("from")
    if source is None:
        return one
    earlier = find_stage(stages, source, before=stage.index)
    if not earlier:
        raise refuse(
            one.line,
            f"COPY --from={source[:60]} copies from another image",
            "copy from a stage of this Dockerfile, or install the program with RUN",
        )
    others = tuple(flag for flag in one.flags if not flag.startswith("--from="))
    return replace(one, flags=(f"--from={_name(earlier)}", *others))


def _chain(stages: list[Stage]) -> list[Instruction]:
    """The instructions that the final image's configuration comes from, first to last."""
    stage: Stage | None = stages[-1]
    found: list[Instruction] = []
    while stage:
        found = [*stage.body, *found]
        stage = find_stage(stages, stage.image, before=stage.index)
    return found


def _start(chain: list[Instruction]) -> str:
    """The start command in words; empty if the base image brings it."""

    def last(word: str) -> str:
        rest = next((one.rest for one in reversed(chain) if one.word == word), "")
        parts = words(rest) if rest.startswith("[") else [rest]
        return " ".join(parts)

    return f"{last('ENTRYPOINT')} {last('CMD')}".strip()


def _ports(chain: list[Instruction]) -> tuple[int, ...]:
    found: list[int] = []
    for one in chain:
        if one.word == "EXPOSE":
            found += [int(number) for number in re.findall(r"\b(\d{1,5})\b", one.rest)]
    return tuple(dict.fromkeys(port for port in found if 0 < port < 65536))


def _environment(manifest: Manifest, rewritten: _Rewritten) -> dict[str, str]:
    """PORT, unless the image says it itself; hosts of learners' images set it too."""
    port = manifest.port or next(iter(rewritten.ports), PORT)
    given = {} if rewritten.sets_port else {"PORT": str(port)}
    return {**given, **manifest.env}
