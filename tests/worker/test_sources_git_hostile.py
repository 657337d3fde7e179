"""Repositories and servers that mean harm: nothing is executed, nothing hangs, nothing grows.

Rows of the threat table: T8, T9 and G01 to G14.
"""

import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.cli.git_server import GitHandler, serve, serve_repositories
from grader.domain.verdicts import Fault, Verdict
from tests.support.tripwires import tripwires
from tests.worker.sources_support import (
    APP,
    FILE,
    FOLDER,
    LINK,
    SUBMODULE,
    Quiet,
    RawRepository,
    answering,
    commit_files,
    error_of,
    get,
    notes_of,
    status,
    tree_of,
)
from worker.sources import RunningApp

ADVERTISEMENT = "application/x-git-upload-pack-advertisement"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    folder.mkdir()
    return folder


@pytest.fixture
def url(root: Path) -> Iterator[str]:
    with serve_repositories(root) as url:
        yield url


@pytest.fixture
def raw(root: Path) -> RawRepository:
    return RawRepository(root / "raw.git")


@pytest.fixture
def tripped(tmp_path: Path) -> Iterator[Path]:
    """A file that exists once a program was started that must not be."""
    with tripwires(tmp_path) as trace:
        yield trace


# -- what is in the repository ------------------------------------------------------------------


@pytest.mark.parametrize(
    "submodule",
    [
        '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% /tmp/p\n',
        '[submodule "x"]\n\tpath = x\n\turl = file:///etc\n',
        '[submodule "x"]\n\tpath = x\n\turl = ../../other\n',
        '[submodule "x"]\n\tpath = "x\r"\n\turl = http://127.0.0.1:1/x\n',
        '[submodule "../../x"]\n\tpath = .git/modules\n\turl = -u./payload\n',
        "[submodule",
    ],
)
def test_submodules_are_never_fetched(
    raw: RawRepository, url: str, tmp_path: Path, tripped: Path, submodule: str
) -> None:
    """G03."""
    raw.commit_entries((SUBMODULE, "x", "1" * 40), (FILE, ".gitmodules", raw.blob(submodule)))
    fetched = tree_of(f"{url}/raw.git", tmp_path)
    assert fetched.tree.paths() == (".gitmodules", "app.py")
    assert "Submodules are not fetched" in notes_of(fetched)
    assert not tripped.exists()


def test_gitmodules_that_is_a_link(raw: RawRepository, url: str, tmp_path: Path) -> None:
    raw.commit_entries((LINK, ".gitmodules", raw.blob("/etc/passwd")))
    assert tree_of(f"{url}/raw.git", tmp_path).tree.paths() == ("app.py",)


def test_lfs_and_filters_do_not_run(
    raw: RawRepository, url: str, tmp_path: Path, tripped: Path
) -> None:
    """G09, G10: pointers stay pointers, wherever their configuration leads."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    raw.commit_entries(
        (FILE, ".lfsconfig", raw.blob("[lfs]\n\turl = http://127.0.0.1:1/x\n")),
        (FILE, ".gitattributes", raw.blob("* filter=lfs diff=lfs merge=lfs\n")),
        (FILE, "data.bin", raw.blob(pointer)),
    )
    fetched = tree_of(f"{url}/raw.git", tmp_path)
    assert fetched.tree.read("data.bin", 1000).decode() == pointer
    assert "data.bin" in notes_of(fetched)
    assert not tripped.exists()


def test_embedded_repositories_are_inert(
    raw: RawRepository, url: str, tmp_path: Path, tripped: Path
) -> None:
    """G11: a bare repository among the files, with a hook and a configuration."""
    hook = raw.blob("#!/bin/sh\ntouch /tmp/p\n")
    hooks = raw.tree(("100755", "post-checkout", hook))
    bare = raw.tree(
        (FILE, "HEAD", raw.blob("ref: refs/heads/main\n")),
        (FILE, "config", raw.blob("[core]\n\tfsmonitor = touch /tmp/p\n\tbare = true\n")),
        (FOLDER, "hooks", hooks),
        (FOLDER, "objects", raw.tree((FILE, "x", hook))),
        (FOLDER, "refs", raw.tree((FILE, "x", hook))),
    )
    raw.commit_entries((FOLDER, "sub", bare))
    tree = tree_of(f"{url}/raw.git", tmp_path, path="sub").tree
    assert tree.has("hooks/post-checkout")
    assert not tripped.exists()


@pytest.mark.parametrize(
    "name",
    [".git", ".GIT", "git~1", ".g\u200cit", "..", ".", ".git ", ".git...", "a/b", "a\\b", "/x"],
)
def test_names_that_attack_are_refused(
    raw: RawRepository, url: str, tmp_path: Path, name: str
) -> None:
    """G08, as files and as folders, refused by git's own checks or by ours."""
    raw.commit_entries((FILE, name, raw.blob("x")))
    raw.commit(raw.tree((FOLDER, name, raw.tree((FILE, "x", raw.blob("y"))))), branch="folder")
    for ref in ("main", "folder"):
        error = error_of(f"{url}/raw.git", tmp_path, ref=ref)
        assert error.code in ("source.git_object", "source.unsafe_name")
        assert error.verdict is Verdict.REJECTED


