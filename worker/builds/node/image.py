"""The Dockerfile of a detected Node.js project: dependencies have a layer of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from worker.builds.folder import Folder
from worker.builds.node.entry import Start
from worker.builds.node.package import Package
from worker.builds.plan import APP_DIR, APP_USER, HOME, MIRROR_ARGS, OURS, PORT, SOURCE

_READ_BY_NPM = ("package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc")


@dataclass(frozen=True, slots=True)
class NodeImage:
    """What the image is made of.

    Attributes:
        base: The base image as the engine knows it.
        install: The command that installs what is listed; empty if nothing is.
        extra: Packages to install besides.
        start: How the app is started.
    """

    base: str
    install: str
    extra: Sequence[str]
    start: Start


def render(image: NodeImage, folder: Folder, package: Package) -> tuple[str, dict[str, bytes]]:
    """The Dockerfile and the context files it needs."""
    files: dict[str, bytes] = {}
    if not package.exists:
        # Without one npm would install into the folder above.
        files[f"{OURS}/package.json"] = b'{"private": true}\n'
    copied = [f"{SOURCE}/{name}" for name in _READ_BY_NPM if folder.has(name)] or [*files]
    variables = {
        "PORT": str(PORT),
        "HOME": HOME,
        "PATH": f"{APP_DIR}/node_modules/.bin:/usr/local/sbin:/usr/local/bin"
        ":/usr/sbin:/usr/bin:/sbin:/bin",
        "npm_config_update_notifier": "false",
    }
    owner = f"{APP_USER}:{APP_USER}"
    lines = [
        f"FROM {image.base}",
        f"WORKDIR {APP_DIR}",
        f"COPY {json.dumps([*copied, './'])}",
        f"ARG {MIRROR_ARGS}",
        f"RUN {' && '.join(_setup(image))}",
        "ENV " + " ".join(f"{name}={json.dumps(value)}" for name, value in variables.items()),
        f"USER {owner}",
        f"CMD {json.dumps(list(image.start.command))}",
        f"COPY --chown={owner} {SOURCE}/ {APP_DIR}/",
    ]
    if image.start.build:
        lines.append(f"RUN npm run {image.start.build}")
    return "\n".join(lines) + "\n", files


def _setup(image: NodeImage) -> list[str]:
    """One layer: the dependencies, the user and its folders."""
    steps = [f"({image.install})"] if image.install else []
    if image.extra:
        steps.append(f"npm install --no-save --no-audit --no-fund {' '.join(image.extra)}")
    folders = f"{APP_DIR} {HOME} {APP_DIR}/node_modules/.cache"
    return [
        *steps,
        f"mkdir -p {folders}",
        f"chown {APP_USER}:{APP_USER} {folders}",
        f"echo app:x:{APP_USER}:{APP_USER}::{HOME}:/bin/sh >> /etc/passwd",
        f"echo app:x:{APP_USER}: >> /etc/group",
    ]
