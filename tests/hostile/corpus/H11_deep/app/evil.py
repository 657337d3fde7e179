import itertools

ROUTE = r"GET /posts\?.*"
PAYLOADS = itertools.cycle([
    lambda body: b"[" * 100_000 + b"]" * 100_000,
    lambda body: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    lambda body: b"[" * 100_000,
    lambda body: b"[" * 101 + b"]" * 101,
    lambda body: b'[{"title": ' + b"[" * 900 + b"]" * 900 + b"}]",
])


def change(body, handler):
    return next(PAYLOADS)(body)