def test_names_that_are_odd(raw: RawRepository, url: str, tmp_path: Path) -> None:
    """G08: harmless ones are kept, others left out; all are shown escaped."""
    odd = [b"new\nline", b"tab\t", b"caf\xe9", b"x" * 300, b"\x1b[31m"]
    kept = ["-rf", "--help", "trailing ", "trailing.", "Case", "case", "\u202etxt", "ü"]
    entries = [(FILE, name, raw.blob("x")) for name in [*odd, *kept]]
    raw.commit_entries(*entries)
    fetched = tree_of(f"{url}/raw.git", tmp_path)
    assert set(fetched.tree.paths()) == {"app.py", *kept}
    notes = notes_of(fetched)
    assert r"new\x0aline" in notes
    assert r"caf\xe9" in notes
    assert "\x1b" not in notes


def test_a_very_long_path(raw: RawRepository, url: str, tmp_path: Path) -> None:
    tree = raw.tree((FILE, "x", raw.blob("x")))
    for _ in range(20):
        tree = raw.tree((FOLDER, "d" * 200, tree))
    raw.commit_entries((FOLDER, "d", tree))
    fetched = tree_of(f"{url}/raw.git", tmp_path)
    assert fetched.tree.paths() == ("app.py",)
    assert "its path is longer than 1024 bytes" in notes_of(fetched)


def test_the_same_name_twice(raw: RawRepository, url: str, tmp_path: Path) -> None:
    """G07: a link, and then a folder of the same name to be written through it."""
    link = (LINK, "a", raw.blob("/tmp"))
    inner = raw.tree((FILE, "x", raw.blob("x")))
    raw.commit(raw.tree(link, (FILE, "a.x", raw.blob("")), (FOLDER, "a", inner), in_order=True))
    error = error_of(f"{url}/raw.git", tmp_path)
    assert error.code in ("source.git_object", "source.duplicate_name")


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../../etc/passwd", "a", ".", "dir", "dir/../../x", "\0", "x" * 5000]
)
def test_links_out_of_the_tree_are_dropped_and_listed(
    raw: RawRepository, url: str, tmp_path: Path, target: str
) -> None:
    """G07."""
    folder = raw.tree((FILE, "x", raw.blob("x")))
    raw.commit_entries((LINK, "a", raw.blob(target)), (FOLDER, "dir", folder))
    fetched = tree_of(f"{url}/raw.git", tmp_path)
    assert fetched.tree.paths() == ("app.py", "dir/x")
    assert "Left out: a (a link" in notes_of(fetched)


# -- how large it is ----------------------------------------------------------------------------


