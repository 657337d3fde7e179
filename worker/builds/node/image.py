"""The Dockerfile of a detected Node.js project: dependencies have a layer of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from worker.builds import prepared
from worker.builds.folder import Folder
from worker.builds.node.entry import Start
from worker.builds.node.package import Package
from worker.builds.plan import APP_DIR, APP_USER, HOME, MIRROR_ARGS, OURS, PORT, SOURCE

_TOOLS = prepared.TOOLS
_READ_BY_TOOLS = (
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", ".npmrc",
    "pnpm-workspace.yaml",
)  # fmt: skip
# Scripts that npm runs by itself after an installation, when the code is not there yet.
_AFTER_INSTALL = ("preinstall", "install", "postinstall")


@dataclass(frozen=True, slots=True)
class NodeImage:
    """What the image is made of.

    Attributes:
        base: The base image as the engine knows it.
        manager: What installs: ``ci``, ``npm``, ``yarn``, ``pnpm@9``, ``none``.
        extra: Packages to install besides.
        start: How the app is started.
        prepare: Shell commands to run once before, when there is a database.
    """

    base: str
    manager: str
    extra: Sequence[str]
    start: Start
    prepare: Sequence[str] = ()


def render(image: NodeImage, folder: Folder, package: Package) -> tuple[str, dict[str, bytes]]:
    """The Dockerfile and the context files it needs."""
    owner = f"{APP_USER}:{APP_USER}"
    variables = {
        "PORT": str(PORT),
        "HOME": HOME,
        "PATH": f"{APP_DIR}/node_modules/.bin:/usr/local/sbin:/usr/local/bin"
        ":/usr/sbin:/usr/bin:/sbin:/bin",
        "npm_config_update_notifier": "false",
    }
    locks = [f"{SOURCE}/{name}" for name in _READ_BY_TOOLS if folder.has(name)]
    lines = [
        f"FROM {image.base}",
        f"WORKDIR {APP_DIR}",
        f"COPY {OURS}/ {_TOOLS}/",
        *([f"COPY {json.dumps([*locks, './'])}"] if locks else []),
        f"ARG {MIRROR_ARGS}",
        f"RUN {' && '.join(_setup(image))}",
        "ENV " + " ".join(f"{name}={json.dumps(value)}" for name, value in variables.items()),
        f"USER {owner}",
        f"CMD {json.dumps(list(prepared.START if image.prepare else image.start.command))}",
        f"COPY --chown={owner} {SOURCE}/ {APP_DIR}/",
    ]
    after = [name for name in _AFTER_INSTALL if name in package.scripts]
    if image.start.build:
        after.append(image.start.build)
    if after:
        lines.append("RUN " + " && ".join(f"npm run {name}" for name in after))
    files = {
        f"{OURS}/package.json": json.dumps(package.installed, indent=1).encode(),
        f"{OURS}/install.sh": _resource("install.sh"),
    }
    if image.prepare:
        scripts = prepared.scripts(image.prepare, prepared.shell_line(image.start.command))
        files |= {f"{OURS}/{name}": text.encode() for name, text in scripts.items()}
    return "\n".join(lines) + "\n", files


def _setup(image: NodeImage) -> list[str]:
    """One layer: the dependencies, the user and its folders."""
    steps = []
    if image.manager != "none" or image.extra:
        # Without a package.json npm would install into the folder above.
        steps.append(f"cp {_TOOLS}/package.json .")
        steps.append(" ".join([f"sh {_TOOLS}/install.sh {image.manager}", *image.extra]))
    folders = f"{APP_DIR} {HOME} {APP_DIR}/node_modules/.cache {prepared.DONE}"
    return [
        *steps,
        f"mkdir -p {folders}",
        f"chown {APP_USER}:{APP_USER} {folders}",
        f"echo app:x:{APP_USER}:{APP_USER}::{HOME}:/bin/sh >> /etc/passwd",
        f"echo app:x:{APP_USER}: >> /etc/group",
    ]


def _resource(name: str) -> bytes:
    return resources.files(__package__).joinpath(name).read_bytes()
