import itertools

ROUTE = r"GET /posts\?.*"
FEW, MANY = 200_000, 10_000_000
times = itertools.count()


def spoil(wire, body, handler):
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{")
    for thousand in range((FEW if next(times) % 2 else MANY) // 1_000):
        wire.sendall(b"".join(b'"%d":1,' % (thousand * 1_000 + n) for n in range(1_000)))
    wire.sendall(b'"end":1}')
