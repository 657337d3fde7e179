import itertools

ROUTE = r"GET /posts/\d+"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
EXTRA = itertools.cycle([
    b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nevil",
    OK % 2 + b"[]",
    b"\n",
    b"not HTTP at all",
])


def spoil(wire, body, handler):
    handler.close_connection = False
    wire.sendall(OK % len(body) + body + next(EXTRA))
