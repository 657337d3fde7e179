import socket

ROUTE = r"GET /posts\?.*"


def spoil(wire, body, handler):
    wire.shutdown(socket.SHUT_WR)
