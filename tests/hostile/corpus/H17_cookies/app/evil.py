import itertools

ROUTE = r"(GET|POST|PUT) /posts.*"
STATUSES = ("200", "201")
numbers = itertools.count()


def spoil(wire, body, handler):
    if handler.headers["Cookie"] is not None:
        wire.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
        return
    cookies = [b"Set-Cookie: c%d=%s; Max-Age=999999" % (next(numbers), b"x" * 500) for _ in range(150)]
    cookies.append(b"Set-Cookie: other=1; Domain=example.org; Path=/")
    status = b"201 Created" if handler.command == "POST" else b"200 OK"
    wire.sendall(
        b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n"
        + b"\r\n".join(cookies) + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