def test_a_bomb_of_trees(raw: RawRepository, url: str, tmp_path: Path) -> None:
    """G06: ten objects that stand for 10^9 files."""
    tree = raw.tree(*((FILE, f"f{i}", raw.blob("x")) for i in range(10)))
    for _ in range(9):
        tree = raw.tree(*((FOLDER, f"d{i}", tree) for i in range(10)))
    raw.commit(tree)
    before = time.monotonic()
    error = error_of(f"{url}/raw.git", tmp_path)
    assert error.code == "source.too_many_files"
    assert error.verdict is Verdict.REJECTED
    assert time.monotonic() - before < 20


def test_a_bomb_of_submodules(raw: RawRepository, url: str, tmp_path: Path) -> None:
    tree = raw.tree(*((SUBMODULE, f"f{i}", "1" * 40) for i in range(10)))
    for _ in range(9):
        tree = raw.tree(*((FOLDER, f"d{i}", tree) for i in range(10)))
    raw.commit(tree)
    assert error_of(f"{url}/raw.git", tmp_path).code == "source.too_many_files"


def test_a_flat_tree_of_very_many_files(raw: RawRepository, url: str, tmp_path: Path) -> None:
    blob = raw.blob("x")
    raw.commit(raw.tree(*((FILE, f"{i:07}", blob) for i in range(200_000))))
    assert error_of(f"{url}/raw.git", tmp_path).code == "source.too_many_files"


def test_names_that_fill_memory(raw: RawRepository, url: str, tmp_path: Path) -> None:
    blob = raw.blob("x")
    raw.commit(raw.tree(*((FILE, f"{i:07}" + "n" * 990, blob) for i in range(10_000))))
    assert error_of(f"{url}/raw.git", tmp_path).code == "source.too_many_files"


@pytest.mark.parametrize("depth", [65, 4000])
def test_deep_trees(raw: RawRepository, url: str, tmp_path: Path, depth: int) -> None:
    tree = raw.tree((FILE, "x", raw.blob("x")))
    for _ in range(depth):
        tree = raw.tree((FOLDER, "d", tree))
    raw.commit(tree)
    assert error_of(f"{url}/raw.git", tmp_path).code == "source.too_deep"


def test_one_large_blob_at_many_paths(raw: RawRepository, url: str, tmp_path: Path) -> None:
    blob = raw.blob(b"\0" * 1_000_000)
    raw.commit_entries(*((FILE, f"f{i}", blob) for i in range(100)))
    assert error_of(f"{url}/raw.git", tmp_path, source_max_mb=50).code == "source.too_large"
    assert tree_of(f"{url}/raw.git", tmp_path).tree.size > 100_000_000


def test_a_pack_larger_than_the_cap(root: Path, url: str, tmp_path: Path) -> None:
    """G05: the cap holds while the pack arrives, before anybody knows what is in it."""
    commit_files(root / "big.git", {"big.bin": os.urandom(30 * 2**20)})
    error = error_of(f"{url}/big.git", tmp_path, source_max_mb=2)
    assert error.code == "source.transfer_too_large"
    assert error.verdict is Verdict.FETCH_FAILED
    kept = sum(file.stat().st_size for file in tmp_path.glob("fetch-*/**/*") if file.is_file())
    assert kept < 20 * 2**20


def test_history_does_not_count(root: Path, url: str, tmp_path: Path) -> None:
    commit_files(root / "work.git", {"big.bin": os.urandom(30 * 2**20)})
    (root / "work.git" / "big.bin").unlink()
    commit_files(root / "work.git", APP)
    assert tree_of(f"{url}/work.git", tmp_path, source_max_mb=2).tree.paths() == tuple(APP)


