import itertools
import json

ROUTE = r"GET /posts/\d+"
TIMES = itertools.cycle([
    1e300, -1e300, 10**400, 0, "", "9999-12-31T23:59:60Z", "0000-00-00 00:00", "2" * 10_000,
    "2026-01-01T00:00:00+99:99", [2026], {"year": 2026}, None, True, "-0001-01-01T00:00:00Z",
])


def change(body, handler):
    time = next(TIMES)
    return json.dumps(json.loads(body) | {"created": time, "updated": time}).encode()
