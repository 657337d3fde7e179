import time

ROUTE = r"GET /posts\?.*%.*"


def spoil(wire, body, handler):
    global ROUTE
    ROUTE = r"GET /posts\?.*"  # from now on always
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    while True:
        wire.sendall(b"data: " + body + b"\n\n")
        time.sleep(0.2)
