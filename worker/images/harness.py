"""The harness image: our own checks and the libraries they use, on our Python base.

Two layers, two images. The libraries are installed by the operator's own uv or pip on the worker's
side and copied in, so that whatever index, mirror, cache or CA bundle those are set up with is
honoured and the build itself needs no network. The code comes on top, in about a second, and with
it the broker of command-line projects, from which pods take it. Both are compiled to bytecode,
which saves a harness most of its start-up time, and named by what is in them.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import PlatformError
from grader.settings import Settings
from worker.images.broker import ensure_broker_image
from worker.images.retention import touch
from worker.sandbox.image_build import BuildError, BuildRequest
from worker.sandbox.images import ImageInfo, ImageStore
from worker.sandbox.labels import ROLE
from worker.workplaces import workplace

BASE = "grader/base/python:3.11"
PYTHON = "3.11"
LIBRARIES = Path(__file__).with_name("harness-requirements.txt")
LIBRARIES_REPOSITORY = "grader/harness-libraries"
REPOSITORY = "grader/harness"
LIBRARIES_ROLE = "harness-libraries"
CODE_ROLE = "harness-code"
DIGEST_CHARS = 16
# Changed by hand when the same libraries are to be installed in another way.
LIBRARIES_EDITION = "2"

# Not compiled against a time stamp: nothing in an image changes, and a start saves the look-ups.
_COMPILE = "-m compileall -q -j 0 -x /tests?/ --invalidation-mode unchecked-hash"
LIBRARIES_DOCKERFILE = f"""\
FROM {{base}}
COPY libraries /opt/venv/lib/python{PYTHON}/site-packages
RUN ["python3", "-m", "venv", "--without-pip", "/opt/venv"]
RUN /opt/venv/bin/python -I {_COMPILE} /opt/venv/lib \\
 && echo /opt/grader > /opt/venv/lib/python{PYTHON}/site-packages/grader.pth
