"""A folder of this machine: what is on disk, less caches, and what git says about it."""

import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.domain.verdicts import Verdict
from grader.errors import UsageError
from tests.worker.sources_support import (
    APP,
    commit_files,
    error_of,
    notes_of,
    run_git,
    tree_of,
    write,
)


def test_takes_what_is_on_disk(tmp_path: Path) -> None:
    folder = write(tmp_path / "work", APP | {".gitignore": ".env\n", ".env": "KEY=1"})
    fetched = tree_of(folder, tmp_path)
    assert fetched.tree.paths() == (".env", ".gitignore", "app.py", "requirements.txt")
    assert fetched.source.kind == "folder"
    assert fetched.source.location == str(folder)
    assert fetched.source.commit is None
    assert fetched.source.files == 4
    assert fetched.source.bytes == fetched.tree.size
    assert fetched.source.digest == fetched.tree.digest
    assert fetched.notes == ()


def test_leaves_caches_and_dependencies_out(tmp_path: Path) -> None:
    litter = [
        ".git/config",
        "node_modules/x/i.js",
        "web/node_modules/y.js",
        ".venv/bin/x",
        "venv/x",
        "__pycache__/app.pyc",
        ".tox/x",
        ".pytest_cache/x",
        ".DS_Store",
        "environment/pyvenv.cfg",
        "environment/lib/x.py",
    ]
    folder = write(tmp_path / "work", APP | dict.fromkeys(litter, "x"))
    fetched = tree_of(folder, tmp_path)
    assert fetched.tree.paths() == tuple(APP)
    assert fetched.notes == ()


def test_leaves_out_what_it_is_told_to(tmp_path: Path) -> None:
    """An earlier report is not part of the work; a folder of that name elsewhere is."""
    folder = write(
        tmp_path / "work", APP | {"grader-report/report.html": "x", "api/grader-report/x.py": "y"}
    )
    fetched = tree_of(folder, tmp_path, leave_out="grader-report")
    assert fetched.tree.paths() == tuple(sorted((*APP, "api/grader-report/x.py")))


def test_path_picks_a_sub_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "work", {"blog api/app.py": "x", "other/app.py": "y"})
    fetched = tree_of(folder, tmp_path, path="blog api")
    assert fetched.tree.paths() == ("app.py",)
    assert fetched.source.path == "blog api"
    assert fetched.tree.read("app.py", 10) == b"x"


def test_modes(tmp_path: Path) -> None:
    folder = write(tmp_path / "work", {"run.sh": "x", "app.py": "y"})
    (folder / "run.sh").chmod(0o6755)
    tree = tree_of(folder, tmp_path).tree
    assert tree.is_executable("run.sh")
    assert not tree.is_executable("app.py")


def test_nothing_strange_is_opened_or_followed(tmp_path: Path) -> None:
    """T8: links out of the tree, loops, a FIFO, a socket, a device."""
    secret = write(tmp_path / "elsewhere", {"secret.txt": "s3cret"})
    folder = write(tmp_path / "work", APP)
    (folder / "good").symlink_to("app.py")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "up").symlink_to("../elsewhere/secret.txt")
    (folder / "loop").symlink_to("loop")
    (folder / "self").symlink_to(".")
    (folder / "all").symlink_to(secret)
    os.mkfifo(folder / ".dockerignore")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "sock"))
        fetched = tree_of(folder, tmp_path, fetch_timeout=5)
    assert fetched.tree.paths() == ("app.py", "good", "requirements.txt")
    notes = notes_of(fetched)
    for name in ("passwd", "up", "loop", "self", "all", ".dockerignore", "sock"):
        assert name in notes


def test_names_that_are_not_text_are_left_out_and_shown_escaped(tmp_path: Path) -> None:
    folder = write(tmp_path / "work", APP | {"-rf": "x", "new\nline": "x"})
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("x")
    fetched = tree_of(folder, tmp_path)
    assert fetched.tree.paths() == ("-rf", *APP)
    assert r"caf\xe9.txt" in notes_of(fetched)
    assert r"new\x0aline" in notes_of(fetched)
    for note in fetched.notes:
        note.model_dump_json()


def test_what_cannot_be_read_is_left_out() -> None:
    with tempfile.TemporaryDirectory() as place:
        workdir = Path(place)
        workdir.chmod(0o777)
        folder = write(workdir / "work", APP | {"key.pem": "x", "closed/x": "x"})
        (folder / "key.pem").chmod(0)
        (folder / "closed").chmod(0)
        said = as_nobody(lambda: notes_of(tree_of(folder, workdir)))
        (folder / "closed").chmod(0o700)
    assert "closed, key.pem (the grader may not read it)" in said


