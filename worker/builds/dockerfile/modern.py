"""Makes what only BuildKit understands work on the engine's classic builder, where it can be.

Templates that tools write for learners are full of it: cache mounts, bind mounts of a
requirements file, here-documents, ``COPY --link``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from worker.builds.dockerfile.installers import from_registry
from worker.builds.dockerfile.parse import Heredoc, Instruction, refuse
from worker.builds.dockerfile.rules import words
from worker.builds.dockerfile.stages import PLATFORM_ARGS

SHELL = ("/bin/sh", "-c")


class Modern:
    """Rewrites the instructions of one Dockerfile.

    Attributes:
        files: Context files that the rewritten instructions need.
        notes: What was changed, in sentences.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.notes: list[str] = []
        self._shell: tuple[str, ...] = SHELL

    def begin_stage(self) -> None:
        self._shell = SHELL

    def rewrite(self, one: Instruction) -> Iterator[Instruction]:
        """The instructions that do the same on the classic builder.

        Raises:
            SubmissionError: ``build.dockerfile_invalid`` where there is no way.
        """
        if one.word == "SHELL":
            self._shell = tuple(words(one.rest))
            yield one
        elif one.word == "RUN":
            yield from self._run(one)
        elif one.word in ("COPY", "ADD"):
            yield from self._copy(one)
        elif one.word == "ARG" and one.rest in PLATFORM_ARGS:
            yield replace(one, rest=f"{one.rest}={PLATFORM_ARGS[one.rest]}")
        elif one.word == "HEALTHCHECK":
            yield one.without("start-interval")
        else:
            yield one

    def _run(self, one: Instruction) -> Iterator[Instruction]:
        for flag in one.flags:
            if flag.startswith("--mount="):
                yield from self._mount(one, flag)
        one = one.without("mount", "network")
        command, said = from_registry(one.rest)
        if said:
            self._say(said)
            one = replace(one, rest=command)
        if one.heredocs:
            one = replace(one, rest=self._script(one), heredocs=())
        yield one

    def _mount(self, one: Instruction, flag: str) -> Iterator[Instruction]:
        options = dict(
            part.partition("=")[::2] for part in flag.removeprefix("--mount=").split(",")
        )
        kind = options.get("type", "bind")
        if kind in ("cache", "tmpfs"):
            self._say(f"RUN --mount=type={kind} was left out: it changes the speed, not the result")
            return
        source = options.get("source") or options.get("src") or "."
        target = options.get("target") or options.get("dst") or options.get("destination") or ""
        outside = source.startswith("/") or ".." in source.split("/") or "$" in source + target
        if kind != "bind" or "from" in options or outside or not target:
            raise refuse(
                one.line, f"RUN --mount=type={kind} is not allowed", "COPY what the step needs"
            )
        self._say("RUN --mount=type=bind was done with COPY")
        yield Instruction("COPY", (), json.dumps([source, target]), one.line)

    def _script(self, one: Instruction) -> str:
        """A RUN with here-documents as one JSON command for the shell of the stage."""
        first = one.heredocs[0]
        alone = one.rest.replace("-", "").strip().strip("<\"'") == first.name
        if alone and len(one.heredocs) == 1 and not first.text.startswith("#!"):
            script = first.text
        else:
            script = one.rest + "\n"
            if alone:
                # The text says itself which program reads it.
                program, _, text = first.text[2:].partition("\n")
                script = f"{program.strip()} /dev/stdin {one.rest}\n"
                one = replace(one, heredocs=(replace(first, text=text),))
            script += "".join(f"{doc.text}{doc.name}\n" for doc in one.heredocs)
        return json.dumps([*self._shell, script])

    def _copy(self, one: Instruction) -> Iterator[Instruction]:
        *sources, target = words(one.rest) or [""]
        if not sources:
            raise refuse(one.line, f"{one.word} needs a source and a target", "name both")
        if one.heredocs:
            sources = [self._document(one, doc, target) for doc in one.heredocs]
        mode = one.flag("chmod")
        plain = one.without("link", "chmod")
        # ADD would unpack what looks like an archive inside the engine; COPY never does.
        rest = json.dumps([*sources, target])
        yield replace(plain, word="COPY", rest=rest, heredocs=())
        if mode:
            names = [_target(source, target) for source in sources]
            yield Instruction("RUN", (), json.dumps(["chmod", "-R", mode, *names]), one.line)

    def _document(self, one: Instruction, doc: Heredoc, target: str) -> str:
        if not doc.literal and "$" in doc.text:
            raise refuse(one.line, f"variables in <<{doc.name}", f'quote the name: <<"{doc.name}"')
        name = doc.name if target.endswith("/") else str(len(self.files))
        path = f".grader/heredoc/{one.line}/{name}"
        self.files[path] = doc.text.encode()
        return path

    def _say(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _target(source: str, target: str) -> str:
    """Where COPY puts a file; a folder's content goes into the target itself."""
    into = target.endswith("/") or target in (".", "..")
    name = source.rstrip("/").rsplit("/", 1)[-1]
    if not into or name in (".", "") or source.endswith("/"):
        return target
    return f"{target.rstrip('/')}/{name}"
