"""A visitor of the app's pages: a browser without scripts, which sends nothing by accident."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from urllib.parse import urlencode, urlsplit

import httpx

from grader.domain.evidence import HttpExchange
from grader.domain.text import clean
from harnesses.kit.api import Api, Reply
from harnesses.kit.failures import CheckFailed
from harnesses.kit.pages.document import Document, Field, Form, Link

MOST_REDIRECTS = 5
MOST_PAGES = 15
"""How many pages are looked through for something."""
ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
_AS_GET = (301, 302, 303)
_KEPT = (307, 308)
# A visitor who only looks around follows none of these.
_CHANGES = re.compile(
    r"delete|remove|destroy|erase|reset|clear|drop|cancel|unsubscribe|trash"
    r"|log[-_ ]?out|sign[-_ ]?out",
    re.IGNORECASE,
)
# Stands for the app in URLs: where it listens is nobody's business.
_ORIGIN = "http://app.invalid"


class Page:
    """A page that the app answered with.

    ``url`` is the path (and query) at which it was found in the end.
    """

    def __init__(self, reply: Reply, url: str) -> None:
        self.reply = reply
        self.url = url

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def exchange(self) -> HttpExchange:
        return self.reply.exchange

    @property
    def is_html(self) -> bool:
        """Whether a browser would show it as a page."""
        kind = self.reply.headers.get("content-type", "").split(";")[0].strip().lower()
        return kind in ("text/html", "application/xhtml+xml") or (
            not kind and "<" in self.reply.text[:1000]
        )

    @cached_property
    def document(self) -> Document:
        return Document(self.reply.text, _ORIGIN + self.url)

    @property
    def text(self) -> str:
        """What a visitor reads; of what is no page, all of it."""
        return self.document.text if self.is_html else self.reply.text

    @property
    def forms(self) -> tuple[Form, ...]:
        return self.document.forms if self.is_html else ()

    @property
    def links(self) -> tuple[Link, ...]:
        return self.document.links if self.is_html else ()

    @property
    def needs_scripts(self) -> bool:
        """Whether what can be filled in is sent by scripts only, which no server-rendered page
        needs."""
        return self.is_html and self.document.needs_scripts


class Site:
    """The app's pages.

    Args:
        api: What sends the requests, bounded and kept as evidence.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._cookies = httpx.Cookies()

    def visit(self, url: str) -> Page:
        """Open a page, following redirects.

        Args:
            url: A path, or the URL of a :class:`Link` of this app.

        Raises:
            CheckFailed: If there is no answer, or redirects lead away from the app or nowhere.
        """
        return self._send("GET", self._path(url))

    def submit(self, form: Form, values: Mapping[Field, str | None] | None = None) -> Page:
        """Fill in a form and send it, as a browser does.

        Args:
            form: The form.
            values: What is filled in; None leaves a field out, as a forged request may.

        Raises:
            CheckFailed: As :meth:`visit`; also if the form is sent to another host.
        """
        pairs = form_data(form, values or {})
        path = self._path(form.action, "a form is sent")
        if form.method == "GET":
            return self._send("GET", f"{path.partition('?')[0]}?{urlencode(pairs)}")
        if form.multipart:
            content, kind = _multipart(pairs)
        else:
            content, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        return self._send("POST", path, content, kind)

    def look_around(
        self, start: str = "/", enough: Callable[[Page], bool] = lambda _: False
    ) -> list[Page]:
        """The pages that can be reached by links, the start first, nearest first.

        Links that sound as if they change something are not followed.

        Args:
            start: The first page.
            enough: Asked after each page; the search ends when it says yes.
        """
        pages: list[Page] = []
        seen, waiting = {start}, [start]
        while waiting and len(pages) < MOST_PAGES:
            page = self.visit(waiting.pop(0))
            pages.append(page)
            if enough(page):
                break
            for link in page.links:
                if self.is_own(link.url) and not _CHANGES.search(f"{link.url} {link.text}"):
                    path = self._path(link.url)
                    if path not in seen:
                        seen.add(path)
                        waiting.append(path)
        return pages

    @property
    def cookies(self) -> str:
        """The header ``Cookie`` that goes with the next request; may be empty."""
        request = httpx.Request("GET", _ORIGIN + "/")
        self._cookies.set_cookie_header(request)
        return str(request.headers.get("cookie", ""))

    def is_own(self, url: str) -> bool:
        """Whether a URL belongs to the app."""
        parts = urlsplit(url)
        same = parts.netloc in ("", urlsplit(_ORIGIN).netloc) or parts.hostname in _LOCAL
        return same and parts.scheme in ("", "http", "https")

    def _path(self, url: str, doing: str = "a link leads") -> str:
        if not self.is_own(url):
            raise CheckFailed(
                f"{doing} to another host: {clean(url, 200)}",
                expected="an address of this app",
                actual=clean(url, 200),
            )
        parts = urlsplit(url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _send(self, method: str, path: str, content: bytes | None = None, kind: str = "") -> Page:
        for _ in range(MOST_REDIRECTS + 1):
            reply = self._once(method, path, content, kind)
            target = reply.headers.get("location", "")
            if not target or reply.status not in (*_AS_GET, *_KEPT):
                return Page(reply, path)
            document = Document("", _ORIGIN + path)
            path = self._path(document.resolve(target), "a redirect leads")
            if reply.status in _AS_GET and method != "GET":
                method, content, kind = "GET", None, ""
        raise CheckFailed(
            f"{reply.request} redirects again and again",
            expected=f"a page after at most {MOST_REDIRECTS} redirects",
            actual=f"another redirect, to {clean(target, 200)}",
            exchange=reply.exchange,
        )

    def _once(self, method: str, path: str, content: bytes | None, kind: str) -> Reply:
        headers = {"Accept": ACCEPT}
        if kind:
            headers["Content-Type"] = kind
        request = httpx.Request(method, _ORIGIN + path)
        self._cookies.set_cookie_header(request)
        if "cookie" in request.headers:
            headers["Cookie"] = request.headers["cookie"]
        reply = self._api.request(method, path, content=content, headers=headers)
        answer = httpx.Response(reply.status, headers=reply.headers, request=request)
        self._cookies.extract_cookies(answer)
        return reply


_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1")  # noqa: S104 - what apps call themselves


def form_data(form: Form, values: Mapping[Field, str | None]) -> list[tuple[str, str]]:
    """What a browser sends of a form, its first button pressed."""
    pairs: list[tuple[str, str]] = []
    pressed = False
    for field in form.fields:
        value = values.get(field, field.value)
        if field.kind == "button":
            if pressed:
                continue
            pressed = True
        if value is not None and field.kind != "file":
            pairs.append((field.name, value))
    return pairs


def _multipart(pairs: Iterable[tuple[str, str]]) -> tuple[bytes, str]:
    files = [(name, (None, value.encode())) for name, value in pairs]
    request = httpx.Request("POST", _ORIGIN, files=files or [("", (None, b""))])
    return request.read(), request.headers["content-type"]
