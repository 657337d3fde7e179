import gzip
import zlib
import itertools

ROUTE = r"GET /posts\?.*"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAYLOADS = itertools.cycle([
    b"gzip",
    b"deflate",
    b"br",
    b"zstd",
    b"gzip, gzip, gzip",
    b"cut off",
    b"nothing packed",
])
ZEROS = gzip.compress(bytes(100_000_000), 1)  # gigabytes after the second pass
PACKED = {
    b"gzip": gzip.compress(b"[" + b" " * 8_000_000_0 + b"]"),
    b"deflate": zlib.compress(b"[" + b" " * 80_000_000 + b"]"),
    b"br": bytes.fromhex("9bff7f") * 400_000,
    b"zstd": bytes.fromhex("28b52ffd") + bytes(400_000),
    b"gzip, gzip, gzip": gzip.compress(gzip.compress(ZEROS)),
}


def spoil(wire, body, handler):
    payload = next(PAYLOADS)
    wire.sendall(OK + b"Content-Encoding: " + (payload if payload in PACKED else b"gzip"))
    data = PACKED.get(payload) or {b"cut off": PACKED[b"gzip"][:900]}.get(payload, b"[]" * 500)
    wire.sendall(b"\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
