import itertools
import time

ROUTE = r"GET /posts/\d+"
times = itertools.count()


def spoil(wire, body, handler):
    handler.close_connection = False
    n = next(times)
    if n >= 150:
        time.sleep(59)
    wire.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body) + body
    )
