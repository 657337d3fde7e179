"""Each evil member beside an honest file, in a zip and in a tar; the report names it."""

from __future__ import annotations

import contextlib
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.world import World
from tests.support.archives import tar_member, tarred, zip_member, zipped
from worker.sources.names import shown

APP = ("app.py", "x")
NAMES = (
    "../../x",
    "a/../../x",
    "/etc/cron.d/x",
    "..\\..\\x",
    "C:\\x",
    "C:/x",
    "app.txt\0.py",
    ".GIT/config",
    "a/git~1/x",
    "venv/../../x",
    "../x/",
)
TARGETS = ("/etc/passwd", "../../etc/passwd", "a/../../x")
KINDS = {
    "fifo": (stat.S_IFIFO, tarfile.FIFOTYPE),
    "character device": (stat.S_IFCHR, tarfile.CHRTYPE),
    "block device": (stat.S_IFBLK, tarfile.BLKTYPE),
    "socket": (stat.S_IFSOCK, b"Z"),
}


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    handed = {}
    for number, name in enumerate(NAMES):
        says = (shown(name.rstrip("/")).replace("\\", "\\\\"),)
        file = zipped(folder / f"name-{number}.zip", APP, (zip_member(name), ""))
        handed[f"{name!r} in a zip"] = Handed(str(file), code="source.unsafe_name", says=says)
        if "\0" not in name:
            kind = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            file = tarred(folder / f"name-{number}.tar", APP, (tar_member(name, kind), ""))
            handed[f"{name!r} in a tar"] = Handed(str(file), code="source.unsafe_name", says=says)
    for number, target in enumerate(TARGETS):
        link = zip_member("evil-link", stat.S_IFLNK | 0o777)
        file = zipped(folder / f"link-{number}.zip", APP, (link, target))
        handed[f"link to {target} in a zip"] = of_link(file)
        link_too = tar_member("evil-link", tarfile.SYMTYPE, linkname=target)
        file = tarred(folder / f"link-{number}.tar", APP, (link_too, ""))
        handed[f"link to {target} in a tar"] = of_link(file)
    for kind, (mode, flag) in KINDS.items():
        file = zipped(folder / f"{kind}.zip", APP, (zip_member("evil", mode | 0o666), ""))
        handed[f"{kind} in a zip"] = of_member(file)
        file = tarred(folder / f"{kind}.tar", APP, (tar_member("evil", flag), ""))
        handed[f"{kind} in a tar"] = of_member(file)
    hard = tar_member("evil", tarfile.LNKTYPE, linkname="/etc/passwd")
    handed["hard link in a tar"] = of_member(tarred(folder / "hard.tar", APP, (hard, "")))
    through = zipped(
        folder / "through.zip",
        ("lib/x.py", "x"),
        (zip_member("a", stat.S_IFLNK | 0o777), "lib/x.py"),
        ("a/evil.py", "x"),
    )
    handed["a file through a link"] = Handed(str(through), code="source.duplicate_name")
    yield handed


def of_link(file: Path) -> Handed:
    return Handed(str(file), code="source.unsafe_link", says=("evil-link", "points out of"))


def of_member(file: Path) -> Handed:
    return Handed(str(file), code="source.archive_member", says=("`evil` in the archive",))
