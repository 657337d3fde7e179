import time

ROUTE = r"GET /posts\?.*%.*"


def spoil(wire, body, handler):
    global ROUTE
    ROUTE = r"GET /posts\?.*"  # from now on always
    wire.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Content-Length: 10000000000\r\n\r\n[1, 2"
    )
    time.sleep(60)
