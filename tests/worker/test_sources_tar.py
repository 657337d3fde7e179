"""Tar archives, honest and hostile, and archives that are downloaded."""

import gzip
import lzma
import os
import tarfile
import time
from pathlib import Path

import pytest

from grader.cli.git_server import serve
from grader.domain.verdicts import Verdict
from tests.support.archives import COMPRESSORS, raw_tar
from tests.support.archives import tar_header as header
from tests.support.archives import tar_member as member
from tests.support.archives import tarred as pack
from tests.worker.sources_support import (
    APP,
    Quiet,
    answering,
    error_of,
    notes_of,
    status,
    tree_of,
)


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_reads_members(tmp_path: Path, ending: str) -> None:
    raw = raw_tar(
        (member("./", tarfile.DIRTYPE), ""),
        ("./app.py", "x" * 1024),
        (member("./run.sh", mode=0o755), "y" * 513),
        (member("./static", tarfile.DIRTYPE), ""),
        ("./static/ü.css", ""),
        (member("./current", tarfile.SYMTYPE, linkname="app.py"), ""),
    )
    file = tmp_path / f"work{ending}"
    file.write_bytes(COMPRESSORS[ending](raw))
    fetched = tree_of(file, tmp_path)
    assert fetched.tree.paths() == ("app.py", "current", "run.sh", "static/ü.css")
    assert fetched.tree.is_executable("run.sh")
    assert fetched.tree.read("app.py", 2000) == b"x" * 1024
    assert fetched.notes == ()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_in_every_format(tmp_path: Path, form: int) -> None:
    name = "/".join(["d" * 40] * 4) + "/x"
    (tmp_path / "w.tar").write_bytes(raw_tar((name, "x"), ("a", "y"), form=form))
    assert tree_of(tmp_path / "w.tar", tmp_path).tree.paths() == ("a", name)


def test_several_compressed_streams_in_a_row(tmp_path: Path) -> None:
    raw = raw_tar(("app.py", os.urandom(300_000)), ("b.py", "x"))
    for ending in (".tar.gz", ".tar.bz2", ".tar.xz"):
        compress = COMPRESSORS[ending]
        file = tmp_path / f"w{ending}"
        file.write_bytes(compress(raw[:100_000]) + compress(raw[100_000:]))
        assert tree_of(file, tmp_path).tree.paths() == ("app.py", "b.py")


def test_large_members_at_odd_sizes(tmp_path: Path) -> None:
    sizes = (0, 1, 511, 512, 513, 262_143, 262_144, 262_145, 1_000_000)
    data = {f"f{size}": os.urandom(size) for size in sizes}
    file = tmp_path / "w.tgz"
    file.write_bytes(gzip.compress(raw_tar(*data.items()), 1))
    tree = tree_of(file, tmp_path).tree
    assert {name: b"".join(tree.chunks(name)) for name in tree.paths()} == data


def test_a_single_folder_around_everything_is_taken_off(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.tar", *((f"work-1/{name}", text) for name, text in APP.items()))
    assert tree_of(file, tmp_path).tree.paths() == tuple(APP)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "a\\b", "./.GIT/x", "C:x"])
def test_names_that_attack(tmp_path: Path, name: str) -> None:
    for kind in (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE):
        file = pack(
            tmp_path / "w.tar", ("app.py", "x"), (member(name, kind, linkname="app.py"), "")
        )
        error = error_of(file, tmp_path)
        assert error.code == "source.unsafe_name"
        assert error.verdict is Verdict.REJECTED


@pytest.mark.parametrize(
    "kind", [tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"Z"]
)
def test_what_is_neither_file_nor_link(tmp_path: Path, kind: bytes) -> None:
    odd = member("odd", kind, linkname="app.py")
    error = error_of(pack(tmp_path / "w.tar", ("app.py", "x"), (odd, "")), tmp_path)
    assert error.code == "source.archive_member"
    assert "odd" in error.title


def test_links_out_of_the_archive(tmp_path: Path) -> None:
    for target in ("/etc/passwd", "../../x"):
        link = member("lib/link", tarfile.SYMTYPE, linkname=target)
        error = error_of(pack(tmp_path / "w.tar", ("app.py", "x"), (link, "")), tmp_path)
        assert error.code == "source.unsafe_link"
        assert "lib/link" in error.title


def test_links_to_nothing_are_dropped_and_told(tmp_path: Path) -> None:
    link = member("link", tarfile.SYMTYPE, linkname="nowhere")
    fetched = tree_of(pack(tmp_path / "w.tar", ("app.py", "x"), (link, "")), tmp_path)
    assert "link" in notes_of(fetched)


