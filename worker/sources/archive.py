"""An archive, zip or tar, from a path of this machine or an http(s) address."""

from __future__ import annotations

from typing import BinaryIO

import httpx

from grader.domain.submission import FetchedSource
from grader.errors import SubmissionError, UsageError
from worker.sources.http import Caller
from worker.sources.narrow import narrow
from worker.sources.remote import refuse
from worker.sources.request import Fetched, Request
from worker.sources.tars import read_tar
from worker.sources.tree import SourceTree
from worker.sources.zips import read_zip

_START_BYTES = 512
_ZIP = b"PK"
_TAR_AT, _TAR = 257, b"ustar"
# How compressed tars begin: gzip (RFC 1952), bzip2, xz.
_COMPRESSED = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\0": "xz"}


class ArchiveSource:
    """A file of this machine, or an address whose name ends like an archive's."""

    def detect(self, request: Request) -> bool:
        address = request.address
        if address.local is not None:
            return address.local.is_file()
        return address.asked == "archive" or (address.asked is None and address.is_archive)

    def fetch(self, request: Request) -> Fetched:
        """Read the archive's members one by one.

        A single folder around everything is taken off, unless the learner names it as the path.

        Raises:
            UsageError: ``source.ref_without_git``.
            SubmissionError: ``source.not_an_archive``, ``source.archive_broken``,
                ``source.archive_encrypted``, ``source.archive_bomb``, ``source.archive_member``,
                and as :class:`~worker.sources.builder.TreeBuilder` and
                :meth:`~worker.sources.http.Caller.download` raise.
        """
        if request.ref:
            raise UsageError("source.ref_without_git", ref=request.ref)
        with _open(request) as file, request.builder() as builder:
            start = file.read(_START_BYTES)
            file.seek(0)
            if start.startswith(_ZIP):
                read_zip(file, builder)
            else:
                read_tar(file, _compression(start), builder, request.deadline)
            tree, notes = builder.finish()
        tree, dropped = narrow(_unwrapped(tree, request.path), request.path)
        source = FetchedSource(
            kind="archive",
            location=request.submission.uploaded_as or request.address.location,
            path=request.path,
            digest=tree.digest,
            files=len(tree),
            bytes=tree.size,
        )
        return Fetched(tree, source, notes + dropped)


def _open(request: Request) -> BinaryIO:
    address = request.address
    if address.local is not None:
        return address.local.open("rb")
    download = request.workdir / "download"
    caller = Caller(
        request.settings,
        request.deadline,
        address.location,
        address.authorization,
        request.destination,
    )
    with download.open("xb") as file:
        answer = caller.download(address.url, file, request.limits.max_bytes)
    refuse(answer, caller)
    if answer.status != httpx.codes.OK:
        raise SubmissionError("source.not_an_archive")
    return download.open("rb")


def _compression(start: bytes) -> str:
    """How a tar is compressed: ``gz``, ``bz2``, ``xz`` or not at all."""
    for magic, name in _COMPRESSED.items():
        if start.startswith(magic):
            return name
    if start[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        return ""
    raise SubmissionError("source.not_an_archive")


def _unwrapped(tree: SourceTree, path: str) -> SourceTree:
    """Without the single folder that archives often have around everything."""
    tops = {name.partition("/")[0] for name in tree.paths()}
    top = min(tops)
    if len(tops) > 1 or not tree.has_folder(top):
        return tree
    inner = tree.sub(top)
    wanted = path.strip("/")
    if wanted and tree.has_folder(wanted) and not inner.has_folder(wanted):
        return tree
    return inner
