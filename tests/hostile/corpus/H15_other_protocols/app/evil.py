import itertools

ROUTE = r"GET /posts\?.*"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAYLOADS = itertools.cycle([
    b"220 mail.example ESMTP\r\n",
    b"<html>HTTP/0.9 had no header</html>\n",
    b"\x15\x03\x01\x00\x02\x02\x28",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18),
    b"RTSP/1.0 200 OK\r\n\r\n",
    b"HTTP/3.0 200 OK\r\n\r\n[]",
])


def spoil(wire, body, handler):
    payload = next(PAYLOADS)
    wire.sendall(payload(body) if callable(payload) else payload)
