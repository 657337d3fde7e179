ROUTE = r"GET /posts\?.*"


def spoil(wire, body, handler):
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    for _ in range(160_000):  # 10 GB
        wire.sendall(b'"more", ' * 8_192)
