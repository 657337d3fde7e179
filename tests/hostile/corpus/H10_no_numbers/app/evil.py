import itertools

ROUTE = r"GET /posts\?.*"
NUMBERS = itertools.cycle([b"NaN", b"-Infinity", b"1e999", b"-1e400", b"9" * 5_000])


def change(body, handler):
    return body.replace(b'"created": ', b'"created": %s, "x": ' % next(NUMBERS))
