import itertools

ROUTE = r"GET /posts\?.*"
PAYLOADS = itertools.cycle([
    lambda body: body.replace(b'"title": "', b'"title": "\xff\xfe\xc0\x80'),
    lambda body: body.decode().encode("utf-16"),
    lambda body: body.decode().encode("utf-32"),
    lambda body: body.replace(b'"title": "', b'"title": "\\ud800'),
    lambda body: body.replace(b'"tags"', b'"\\udfff": 1, "tags"'),
    lambda body: body.replace(b'"title": "', b'"title": "\xed\xa0\x80'),
])


def change(body, handler):
    return next(PAYLOADS)(body)