def test_memory_stays_flat(raw: RawRepository, url: str, tmp_path: Path) -> None:
    """A worker that fetches 120 MiB and writes its tar needs no more than for a small source."""
    raw.commit_entries(*((FILE, f"f{i}", raw.blob(os.urandom(40 * 2**20))) for i in range(3)))
    RawRepository(raw.folder.parent / "small.git").commit_entries()
    program = (
        "import sys, pathlib\n"
        "from tests.worker.sources_support import tree_of\n"
        "class Sink:\n"
        "    def write(self, data): return len(data)\n"
        "tree_of(sys.argv[1], pathlib.Path(sys.argv[2])).tree.write_tar(Sink())\n"
        "print(pathlib.Path('/proc/self/status').read_text())\n"
    )

    def peak_mb(repository: str) -> float:
        done = subprocess.run(
            [sys.executable, "-c", program, f"{url}/{repository}", str(tmp_path)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        # Not ru_maxrss, which starts at what the parent had.
        return int(done.stdout.split("VmHWM:")[1].split()[0]) / 1024

    small, large = peak_mb("small.git"), peak_mb("raw.git")
    assert large < small + 20
    assert large < 200


# -- what the server does -----------------------------------------------------------------------


def test_credentials_are_asked_for(tmp_path: Path) -> None:
    """G04: no prompt, no hang; and what private hosts answer for a missing repository."""
    for code in (401, 403, 404):
        with serve(status(code, WWW_Authenticate='Basic realm="x"')) as url:
            before = time.monotonic()
            error = error_of(f"{url}/a.git", tmp_path)
            assert time.monotonic() - before < 5
        assert error.code == "source.private_or_missing"
        assert str(code) in error.title


def test_credentials_are_sent_and_never_shown(root: Path, tmp_path: Path) -> None:
    commit_files(root / "work.git", APP)
    seen: list[str] = []
    with serve_repositories(root) as inner:

        class Locked(Quiet):
            """Asks for credentials, then passes requests on."""

            def do_GET(self) -> None:
                self._pass(None)

            def do_POST(self) -> None:
                self._pass(self.rfile.read(int(self.headers["Content-Length"])))

            def _pass(self, body: bytes | None) -> None:
                seen.append(self.headers.get("Authorization", ""))
                if seen[-1] != "Basic YWRhOnMzY3JldA==":
                    self.send_response(401)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                names = ("Content-Type", "Git-Protocol", "Content-Encoding", "Accept")
                headers = {n: self.headers[n] for n in names if n in self.headers}
                request = urllib.request.Request(inner + self.path, body, headers)
                with urllib.request.urlopen(request) as answer:
                    data = answer.read()
                    self.send_response(200)
                    self.send_header("Content-Type", answer.headers["Content-Type"])
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

        with serve(Locked) as url:
            secret = url.replace("http://", "http://ada:s3cret@")
            fetched = tree_of(f"{secret}/work.git", tmp_path)
            assert fetched.source.location == f"{url}/work.git"
            assert "s3cret" not in fetched.source.model_dump_json()
            error = error_of(f"{secret.replace('ada', 'eve')}/work.git", tmp_path)
            assert "s3cret" not in f"{error} {error.log}"
            error = error_of(f"{url}/work.git", tmp_path)
            assert error.code == "source.private_or_missing"
    assert len(seen) >= 4


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "http://169.254.169.254/latest", "http://localhost:1/x", "ext::sh"],
)
def test_redirects_to_elsewhere(tmp_path: Path, target: str, tripped: Path) -> None:
    """G02: on the first look, and later when git itself is sent on."""
    with serve(status(302, Location=target)) as url:
        error = error_of(f"{url}/a.git", tmp_path)
        if target != "ext::sh":  # which is a relative address on the same host
            assert error.code == "source.redirect"
            assert target.split("?")[0] in error.title

    def late(handler: Quiet) -> None:
        if "python" in handler.headers["User-Agent"] or "(grader)" in handler.headers["User-Agent"]:
            body, code = b"001e# service=git-upload-pack\n0000", 200
        else:
            body, code = b"", 302
        handler.send_response(code)
        handler.send_header("Content-Type", ADVERTISEMENT)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with serve(answering(late)) as url:
        assert error_of(f"{url}/a.git", tmp_path).code == "source.git_failed"
    assert not tripped.exists()


