"""Images on the real engine: builds within limits, layers that are not shared, base images."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import docker
import pytest

from grader.settings import settings
from tests.worker.images_support import DEBIAN, MIB, NODE, PYTHON, Bench
from tests.worker.images_support import bench as bench
from worker.images.catalogue import CATALOGUE, DIGEST_LABEL, BaseImage, recipe_image
from worker.images.certificates import private_certificates
from worker.images.making import ensure_bases, missing_bases
from worker.sandbox.cgroups import FAMILY, ROOT, orphans
from worker.sandbox.image_build import BuildEnd, reap_builds
from worker.sandbox.images import ImageStore

pytestmark = pytest.mark.engine


def _cmdline(process: Path) -> str:
    try:
        return (process / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _runs(words: str) -> bool:
    return any(words in _cmdline(process) for process in Path("/proc").glob("[0-9]*"))


def _abandoned_groups() -> list[Path]:
    """Control groups of builds that no build uses; other tests may be building now."""
    folder = ROOT / "pids" / FAMILY
    empty = [group for group in folder.glob("build-*") if not any(group.glob("*/"))]
    time.sleep(1.5)
    return [group for group in empty if group.exists() and not any(group.glob("*/"))]


# -- what a build tells -----------------------------------------------------------------------


def test_a_build_gives_an_image_and_its_log_line_by_line(bench: Bench) -> None:
    lines: list[str] = []
    tag, built = bench.build("RUN echo hello; echo again >&2", on_line=lines.append)
    info = bench.store.inspect(tag)
    assert info is not None
    assert info.id == built.image_id
    assert tag in info.tags
    assert "hello" in lines
    assert "again" in lines
    assert "\x1b" not in built.log
    assert 0 < built.seconds < 60


def test_a_failing_step_is_named(bench: Bench) -> None:
    error = bench.fails("RUN true", "RUN echo before; exit 3")
    assert error.kind is BuildEnd.FAILED
    assert error.step == "RUN echo before; exit 3"
    assert "non-zero code: 3" in error.detail
    assert "before" in error.log


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("RUNN true",), "unknown instruction"),
        (("COPY missing.txt /",), "missing.txt"),
    ],
)
def test_a_dockerfile_that_cannot_be_read_is_a_failed_build(
    bench: Bench, lines: tuple[str, ...], words: str
) -> None:
    error = bench.fails(*lines)
    assert error.kind is BuildEnd.FAILED
    assert words.lower() in f"{error.detail} {error.log}".lower()


# -- limits -----------------------------------------------------------------------------------


def test_a_build_that_never_ends_is_stopped_with_everything_it_started(bench: Bench) -> None:
    started = time.monotonic()
    error = bench.fails(
        "RUN trap '' TERM; (setsid sh -c \"trap '' TERM; sleep 999\" &); sleep infinity",
        seconds=2.0,
    )
    assert error.kind is BuildEnd.TIMEOUT
    assert error.step is not None
    assert time.monotonic() - started < 10
    assert not _runs("sleep 999")
    assert _abandoned_groups() == []


def test_a_build_can_be_cancelled(bench: Bench) -> None:
    cancelled = threading.Event()
    threading.Timer(1.0, cancelled.set).start()
    started = time.monotonic()
    error = bench.fails("RUN sleep 60", cancelled=cancelled)
    assert error.kind is BuildEnd.CANCELLED
    assert time.monotonic() - started < 8


ABANDONED = """
import sys
from tests.worker.images_support import Bench
from grader.settings import settings
from worker.sandbox.engine import connect
from worker.sandbox.images import ImageStore
bench = Bench(ImageStore(connect(settings())))
bench.build("RUN sleep 61", on_line=lambda line: print(line, flush=True))
"""


def test_a_build_whose_worker_was_killed_is_ended(engine: docker.DockerClient) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ABANDONED], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert any("Running in" in line for line in worker.stdout)
        worker.kill()
    version = str(engine.info()["CgroupVersion"])
    deadline = time.monotonic() + 20
    # The step may just be starting: a later worker meets it later too.
    while reap_builds(engine, version) or _runs("sleep 61"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert orphans(version) == []


def test_a_memory_bomb_is_told_from_a_failure(bench: Bench) -> None:
    error = bench.fails("RUN perl -e '$x = \"a\" x (1 << 30)'", memory_bytes=64 * MIB)
    assert error.kind is BuildEnd.MEMORY
    assert "64 MiB" in error.detail


def test_a_failure_below_the_memory_limit_is_a_failure(bench: Bench) -> None:
    error = bench.fails("RUN exit 137", memory_bytes=512 * MIB)
    assert error.kind is BuildEnd.FAILED


@pytest.mark.alone  # it looks at every build's group
def test_a_fork_bomb_stays_within_its_processes(bench: Bench) -> None:
    error = bench.fails(
        "RUN perl -e 'for (1..200) { defined(my $p = fork) or die; $p or sleep 20, exit }'",
        pids=40,
    )
    assert error.kind is BuildEnd.PIDS
    assert "40 processes" in error.detail
    assert _abandoned_groups() == []


def test_a_build_that_met_its_processes_and_went_on_is_refused(bench: Bench) -> None:
    error = bench.fails(
        "RUN perl -e 'for (1..200) { my $p = fork; defined $p and !$p and sleep(2), exit }'; true",
        pids=40,
    )
    assert error.kind is BuildEnd.PIDS


def test_one_large_file_is_stopped_at_the_limit(bench: Bench) -> None:
    error = bench.fails("RUN dd if=/dev/zero of=/big bs=1M", disk_bytes=64 * MIB)
    assert error.kind is BuildEnd.DISK


def test_many_files_of_one_step_are_stopped(bench: Bench) -> None:
    error = bench.fails(
        "RUN for n in $(seq 50); do dd if=/dev/zero of=/big$n bs=1M count=40; sleep 0.2; done",
        disk_bytes=100 * MIB,
    )
    assert error.kind is BuildEnd.DISK


def test_an_image_that_grew_step_by_step_is_refused(bench: Bench) -> None:
    step = "RUN dd if=/dev/zero of=/file{0} bs=1M count=40"
    error = bench.fails(*(step.format(n) for n in range(3)), disk_bytes=100 * MIB)
    assert error.kind is BuildEnd.DISK
    assert "above its base" in error.detail


@pytest.mark.parametrize("flood", ["yes", "tr '\\0' x < /dev/zero"], ids=["lines", "one line"])
def test_a_flood_of_output_is_stopped_and_bounded(bench: Bench, flood: str) -> None:
    error = bench.fails(f"RUN {flood}", output_bytes=MIB)
    assert error.kind is BuildEnd.OUTPUT
    assert len(error.log) <= MIB


# -- layers -----------------------------------------------------------------------------------

STEP = "RUN date +%s%N > /made"


def test_layers_are_shared_with_named_images_only(bench: Bench) -> None:
    tag, first = bench.build(STEP)
    _, stranger = bench.build(STEP)
    _, relative = bench.build(STEP, cache_from=[tag])
    assert stranger.image_id != first.image_id
    assert "Using cache" not in stranger.log
    assert relative.image_id == first.image_id
    assert "Using cache" in relative.log


def test_the_right_layer_is_found_after_a_strangers_newer_one(bench: Bench) -> None:
    """Two layers of one instruction on one parent: each learner gets the own one back."""
    mine, first = bench.build(STEP, "RUN true")
    theirs, _ = bench.build(STEP, "RUN true")
    _, again = bench.build(STEP, "RUN true", cache_from=[mine])
    assert again.image_id == first.image_id
    assert bench.store.inspect(theirs) is not None


def test_a_name_that_is_not_there_shares_nothing(bench: Bench) -> None:
    bench.build(STEP)
    _, built = bench.build(STEP, cache_from=["grader/test:absent"])
    assert "Using cache" not in built.log


# -- the store --------------------------------------------------------------------------------


def test_an_image_is_tagged_listed_and_removed(bench: Bench) -> None:
    tag, built = bench.build("LABEL org.grader.test=store")
    other = f"{tag}-other"
    bench.store.tag(tag, other)
    listed = bench.store.list({"org.grader.test": "store"})
    assert [info.id for info in listed] == [built.image_id]
    assert {tag, other} <= set(listed[0].tags)
    bench.store.remove(other)
    assert bench.store.exists(tag)
    assert not bench.store.exists(other)
    bench.store.remove(other)


def test_a_root_file_system_is_imported(bench: Bench) -> None:
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("hello"))
    tar.seek(0)
    name = "grader/test:imported"
    bench.tags.append(name)
    info = bench.store.import_rootfs(tar, name, ["LABEL a=b"])
    assert info.labels == {"a": "b"}
    assert name in info.tags


def test_an_image_that_no_registry_has_is_none(engine: docker.DockerClient) -> None:
    store = ImageStore(engine)
    assert store.pull("registry.invalid/nobody/nothing:1", timeout_s=20) is None


# -- base images ------------------------------------------------------------------------------


def test_all_base_images_are_here_and_current(engine: docker.DockerClient) -> None:
    store = ImageStore(engine)
    ensure_bases(store, settings(), print)
    assert missing_bases(store, settings()) == []


def test_preparing_again_makes_nothing(engine: docker.DockerClient) -> None:
    told: list[str] = []
    started = time.monotonic()
    prepared = ensure_bases(ImageStore(engine), settings(), told.append)
    assert told == []
    assert {one.how for one in prepared} == {"present"}
    assert time.monotonic() - started < 2


def test_an_image_made_from_something_else_is_not_taken_for_done(
    engine: docker.DockerClient, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n")
    assert list(private_certificates(bundle).values()) == [bundle.read_bytes()]
    changed = settings().model_copy(update={"ca_bundle": bundle})
    missing = missing_bases(ImageStore(engine), changed)
    assert len(missing) == len(CATALOGUE) + sum(base.kind == "python" for base in CATALOGUE)


def test_the_same_recipe_has_the_same_label(engine: docker.DockerClient) -> None:
    labels = [ImageStore(engine).inspect(base.name) for base in CATALOGUE]
    digests = [info.labels[DIGEST_LABEL] for info in labels if info]
    assert len(set(digests)) == len(CATALOGUE)


PYTHONS = [base for base in CATALOGUE if base.kind == "python"]
NODES = [base for base in CATALOGUE if base.kind == "node"]
LAYOUT = """
import site, sys, sysconfig
here = f"/usr/local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
assert sys.prefix == sys.base_prefix == "/usr/local", sys.prefix
assert sysconfig.get_paths()["purelib"] == here, sysconfig.get_paths()
assert here in sys.path, sys.path
import os
assert os.path.samefile(site.getsitepackages()[0], here), site.getsitepackages()
import pip
assert pip.__file__.startswith(here), pip.__file__
import bz2, ctypes, dbm, lzma, readline, sqlite3, ssl, uuid, zlib, zoneinfo
zoneinfo.ZoneInfo("Europe/Berlin")
print("layout is", sys.version.split()[0])
"""


@pytest.mark.parametrize("base", PYTHONS, ids=lambda base: base.name)
def test_python_is_laid_out_as_in_the_official_image(bench: Bench, base: BaseImage) -> None:
    _, built = bench.build(
        "COPY layout.py /tmp/",
        "RUN python /tmp/layout.py && python3 /tmp/layout.py && which python python3 pip",
        "RUN python -m venv /venv && /venv/bin/pip --version && test -n $LANG",
        base=base.name,
        files={"layout.py": LAYOUT},
    )
    assert f"layout is {base.version}" in built.log
    assert "/usr/local/bin/python3" in built.log


@pytest.mark.parametrize("base", NODES, ids=lambda base: base.name)
def test_node_is_laid_out_as_in_the_official_image(bench: Bench, base: BaseImage) -> None:
    _, built = bench.build(
        "RUN node --version && npm --version && npx --version && yarn --version && id node",
        "USER node",
        "RUN node -e 'console.log(process.getuid(), require(\"os\").homedir())'",
        base=base.name,
    )
    assert f"v{base.version}." in built.log
    assert "1000 /home/node" in built.log


def test_a_later_stage_finds_installed_packages_where_the_official_image_has_them(
    bench: Bench,
) -> None:
    site_packages = "/usr/local/lib/python3.11/site-packages"
    _, built = bench.build(
        f"RUN mkdir {site_packages}/thing && echo 'x = 1' > {site_packages}/thing/__init__.py",
        f"FROM {PYTHON}",
        f"COPY --from=0 {site_packages} {site_packages}",
        "RUN python -c 'import thing; print(\"thing is\", thing.x)'",
        base=PYTHON,
    )
    assert "thing is 1" in built.log


@pytest.mark.parametrize(
    ("image", "command"), [(DEBIAN, ["bash"]), (PYTHON, ["python3"]), (NODE, ["node"])]
)
def test_a_base_is_configured_as_the_official_one(
    engine: docker.DockerClient, image: str, command: list[str]
) -> None:
    config = engine.api.inspect_image(image)["Config"]
    assert config["Cmd"] == command
    assert config["User"] in ("", "root")
    assert config["WorkingDir"] in ("", "/")


def test_the_operators_certificates_are_trusted_inside(bench: Bench) -> None:
    certificates = private_certificates(settings().ca_bundle)
    _, built = bench.build(
        "RUN grep -c BEGIN.CERTIFICATE /etc/ssl/certs/ca-certificates.crt",
        "RUN ls /usr/local/share/ca-certificates",
    )
    for name in certificates:
        assert name in built.log


def test_detected_recipes_have_their_installer(bench: Bench) -> None:
    for base in PYTHONS:
        _, built = bench.build("RUN uv --version", base=recipe_image(base))
        assert "\nuv " in built.log
