import itertools

ROUTE = r"GET /posts\?.*"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAYLOADS = itertools.cycle([
    b"/posts?term=again",
    lambda n: b"/posts?term=%d" % n,
    b"http://127.0.0.1:6379/",
    b"http://canary.example:48123/posts?term=x",
    b"//172.17.0.1:48123/posts",
    b"file:///etc/passwd",
    b"http://[::1",
])
NUMBERS = itertools.count()


def spoil(wire, body, handler):
    payload = next(PAYLOADS)
    target = payload(next(NUMBERS)) if callable(payload) else payload
    wire.sendall(
        b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n"
    )
