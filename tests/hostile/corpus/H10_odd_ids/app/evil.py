import itertools
import json

ROUTE = r"POST /posts"
STATUSES = ("201",)
IDS = itertools.cycle([
    "\x00",
    "a\nb",
    "x" * 100_000,
    "http://[::1",
    "../../etc/passwd",
    "?#",
    "%",
    "{id}",
    "",
    10**300,
    -1,
    1e300,
    [1],
    True,
])


def change(body, handler):
    return json.dumps(json.loads(body) | {"id": next(IDS)}).encode()
