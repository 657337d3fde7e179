import itertools
import time

ROUTE = r"GET /posts\?.*"
times = itertools.count()


def spoil(wire, body, handler):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    if next(times) % 2:
        head += b"\r\n"
        wire.sendall(head)
        head = b""
    while True:
        for byte in head or b" ":
            wire.sendall(bytes([byte]))
            time.sleep(1)
        head = b"X-More: of it\r\n" if head else b""
