"""What a learner typed, understood: a path of this machine or an http(s) address."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from grader.errors import SubmissionError
from worker.sources.names import shown

Kind = Literal["git", "app", "archive"]

ARCHIVE_ENDINGS = (
    ".zip",
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tar.xz",
    ".txz",
)
# Hosts whose two-part paths are repositories whether or not they end in .git.
GIT_HOSTS = frozenset({"bitbucket.org", "codeberg.org", "github.com", "gitlab.com"})

_PREFIXES: dict[str, Kind] = {"git+": "git", "app+": "app", "archive+": "archive"}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)::?")
_SCP = re.compile(r"(?:[\w.-]+@)([\w.-]+):(?!//)(.+)")
# The page of a folder: /owner/repo/tree/<ref>/<path>, with /-/ before it on some hosts.
_TREE_PAGE = re.compile(r"(/[^/]+/[^/]+)(?:/-)?/tree/([^/]+)(?:/(.*))?")
_HOST = re.compile(r"[\w.:][\w.:-]*", re.ASCII)
_USERINFO = re.compile(r"(?<=//)[^/\s]*@")
# A password with a slash in it, which no address may have, and which nobody may see either.
_BAD_USERINFO = re.compile(r"(?<=//)[^/@:\s]+:(?!\d+(?:/|$))\S*@")
_MAX_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class Address:
    """A source as it was asked for.

    ``url`` has no credentials in it; they are in ``authorization``, ready for an HTTP header.
    ``ref`` and ``path`` come from the page of a folder, where that was pasted.
    """

    location: str
    local: Path | None = None
    url: str = ""
    asked: Kind | None = None
    authorization: str | None = None
    ref: str | None = None
    path: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def is_archive(self) -> bool:
        """Whether the name says that it is an archive."""
        name = str(self.local) if self.local else urlsplit(self.url).path
        return name.lower().endswith(ARCHIVE_ENDINGS)

    @property
    def is_repository(self) -> bool:
        """Whether the address alone says that it is a git repository."""
        path = urlsplit(self.url).path.rstrip("/")
        return path.endswith(".git") or (self.host in GIT_HOSTS and path.count("/") == 2)


def public_location(source: str) -> str:
    """A source as a report may show it: without credentials, nothing hidden, not endless."""
    return shown(_USERINFO.sub("", _BAD_USERINFO.sub("", source.strip())), longest=300)


def parse(source: str, protocols: Collection[str]) -> Address:
    """Understand what a learner typed.

    Args:
        source: A path, an http(s) URL, or one with ``git+``, ``app+`` or ``archive+`` before it.
        protocols: The protocols that may be used, such as ``{"http", "https"}``.

    Raises:
        SubmissionError: ``source.address`` for everything else, with the form that would work
            where there is one.
    """
    text = source.strip()
    location = public_location(source)
    controls = any(ord(sign) < 0x20 for sign in text)
    if not text or text.startswith("-") or controls or len(text) > _MAX_LENGTH:
        raise _refused(location, "give a folder, an archive, a git URL or the URL of an app")
    asked, text = _prefix(text)
    scp = _SCP.fullmatch(text)
    if scp:
        host, path = scp.groups()
        raise _refused(
            location, f"use https://{host}/{path.lstrip('/')} (git over ssh needs a key)"
        )
    scheme = _SCHEME.match(text)
    if scheme is None:
        if asked is not None:
            raise _refused(location, f"after {asked}+ comes a URL with https://")
        return Address(location, local=_home_expanded(text))
    if scheme.group(1).lower() not in protocols or not text[scheme.end() :].startswith("//"):
        raise _refused(location, _another_way(scheme.group(1).lower(), text))
    return _of_url(text, location, asked)


def _of_url(text: str, location: str, asked: Kind | None) -> Address:
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    host = parts.hostname or ""
    # Programs disagree on what a backslash in an address means.
    if not _HOST.fullmatch(host) or "\\" in text:
        raise _refused(location, "an address looks like https://host/owner/repository")
    netloc = (f"[{host}]" if ":" in host else host) + port
    path, ref, folder = parts.path, None, ""
    page = _TREE_PAGE.fullmatch(path.rstrip("/")) if host in GIT_HOSTS else None
    if page and asked in (None, "git"):
        path, asked = page.group(1), "git"
        ref, folder = unquote(page.group(2)), unquote(page.group(3) or "")
    clean = urlunsplit((parts.scheme.lower(), netloc, quote(path, safe="/%:@!$&'()*+,;=~"), "", ""))
    if asked != "git" and parts.query:
        clean = f"{clean}?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}"
    return Address(
        location=location,
        url=clean,
        asked=asked,
        authorization=_authorization(parts.username, parts.password),
        ref=ref,
        path=folder,
    )


def _home_expanded(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # no such user
        return Path(text)


def _prefix(text: str) -> tuple[Kind | None, str]:
    for prefix, kind in _PREFIXES.items():
        if text.lower().startswith(prefix):
            return kind, text[len(prefix) :]
    return None, text


def _authorization(user: str | None, password: str | None) -> str | None:
    if not user:
        return None
    pair = f"{unquote(user)}:{unquote(password or '')}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _another_way(scheme: str, text: str) -> str:
    if scheme == "file":
        return "give the folder itself, without file://"
    if scheme in ("ssh", "git", "git+ssh"):
        rest = public_location(text).split("//", 1)[-1]
        return f"use https://{rest}"
    if re.match(r"\d{1,5}(?:/|$)", text.partition(":")[2]):  # host:port, as browsers take it
        return f"if it is an app that runs, give http://{public_location(text)}"
    return "give a folder, an archive, or an address that starts with https://"


def _refused(location: str, advice: str) -> SubmissionError:
    return SubmissionError("source.address", location=location, advice=advice)
