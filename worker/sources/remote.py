"""What a git server says before anything is fetched: is it one, and which refs are there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto

import httpx

from grader.errors import PlatformError, SubmissionError
from worker.sources.http import Answer, Caller
from worker.sources.names import shown

_SERVICE = "/info/refs?service=git-upload-pack"
# https://git-scm.com/docs/http-protocol: how a smart server begins, and a line of a dumb one.
_SMART_TYPE = "application/x-git-upload-pack-advertisement"
_DUMB_LINE = re.compile(rb"[0-9a-f]{40,64}\t")
_FULL_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT_COMMIT = re.compile(r"[0-9a-f]{4,63}")
_MAX_REFS = 50_000
_MAX_LINE = 64 * 1024
# git-check-ref-format(1): what no ref may contain, "@{" being revision syntax as well.
_NOT_A_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/.]|[/.]$|\.lock$|/\.")


class Speaks(Enum):
    """What answers at an address."""

    SMART = auto()
    DUMB = auto()
    NOT_GIT = auto()


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository that answers; ``url`` is where, after redirects on its host."""

    url: str
    smart: bool


def ask(url: str, caller: Caller) -> tuple[Speaks, Answer]:
    """Ask an address for its refs, as git would, and see what answers.

    Raises:
        SubmissionError: If nothing answers; see :meth:`Caller.look`.
    """
    answer = caller.look(url.rstrip("/") + _SERVICE, {"Git-Protocol": "version=2"})
    if answer.status != httpx.codes.OK or answer.elsewhere:
        return Speaks.NOT_GIT, answer
    if answer.content_type == _SMART_TYPE:
        return Speaks.SMART, answer
    empty = not answer.start and answer.content_type in ("", "text/plain")
    if _DUMB_LINE.match(answer.start) or empty:
        return Speaks.DUMB, answer
    return Speaks.NOT_GIT, answer


def find_repository(url: str, caller: Caller) -> Repository:
    """The repository at an address that is meant to be one.

    Raises:
        SubmissionError: ``source.private_or_missing``, ``source.redirect``,
            ``source.not_a_repository``, or nothing answers.
        PlatformError: ``source.server_error``.
    """
    speaks, answer = ask(url, caller)
    if speaks is not Speaks.NOT_GIT:
        return Repository(answer.url.removesuffix(_SERVICE), smart=speaks is Speaks.SMART)
    refuse(answer, caller)
    raise SubmissionError("source.not_a_repository", location=caller.location)


def refuse(answer: Answer, caller: Caller) -> None:
    """Put an answer that is not 200 into words.

    Raises:
        SubmissionError: ``source.redirect``, ``source.private_or_missing``.
        PlatformError: ``source.server_error``: nobody's fault but the server's.
    """
    where = caller.location
    if answer.elsewhere:
        target = shown(answer.elsewhere.removesuffix(_SERVICE))
        raise SubmissionError("source.redirect", location=where, target=target)
    if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise PlatformError("source.server_error", location=where, status=answer.status)
    if answer.status >= httpx.codes.BAD_REQUEST:
        raise SubmissionError("source.private_or_missing", location=where, status=answer.status)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch: a full ref or object name, and how the learner knows it."""

    name: str
    shown_as: str | None
    is_object: bool = False


class Refs:
    """The refs of a repository, from the output of ``git ls-remote --symref`` as it comes.

    Only branches, tags and the one that is asked for are kept: hosts list every merge request
    as well, which can be a hundred thousand.

    Args:
        ref: What the learner asked for, ``None`` for the default branch.
        location: For the messages.
    """

    def __init__(self, ref: str | None, location: str) -> None:
        self._ref = ref
        self._location = location
        self._refs: dict[str, str] = {}
        self._head: str | None = None
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the listing.

        Raises:
            SubmissionError: ``source.too_many_refs``.
        """
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._take(line.decode(errors="surrogateescape"))
        if len(self._refs) > _MAX_REFS or len(self._rest) > _MAX_LINE:
            raise SubmissionError("source.too_many_refs", location=self._location, limit=_MAX_REFS)

    def _take(self, line: str) -> None:
        value, _, name = line.partition("\t")
        if value.startswith("ref: "):
            if name == "HEAD":
                self._head = value.removeprefix("ref: ")
        elif name.endswith("^{}"):
            return
        elif name.startswith(("refs/heads/", "refs/tags/")) or name in ("HEAD", self._ref):
            self._refs[name] = value

    @property
    def object_format(self) -> str:
        """``sha1`` or ``sha256``, by the length of the object names."""
        return "sha256" if len(next(iter(self._refs.values()), "")) == 64 else "sha1"

    @property
    def branches(self) -> tuple[str, ...]:
        return tuple(
            name.removeprefix("refs/heads/")
            for name in self._refs
            if name.startswith("refs/heads/")
        )

    def choose(self) -> Wanted:
        """What the learner's ref means here: a branch, a tag, a full ref or a full commit.

        Raises:
            SubmissionError: ``source.empty_repository``, ``source.no_default_branch``,
                ``source.bad_ref``, ``source.short_commit``, ``source.ref_not_found``.
        """
        ref = self._ref
        if not self._refs:
            raise SubmissionError("source.empty_repository", location=self._location)
        if ref is None or ref == "HEAD":
            return self._default()
        if _NOT_A_REF.search(ref) or not ref:
            raise SubmissionError("source.bad_ref", ref=shown(ref))
        for name in (f"refs/heads/{ref}", f"refs/tags/{ref}"):
            if name in self._refs:
                return Wanted(name, ref)
        if ref.startswith("refs/") and ref in self._refs:
            return Wanted(ref, ref)
        if _FULL_COMMIT.fullmatch(ref.lower()):
            return Wanted(ref.lower(), None, is_object=True)
        if _SHORT_COMMIT.fullmatch(ref.lower()):
            raise SubmissionError("source.short_commit", ref=ref, advice=self._longer(ref.lower()))
        raise SubmissionError("source.ref_not_found", ref=shown(ref), advice=self._nearest(ref))

    def _default(self) -> Wanted:
        if "HEAD" not in self._refs:
            branches = self._some_branches()
            raise SubmissionError(
                "source.no_default_branch", location=self._location, branches=branches
            )
        head = self._head or ""
        return Wanted("HEAD", head.removeprefix("refs/heads/") or None)

    def _longer(self, short: str) -> str:
        tips = sorted({oid for oid in self._refs.values() if oid.startswith(short)})
        if len(tips) == 1:
            return f"give all of it: {tips[0]}"
        return "give all its characters, or a branch or tag (`git rev-parse HEAD` prints them)"

    def _nearest(self, ref: str) -> str:
        tags = [name.removeprefix("refs/tags/") for name in self._refs if "refs/tags/" in name]
        close = get_close_matches(ref, [*self.branches, *tags], n=1)
        there = f"its branches are: {self._some_branches()}"
        return f"did you mean `{shown(close[0])}`? {there}" if close else there

    def _some_branches(self) -> str:
        names = [shown(name, 60) for name in sorted(self.branches)]
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        return (", ".join(names[:10]) or "none") + more
