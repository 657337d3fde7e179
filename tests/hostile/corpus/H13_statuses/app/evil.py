import itertools

ROUTE = r"GET /posts\?.*"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAYLOADS = itertools.cycle([
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: irc\r\nConnection: Upgrade\r\n\r\nNICK",
    b"HTTP/1.1 304 Not Modified\r\n\r\n",
    b"HTTP/1.1 999 More\r\nContent-Length: 2\r\n\r\n[]",
    b"HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n[]",
    b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n[]",
    b"HTTP/1.1 100 Continue\r\n\r\n" * 500_000,
    b"HTTP/1.1 103 Early\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
])


def spoil(wire, body, handler):
    payload = next(PAYLOADS)
    wire.sendall(payload(body) if callable(payload) else payload)
