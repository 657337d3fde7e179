"""A git repository over http, from a real ``git http-backend``: refs, folders, dumb servers."""

from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from grader.cli.git_server import GitHandler, serve, serve_repositories
from grader.domain.verdicts import Fault, Verdict
from tests.worker.sources_support import (
    APP,
    EXECUTABLE,
    FILE,
    LINK,
    SUBMODULE,
    RawRepository,
    commit_files,
    error_of,
    notes_of,
    run_git,
    tree_of,
    write,
)


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
def work(root: Path) -> Path:
    """A repository with a branch, tags and some history, served as work.git."""
    folder = root / "work.git"
    commit_files(folder, {"app.py": "old"}, "first")
    run_git(folder, "tag", "v1")
    commit_files(folder, APP | {"blog api/app.py": "inner", "run.sh": "x"}, "second")
    run_git(folder, "tag", "-a", "v2", "-m", "annotated")
    run_git(folder, "branch", "feature/login", "v1")
    return folder


def test_fetches_the_default_branch(work: Path, url: str, tmp_path: Path) -> None:
    fetched = tree_of(f"{url}/work.git", tmp_path)
    assert fetched.tree.paths() == ("app.py", "blog api/app.py", "requirements.txt", "run.sh")
    assert fetched.tree.read("app.py", 100) == APP["app.py"].encode()
    assert fetched.source.kind == "git"
    assert fetched.source.ref == "main"
    assert fetched.source.commit == run_git(work, "rev-parse", "HEAD")
    assert fetched.source.location == f"{url}/work.git"
    assert fetched.source.digest == fetched.tree.digest
    assert fetched.notes == ()


def test_equals_the_folder_and_the_archive(work: Path, url: str, tmp_path: Path) -> None:
    run_git(work, "archive", "--prefix=work/", "-o", str(tmp_path / "work.zip"), "HEAD")
    sources = (work, tmp_path / "work.zip", f"{url}/work.git")
    digests = {tree_of(source, tmp_path).tree.digest for source in sources}
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("ref", "is_at"),
    [
        ("main", "HEAD"),
        ("feature/login", "v1"),
        ("v1", "v1"),
        ("v2", "HEAD"),
        ("refs/heads/main", "HEAD"),
        ("refs/tags/v1", "v1"),
        ("HEAD", "HEAD"),
    ],
)
def test_refs(work: Path, url: str, tmp_path: Path, ref: str, is_at: str) -> None:
    fetched = tree_of(f"{url}/work.git", tmp_path, ref=ref)
    assert fetched.source.commit == run_git(work, "rev-parse", is_at)
    assert fetched.source.ref == ("main" if ref == "HEAD" else ref)


@pytest.mark.parametrize("name", ["v1", "main", "v2"])
def test_full_commits(work: Path, url: str, tmp_path: Path, name: str) -> None:
    commit = run_git(work, "rev-parse", name)  # of v2: the tag object itself
    fetched = tree_of(f"{url}/work.git", tmp_path, ref=commit.upper())
    assert fetched.source.commit == run_git(work, "rev-parse", f"{name}^{{commit}}")
    assert fetched.source.ref is None


def test_a_ref_in_the_way_a_request_names_it(work: Path, url: str, tmp_path: Path) -> None:
    run_git(work, "update-ref", "refs/pull/7/head", "v1")
    fetched = tree_of(f"{url}/work.git", tmp_path, ref="refs/pull/7/head")
    assert fetched.source.commit == run_git(work, "rev-parse", "v1")


def test_unknown_refs(work: Path, url: str, tmp_path: Path) -> None:
    error = error_of(f"{url}/work.git", tmp_path, ref="feature/logn")
    assert error.code == "source.ref_not_found"
    assert error.hint == "did you mean `feature/login`? its branches are: feature/login, main"
    error = error_of(f"{url}/work.git", tmp_path, ref="f" * 40)
    assert error.code == "source.ref_not_found"
    assert "push it first" in error.hint


def test_a_short_commit_is_told_in_full(work: Path, url: str, tmp_path: Path) -> None:
    commit = run_git(work, "rev-parse", "HEAD")
    error = error_of(f"{url}/work.git", tmp_path, ref=commit[:8])
    assert error.code == "source.short_commit"
    assert commit in error.hint
    assert "git rev-parse" in error_of(f"{url}/work.git", tmp_path, ref="abcdef1").hint


