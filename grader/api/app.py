"""The app: routes, problems, limits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline

from grader import __version__
from grader.api import catalogue, health, problems, reports, submissions, tokens
from grader.api.models import PROJECT
from grader.api.problems import Problem
from grader.api.service import Service
from grader.submissions.projects import catalogue as catalogue_of

PREFIX = "/api/v1"
MIB = 1024 * 1024
ABOUT = """Hand in a backend project, follow its grade, read its report.

Every request but those of the catalogue carries a token: `Authorization: Bearer gr_…`. Errors are
problem details (RFC 9457) with a `code` that does not change and a `hint`: one thing to try.
"""


def create_app(service: Service) -> FastAPI:
    """The service as an ASGI app.

    Args:
        service: What its routes work with; closed when the app ends.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await service.watcher.close()
        await service.queue.close()
        service.database.close()

    # Its page of routes needs nothing from anywhere else: schools may have no way out.
    app = FastAPIOffline(
        title="Grader",
        version=__version__,
        description=ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=f"{PREFIX}/docs",
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=(service.settings.upload_max_mb + 1) * MIB,
    )
    app.state.service = service
    problems.install(app)
    api = APIRouter(prefix=PREFIX)
    for module in (submissions, reports, catalogue, tokens):
        api.include_router(module.router)
    app.include_router(api)
    app.include_router(health.router)
    known = [project.slug for project in catalogue_of(service.settings.specs_dir)]
    app.openapi = lambda: _document(app, known)  # type: ignore[method-assign]
    return app


def _document(app: FastAPI, projects: Sequence[str]) -> dict[str, Any]:
    """The OpenAPI document: FastAPI's, with our own form of errors and the names of projects."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = document["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["Problem"] = problem
        for place in _about(PROJECT, document):
            place.get("schema", place)["enum"] = list(projects)
        app.openapi_schema = document
    return app.openapi_schema


def _about(description: str, part: Any) -> Iterator[dict[str, Any]]:
    """The parts of a document that have this description."""
    if isinstance(part, dict):
        if part.get("description") == description:
            yield part
        for inner in part.values():
            yield from _about(description, inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _about(description, inner)
