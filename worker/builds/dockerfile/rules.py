"""What a learner's Dockerfile may not do, each with a sentence.

Source of the rules: the build rows of the threat table. ``ADD`` with a URL is fetched, and an
archive unpacked, by the engine itself, outside every limit of a build; ``ONBUILD``, foreign
images and other frontends bring in instructions that nobody has looked at.
"""

from __future__ import annotations

import json
import posixpath
import re

from worker.builds.dockerfile.parse import Instruction, refuse
from worker.builds.dockerfile.stages import Stage

# The engine stops at 127 layers.
MAX_INSTRUCTIONS = 120
MAX_VOLUMES = 10
# Each may be as large as an image.
MAX_STAGES = 10
_KERNEL = ("/proc", "/sys", "/dev")
_SYSTEM = ("/bin", "/boot", "/etc", "/lib", "/lib64", "/sbin", "/usr", "/run", *_KERNEL)
_ARCHIVE = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.\w+|gz|bz2|xz|zst)$", re.IGNORECASE)
_REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|git@)", re.IGNORECASE)
_CLASSIC_FLAGS = {
    "ADD": {"chown", "chmod", "link"},
    "COPY": {"chown", "chmod", "from", "link"},
    "FROM": {"platform"},
    "HEALTHCHECK": {"interval", "timeout", "retries", "start-period", "start-interval"},
    "RUN": {"mount", "network"},
}


def check_size(stages: list[Stage]) -> None:
    """Refuse what would make more layers than the engine can hold, or many images."""
    if len(stages) > MAX_STAGES:
        raise refuse(
            stages[-1].line, f"{len(stages)} stages, {MAX_STAGES} are the most", "join some of them"
        )
    count = sum(len(stage.body) + 1 for stage in stages)
    if count > MAX_INSTRUCTIONS:
        raise refuse(
            stages[-1].line,
            f"{count} instructions, {MAX_INSTRUCTIONS} are the most",
            "join RUN lines with &&",
        )


def check(one: Instruction) -> None:
    """Refuse one instruction if it may not be.

    Raises:
        SubmissionError: ``build.dockerfile_invalid``, with the line and what to write instead.
    """
    if one.word == "ONBUILD":
        raise refuse(one.line, "ONBUILD is not allowed", "write the instruction itself")
    for flag in one.flags:
        name = flag[2:].split("=", 1)[0]
        if name not in _CLASSIC_FLAGS.get(one.word, set()):
            raise refuse(one.line, f"{one.word} --{name} is not allowed", "leave it out")
    if one.word == "ADD":
        _check_add(one)
    elif one.word == "WORKDIR":
        _check_folder(one)
    elif one.word == "RUN" and (one.flag("network") or "default") != "default":
        raise refuse(one.line, "RUN --network is not allowed", "leave it out")


def check_volumes(stage: Stage) -> None:
    """Refuse many volumes, and volumes over the system's own folders."""
    paths = [
        (one.line, path) for one in stage.body if one.word == "VOLUME" for path in words(one.rest)
    ]
    if len(paths) > MAX_VOLUMES:
        raise refuse(
            paths[0][0], f"{len(paths)} volumes, {MAX_VOLUMES} are the most", "use one folder"
        )
    for line, path in paths:
        place = posixpath.normpath("/" + path)
        if place.strip("/") == "" or _below(place, _SYSTEM):
            raise refuse(line, f"VOLUME {path} lies over the system", "use a folder like /data")


def words(rest: str) -> list[str]:
    """Arguments of COPY, ADD or VOLUME, in the JSON or the plain form."""
    if rest.startswith("["):
        try:
            parsed = json.loads(rest)
        except ValueError:
            return rest.split()
        if isinstance(parsed, list) and all(isinstance(word, str) for word in parsed):
            return parsed
    return rest.split()


def _check_add(one: Instruction) -> None:
    sources = words(one.rest)[:-1]
    for source in sources:
        bare = source.strip("\"'")
        if _REMOTE.match(bare) or "$" in bare:
            raise refuse(
                one.line,
                "ADD with a URL or a variable is not allowed",
                "commit the file and use COPY, or fetch it from a package registry in RUN",
            )
        if _ARCHIVE.search(bare):
            raise refuse(
                one.line, f"ADD of an archive ({bare})", "use COPY, and unpack it with RUN tar"
            )


def _check_folder(one: Instruction) -> None:
    path = posixpath.normpath("/" + one.rest.strip("\"'"))
    if _below(path, _KERNEL):
        raise refuse(one.line, f"WORKDIR {one.rest} is the kernel's", "use a folder like /app")


def _below(path: str, folders: tuple[str, ...]) -> bool:
    # normpath keeps two leading slashes.
    path = "/" + path.lstrip("/")
    return any(path == f or path.startswith(f + "/") for f in folders)