def as_nobody(work: Callable[[], str]) -> str:
    """Do something in a process that may not read everything, even where the tests run as root."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            said = work()
        except BaseException as error:
            said = repr(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def test_deep_folders(tmp_path: Path) -> None:
    deep = tmp_path / "work"
    write(deep, APP)
    here = os.open(deep, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    error = error_of(deep, tmp_path)
    assert error.code == "source.too_deep"
    assert error.verdict is Verdict.REJECTED


def test_limits(tmp_path: Path) -> None:
    folder = write(tmp_path / "work", {f"f{i}": "x" for i in range(20)})
    assert error_of(folder, tmp_path, source_max_files=19).code == "source.too_many_files"
    with (folder / "sparse").open("wb") as file:
        file.truncate(10 * 2**30)
    assert error_of(folder, tmp_path, source_max_mb=2).code == "source.too_large"


def test_a_large_cache_does_not_count(tmp_path: Path) -> None:
    modules = {f"node_modules/m{i}.js": "x" for i in range(50)}
    folder = write(tmp_path / "work", APP | modules)
    assert len(tree_of(folder, tmp_path, source_max_files=3).tree) == 2


@pytest.mark.parametrize("name", ["nope", "nope/deeper", "github.com/ada/work"])
def test_missing(tmp_path: Path, name: str) -> None:
    error = error_of(tmp_path / name, tmp_path)
    assert error.code == "source.not_found"
    assert isinstance(error, UsageError)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "work" / "sub").mkdir(parents=True)
    assert error_of(tmp_path / "work", tmp_path).code == "source.empty"


def test_a_folder_of_somebody_else() -> None:
    with tempfile.TemporaryDirectory() as place:
        workdir = Path(place)
        workdir.chmod(0o777)
        folder = write(workdir / "work" / "inner", APP)
        folder.parent.chmod(0)
        said = as_nobody(lambda: error_of(folder, workdir).code)
        folder.parent.chmod(0o700)
    assert said == "source.unreadable"


def test_a_ref_needs_git(tmp_path: Path) -> None:
    folder = write(tmp_path / "work", APP)
    assert error_of(folder, tmp_path, ref="main").code == "source.ref_without_git"


def test_a_bare_repository_is_not_a_folder_of_work(tmp_path: Path) -> None:
    commit_files(tmp_path / "work", APP)
    run_git(tmp_path, "clone", "--quiet", "--bare", "work", "work.git")
    assert error_of(tmp_path / "work.git", tmp_path).code == "source.bare_repository"


def test_reports_the_commit_of_a_work_tree(tmp_path: Path) -> None:
    commit = commit_files(tmp_path / "work", APP | {"b/run.sh": "x"})
    fetched = tree_of(tmp_path / "work", tmp_path)
    assert fetched.source.commit == commit
    assert fetched.notes == ()


@pytest.mark.parametrize("arrange", ["pack", "detach", "sha256"])
def test_reports_the_commit_however_it_is_stored(tmp_path: Path, arrange: str) -> None:
    folder = write(tmp_path / "work", APP)
    run_git(folder, "init", f"--object-format={'sha256' if arrange == 'sha256' else 'sha1'}")
    commit = commit_files(folder, {})
    if arrange == "pack":
        run_git(folder, "gc", "--quiet")
        run_git(folder, "pack-refs", "--all")
    if arrange == "detach":
        run_git(folder, "checkout", "--quiet", "--detach")
    fetched = tree_of(folder, tmp_path)
    assert fetched.source.commit == commit
    assert fetched.notes == ()


def test_says_how_a_work_tree_differs_from_its_commit(tmp_path: Path) -> None:
    commit = commit_files(tmp_path / "work", APP | {"gone.py": "x", "mode.sh": "x"})
    write(tmp_path / "work", {"app.py": "changed", "new.py": "x"})
    (tmp_path / "work" / "gone.py").unlink()
    fetched = tree_of(tmp_path / "work", tmp_path)
    assert fetched.source.commit == commit
    assert notes_of(fetched) == (
        f"Graded as it is on disk, which is not commit {commit[:12]}: "
        "changed: app.py; missing: gone.py; not in it: new.py."
    )


def test_the_configuration_of_a_work_tree_is_never_active(tmp_path: Path) -> None:
    """T9: an evil .git/config; hooks, filters and monitors of the learner's never run."""
    folder = tmp_path / "work"
    commit_files(folder, APP)
    trip = tmp_path / "tripped"
    lines = [
        "[core]",
        f"\tfsmonitor = touch {trip}",
        f"\tsshCommand = touch {trip}",
        f"\tpager = touch {trip}",
        f"\thooksPath = {tmp_path}",
        "[extensions]",
        "\tpartialClone = origin",
        '[remote "origin"]',
        f"\turl = ext::touch {trip}",
        '[filter "x"]',
        f"\tclean = touch {trip}",
        f"\tsmudge = touch {trip}",
        f"[include]\n\tpath = {tmp_path}/more",
    ]
    with (folder / ".git" / "config").open("a") as config:
        config.write("\n".join(lines))
    write(folder, {".gitattributes": "* filter=x\n", "app.py": "changed"})
    hook = folder / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {trip}\n")
    hook.chmod(0o755)
    assert "changed: app.py" in notes_of(tree_of(folder, tmp_path))
    assert not trip.exists()


def test_a_git_folder_that_lies_is_harmless(tmp_path: Path) -> None:
    for number, head in enumerate(
        ["ref: refs/heads/../../../../etc/passwd", "ref: ../x", "\0" * 9000, "f" * 40, ""]
    ):
        folder = write(tmp_path / f"work{number}", APP | {".git/HEAD": head})
        write(folder, {".git/objects/info/x": ""})
        fetched = tree_of(folder, tmp_path)
        assert fetched.tree.paths() == tuple(APP)
        assert fetched.source.commit in (None, "f" * 40)
    elsewhere = tmp_path / "elsewhere"
    commit_files(elsewhere, APP)
    folder = write(tmp_path / "linked", APP)
    (folder / ".git").symlink_to(elsewhere / ".git")
    assert tree_of(folder, tmp_path).source.commit is None
    folder = write(tmp_path / "pointer", APP | {".git": f"gitdir: {elsewhere}/.git"})
    assert tree_of(folder, tmp_path).source.commit is None


def test_a_fifo_among_the_objects_does_not_hang(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    commit = commit_files(folder, APP)
    tree = run_git(folder, "rev-parse", "HEAD^{tree}")
    for oid in (commit, tree):
        file = folder / ".git" / "objects" / oid[:2] / oid[2:]
        file.unlink()
        os.mkfifo(file)
    fetched = tree_of(folder, tmp_path, fetch_timeout=60)
    assert fetched.tree.paths() == tuple(APP)
    assert "the commit cannot be read" in notes_of(fetched)
