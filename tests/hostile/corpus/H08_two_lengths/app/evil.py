import itertools

ROUTE = r"GET /posts\?.*"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAYLOADS = itertools.cycle([
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
    b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
    b"Content-Length: 2, 3\r\n\r\n[]",
    b"Content-Length: -2\r\n\r\n[]",
    b"Content-Length: +2\r\n\r\n[]",
    b"Transfer-Encoding: identity, chunked\r\n\r\n[]",
    b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
])


def spoil(wire, body, handler):
    payload = next(PAYLOADS)
    wire.sendall(OK + payload)
