import itertools

ROUTE = r"GET /posts\?.*"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PAYLOADS = itertools.cycle([
    CHUNKED + b"-5\r\n[]\r\n0\r\n\r\n",
    CHUNKED + b"8000000000000000\r\n[]\r\n",
    CHUNKED + b"99999999999999999999999999999999\r\n[]\r\n",
    CHUNKED + b"2;" + b"x=y;" * 500_000 + b"\r\n[]\r\n0\r\n\r\n",
    CHUNKED + b"2\r\n[]\r\n",
    CHUNKED + b"2\r\n[]0\r\n\r\n",
    CHUNKED + b"800000\r\n" + b"[" * 8_388_608 + b"\r\n0\r\n\r\n",
])


def spoil(wire, body, handler):
    payload = next(PAYLOADS)
    wire.sendall(payload(body) if callable(payload) else payload)
