"""The Dockerfile of a detected Python project.

Dependencies have a layer of their own, made from generated files that change only when the
dependencies do; everything that is not the code comes before it. After a change of the code
nothing is downloaded or installed again, one layer is copied.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

from worker.builds import prepared
from worker.builds.plan import APP_DIR, APP_USER, HOME, MIRROR_ARGS, OURS, PORT, SOURCE
from worker.builds.prepared import shell_line
from worker.builds.python.requirements import Requirements, normal

_TOOLS = prepared.TOOLS


@dataclass(frozen=True, slots=True)
class PythonImage:
    """What the image is made of.

    Attributes:
        base: The base image as the engine knows it.
        requirements: What is installed.
        start: The start command as words; a shell line as one text.
        folder: Where it runs, relative to the project.
        search: Folders to put on PYTHONPATH, relative to the project.
        prepare: Shell commands to run once before the first start.
        prepare_late: They need a database, which no build has: only when it starts.
        name: The project as a distribution, if it has a name.
        version: Its version.
        scripts: Its console scripts.
    """

    base: str
    requirements: Requirements
    start: Sequence[str] | str
    folder: str = ""
    search: Sequence[str] = ()
    prepare: Sequence[str] = ()
    prepare_late: bool = False
    name: str = ""
    version: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)


def render(image: PythonImage) -> tuple[str, dict[str, bytes]]:
    """The Dockerfile and the context files it needs."""
    wanted = image.requirements
    files = {
        "requirements.txt": wanted.text(),
        "constraints.txt": "".join(f"{line}\n" for line in wanted.constraints),
        "install.sh": _resource("install.sh"),
    }
    if image.name:
        files |= _metadata(image)
    if image.prepare:
        files |= prepared.scripts(image.prepare, shell_line(image.start))
    variables = {
        "PYTHONUNBUFFERED": "1",
        # Nothing but what the app itself writes appears among the learner's files.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": ":".join(_inside(path) for path in image.search),
        "PORT": str(PORT),
        "HOME": HOME,
    }
    lines = [
        f"FROM {image.base}",
        f"COPY {OURS}/ {_TOOLS}/",
        f"ARG {MIRROR_ARGS}",
        f"RUN {' && '.join(_setup(image))}",
        "ENV " + " ".join(f"{name}={json.dumps(value)}" for name, value in variables.items()),
        f"WORKDIR {_inside(image.folder)}",
        f"USER {APP_USER}:{APP_USER}",
        f"CMD {json.dumps(_command(image))}",
        f"COPY --chown={APP_USER}:{APP_USER} {SOURCE}/ {APP_DIR}/",
    ]
    if image.prepare and not image.prepare_late:
        lines.append(f"RUN sh {_TOOLS}/prepare.sh || echo 'It is tried again at the start.'")
    ours = {f"{OURS}/{path}": text.encode() for path, text in files.items()}
    return "\n".join(lines) + "\n", ours


def _setup(image: PythonImage) -> list[str]:
    """One layer: the dependencies, the project's own metadata, the user and its folders."""
    steps = [f"sh {_TOOLS}/install.sh"] if image.requirements.lines else []
    if image.name:
        site = "$(python -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))')"
        steps.append(f"cp -r {_TOOLS}/site/. {site}/")
        steps.append(f"sh {_TOOLS}/scripts.sh")
    places = (APP_DIR, HOME, prepared.DONE, _inside(image.folder))
    folders = " ".join(shlex.quote(place) for place in dict.fromkeys(places))
    return [
        *steps,
        f"mkdir -p {folders}",
        f"chown {APP_USER}:{APP_USER} {folders}",
        f"echo app:x:{APP_USER}:{APP_USER}::{HOME}:/bin/sh >> /etc/passwd",
        f"echo app:x:{APP_USER}: >> /etc/group",
    ]


def _command(image: PythonImage) -> list[str]:
    if image.prepare:
        return list(prepared.START)
    if isinstance(image.start, str):
        return ["sh", "-c", shell_line(image.start)]
    return list(image.start)


def _metadata(image: PythonImage) -> dict[str, str]:
    """The project as an installed distribution, as an editable install would leave it.

    So that ``importlib.metadata.version()`` and console scripts work without a build backend,
    which would have to be downloaded and run again after every change.
    """
    info = f"site/{normal(image.name).replace('-', '_')}-{image.version}.dist-info"
    points = "".join(f"{name} = {target}\n" for name, target in image.scripts.items())
    lines = []
    for name, target in image.scripts.items():
        module, _, function = target.partition(":")
        call = function.split("[")[0].strip() or "main"
        code = f"import sys; from {module} import {call.split('.')[0]}; sys.exit({call}())"
        program = f'#!/bin/sh\nexec python -c "{code}" "$@"\n'
        file = shlex.quote(f"/usr/local/bin/{name.replace('/', '_')}")
        lines.append(f"printf %s {shlex.quote(program)} > {file} && chmod 755 {file}\n")
    return {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {image.name}\n"
        f"Version: {image.version}\n",
        f"{info}/INSTALLER": "grader\n",
        f"{info}/RECORD": "",
        f"{info}/entry_points.txt": f"[console_scripts]\n{points}",
        "scripts.sh": "".join(["set -e\n", *lines]),
    }


def _inside(path: str) -> str:
    return f"{APP_DIR}/{path}" if path else APP_DIR


def _resource(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
