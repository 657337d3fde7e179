import itertools
import json

ROUTE = r"GET /posts\?.*"
TEXTS = itertools.cycle([
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "\x1b[2J\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x9b31m",
    "\n::error file=app.py::evil\n::set-output name=score::100\n##[error]evil",
    "=cmd|' /C calc'!A0\n@SUM(1)\n+1\n-1",
    "]]> <!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]> &b;",
    "\u202egnol \u2066si \u200b\ufeff" + "a" + "\u0301" * 5_000,
    "w" * 3_000_000,
    "{{7*7}} ${7*7} `id` | table | [x](javascript:alert(1)) @everyone",
    "\ud800\x00\ufffe",
])
times = itertools.count()


def change(body, handler):
    text = next(TEXTS)
    if next(times) % 3 == 2:
        text = json.dumps({"error": text}, ensure_ascii=False)
    return text.encode("utf-8", "replace")
