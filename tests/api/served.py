"""A service that answers over HTTP, without a worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn

from grader.access import issue
from grader.api import Service, create_app
from grader.domain.records import Scope
from grader.queue import LocalQueue, Queue
from grader.settings import Settings
from grader.store import Database
from grader.submissions.watching import Watcher
from tests.support.servers import free_port

PROJECT = "url_shortening_service"
SOURCE = {"location": "https://git.example/ada/links.git"}


@dataclass
class Served:
    """A running service and the means to talk to it.

    Attributes:
        url: Where it listens.
        database: What it works on.
        woken: One entry for each time a worker was woken.
    """

    url: str
    database: Database
    woken: list[bool]
    _clients: dict[tuple[str, Scope], httpx.Client] = field(default_factory=dict)

    def of(self, person: str, scope: Scope = Scope.LEARNER) -> httpx.Client:
        """A client with a token of that person."""
        if (person, scope) not in self._clients:
            made = issue(self.database, person, scope, "test")
            self._clients[person, scope] = self.with_header(f"Bearer {made.secret}")
        return self._clients[person, scope]

    def with_header(self, authorization: str | None) -> httpx.Client:
        """A client with any Authorization header, or none."""
        headers = {"Authorization": authorization} if authorization else {}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


def hand_in(client: httpx.Client, **fields: object) -> httpx.Response:
    """Hand in a repository; ``headers`` go with the request, the rest into its body."""
    headers = fields.pop("headers", None)
    body = {"project": PROJECT, "source": SOURCE, **fields}
    return client.post("/submissions", json=body, headers=headers)  # type: ignore[arg-type]


@contextmanager
def serve(
    database: Database,
    settings: Settings,
    port: int | None = None,
    queue: Queue | None = None,
) -> Iterator[Served]:
    """Serve the API in a thread of its own.

    Args:
        database: Of the newest schema.
        settings: The operator's.
        port: Which one, where one that was stopped is started again.
        queue: What wakes workers; one that only counts unless it is given.
    """
    woken: list[bool] = []
    queue = queue or LocalQueue(lambda: woken.append(True))
    app = create_app(Service(settings, database, queue, Watcher(database)))
    port = port or free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    served = Served(f"http://127.0.0.1:{port}", database, woken)
    try:
        yield served
    finally:
        served.close()
        server.should_exit = True
        thread.join()
