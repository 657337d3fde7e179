"""Small learners' programs for the end-to-end tests."""

from __future__ import annotations

SLUG = "blogging_platform_api"

SERVER = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()


{main}
"""


def server(main: str) -> dict[str, str]:
    """A program of the standard library alone, started by ``main``."""
    return {"server.py": SERVER.format(main=main)}
