"""URL shortener without any dependency. Start it with: python server.py"""

import json
import secrets
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlparse

PORT = 8080
lock = threading.Lock()
db = sqlite3.connect("urls.db", check_same_thread=False)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = NORMAL")
db.execute(
    "CREATE TABLE IF NOT EXISTS urls (id INTEGER PRIMARY KEY, url TEXT, code TEXT UNIQUE,"
    " created REAL, updated REAL, visits INTEGER DEFAULT 1)"
)
db.commit()


def query(sql, *values):
    with lock, db:
        return db.execute(sql, values).fetchone()


class Problem(Exception):
    def __init__(self, status, message):
        self.status = status
        self.message = message


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def route(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        try:
            status, answer = self.handle_path(urlparse(self.path).path.strip("/").split("/"))
        except Problem as problem:
            status, answer = problem.status, {"error": problem.message}
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        if answer is not None:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = route

    def handle_path(self, parts):
        if parts[0] != "shorten" or len(parts) > 3:
            raise Problem(404, "no such page")
        if len(parts) == 1:
            self.only("POST")
            return 201, self.create()
        row = self.find(unquote(parts[1]))
        if len(parts) == 3:
            if parts[2] != "stats":
                raise Problem(404, "no such page")
            self.only("GET")
            return 200, {**self.show(row), "visits": row[5]}
        self.only("GET", "PUT", "DELETE")
        if self.command == "GET":
            query("UPDATE urls SET visits = visits + 1 WHERE id = ?", row[0])
            return 200, self.show(row)
        if self.command == "PUT":
            url = self.read_url()
            query("UPDATE urls SET url = ?, updated = ? WHERE id = ?", url, time.time(), row[0])
            return 200, self.show(self.find(row[2]))
        query("DELETE FROM urls WHERE id = ?", row[0])
        return 204, None

    def only(self, *methods):
        if self.command not in methods:
            raise Problem(405, "use " + " or ".join(methods))

    def create(self):
        url = self.read_url()
        now = time.time()
        code = secrets.token_hex(4)
        query("INSERT INTO urls (url, code, created, updated) VALUES (?, ?, ?, ?)", url, code, now, now)
        return self.show(self.find(code))

    def find(self, code):
        row = query("SELECT id, url, code, created, updated, visits FROM urls WHERE code = ?", code)
        if row is None:
            raise Problem(404, "unknown short code")
        return row

    def show(self, row):
        return {"id": row[0], "url": row[1], "shortcode": row[2], "createdAt": row[3], "updatedAt": row[4]}

    def read_url(self):
        try:
            url = json.loads(self.body)["url"]
            parts = urlparse(url)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Problem(400, "send a JSON object with a url") from None
        if not isinstance(url, str) or not parts.scheme or not parts.netloc or " " in url:
            raise Problem(400, "that is not a url")
        return url

    def log_message(self, format, *args):
        pass


if __name__ == "__main__":
    print(f"http://localhost:{PORT}")
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
