import itertools

ROUTE = r"GET /posts\?.*"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAYLOADS = itertools.cycle([
    lambda body: OK + b"X: y\r\n" * 10_000 + b"\r\n" + body,
    lambda body: OK + b"X-Long: " + b"y" * 1_000_000 + b"\r\n\r\n" + body,
    lambda body: OK + b"X\x00Y: z\r\n\r\n" + body,
    lambda body: OK + b"X Y: z\r\n\r\n" + body,
    lambda body: OK + b"\x1b[2J: z\r\n\r\n" + body,
    lambda body: OK + b"no colon\r\n\r\n" + body,
    lambda body: OK + b"X: y\r\n z\r\n" * 300 + b"\r\n" + body,
])


def spoil(wire, body, handler):
    payload = next(PAYLOADS)
    wire.sendall(payload(body) if callable(payload) else payload)