"""
CODE_DOCKERFILE = f"""\
FROM {{libraries}}
COPY --from={{broker}} /.grader /.grader
COPY code /opt/grader
RUN /opt/venv/bin/python -I {_COMPILE} /opt/grader
WORKDIR /opt/grader
"""

_ROOT = Path(__file__).resolve().parents[2]
_GRADER = _ROOT / "grader"


@dataclass(frozen=True, slots=True)
class HarnessImage:
    """The image that harnesses run from.

    Attributes:
        reference: As the engine knows it.
        digest: Of the code and the libraries in it, for the report.
    """

    reference: str
    digest: str


def ensure_harness_image(store: ImageStore, settings: Settings, arch: str = "") -> HarnessImage:
    """Build what of the harness image is not there yet; some 10 ms if everything is.

    Args:
        store: The engine's images; :data:`BASE` is among them.
        settings: Where the harnesses are, and the operator's package index.
        arch: The engine's architecture as ``docker info`` says it; empty: this machine's.

    Raises:
        PlatformError: ``images.harness_base`` without the base, ``images.harness_libraries`` if
            the libraries cannot be installed, ``images.harness_build`` if a build fails.
    """
    base = store.inspect(BASE)
    if base is None:
        raise PlatformError("images.harness_base", base=BASE)
    files = code_files(settings.harnesses_dir)
    parts = [base.id, LIBRARIES_EDITION, LIBRARIES_DOCKERFILE, LIBRARIES.read_text()]
    libraries = _tag(LIBRARIES_REPOSITORY, parts)
    broker = ensure_broker_image(store)
    digest = _digest(
        [libraries, broker, CODE_DOCKERFILE, *(f"{n}\0{_sha(files[n])}" for n in files)]
    )
    image = f"{REPOSITORY}:{digest[:DIGEST_CHARS]}"
    if store.exists(image):
        touch(store, image)
    else:
        if store.exists(libraries):
            touch(store, libraries)
        else:
            _build_libraries(store, base, libraries, settings, arch or os.uname().machine)
        _build_code(store, libraries, broker, image, files)
    return HarnessImage(image, digest)


def code_files(harnesses: Path) -> dict[str, bytes]:
    """What a harness imports, by path inside the image, in a fixed order.

    Args:
        harnesses: The folder of the kit and the projects' harnesses; samples are left out: they
            are programs to be graded.
    """
    found = {f"harnesses/{p.relative_to(harnesses)}": p for p in _sources(harnesses)}
    found["grader/__init__.py"] = _GRADER / "__init__.py"
    found |= {
        f"grader/domain/{p.relative_to(_GRADER / 'domain')}": p
        for p in _sources(_GRADER / "domain")
    }
    return {name: found[name].read_bytes() for name in sorted(found)}


def _sources(folder: Path) -> Iterable[Path]:
    left_out = {"samples", "__pycache__", "node_modules"}
    for path in folder.rglob("*"):
        if path.is_file() and not left_out & set(path.relative_to(folder).parts):
            yield path


def _build_libraries(
    store: ImageStore, base: ImageInfo, tag: str, settings: Settings, arch: str
) -> None:
    with workplace() as folder:
        _install(folder, settings, arch)
        with tempfile.TemporaryFile() as context:
            with tarfile.open(fileobj=context, mode="w") as tar:
                tar.add(folder, "libraries", filter=_plain)
                _add(tar, "Dockerfile", LIBRARIES_DOCKERFILE.format(base=base.id).encode())
            context.seek(0)
            _build(store, BuildRequest(context, tag, labels={ROLE: LIBRARIES_ROLE}, limits=None))


def _build_code(
    store: ImageStore, libraries: str, broker: str, tag: str, files: Mapping[str, bytes]
) -> None:
    context = io.BytesIO()
    dockerfile = CODE_DOCKERFILE.format(libraries=libraries, broker=broker)
    with tarfile.open(fileobj=context, mode="w") as tar:
        for name, content in files.items():
            _add(tar, f"code/{name}", content)
        _add(tar, "Dockerfile", dockerfile.encode())
    request = BuildRequest(context.getvalue(), tag, labels={ROLE: CODE_ROLE}, limits=None)
    try:
        _build(store, request)
    except PlatformError as error:
        if wrong := _syntax_errors(error.log):
            raise PlatformError("images.harness_syntax", log=wrong) from error
        raise


def _syntax_errors(log: str) -> str:
    """What ``compileall`` says of files that it cannot compile, with paths as in the repository."""
    found = re.findall(
        r"^\*\*\* Error compiling .*?^\w*Error: [^\n]*", log, re.DOTALL | re.MULTILINE
    )
    return "\n".join(found).replace("/opt/grader/", "")


def _build(store: ImageStore, request: BuildRequest) -> None:
    try:
        store.build(request)
    except BuildError as error:
        raise PlatformError("images.harness_build", log=error.log) from error


def _install(folder: Path, settings: Settings, arch: str) -> None:
    """Install the libraries for the image's Python into a folder.

    With uv, which most often has them in its cache; where it cannot (it does not read pip's
    configuration), with pip.
    """
    environment = dict(os.environ)
    if settings.pypi_index:
        environment |= {
            "UV_DEFAULT_INDEX": settings.pypi_index,
            "PIP_INDEX_URL": settings.pypi_index,
        }
    if settings.ca_bundle:
        bundle = str(settings.ca_bundle)
        environment |= {"SSL_CERT_FILE": bundle, "PIP_CERT": bundle}
    words = []
    for command in (_with_uv(folder, arch), _with_pip(folder, arch)):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            _trim(folder)
            return
        words.append(done.stderr[-2_000:])
    raise PlatformError("images.harness_libraries", log="\n".join(words))


def _with_uv(folder: Path, arch: str) -> list[str]:
    return [
        *("uv", "pip", "install", "--quiet", "--no-progress", "--link-mode", "copy"),
        *("--python-version", PYTHON, "--python-platform", f"{arch}-manylinux_2_28"),
        *_from_wheels(folder),
    ]


def _with_pip(folder: Path, arch: str) -> list[str]:
    platforms = [f"--platform=manylinux_2_{minor}_{arch}" for minor in (28, 27, 24, 17, 12, 5)]
    return [
        *("pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-compile"),
        *("--implementation", "cp", "--python-version", PYTHON, *platforms),
        *(f"--platform=manylinux2014_{arch}", *_from_wheels(folder)),
    ]


def _from_wheels(folder: Path) -> list[str]:
    # All dependencies are in the list: what is not there is not wanted.
    target = ("--target", str(folder), "--requirement", str(LIBRARIES))
    return [*target, "--no-deps", "--only-binary", ":all:"]


def _trim(folder: Path) -> None:
    """Leave out what costs a start and is never used.

    httpx imports its command line wherever it finds the parts for it, a quarter of the time that
    the functional harness takes to start.
    """
    (folder / "httpx" / "_main.py").unlink(missing_ok=True)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A member that does not tell who packed it, nor when."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    return member


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _tag(repository: str, parts: Iterable[str]) -> str:
    return f"{repository}:{_digest(parts)[:DIGEST_CHARS]}"


def _digest(parts: Iterable[str]) -> str:
    return _sha("\0".join(parts).encode())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