def test_redirects_on_the_same_host_are_followed(root: Path, tmp_path: Path) -> None:
    """Hosts send /owner/name to /owner/name.git, and old names to new ones."""
    commit_files(root / "work.git", APP)

    class Moved(GitHandler):
        def do_GET(self) -> None:
            if "/old" not in self.path:
                super().do_GET()
                return
            self.send_response(301)
            self.send_header("Location", self.path.replace("/old", "/work.git"))
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serve(type("Handler", (Moved,), {"root": root})) as url:
        assert tree_of(f"{url}/old", tmp_path).source.kind == "git"


def test_endless_redirects(tmp_path: Path) -> None:
    with serve(status(302, Location="/again.git/info/refs")) as url:
        assert error_of(f"{url}/a.git", tmp_path).code == "source.redirect"


def test_a_server_that_is_broken_is_asked_three_times(tmp_path: Path) -> None:
    """G13: nobody's work is to blame."""
    asked: list[str] = []

    def broken(handler: Quiet) -> None:
        asked.append(handler.path)
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with serve(answering(broken)) as url:
        error = error_of(f"{url}/a.git", tmp_path)
    assert error.code == "source.server_error"
    assert error.fault is Fault.PLATFORM
    assert error.verdict is Verdict.FETCH_FAILED
    assert len(asked) == 3


