"""A small API with a contract, and a server for it that can be made to err in one thing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from grader.domain.project import Project

OPENAPI = """
openapi: 3.1.0
info: {title: Notes, version: "1"}
paths:
  /notes:
    post:
      operationId: create
      requestBody: {$ref: "#/components/requestBodies/NewNote"}
      responses:
        "201":
          description: Made
          content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
          links:
            read: {operationId: read, parameters: {noteId: $response.body#/id}}
            change: {operationId: change, parameters: {noteId: $response.body#/id}}
            remove: {operationId: remove, parameters: {noteId: $response.body#/id}}
        "400": {$ref: "#/components/responses/Refused"}
    get:
      operationId: list
      parameters:
        - {name: term, in: query, schema: {type: string, maxLength: 20, x-grader-open: [maxLength]}}
      responses:
        "200":
          description: All
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Note"}}}
  /notes/{noteId}:
    parameters:
      - {name: noteId, in: path, required: true, schema: {$ref: "#/components/schemas/Id"}}
    get:
      operationId: read
      responses:
        "200": {$ref: "#/components/responses/TheNote"}
        "404": {$ref: "#/components/responses/Refused"}
    put:
      operationId: change
      requestBody: {$ref: "#/components/requestBodies/NewNote"}
      responses:
        "200": {$ref: "#/components/responses/TheNote"}
        "400": {$ref: "#/components/responses/Refused"}
        "404": {$ref: "#/components/responses/Refused"}
    delete:
      operationId: remove
      responses:
        "204": {description: Gone}
        "404": {$ref: "#/components/responses/Refused"}
components:
  requestBodies:
    NewNote:
      required: true
      content:
        application/json:
          schema: {$ref: "#/components/schemas/NewNote"}
          example: {text: Buy milk}
  responses:
    TheNote:
      description: The note
      content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
    Refused:
      description: Why not
      content: {application/json: {schema: {type: object, minProperties: 1}}}
  schemas:
    Id: {type: [string, integer], minLength: 1}
    NewNote:
      type: object
      required: [text]
      properties:
        text: {type: string, minLength: 1, maxLength: 40, x-grader-open: [maxLength, minLength]}
    Note:
      type: object
      required: [id, text, createdAt]
      properties:
        id: {$ref: "#/components/schemas/Id"}
        text: {type: string}
        createdAt: {type: string, format: date-time}
"""

CRITERIA: dict[str, tuple[str, ...]] = {
    "contract.errors": ("not_a_server_error",),
    "contract.status": ("status_code_conformance",),
    "contract.types": ("content_type_conformance",),
    "contract.shape": ("response_schema_conformance",),
    "contract.refusals": ("negative_data_rejection",),
    "contract.life": ("use_after_free", "ensure_resource_availability", "unsupported_method"),
}


def project(openapi: str = OPENAPI, *, max_examples: int = 8, seconds: float = 60) -> Project:
    """The project of the notes API; all its points are for the contract."""
    points = [20, 20, 20, 20, 10, 10]
    return Project.model_validate(
        {
            "slug": "notes_api",
            "title": "Notes",
            "version": "1",
            "level": "test",
            "summary": "For tests",
            "openapi": openapi,
            "dialect": {
                "envelopes": ["data", "note"],
                "lists": ["data", "notes"],
                "aliases": {"text": ["body"], "id": ["_id"]},
            },
            "contract": {"max_examples": max_examples, "seconds": seconds, "criteria": CRITERIA},
            "rubric": {
                "criteria": [
                    {
                        "id": name,
                        "title": name,
                        "points": worth,
                        "harness": "contract",
                        "hint": f"Hint for {name}",
                    }
                    for name, worth in zip(CRITERIA, points, strict=True)
                ]
            },
        }
    )


class Notes:
    """The API itself, as its contract has it. Subclasses differ in one thing.

    ``answer`` gets the request and returns status, body and headers; a body of bytes or None goes
    out as it is, anything else as JSON.
    """

    base = ""
    refused = 400
    created = 201
    deleted: tuple[int, object] = (204, None)

    def __init__(self) -> None:
        self.notes: dict[str, dict[str, Any]] = {}
        self.requests: list[str] = []
        self.lock = threading.Lock()

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[Any, ...]:
        if not path.startswith(self.base + "/notes"):
            return 404, {"message": "no such path"}
        rest = path.removeprefix(self.base + "/notes").strip("/")
        if not rest:
            routes = {"POST": self.create, "GET": lambda _: self.list()}
            route = routes.get(method)
            return route(body) if route else self.no_method("GET, POST")
        if method not in ("GET", "PUT", "DELETE"):
            return self.no_method("GET, PUT, DELETE")
        if rest not in self.notes:
            return self.missing(rest)
        if method == "PUT":
            return self.change(rest, body)
        return self.read(rest) if method == "GET" else self.remove(rest)

    def no_method(self, allowed: str) -> tuple[Any, ...]:
        return 405, {"message": "no"}, {"Allow": allowed}

    def missing(self, note_id: str) -> tuple[Any, ...]:
        return 404, {"message": "no such note"}

    def create(self, body: bytes) -> tuple[Any, ...]:
        text = self.text_of(body)
        if text is None:
            return self.refused, {"message": "text is missing"}
        note_id = str(len(self.requests))
        self.notes[note_id] = self.note(note_id, text)
        return self.created, self.shown(self.notes[note_id])

    def list(self) -> tuple[Any, ...]:
        return 200, [self.shown(note) for note in self.notes.values()]

    def read(self, note_id: str) -> tuple[Any, ...]:
        return 200, self.shown(self.notes[note_id])

    def change(self, note_id: str, body: bytes) -> tuple[Any, ...]:
        text = self.text_of(body)
        if text is None:
            return self.refused, {"message": "text is missing"}
        self.notes[note_id]["text"] = text
        return self.read(note_id)

    def remove(self, note_id: str) -> tuple[Any, ...]:
        del self.notes[note_id]
        return self.deleted

    def text_of(self, body: bytes) -> str | None:
        try:
            value = json.loads(body)
        except ValueError:
            return None
        text = value.get("text") if isinstance(value, dict) else None
        return text if isinstance(text, str) else None

    def note(self, note_id: str, text: str) -> dict[str, Any]:
        return {"id": note_id, "text": text, "createdAt": "2026-01-02T03:04:05Z"}

    def shown(self, note: dict[str, Any]) -> object:
        return note

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Serve one request; subclasses that break HTTP itself override this."""
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        path = handler.path.partition("?")[0]
        with self.lock:
            self.requests.append(f"{handler.command} {handler.path} {body.decode('latin-1')}")
            status, content, *more = self.answer(handler.command, path, body, handler.headers)
        send(handler, status, content, more[0] if more else {})


def send(
    handler: BaseHTTPRequestHandler, status: int, content: object, headers: dict[str, str]
) -> None:
    raw = content if isinstance(content, bytes) else b""
    if content is not None and not isinstance(content, bytes):
        raw = json.dumps(content).encode()
    handler.send_response(status)
    headers = {"Content-Type": "application/json", **headers} if raw else headers
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(raw)))
    handler.end_headers()
    handler.wfile.write(raw)


@contextmanager
def serving(notes: Notes) -> Iterator[int]:
    """Serve an API on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def handle_any(self) -> None:
            notes.handle(self)

    for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    notes.server = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
