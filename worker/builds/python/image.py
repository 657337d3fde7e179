"""The Dockerfile of a detected Python project.

Dependencies have a layer of their own, made from generated files that change only when the
dependencies do: after a change of the code nothing is downloaded or installed again.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from worker.builds.plan import APP_DIR, APP_USER, PORT
from worker.builds.python.requirements import Requirements, normal

_TOOLS = "/opt/grader"

# Runs once at build time with the network of a build. Compilers are installed only where a pinned
# version has no ready-made wheel, which shows when it fails without them.
INSTALL = """#!/bin/sh
# Installs the dependencies; with compilers if it does not work without.
cd /opt/grader
set -- -r requirements.txt
[ -s constraints.txt ] && set -- "$@" -c constraints.txt
try() { uv pip install --system --break-system-packages --no-cache --compile-bytecode "$@" >log 2>&1; }
if try "$@"; then cat log; exit 0; fi
if grep -Eiq "failed to build|gcc|cc1|clang|pg_config|mysql_config|Python\\.h|command .* not found" log
then
  echo "A package has no ready-made build for this Python: it is compiled."
  if (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \\
      --no-install-recommends build-essential pkg-config libpq-dev default-libmysqlclient-dev \\
      libffi-dev libssl-dev libxml2-dev libxslt1-dev libjpeg-dev zlib1g-dev) >apt.log 2>&1
  then if try "$@"; then cat log; exit 0; fi
  else tail -n 5 apt.log
  fi
fi
cat log >&2
exit 1
"""

# Runs as the app's user when the image is built; what fails there (a database that is not up yet)
# is tried again by the start script.
PREPARE = """#!/bin/sh
# Runs once what the app needs before its first start.
[ -e /opt/grader/done/prepared ] && exit 0
{commands} && : > /opt/grader/done/prepared
"""

START = """#!/bin/sh
# Starts the app; prepares it first where that was not possible before.
[ -e /opt/grader/done/prepared ] || sh /opt/grader/prepare.sh
exec {command}
"""


@dataclass(frozen=True, slots=True)
class PythonImage:
    """What the image is made of.

    Attributes:
        base: The base image as the engine knows it.
        requirements: What is installed.
        start: The start command, as words, or a shell line.
        folder: Where it runs, relative to the project.
        search: Folders to put on PYTHONPATH, relative to the project.
        prepare: Shell commands to run once before the first start.
        metadata: Name, version and scripts of the project as a distribution, where it has a name.
        environment: Variables of the image.
    """

    base: str
    requirements: Requirements
    start: Sequence[str] | str
    folder: str = ""
    search: Sequence[str] = ()
    prepare: Sequence[str] = ()
    name: str = ""
    version: str = ""
    scripts: Mapping[str, str] | None = None


def render(image: PythonImage) -> tuple[str, dict[str, bytes]]:
    """The Dockerfile and the context files it needs."""
    files = {
        ".grader/setup/requirements.txt": image.requirements.text(),
        ".grader/setup/constraints.txt": "".join(
            f"{line}\n" for line in image.requirements.constraints
        ),
        ".grader/setup/install.sh": INSTALL,
    }
    if image.name:
        files |= _metadata(image)
    variables = {
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PORT": str(PORT),
        "HOME": APP_DIR,
    }
    if image.search:
        variables["PYTHONPATH"] = ":".join(_inside(path) for path in image.search)
    lines = [
        f"FROM {image.base}",
        f"WORKDIR {APP_DIR}",
        f"COPY .grader/setup/ {_TOOLS}/",
        f"RUN {_setup(image)}",
        "ENV " + " ".join(f"{name}={json.dumps(value)}" for name, value in variables.items()),
        f"COPY --chown={APP_USER}:{APP_USER} . {APP_DIR}/",
    ]
    lines += _ending(image, files)
    return "\n".join(lines) + "\n", {path: text.encode() for path, text in files.items()}


def _setup(image: PythonImage) -> str:
    """One layer: the user, the dependencies, the project's own metadata."""
    steps = []
    if image.requirements.lines:
        steps.append(f"sh {_TOOLS}/install.sh")
    if image.name:
        site = "$(python -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))')"
        steps.append(f"cp -r {_TOOLS}/site/. {site}/")
    steps += [
        f"mkdir -p {_TOOLS}/done",
        f"chown {APP_USER}:{APP_USER} {APP_DIR} {_TOOLS}/done",
        f"echo app:x:{APP_USER}:{APP_USER}::{APP_DIR}:/bin/sh >> /etc/passwd",
        f"echo app:x:{APP_USER}: >> /etc/group",
    ]
    return " && ".join(steps)


def _ending(image: PythonImage, files: dict[str, str]) -> list[str]:
    """What stands after the code: the user, where it runs, what prepares it and starts it."""
    lines = [f"USER {APP_USER}:{APP_USER}"]
    if image.folder:
        lines.append(f"WORKDIR {json.dumps(_inside(image.folder))[1:-1]}")
    shell = image.start if isinstance(image.start, str) else shlex.join(image.start)
    if image.prepare:
        files[".grader/run/prepare.sh"] = PREPARE.format(commands=" && ".join(image.prepare))
        files[".grader/run/start.sh"] = START.format(command=shell)
        lines.insert(0, f"COPY .grader/run/ {_TOOLS}/")
        lines.append(f"RUN sh {_TOOLS}/prepare.sh || echo 'It is tried again at the start.'")
        lines.append(f'CMD ["sh", "{_TOOLS}/start.sh"]')
    elif isinstance(image.start, str):
        lines.append(
            "CMD " + json.dumps(["sh", "-c", f"exec {shell}" if _simple(shell) else shell])
        )
    else:
        lines.append("CMD " + json.dumps(list(image.start)))
    return lines


def _metadata(image: PythonImage) -> dict[str, str]:
    """The project as an installed distribution, as an editable install would leave it.

    So that ``importlib.metadata.version()`` and console scripts work without a build backend,
    which would have to be downloaded and run again after every change.
    """
    info = f".grader/setup/site/{normal(image.name).replace('-', '_')}-{image.version}.dist-info"
    points = "".join(f"{name} = {target}\n" for name, target in (image.scripts or {}).items())
    return {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {image.name}\nVersion: {image.version}\n",
        f"{info}/INSTALLER": "grader\n",
        f"{info}/RECORD": "",
        **({f"{info}/entry_points.txt": f"[console_scripts]\n{points}"} if points else {}),
    }


def _inside(path: str) -> str:
    return f"{APP_DIR}/{path}" if path and path != "." else APP_DIR


def _simple(shell: str) -> bool:
    """One command without shell syntax of which ``exec`` could run only a part."""
    return not any(sign in shell for sign in ";&|<>(){}\n") and "=" not in shell.split(" ")[0]