def test_duplicates(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.tar", ("app.py", "x"), ("./app.py", "y"))
    assert error_of(file, tmp_path).code == "source.duplicate_name"


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    raw = raw_tar(("app.py", "x"), ("caf\udce9", "x"), form=tarfile.GNU_FORMAT)
    (tmp_path / "w.tar").write_bytes(raw)
    assert r"caf\xe9" in notes_of(tree_of(tmp_path / "w.tar", tmp_path))


@pytest.mark.parametrize("ending", [".tar.gz", ".tar.bz2", ".tar.xz"])
def test_bombs(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"w{ending}"
    file.write_bytes(COMPRESSORS[ending](raw_tar(("zeros", b"\0" * 30_000_000))))
    assert error_of(file, tmp_path).code == "source.archive_bomb"


def test_a_bomb_in_what_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "w.tgz"
    noise = os.urandom(5_000_000)
    file.write_bytes(gzip.compress(raw_tar(("node_modules/x", noise), ("app.py", "x")), 1))
    assert tree_of(file, tmp_path, source_max_mb=2).tree.paths() == ("app.py",)
    assert error_of(file, tmp_path, source_max_mb=1).code == "source.too_large"


def test_too_large(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.tar", ("x", os.urandom(2_000_000)))
    assert error_of(file, tmp_path, source_max_mb=1).code == "source.too_large"


@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K"])
def test_headers_that_would_fill_memory(tmp_path: Path, kind: bytes) -> None:
    file = tmp_path / "w.tar"
    file.write_bytes(header(8 * 2**30 - 1, kind) + b"\0" * 10_000)
    assert error_of(file, tmp_path).code == "source.archive_broken"


def test_endless_headers(tmp_path: Path) -> None:
    attribute = b"20 comment=xxxxxxxx\n"
    block = header(len(attribute), b"x") + attribute.ljust(512, b"\0")
    (tmp_path / "w.tar").write_bytes(block * 20_000)
    assert error_of(tmp_path / "w.tar", tmp_path).code == "source.archive_broken"


def test_very_many_members(tmp_path: Path) -> None:
    for kind, number in ((tarfile.REGTYPE, 1001), (tarfile.DIRTYPE, 5001)):
        members = b"".join(header(0, kind, f"f{i}") for i in range(number))
        (tmp_path / "w.tar").write_bytes(members)
        error = error_of(tmp_path / "w.tar", tmp_path, source_max_files=1000)
        assert error.code == "source.too_many_files"


def test_sparse_files(tmp_path: Path) -> None:
    block = bytearray(header(0, b"S", "holes"))
    block[386:398], block[398:410] = b"00000000000\0", b"00000000000\0"
    block[483:495] = b"77777777777\0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    (tmp_path / "w.tar").write_bytes(bytes(block) + b"\0" * 1024)
    assert error_of(tmp_path / "w.tar", tmp_path).code == "source.archive_member"


def test_xz_that_wants_much_memory(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 512 * 2**20}]
    raw = raw_tar(("app.py", "x"))
    (tmp_path / "w.tar.xz").write_bytes(lzma.compress(raw, lzma.FORMAT_XZ, filters=filters))
    assert error_of(tmp_path / "w.tar.xz", tmp_path).code == "source.archive_broken"


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_every_cut_and_every_flipped_byte_ends_in_words(tmp_path: Path, ending: str) -> None:
    raw = COMPRESSORS[ending](raw_tar(*APP.items(), ("long" * 40, "x")))
    for at in range(0, min(len(raw), 4000), 7 if ending != ".tar" else 61):
        spoilt = bytearray(raw)
        spoilt[at] ^= 0x55
        for number, data in enumerate((bytes(spoilt), raw[:at])):
            file = tmp_path / f"{at}-{number}.tar"
            file.write_bytes(data)
            try:
                tree_of(file, tmp_path)
            except Exception as error:
                assert type(error).__name__ == "SubmissionError", error  # noqa: PT017


def test_what_is_no_archive(tmp_path: Path) -> None:
    for name, data in {"a.zip": b"<html>", "b.tar.gz": b"", "c.txt": b"hello"}.items():
        (tmp_path / name).write_bytes(data)
        assert error_of(tmp_path / name, tmp_path).code == "source.not_an_archive"


def test_a_ref_needs_git(tmp_path: Path) -> None:
    file = pack(tmp_path / "w.tar", ("app.py", "x"))
    assert error_of(file, tmp_path, ref="main").code == "source.ref_without_git"


# -- downloads ----------------------------------------------------------------------------------


def test_downloads(tmp_path: Path) -> None:
    data = gzip.compress(raw_tar(*((f"work/{name}", text) for name, text in APP.items())))
    with serve(status(200, data, Content_Type="application/gzip")) as url:
        fetched = tree_of(f"{url.replace('//', '//ada:s3cret@')}/work.tar.gz", tmp_path)
        assert fetched.tree.paths() == tuple(APP)
        assert fetched.source.location == f"{url}/work.tar.gz"
        assert fetched.source.kind == "archive"
        assert tree_of(f"archive+{url}/download?id=3", tmp_path).tree.paths() == tuple(APP)


@pytest.mark.parametrize(
    ("code", "headers", "expected"),
    [
        (404, {}, "source.private_or_missing"),
        (401, {}, "source.private_or_missing"),
        (500, {}, "source.server_error"),
        (302, {"Location": "http://169.254.169.254/latest/x.zip"}, "source.redirect"),
        (302, {"Location": "file:///etc/passwd"}, "source.redirect"),
        (200, {"Content_Type": "text/html"}, "source.not_an_archive"),
        (204, {}, "source.not_an_archive"),
    ],
)
def test_downloads_that_fail(
    tmp_path: Path, code: int, headers: dict[str, str], expected: str
) -> None:
    with serve(status(code, b"" if code == 204 else b"<html>", **headers)) as url:
        assert error_of(f"{url}/work.zip", tmp_path).code == expected


def test_a_download_that_never_ends(tmp_path: Path) -> None:
    def endless(handler: Quiet) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                handler.wfile.write(b"PK\x03\x04" * 25_000)
        except OSError:
            handler.close_connection = True

    with serve(answering(endless)) as url:
        error = error_of(f"{url}/work.zip", tmp_path, source_max_mb=3)
        assert error.code == "source.transfer_too_large"
        assert "3 MiB" in error.title


def test_a_download_that_drips(tmp_path: Path) -> None:
    def drip(handler: Quiet) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            handler.close_connection = True

    with serve(answering(drip)) as url:
        before = time.monotonic()
        assert error_of(f"{url}/w.zip", tmp_path, fetch_timeout=1).code == "source.timeout"
        assert time.monotonic() - before < 3
