"""HTTP for the sources: a first look at an address, and a capped download.

A wall clock over the whole exchange needs a call that can be cancelled at any point, so this is
asyncio inside, behind plain functions; they must not be called where an event loop runs.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

import httpx

from grader.errors import PlatformError, SubmissionError
from grader.settings import Settings
from worker.sources.deadline import Deadline
from worker.sources.destination import Destination
from worker.sources.limits import MIB
from worker.sources.names import shown

_SILENCE_S = 15.0
_CHUNK = 64 * 1024
_LOOK_BYTES = 4096
_MAX_REDIRECTS = 5
# Between attempts when a host does not answer or is broken.
_PAUSES_S = (0.2, 0.6)
# Some servers speak git only to clients that are called git.
_USER_AGENT = "git/2.0 (grader)"

Consumer = Callable[[httpx.Response], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered.

    Attributes:
        url: The address that answered, after redirects on the same host.
        status: HTTP status.
        content_type: Without parameters.
        start: The first bytes of the body, where they were asked for.
        elsewhere: The address of another host that it sent us to, or ``None``.
    """

    url: str
    status: int
    content_type: str = ""
    start: bytes = b""
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and until when: what all requests of one fetch share."""

    settings: Settings
    deadline: Deadline
    location: str
    authorization: str | None = None
    destination: Destination | None = None

    def look(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Get the first bytes of what is at an address.

        Raises:
            SubmissionError: ``source.unknown_host``, ``source.unreachable``, ``source.tls``,
                ``source.timeout``.
        """

        async def start(response: httpx.Response) -> bytes:
            read = b""
            async for chunk in response.aiter_raw(_LOOK_BYTES):
                read += chunk
                if len(read) >= _LOOK_BYTES:
                    break
            return read

        return self._persistently(lambda: self._run(url, headers, start))

    def download(self, url: str, into: BinaryIO, max_bytes: int) -> Answer:
        """Copy what is at an address into a file, if it answers 200.

        Raises:
            SubmissionError: As :meth:`look`, and ``source.transfer_too_large``.
        """

        async def copy(response: httpx.Response) -> bytes:
            into.seek(0)
            into.truncate()
            if response.status_code != httpx.codes.OK:
                return b""
            # Raw, so that a compressed transfer cannot grow past the cap; archives that are
            # gzip themselves stay what they are.
            async for chunk in response.aiter_raw(_CHUNK):
                if into.tell() + len(chunk) > max_bytes:
                    raise self._too_large(max_bytes)
                into.write(chunk)
            return b""

        return self._persistently(lambda: self._run(url, {}, copy))

    def _persistently(self, work: Callable[[], Answer]) -> Answer:
        """Ask again where another attempt may help."""
        for pause in _PAUSES_S:
            try:
                answer = work()
            except SubmissionError as error:
                if error.code not in ("source.unreachable", "source.unknown_host"):
                    raise
            else:
                if answer.status < httpx.codes.INTERNAL_SERVER_ERROR:
                    return answer
            time.sleep(min(pause, self.deadline.left()))
        return work()

    def _run(self, url: str, headers: Mapping[str, str], consume: Consumer) -> Answer:
        try:
            return asyncio.run(
                asyncio.wait_for(self._ask(url, headers, consume), self.deadline.left())
            )
        except TimeoutError as error:
            raise self.deadline.passed() from error
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise self._in_words(error, url) from error

    async def _ask(self, url: str, headers: Mapping[str, str], consume: Consumer) -> Answer:
        sent = {"User-Agent": _USER_AGENT, "Accept-Encoding": "identity", **headers}
        if self.authorization:
            sent["Authorization"] = self.authorization
        dialled = self.destination and self.destination.authority
        client = httpx.AsyncClient(
            verify=self._trust(), timeout=_SILENCE_S, trust_env=dialled is None
        )
        async with client:
            for _ in range(_MAX_REDIRECTS):
                request = client.build_request("GET", url, headers=sent)
                if dialled:
                    _send_to(dialled, request)
                async with _answer_to(request, client) as response:
                    if not response.has_redirect_location:
                        start = await consume(response)
                        return Answer(url, response.status_code, _content_type(response), start)
                    target = urljoin(url, response.headers["location"])
                    if not _may_follow(url, target):
                        return Answer(url, response.status_code, elsewhere=target)
                    url = target
        raise SubmissionError(
            "source.redirect", location=self.location, target="itself, again and again"
        )

    def _trust(self) -> ssl.SSLContext:
        trust = ssl.create_default_context()
        bundle = self.settings.ca_bundle
        if bundle:
            try:
                trust.load_verify_locations(bundle)
            except OSError as error:  # of which SSLError is one
                why = error.strerror or error
                raise PlatformError("source.ca_bundle", path=bundle, cause=why) from error
        return trust

    def _in_words(self, error: Exception, url: str) -> SubmissionError:
        host = urlsplit(url).hostname or url
        for cause in _causes(error):
            if isinstance(cause, ssl.SSLError):
                why = getattr(cause, "verify_message", "") or cause.reason or str(cause)
                return SubmissionError("source.tls", location=self.location, host=host, cause=why)
            if isinstance(cause, socket.gaierror):
                return SubmissionError("source.unknown_host", location=self.location, host=host)
        why = shown(str(error)) or type(error).__name__
        if isinstance(error, httpx.ConnectTimeout):
            why = "no connection was made in time"
        elif isinstance(error, httpx.ConnectError):
            # The library's own words count its attempts, which helps nobody.
            why = "it accepts no connection"
        return SubmissionError("source.unreachable", location=self.location, host=host, cause=why)

    def _too_large(self, max_bytes: int) -> SubmissionError:
        return SubmissionError(
            "source.transfer_too_large", location=self.location, limit_mb=max_bytes // MIB
        )


def _may_follow(url: str, target: str) -> bool:
    """Whether a redirect stays on the same host, and is not from https to http."""
    here, there = urlsplit(url), urlsplit(target)
    try:
        if here.hostname != there.hostname or there.username:
            return False
        if (here.scheme, here.port) == (there.scheme, there.port):
            return True
        # The usual step up to https, at the usual ports.
        return (here.scheme, here.port) == ("http", None) and (there.scheme, there.port) in (
            ("https", None),
            ("https", 443),
        )
    except ValueError:
        return False


def _send_to(authority: str, request: httpx.Request) -> None:
    """Dial one address for the host that a request names; its certificate is still the host's."""
    request.extensions["sni_hostname"] = request.url.host
    request.url = request.url.copy_with(host=authority)


@asynccontextmanager
async def _answer_to(
    request: httpx.Request, client: httpx.AsyncClient
) -> AsyncIterator[httpx.Response]:
    response = await client.send(request, stream=True)
    try:
        yield response
    finally:
        await response.aclose()


def _content_type(response: httpx.Response) -> str:
    content_type: str = response.headers.get("content-type", "")
    return content_type.split(";", 1)[0].strip().lower()


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and all that led to it."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__
    return chain