@pytest.mark.parametrize(
    "ref",
    ["@{-1}", "a b", "-x", "--upload-pack=x", "main~1", "main^", "a..b", "main:app.py", "x.lock"],
)
def test_what_is_not_a_ref(work: Path, url: str, tmp_path: Path, ref: str) -> None:
    error = error_of(f"{url}/work.git", tmp_path, ref=ref)
    assert error.code == "source.bad_ref"
    assert error.verdict is Verdict.FETCH_FAILED


@pytest.mark.parametrize(("what", "kind"), [("HEAD^{tree}", "tree"), ("HEAD:app.py", "blob")])
def test_an_object_that_is_no_commit(
    work: Path, url: str, tmp_path: Path, what: str, kind: str
) -> None:
    oid = run_git(work, "rev-parse", what)
    error = error_of(f"{url}/work.git", tmp_path, ref=oid)
    assert error.code == "source.ref_not_commit"
    assert kind in error.title
    run_git(work, "tag", "odd", oid)
    assert error_of(f"{url}/work.git", tmp_path, ref="odd").code == "source.ref_not_commit"


def test_a_folder_with_spaces(work: Path, url: str, tmp_path: Path) -> None:
    fetched = tree_of(f"{url}/work.git", tmp_path, path="blog api")
    assert fetched.tree.paths() == ("app.py",)
    assert fetched.source.path == "blog api"
    error = error_of(f"{url}/work.git", tmp_path, path="blog-api")
    assert error.code == "source.path_not_found"
    assert error.hint == "did you mean `blog api`?"


def test_repositories_without_work(root: Path, url: str, tmp_path: Path) -> None:
    run_git(root, "init", "--quiet", "--bare", "empty.git")
    assert error_of(f"{url}/empty.git", tmp_path).code == "source.empty_repository"
    commit_files(root / "nothing.git", {})
    assert error_of(f"{url}/nothing.git", tmp_path).code == "source.empty"
    commit_files(root / "other.git", APP)
    run_git(root / "other.git", "branch", "--quiet", "-m", "work")
    run_git(root / "other.git", "symbolic-ref", "HEAD", "refs/heads/main")
    error = error_of(f"{url}/other.git", tmp_path)
    assert error.code == "source.no_default_branch"
    assert "work" in error.hint
    assert tree_of(f"{url}/other.git", tmp_path, ref="work").source.ref == "work"


def test_sha256_repositories(root: Path, url: str, tmp_path: Path) -> None:
    write(root / "long.git", APP)
    run_git(root / "long.git", "init", "--quiet", "--object-format=sha256")
    commit = commit_files(root / "long.git", APP)
    assert len(commit) == 64
    assert tree_of(f"{url}/long.git", tmp_path).source.commit == commit
    assert tree_of(f"{url}/long.git", tmp_path, ref=commit).source.commit == commit


def test_modes_and_links(root: Path, url: str, tmp_path: Path) -> None:
    raw = RawRepository(root / "raw.git")
    raw.commit_entries(
        (EXECUTABLE, "run.sh", raw.blob("#!/bin/sh")),
        (LINK, "good", raw.blob("app.py")),
        (LINK, "bad", raw.blob("/etc/passwd")),
    )
    fetched = tree_of(f"{url}/raw.git", tmp_path)
    assert fetched.tree.paths() == ("app.py", "good", "run.sh")
    assert fetched.tree.is_executable("run.sh")
    assert fetched.tree.link_target("good") == "app.py"
    assert "bad" in notes_of(fetched)


def test_group_writable_files_of_old_tools(root: Path, url: str, tmp_path: Path) -> None:
    raw = RawRepository(root / "old.git")
    raw.commit_entries(("100664", "old.py", raw.blob("x")))
    assert tree_of(f"{url}/old.git", tmp_path).tree.has("old.py")


def test_submodules_and_lfs_are_told(root: Path, url: str, tmp_path: Path) -> None:
    raw = RawRepository(root / "raw.git")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    raw.commit_entries(
        (SUBMODULE, "library", "1" * 40),
        (FILE, ".gitmodules", raw.blob('[submodule "library"]\npath=library\nurl=http://x/y\n')),
        (FILE, "model.bin", raw.blob(pointer)),
    )
    fetched = tree_of(f"{url}/raw.git", tmp_path)
    assert fetched.tree.read("model.bin", 1000).decode() == pointer
    assert "Git LFS keeps the contents of model.bin elsewhere" in notes_of(fetched)
    assert "Submodules are not fetched; their folders are empty: library." in notes_of(fetched)


