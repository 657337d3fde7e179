"""A unit converter on the standard library: forms are sent with GET."""

import html
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

UNITS = {
    "length": {"mm": 0.001, "cm": 0.01, "m": 1, "km": 1000, "in": 0.0254, "ft": 0.3048,
               "yd": 0.9144, "mi": 1609.344},
    "weight": {"mg": 0.001, "g": 1, "kg": 1000, "oz": 28.349523125, "lb": 453.59237},
    "temperature": {"°C": 1, "°F": 5 / 9, "K": 1},
}
ZERO = {"°C": 273.15, "°F": 273.15 - 32 * 5 / 9, "K": 0}


def convert(kind, value, source, target):
    units = UNITS[kind]
    base = value * units[source] + ZERO.get(source, 0)
    return (base - ZERO.get(target, 0)) / units[target]


def options(kind, chosen):
    return "".join(
        f"<option{' selected' if unit == chosen else ''}>{unit}</option>" for unit in UNITS[kind]
    )


def page(kind, query):
    value = query.get("v", [""])[0]
    source, target = query.get("a", [""])[0], query.get("b", [""])[0]
    message = ""
    if query:
        try:
            answer = convert(kind, float(value.replace(",", ".")), source, target)
            message = f"<output>{answer:,.2f} {target}</output>"
        except (ValueError, KeyError):
            message = "<strong>That cannot be converted.</strong>"
    return f"""<!doctype html><title>{kind}</title><h1>{kind.title()}</h1>
<p><a href="/">Start</a></p>
<form><p>Value <input name="v" value="{html.escape(value)}">
<select name="a">{options(kind, source)}</select> in
<select name="b">{options(kind, target)}</select> <input type="submit" value="Go"></p></form>
{message}"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = urlsplit(self.path)
        kind = parts.path.strip("/")
        if not kind:
            links = "".join(f'<li><a href="{kind}">{kind}</a></li>' for kind in UNITS)
            self.answer(200, f"<!doctype html><title>Units</title><ul>{links}</ul>")
        elif kind in UNITS:
            query = parse_qs(parts.query, keep_blank_values=True)
            self.answer(200, page(kind, query))
        else:
            self.answer(404, "<!doctype html><title>404</title>No such page")

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    ThreadingHTTPServer(("0.0.0.0", port), Handler).serve_forever()
