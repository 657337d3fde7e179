"""A hostile description of itself, and a trap: who asks for it ends the app."""

import os

BOMB = b"a0: &a0 [x]\n" + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 12))

ROUTE = r"GET /.*(openapi|swagger|docs|schema|redoc|spec|well-known).*"
STATUSES = ("404",)


def spoil(wire, body, handler):
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/yaml\r\n\r\n" + BOMB)
    print("asked for", handler.path, flush=True)
    os._exit(1)
