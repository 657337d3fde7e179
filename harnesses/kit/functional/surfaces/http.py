"""The surface of an app that listens for HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from grader.domain.events import NotReady, Ready, Setup
from grader.domain.evidence import Interaction
from grader.domain.report import Flag
from harnesses.kit.api import Api
from harnesses.kit.channel import Channel
from harnesses.kit.connect import open_client
from harnesses.kit.functional.second_look import Passed, SecondLook
from harnesses.kit.functional.surfaces.base import Surface
from harnesses.kit.http import HttpClient
from harnesses.kit.identities import identity
from harnesses.kit.pages import Site
from harnesses.kit.places import find_places
from harnesses.kit.process import App
from harnesses.kit.ready import wait_until_ready
from harnesses.kit.seeds import derive, randomness
from harnesses.kit.simulators.process import Simulators


class HttpSurface(Surface):
    """Talks to the app over one connection, as another client in each check."""

    def __init__(
        self, setup: Setup, channel: Channel, simulators: Simulators | None = None
    ) -> None:
        super().__init__(setup, channel, simulators)
        self._client: HttpClient | None = None
        self._api: Api | None = None
        self._ready: Ready | None = None

    def open(self) -> bool:
        """Wait for the app, then find where it keeps its resources."""
        seen = wait_until_ready(self.setup)
        self.channel.send(seen)
        if isinstance(seen, NotReady):
            return False
        if self._simulators:
            self._simulators.open_plain()
        self._moved(seen)
        assert self._client is not None
        find_places(self._client, self.setup.project, self.reading)
        return True

    def _moved(self, ready: Ready, preceded_by: str = "") -> None:
        """Talk to the app where it listens now."""
        if self._client is not None:
            self._client.close()
        self._ready = ready
        self._client = open_client(self.setup, ready, self._header(), preceded_by)
        if self._api is not None:
            self._api.use(self._client)

    def _open_client(self, header: Mapping[str, str]) -> HttpClient:
        assert self._ready is not None
        return open_client(self.setup, self._ready, header)

    def _header(self, check: str = "") -> dict[str, str]:
        """As whom a check asks: each as one of many clients."""
        number = derive(self.setup.seed, "client", check)
        return {"User-Agent": identity(number), "Accept": "application/json"}

    def evidence(self) -> Sequence[Interaction]:
        return [*self.asked(), *(self._api.exchanges if self._api is not None else ())]

    def look_again(self, passed: Sequence[Passed], seconds: float) -> Sequence[Flag]:
        if self._client is None:
            return ()
        # An app that serves one connection at a time would wait for this one to end.
        self._client.close()
        random = randomness(self.setup.seed, "second look")
        look = SecondLook(passed, self._open_client, self._header, self.reading, random)
        return look.flags(seconds)

    @pytest.fixture
    def api(self) -> Iterator[Api]:
        """The app's HTTP API."""
        assert self._client is not None
        self._client.headers = self._header(self.current)
        self._api = Api(self._client, self.reading)
        yield self._api
        self._api = None

    @pytest.fixture
    def site(self, api: Api) -> Site:
        """The app's pages, for a visitor without cookies."""
        return Site(api)

    @pytest.fixture
    def app(self) -> App:
        """The app as a process."""
        return App(self.channel, lambda: wait_until_ready(self.setup), self._moved)
