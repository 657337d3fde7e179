"""What the tests of the sources share: repositories, hostile ones too, and bad servers."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from grader.domain.submission import Submission
from grader.errors import GraderError
from grader.settings import Settings
from worker.sources import Fetched, RunningApp, fetch

FILE, EXECUTABLE, LINK, SUBMODULE, FOLDER = "100644", "100755", "120000", "160000", "40000"
APP = {"app.py": "print('hello')\n", "requirements.txt": "flask\n"}
COMMITTER = "Ada <ada@example.org> 1700000000 +0000"


def settings(**values: object) -> Settings:
    """Settings for tests: the usual ones, without the machine's CA bundle."""
    return Settings(**{"ca_bundle": None, **values})  # type: ignore[arg-type]


def get(
    source: object,
    workdir: Path,
    *,
    ref: str | None = None,
    path: str = "",
    leave_out: str = "",
    allow_local: bool = True,
    remote: bool = False,
    **values: object,
) -> Fetched | RunningApp:
    """Fetch a source into a new folder below ``workdir``."""
    place = workdir / f"fetch-{len(list(workdir.glob('fetch-*')))}"
    place.mkdir(mode=0o700)
    submission = Submission(
        id="test",
        source=str(source),
        project="p",
        ref=ref,
        path=path,
        leave_out=leave_out,
        remote=remote,
        seed=1,
    )
    return fetch(submission, settings(**values), place, allow_local=allow_local)


def tree_of(source: object, workdir: Path, **options: object) -> Fetched:
    """Fetch what must have files."""
    fetched = get(source, workdir, **options)  # type: ignore[arg-type]
    assert isinstance(fetched, Fetched)
    return fetched


def error_of(source: object, workdir: Path, **options: object) -> GraderError:
    """Fetch what must fail, and return how it did."""
    try:
        fetched = get(source, workdir, **options)  # type: ignore[arg-type]
    except GraderError as error:
        return error
    raise AssertionError(f"it was fetched: {fetched}")


def notes_of(fetched: Fetched | RunningApp) -> str:
    return "\n".join(note.text for note in fetched.notes)


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below a folder, making it and what is between."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def run_git(folder: Path, *arguments: str) -> str:
    """Run git as a learner would, with nothing of this machine's configuration."""
    name = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": "1700000000 +0000"}
    who = {f"GIT_{role}_{key}": v for role in ("AUTHOR", "COMMITTER") for key, v in name.items()}
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **who,
    }
    command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]
    done = subprocess.run(
        [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.strip()


def commit_files(folder: Path, files: dict[str, str | bytes], message: str = "work") -> str:
    """Make (or go on with) a work tree in which the files are committed; return the commit."""
    write(folder, files)
    if not (folder / ".git").exists():
        run_git(folder, "init", "--quiet")
    run_git(folder, "add", "--all", "--force")
    run_git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
    return run_git(folder, "rev-parse", "HEAD")


class RawRepository:
    """A bare repository whose objects are written byte by byte, as no git would write them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        run_git(folder, "init", "--quiet", "--bare", ".")

    def put(self, kind: str, data: bytes) -> str:
        """Store an object; return its name."""
        whole = b"%s %d\0%s" % (kind.encode(), len(data), data)
        name = hashlib.sha1(whole).hexdigest()
        file = self.folder / "objects" / name[:2] / name[2:]
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(zlib.compress(whole, 1))
        return name

    def blob(self, text: str | bytes) -> str:
        return self.put("blob", text if isinstance(text, bytes) else text.encode())

    def tree(self, *entries: tuple[str, str | bytes, str], in_order: bool = False) -> str:
        """Store a tree of (mode, name, object); sorted as git wants it unless ``in_order``."""
        raw = [
            (mode, name if isinstance(name, bytes) else name.encode(), oid)
            for mode, name, oid in entries
        ]
        if not in_order:
            raw.sort(key=lambda entry: entry[1] + (b"/" if entry[0] == FOLDER else b""))
        return self.put(
            "tree", b"".join(b"%s %s\0%s" % (m.encode(), n, bytes.fromhex(o)) for m, n, o in raw)
        )

    def commit(self, tree: str, branch: str = "main") -> str:
        """Store a commit of a tree and let a branch point at it."""
        text = f"tree {tree}\nauthor {COMMITTER}\ncommitter {COMMITTER}\n\nwork\n"
        name = self.put("commit", text.encode())
        file = self.folder / "refs" / "heads" / branch
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name}\n")
        return name

    def commit_entries(self, *entries: tuple[str, str | bytes, str]) -> str:
        """Commit a tree that holds the entries and a small app."""
        app = (FILE, "app.py", self.blob(APP["app.py"]))
        return self.commit(self.tree(app, *entries))


class Quiet(BaseHTTPRequestHandler):
    """A request handler that logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def answering(answer: Callable[[Quiet], None]) -> type[Quiet]:
    """A handler that answers every request in the same way."""

    class Handler(Quiet):
        def do_GET(self) -> None:
            answer(self)

        def do_POST(self) -> None:
            answer(self)

    return Handler


def status(code: int, body: bytes = b"", **headers: str) -> type[Quiet]:
    """A handler that gives one answer; ``Content_Type="…"`` and the like are its headers."""

    def answer(handler: Quiet) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answering(answer)
