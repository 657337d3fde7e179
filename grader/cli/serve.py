"""``grader serve`` and ``grader worker``: the service, on one machine or on many."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.output import fail
from grader.domain.records import Scope
from grader.errors import GraderError, UsageError
from grader.settings import Settings
from grader.settings import settings as read_settings

if TYPE_CHECKING:  # imported where they are needed: `grader --help` does without
    from grader.store import Database
    from worker.crew import Crew

FIRST_PERSON = "operator"
LAST_ANSWERS_S = 3


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve the REST API, with a worker inside unless GRADER_SLOTS is 0."""
    import uvicorn

    from grader.api import Service, create_app
    from grader.queue import ArqQueue, LocalQueue
    from grader.submissions.watching import Watcher

    _log_to_stderr()
    settings = read_settings()
    listening = _listen(host, port)
    database = _database(settings)
    _first_token(database)
    inside = _Inside(settings, database)
    queue = ArqQueue(settings.redis_url) if settings.redis_url else LocalQueue(inside.wake)
    app = create_app(Service(settings, database, queue, Watcher(database)))
    if settings.slots:
        inside.start()
    where = f"{host}:{listening.getsockname()[1]}"
    typer.echo(f"Serving http://{where} ({where}/api/v1/docs shows every route)")
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        # Who follows a submission would keep us for as long as it takes.
        timeout_graceful_shutdown=LAST_ANSWERS_S,
    )
    try:
        with suppress(KeyboardInterrupt):  # it passes on the signal that ended it
            uvicorn.Server(config).run([listening])
    finally:
        inside.stop()


def worker() -> None:
    """Grade submissions of the service whose database GRADER_DATABASE_URL names."""
    from worker.main import run_worker, stop_on_signals

    _log_to_stderr()
    settings = read_settings()

    def ready(crew: Crew, loop: asyncio.AbstractEventLoop) -> None:
        stop_on_signals(crew, loop)
        typer.echo(f"Grading, {settings.slots} at a time")

    run_worker(settings, _database(settings), ready)


def _listen(host: str, port: int) -> socket.socket:
    """Before anything is made: whether somebody else listens there.

    Raises:
        UsageError: ``serve.port``.
    """
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        cause = error.strerror or str(error)
        raise UsageError("serve.port", host=host, port=port, cause=cause) from error


class _Inside:
    """The worker inside ``grader serve``: a thread with an event loop of its own."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._thread = threading.Thread(target=self._run, name="grader-worker", daemon=True)
        self._crew: tuple[Crew, asyncio.AbstractEventLoop] | None = None
        self._stopped = False

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._tell("wake")

    def stop(self) -> None:
        """Take nothing more, and wait for what runs."""
        self._stopped = True
        self._tell("stop")
        if self._thread.is_alive():
            self._thread.join()

    def _tell(self, what: str) -> None:
        if self._crew is not None:
            crew, loop = self._crew
            if not loop.is_closed():
                loop.call_soon_threadsafe(getattr(crew, what))

    def _run(self) -> None:
        from worker.main import run_worker

        try:
            run_worker(self._settings, self._database, self._ready)
        except GraderError as error:
            fail(error)
            typer.echo("Submissions are taken and wait: nothing is graded here.", err=True)

    def _ready(self, crew: Crew, loop: asyncio.AbstractEventLoop) -> None:
        self._crew = (crew, loop)
        if self._stopped:
            crew.stop()
            return
        typer.echo(f"Grading, {self._settings.slots} at a time")


def _database(settings: Settings) -> Database:
    from grader.store import Database, schema

    database = Database.open(settings.database)
    schema.upgrade(database)
    return database


def _first_token(database: Database) -> None:
    """Who starts a service for the first time is given the token that makes all others."""
    from grader.access import issue
    from grader.store import tokens

    with database.reading() as session:
        known = tokens.count_with(session, Scope.OPERATOR)
    if not known:
        made = issue(database, FIRST_PERSON, Scope.OPERATOR, "the first one")
        typer.echo(f"Operator's token, shown this once: {made.secret}")


def _log_to_stderr() -> None:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
