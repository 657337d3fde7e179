"""A hostile description of itself, and a trap: who asks for it ends the app."""

import os

import random

ROUTE = r"GET /.*(openapi|swagger|docs|schema|redoc|spec|well-known).*"
STATUSES = ("404",)


def spoil(wire, body, handler):
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        + b'{"openapi": "3.1.0", "paths": {"/%d": {}}}' % random.randrange(9**9))
    print("asked for", handler.path, flush=True)
    os._exit(1)
