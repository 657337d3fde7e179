"""Zip archives, honest and hostile: rows Z01 and Z02 of the threat table."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from grader.domain.verdicts import Verdict
from tests.support.archives import overlapping, patched
from tests.support.archives import zip_member as member
from tests.support.archives import zipped as pack
from tests.worker.sources_support import APP, error_of, notes_of, tree_of
from worker.sources.names import shown


def test_reads_members(tmp_path: Path) -> None:
    file = pack(
        tmp_path / "work.zip",
        (member("app.py", stat.S_IFREG | 0o644), "x"),
        (member("run.sh", stat.S_IFREG | 0o755), "y"),
        (member("static/", stat.S_IFDIR | 0o755), ""),
        (member("static/ü.css", 0), "z"),
        (member("current", stat.S_IFLNK | 0o777), "app.py"),
    )
    fetched = tree_of(file, tmp_path)
    assert fetched.tree.paths() == ("app.py", "current", "run.sh", "static/ü.css")
    assert fetched.tree.is_executable("run.sh")
    assert not fetched.tree.is_executable("static/ü.css")
    assert fetched.tree.read("static/ü.css", 9) == b"z"
    assert fetched.tree.link_target("current") == "app.py"
    assert fetched.source.kind == "archive"
    assert fetched.notes == ()


def test_a_single_folder_around_everything_is_taken_off(tmp_path: Path) -> None:
    members = [(f"work-main/{name}", text) for name, text in APP.items()]
    litter = [("__MACOSX/work-main/._app.py", "x"), ("work-main/.DS_Store", "x")]
    file = pack(tmp_path / "work.zip", *members, *litter)
    fetched = tree_of(file, tmp_path)
    assert fetched.tree.paths() == tuple(APP)
    assert fetched.notes == ()


def test_the_folder_that_was_asked_for(tmp_path: Path) -> None:
    file = pack(tmp_path / "work.zip", ("api/app.py", "x"), ("api/api/inner.py", "y"))
    assert tree_of(file, tmp_path, path="api").tree.paths() == ("inner.py",)
    file = pack(tmp_path / "other.zip", ("api/app.py", "x"), ("api/lib/inner.py", "y"))
    assert tree_of(file, tmp_path, path="api").tree.paths() == ("app.py", "lib/inner.py")
    assert tree_of(file, tmp_path, path="lib").tree.paths() == ("inner.py",)
    assert error_of(file, tmp_path, path="web").code == "source.path_not_found"


def test_caches_are_left_out_without_being_unpacked(tmp_path: Path) -> None:
    litter = [".git/config", "node_modules/x.js", "venv/x", "a/__pycache__/x.pyc"]
    big = ("node_modules/big.bin", b"\0" * 5_000_000)
    file = pack(tmp_path / "w.zip", *APP.items(), *((name, "x") for name in litter), big)
    assert tree_of(file, tmp_path, source_max_mb=1).tree.paths() == tuple(APP)


def test_names_in_utf8_that_do_not_say_so(tmp_path: Path) -> None:
    file = pack(tmp_path / "work.zip", ("xx.py", "x"))

    def rename(raw: bytearray) -> None:
        raw[:] = raw.replace(b"xx.py", "ü.py".encode())

    assert tree_of(patched(file, rename), tmp_path).tree.paths() == ("ü.py",)


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "a/../../x",
        "/etc/cron.d/x",
        "..\\..\\x",
        "C:\\x",
        "C:/x",
        "app.py\0.txt",
        "a//b",
        "./x",
        ".GIT/config",
        "a/git~1/x",
        "venv/../../x",
        "../x/",
    ],
)
def test_names_that_attack(tmp_path: Path, name: str) -> None:
    file = pack(tmp_path / "w.zip", ("app.py", "x"), (member(name), ""))
    error = error_of(file, tmp_path)
    assert error.code == "source.unsafe_name"
    assert error.verdict is Verdict.REJECTED
    assert shown(name.rstrip("/")) in error.title
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../../etc/passwd", "a/../../x", "\0", "../work.zip"]
)
def test_links_out_of_the_archive(tmp_path: Path, target: str) -> None:
    file = pack(
        tmp_path / "w.zip", ("app.py", "x"), (member("passwd", stat.S_IFLNK | 0o777), target)
    )
    error = error_of(file, tmp_path)
    assert error.code == "source.unsafe_link"
    assert "passwd" in error.title


def test_a_link_and_then_a_file_through_it(tmp_path: Path) -> None:
    file = pack(
        tmp_path / "w.zip",
        ("lib/x.py", "x"),
        (member("a", stat.S_IFLNK | 0o777), "lib/x.py"),
        ("a/evil.py", "x"),
    )
    assert error_of(file, tmp_path).code == "source.duplicate_name"


@pytest.mark.parametrize("kind", [stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_devices(tmp_path: Path, kind: int) -> None:
    file = pack(tmp_path / "w.zip", ("app.py", "x"), (member("null", kind | 0o666), ""))
    error = error_of(file, tmp_path)
    assert error.code == "source.archive_member"
    assert "null" in error.title


def test_the_same_name_twice(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        file = pack(tmp_path / "w.zip", ("app.py", "x"), ("app.py", "y"))
    assert error_of(file, tmp_path).code == "source.duplicate_name"


def test_a_password(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.zip", ("app.py", "x"))

    def encrypt(raw: bytearray) -> None:
        raw[6] |= 1
        raw[raw.index(b"PK\x01\x02") + 8] |= 1

    error = error_of(patched(file, encrypt), tmp_path)
    assert error.code == "source.archive_encrypted"
    assert "password" in error.title


def test_a_bomb(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.zip", ("app.py", "x"), ("zeros", b"\0" * 50_000_000))
    assert error_of(file, tmp_path).code == "source.archive_bomb"


def test_too_large(tmp_path: Path) -> None:
    noise = b"".join(bytes([i % 251, i % 13, i // 256 % 256]) for i in range(700_000))
    with zipfile.ZipFile(tmp_path / "w.zip", "w") as archive:
        archive.writestr("noise", noise)
    assert error_of(tmp_path / "w.zip", tmp_path, source_max_mb=1).code == "source.too_large"


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    """Overlap bomb: many entries in the table of contents, one member."""
    file = overlapping(tmp_path / "w.zip", 1_000_000, 500)
    assert error_of(file, tmp_path).code == "source.archive_bomb"


def test_very_many_members(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(1001):
            archive.writestr(f"f{number}", "")
    (tmp_path / "w.zip").write_bytes(buffer.getvalue())
    error = error_of(tmp_path / "w.zip", tmp_path, source_max_files=1000)
    assert error.code == "source.too_many_files"


def test_a_table_of_contents_that_would_fill_memory(tmp_path: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *[0] * 6, 0, 0, 0, 1, *[0] * 4, 0, 0) + b"x"
    table = entry * 400_000
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(table), 31, 0)
    first = struct.pack("<4s5H3L2H", b"PK\x03\x04", *[0] * 5, 0, 0, 0, 1, 0) + b"x"
    (tmp_path / "w.zip").write_bytes(first + table + tail)
    assert error_of(tmp_path / "w.zip", tmp_path).code == "source.too_many_files"


def test_a_size_that_is_a_lie(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.zip", ("app.py", b"x" * 10_000))

    def lie(raw: bytearray) -> None:
        raw[raw.index(b"PK\x01\x02") + 24 :][:4] = b""
        at = raw.index(b"PK\x01\x02") + 24
        raw[at : at + 4] = struct.pack("<L", 10)

    assert error_of(patched(file, lie), tmp_path).code == "source.archive_broken"


def test_4_gb_declared(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.zip", ("app.py", b"x"))

    def lie(raw: bytearray) -> None:
        at = raw.index(b"PK\x01\x02") + 24
        raw[at : at + 4] = struct.pack("<L", 0xFFFFFFFE)

    assert error_of(patched(file, lie), tmp_path).code == "source.archive_bomb"


@pytest.mark.parametrize("what", ["crc", "cut", "header", "method", "polyglot", "tail"])
def test_broken(tmp_path: Path, what: str) -> None:
    file = pack(tmp_path / "w.zip", ("app.py", b"print('hello')" * 50), ("b.py", "x"))

    def spoil(raw: bytearray) -> None:
        table = raw.index(b"PK\x01\x02")
        if what == "crc":
            raw[table + 16] ^= 0xFF
        elif what == "cut":
            del raw[len(raw) // 2 :]
        elif what == "header":
            raw[26:28] = b"\xff\xff"
        elif what == "method":
            raw[8] = raw[table + 10] = 14
        elif what == "polyglot":
            raw[:0] = b"PK program first, then an archive"
        else:
            raw[-10:-6] = b"\xff\xff\xff\x7f"

    error = error_of(patched(file, spoil), tmp_path)
    assert error.code in ("source.archive_broken", "source.too_many_files")
    assert error.verdict is Verdict.REJECTED


def test_every_cut_and_every_flipped_byte_ends_in_words(tmp_path: Path) -> None:
    raw = pack(tmp_path / "w.zip", *APP.items()).read_bytes()
    for at in range(0, len(raw), 3):
        spoilt = bytearray(raw)
        spoilt[at] ^= 0x55
        for number, data in enumerate((bytes(spoilt), raw[:at])):
            file = tmp_path / f"{at}-{number}.zip"
            file.write_bytes(data)
            try:
                tree_of(file, tmp_path)
            except Exception as error:
                assert type(error).__name__ == "SubmissionError", error  # noqa: PT017


def test_empty(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.zip", ("folder/", ""))
    assert error_of(file, tmp_path).code == "source.empty"
    assert error_of(pack(tmp_path / "e.zip"), tmp_path).code == "source.archive_broken"


def test_odd_names_are_left_out(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.zip", ("app.py", "x"), ("new\nline", "x"))
    assert r"new\x0aline" in notes_of(tree_of(file, tmp_path))
