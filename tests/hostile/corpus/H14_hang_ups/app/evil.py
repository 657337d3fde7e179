import socket
import struct
import time
import itertools

ROUTE = r"GET /posts\?.*"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAYLOADS = itertools.cycle([
    b"HTTP/1.1 200 O",
    OK,
    OK + b"Content-Length: 1000\r\n\r\n[",
    OK + b"Transfer-Encoding: chunked\r\n\r\n8\r\n[",
    None,
])


def spoil(wire, body, handler):
    payload = next(PAYLOADS)
    if payload is not None:
        wire.sendall(payload)
        wire.shutdown(socket.SHUT_WR)
        return
    wire.sendall(OK + b"Content-Length: 1000\r\n\r\n[")
    time.sleep(0.1)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.rfile.close()
    handler.wfile.close()
    wire.close()
