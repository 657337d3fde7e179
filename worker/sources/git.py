"""A git repository over http or https: one commit of it, without a work tree.

The commit is fetched into a bare repository of the worker's and its files are read out of git's
objects. Nothing is checked out, so that no attribute, filter, hook, link or strange name of the
repository ever meets this machine's file system.
"""

from __future__ import annotations

import re
from contextlib import closing

from grader.domain.submission import FetchedSource
from grader.errors import GraderError, SubmissionError
from worker.sources.git_objects import GitTree
from worker.sources.git_process import Git, GitError
from worker.sources.http import Caller
from worker.sources.limits import MIB
from worker.sources.names import shown
from worker.sources.narrow import narrow
from worker.sources.remote import Refs, Repository, Speaks, Wanted, ask, find_repository
from worker.sources.request import Fetched, Request

# A pack holds its objects compressed; what it adds for bookkeeping stays below this.
_PACK_OVERHEAD = 16 * MIB
_FETCHED = "refs/grade/head"
_FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--refmap=",
)
_UNADVERTISED = re.compile(r"unadvertised object|dumb http", re.IGNORECASE)
_NO_SUCH_OBJECT = re.compile(r"not our ref|find remote ref|unadvertised object")
# What git says to 401 when nobody can be asked for a name, and when the one it sent is refused.
_WANTS_CREDENTIALS = re.compile(r"could not read Username|Authentication failed")
_OBJECT_FAULT = re.compile(r"object (?:[0-9a-f]{40,64}): (\w+): (.*)")


class GitSource:
    """An http(s) address that is a repository."""

    def detect(self, request: Request) -> bool:
        address = request.address
        if not address.url or address.asked not in (None, "git"):
            return False
        if address.asked == "git" or address.is_repository:
            return True
        speaks, _ = ask(address.url, _caller(request))
        return speaks is not Speaks.NOT_GIT

    def fetch(self, request: Request) -> Fetched:
        """Fetch one commit and read its files.

        Raises:
            SubmissionError: With the ``source.*`` codes of :mod:`worker.sources.remote`,
                :class:`~worker.sources.builder.TreeBuilder`, and ``source.ref_not_commit``,
                ``source.git_object``, ``source.git_failed``, ``source.git_memory``,
                ``source.transfer_too_large``.
        """
        repository = find_repository(request.address.url, _caller(request))
        git = Git(
            request.workdir,
            request.settings,
            request.deadline,
            max_bytes=request.limits.max_bytes + _PACK_OVERHEAD,
            authorization=request.address.authorization,
            destination=request.destination,
        )
        try:
            wanted, commit = _fetch_commit(git, repository, request)
            with request.builder(committed=True) as builder:
                files, notes = GitTree(git, commit, builder).read()
        except GitError as failure:
            raise _in_words(failure, git, request) from failure
        files, dropped = narrow(files, request.path)
        source = FetchedSource(
            kind="git",
            location=request.address.location,
            ref=wanted.shown_as,
            commit=commit,
            path=request.path,
            digest=files.digest,
            files=len(files),
            bytes=files.size,
        )
        return Fetched(files, source, notes + dropped)


def _caller(request: Request) -> Caller:
    address = request.address
    return Caller(
        request.settings,
        request.deadline,
        address.location,
        address.authorization,
        request.destination,
    )


def _fetch_commit(git: Git, repository: Repository, request: Request) -> tuple[Wanted, str]:
    """Fetch what the learner's ref means; return it and the full name of the commit."""
    refs = Refs(request.ref, request.address.location)
    command = ("ls-remote", "--symref", "--", repository.url)
    with closing(git.stream(*command, in_repository=False)) as listing:
        for chunk in listing:
            refs.feed(chunk)
    wanted = refs.choose()
    git.init(refs.object_format)
    # A dumb server hands out files and cannot cut history short.
    depth = ["--depth=1"] if repository.smart else []
    if wanted.is_object and not repository.smart:
        _fetch_everything(git, repository)
        return wanted, _commit(git, wanted.name, request)
    try:
        git.run(*_FETCH, *depth, "--", repository.url, f"+{wanted.name}:{_FETCHED}")
    except GitError as failure:
        if not wanted.is_object or not _NO_SUCH_OBJECT.search(failure.stderr):
            raise
        if not _UNADVERTISED.search(failure.stderr):
            raise _no_such_commit(request) from failure
        # An old server that hands out only what a ref points at: the commit is below one.
        _fetch_everything(git, repository)
        return wanted, _commit(git, wanted.name, request)
    return wanted, _commit(git, _FETCHED, request)


def _fetch_everything(git: Git, repository: Repository) -> None:
    refspecs = ["+refs/heads/*:refs/grade/heads/*", "+refs/tags/*:refs/grade/tags/*"]
    git.run(*_FETCH, "--", repository.url, *refspecs)


def _commit(git: Git, name: str, request: Request) -> str:
    """The full name of the commit that something fetched is or points at."""
    try:
        kind = git.run("cat-file", "-t", name)
    except GitError as failure:
        raise _no_such_commit(request) from failure
    try:
        verify = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
        return git.run(*verify).decode().strip()
    except GitError as failure:
        raise SubmissionError(
            "source.ref_not_commit", ref=shown(request.ref or "HEAD"), kind=kind.decode().strip()
        ) from failure


def _no_such_commit(request: Request) -> SubmissionError:
    return SubmissionError(
        "source.ref_not_found",
        ref=shown(request.ref or "HEAD"),
        advice="push it first: a commit can be graded once a branch or a tag leads to it",
    )


def _in_words(failure: GitError, git: Git, request: Request) -> GraderError:
    """What made git fail, from what it printed (in the C locale)."""
    location = request.address.location
    if git.reached_cap():
        limit = request.limits.max_bytes // MIB
        return SubmissionError("source.transfer_too_large", location=location, limit_mb=limit)
    if "Out of memory" in failure.stderr:
        # A pack of a few bytes can ask for gigabytes, by its count of objects or by a delta.
        return SubmissionError("source.git_memory", location=location)
    if _WANTS_CREDENTIALS.search(failure.stderr):
        # Servers may show their refs to everybody and keep what they lead to.
        return SubmissionError("source.private_or_missing", location=location, status=401)
    fault = _OBJECT_FAULT.search(failure.stderr)
    if fault:
        why = shown(f"{fault.group(1)}: {fault.group(2)}")
        return SubmissionError("source.git_object", location=location, why=why)
    if "Operation too slow" in failure.stderr:
        return request.deadline.passed()
    log = "\n".join(shown(line, 300) for line in failure.stderr.splitlines()[-20:])
    return SubmissionError("source.git_failed", location=location, log=log)