def test_committed_dependencies_are_left_out_and_told(root: Path, url: str, tmp_path: Path) -> None:
    commit_files(root / "fat.git", APP | {"web/node_modules/x.js": "x", "venv/bin/y": "y"})
    fetched = tree_of(f"{url}/fat.git", tmp_path)
    assert fetched.tree.paths() == tuple(APP)
    assert "Left out, though committed: venv, web/node_modules." in notes_of(fetched)


def test_attributes_change_nothing(root: Path, url: str, tmp_path: Path) -> None:
    """G10: the files are those of the commit, whatever attributes would make of them."""
    attributes = (
        "Dockerfile export-ignore\nv.txt export-subst\n*.py filter=x text eol=crlf\n"
        "u.txt working-tree-encoding=UTF-16\n"
    )
    files: dict[str, str | bytes] = {
        ".gitattributes": attributes,
        "Dockerfile": "FROM x\n",
        "v.txt": "$Format:%H$",
        "app.py": "a\nb\n",
    }
    commit_files(root / "a.git", files)
    tree = tree_of(f"{url}/a.git", tmp_path).tree
    for name, text in files.items():
        assert tree.read(name, 1000).decode() == text


class OldServer(GitHandler):
    """Speaks only the first protocol, and hands out only what a ref points at."""

    def _variables(self, length: int) -> dict[str, str]:
        return super()._variables(length) | {"GIT_PROTOCOL": ""}


def test_an_old_server(work: Path, root: Path, tmp_path: Path) -> None:
    below_main = run_git(work, "rev-parse", "v1")
    run_git(work, "branch", "-D", "feature/login")
    run_git(work, "tag", "-d", "v1")
    with serve(type("Old", (OldServer,), {"root": root})) as url:
        assert tree_of(f"{url}/work.git", tmp_path).source.ref == "main"
        fetched = tree_of(f"{url}/work.git", tmp_path, ref=below_main)
        assert fetched.source.commit == below_main
        assert fetched.tree.read("app.py", 9) == b"old"
        error = error_of(f"{url}/work.git", tmp_path, ref="e" * 40)
        assert error.code == "source.ref_not_found"


@pytest.fixture
def dumb_url(work: Path, root: Path) -> Iterator[str]:
    """A plain file server, as static web space is."""
    run_git(root, "clone", "--quiet", "--bare", "work.git", "dumb.git")
    run_git(root / "dumb.git", "update-server-info")

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(root))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with serve(Files) as url:
        yield url


@pytest.mark.parametrize("ref", [None, "feature/login", "v2"])
def test_a_dumb_server(work: Path, dumb_url: str, tmp_path: Path, ref: str | None) -> None:
    fetched = tree_of(f"{dumb_url}/dumb.git", tmp_path, ref=ref)
    assert fetched.source.commit == run_git(work, "rev-parse", f"{ref or 'HEAD'}^{{commit}}")


def test_a_commit_of_a_dumb_server(work: Path, dumb_url: str, tmp_path: Path) -> None:
    commit = run_git(work, "rev-parse", "v1")
    assert tree_of(f"{dumb_url}/dumb.git", tmp_path, ref=commit).source.commit == commit
    error = error_of(f"{dumb_url}/dumb.git", tmp_path, ref="e" * 40)
    assert error.code == "source.ref_not_found"


def test_addresses_that_do_not_say_what_they_are(
    work: Path, root: Path, url: str, tmp_path: Path
) -> None:
    work.rename(root / "plain")
    assert tree_of(f"{url}/plain", tmp_path).source.kind == "git"
    assert tree_of(f"git+{url}/plain/", tmp_path).source.kind == "git"


def test_a_missing_repository(url: str, tmp_path: Path) -> None:
    for address in (f"{url}/none.git", f"git+{url}/none"):
        error = error_of(address, tmp_path)
        assert error.code == "source.private_or_missing"
        assert error.verdict is Verdict.FETCH_FAILED
        assert error.fault is Fault.LEARNER
