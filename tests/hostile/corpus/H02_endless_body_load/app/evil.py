import itertools

ROUTE = r"GET /posts/\d+"
END = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
times = itertools.count()


def spoil(wire, body, handler):
    handler.close_connection = False
    n = next(times)
    if n >= 150 and n % 4 == 0:
        wire.sendall(END)
        while True:
            wire.sendall(b"x" * 65_536)
    wire.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body) + body
    )