def test_nobody_answers(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert error_of(f"http://127.0.0.1:{port}/a.git", tmp_path).code == "source.unreachable"
    error = error_of("http://no-such-host.invalid/a.git", tmp_path)
    assert error.code == "source.unknown_host"


def test_a_certificate_that_is_not_trusted(root: Path, tmp_path: Path) -> None:
    """And the same one, once the operator says that it is."""
    commit_files(root / "work.git", APP)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    name = "-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    command = [*make.split(), *name.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serve_repositories(root, tls=context) as url:
        assert url.startswith("https://")
        error = error_of(f"{url}/work.git", tmp_path)
        assert error.code == "source.tls"
        assert "GRADER_CA_BUNDLE" in error.hint
        fetched = tree_of(f"{url}/work.git", tmp_path, ca_bundle=certificate)
        assert fetched.tree.paths() == tuple(APP)


@pytest.mark.parametrize("part", ["header", "body", "refs"])
def test_a_server_that_drips(tmp_path: Path, part: str) -> None:
    """G05: one byte now and then, for ever."""

    def drip(handler: Quiet) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {ADVERTISEMENT}\r\n"
        looking = "(grader)" in handler.headers["User-Agent"]
        try:
            if part == "refs" and looking:
                handler.wfile.write(f"{head}Content-Length: 4\r\n\r\n0000".encode())
                return
            handler.wfile.write(head.encode() if part == "header" else f"{head}\r\n".encode())
            while True:
                handler.wfile.write(b"x")
                handler.wfile.flush()
                time.sleep(0.2)
        except OSError:
            return
        finally:
            handler.close_connection = True

    with serve(answering(drip)) as url:
        before = time.monotonic()
        error = error_of(f"{url}/a.git", tmp_path, fetch_timeout=2)
        assert error.code == "source.timeout"
        assert time.monotonic() - before < 4


def test_a_listing_of_refs_that_never_ends(tmp_path: Path) -> None:
    def endless(handler: Quiet) -> None:
        handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {ADVERTISEMENT}\r\n\r\n".encode())
        try:
            if "(grader)" in handler.headers["User-Agent"]:
                return
            handler.wfile.write(b"001e# service=git-upload-pack\n0000")
            number = 0
            while True:
                line = f"{'1' * 40} refs/heads/b{number}\n"
                handler.wfile.write(f"{len(line) + 4:04x}{line}".encode())
                number += 1
        except OSError:
            return
        finally:
            handler.close_connection = True

    with serve(answering(endless)) as url:
        error = error_of(f"{url}/a.git", tmp_path, fetch_timeout=4)
    assert error.code in ("source.timeout", "source.git_failed", "source.transfer_too_large")


def test_what_answers_is_not_git(tmp_path: Path) -> None:
    page = status(200, b"<html>hello</html>", Content_Type="text/html")
    with serve(page) as url:
        assert error_of(f"{url}/a.git", tmp_path).code == "source.not_a_repository"
        assert error_of(f"git+{url}/a", tmp_path).code == "source.not_a_repository"
    lie = status(200, b"001e# service=git-upload-pack\n0000garbage", Content_Type=ADVERTISEMENT)
    with serve(lie) as url:
        assert error_of(f"{url}/a.git", tmp_path).code in (
            "source.git_failed",
            "source.empty_repository",
        )


def test_a_ca_bundle_that_is_none(tmp_path: Path) -> None:
    junk = tmp_path / "ca.pem"
    junk.write_text("junk")
    for bundle in (junk, tmp_path / "nowhere.pem"):
        error = error_of("https://127.0.0.1:1/a.git", tmp_path, ca_bundle=bundle)
        assert error.code == "source.ca_bundle"
        assert error.fault is Fault.PLATFORM


# -- running apps -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [200, 301, 302, 401, 404, 405, 500])
def test_a_running_app_is_told_from_a_repository(tmp_path: Path, code: int) -> None:
    with serve(status(code, b"{}", Content_Type="application/json", Location="http://x/")) as url:
        fetched = get(f"{url}/api", tmp_path)
        assert isinstance(fetched, RunningApp)
        assert fetched.url == f"{url}/api"
        assert fetched.source.kind == "url"
        assert "write git+ before the URL" in notes_of(fetched)
        said = get(f"app+{url}/api", tmp_path)
        assert isinstance(said, RunningApp)
        assert said.notes == ()
        assert error_of(f"app+{url}", tmp_path, ref="main").code == "source.not_for_apps"
        assert error_of(f"app+{url}", tmp_path, path="x").code == "source.not_for_apps"


# -- git itself ---------------------------------------------------------------------------------


def test_no_git(root: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit_files(root / "work.git", APP)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    with serve(status(200, b"0000", Content_Type=ADVERTISEMENT)) as there:
        monkeypatch.setenv("PATH", str(tools))
        error = error_of(f"{there}/work.git", tmp_path)
    assert error.code == "source.no_git"
    assert error.fault is Fault.PLATFORM


def test_the_configuration_of_the_machine_is_not_used(
    root: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tripped: Path
) -> None:
    commit_files(root / "work.git", APP)
    home = tmp_path / "home"
    home.mkdir()
    lines = [f'[url "{url}/none"]\n\tinsteadOf = {url}/work', "[credential]\n\thelper = !touch x"]
    (home / ".gitconfig").write_text("\n".join(lines))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_SSH", "touch")
    assert tree_of(f"{url}/work.git", tmp_path).tree.paths() == tuple(APP)
    assert not tripped.exists()


def test_nothing_is_left_running(root: Path, tmp_path: Path) -> None:
    """A time-out ends git's helpers too."""

    def silent(handler: Quiet) -> None:
        if "(grader)" in handler.headers["User-Agent"]:
            handler.wfile.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: {ADVERTISEMENT}\r\n"
                "Content-Length: 4\r\n\r\n0000".encode()
            )
        else:
            time.sleep(5)

    with serve(answering(silent)) as url:
        assert error_of(f"{url}/hang.git", tmp_path, fetch_timeout=1).code == "source.timeout"
        listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert f"{url}/hang.git" not in listing.stdout


def test_credentials_are_not_among_the_arguments(root: Path, tmp_path: Path) -> None:
    seen: list[str] = []

    def look(handler: Quiet) -> None:
        if "(grader)" not in handler.headers["User-Agent"]:
            done = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
            seen.append(done.stdout)
        handler.send_response(200)
        handler.send_header("Content-Type", ADVERTISEMENT)
        handler.send_header("Content-Length", "4")
        handler.end_headers()
        handler.wfile.write(b"0000")

    with serve(answering(look)) as url:
        error_of(f"{url.replace('//', '//ada:s3cret-t0ken@')}/a.git", tmp_path)
    assert seen
    assert "s3cret-t0ken" not in "".join(seen)
