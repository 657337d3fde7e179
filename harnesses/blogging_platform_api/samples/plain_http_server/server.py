"""A blog API without any dependency. Start it with: python server.py"""

import json
import re
import sqlite3
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PORT = 8080
FIELDS = ("id", "title", "content", "category", "tags", "created", "updated")

lock = threading.Lock()
db = sqlite3.connect("blog.db", check_same_thread=False)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = NORMAL")
db.execute(
    "CREATE TABLE IF NOT EXISTS posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT,"
    " content TEXT, category TEXT, tags TEXT, created REAL, updated REAL)"
)
db.commit()


class Problem(Exception):
    def __init__(self, status, message):
        self.status = status
        self.message = message


def query(sql, *values):
    with lock, db:
        cursor = db.execute(sql, values)
        return cursor.fetchall(), cursor.lastrowid


def show(row):
    post = dict(zip(FIELDS, row))
    post["tags"] = json.loads(post["tags"])
    return post


def find(post_id):
    rows, _ = query("SELECT * FROM posts WHERE id = ?", post_id)
    if not rows:
        raise Problem(404, "there is no post with this id")
    return show(rows[0])


def read_post(body):
    try:
        data = json.loads(body)
        post = [data["title"], data["content"], data.get("category", "")]
        tags = data.get("tags") or []
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Problem(400, "send a JSON object with title, content, category and tags") from None
    if not all(isinstance(text, str) for text in post) or not post[0] or not post[1]:
        raise Problem(400, "title, content and category must be text")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise Problem(400, "tags must be a list of text")
    return [*post, json.dumps(tags)]


def create_post(body, args):
    now = time.time()
    _, post_id = query(
        "INSERT INTO posts (title, content, category, tags, created, updated)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        *read_post(body),
        now,
        now,
    )
    return 201, find(post_id)


def list_posts(body, args):
    rows, _ = query("SELECT * FROM posts ORDER BY updated DESC")
    posts = [show(row) for row in rows]
    term = args.get("term", [""])[0].casefold()
    if term:
        posts = [
            post
            for post in posts
            if any(term in post[name].casefold() for name in ("title", "content", "category"))
        ]
    return 200, posts


def get_post(body, args, post_id):
    return 200, find(post_id)


def update_post(body, args, post_id):
    find(post_id)
    query(
        "UPDATE posts SET title = ?, content = ?, category = ?, tags = ?, updated = ? WHERE id = ?",
        *read_post(body),
        time.time(),
        post_id,
    )
    return 200, find(post_id)


def delete_post(body, args, post_id):
    find(post_id)
    query("DELETE FROM posts WHERE id = ?", post_id)
    return 204, None


ROUTES = [
    ("POST", r"/posts", create_post),
    ("GET", r"/posts", list_posts),
    ("GET", r"/posts/(\d{1,18})", get_post),
    ("PUT", r"/posts/(\d{1,18})", update_post),
    ("DELETE", r"/posts/(\d{1,18})", delete_post),
]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        try:
            status, content = self.route(url.path.rstrip("/"), body, parse_qs(url.query))
        except Problem as problem:
            status, content = problem.status, {"error": problem.message}
        data = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        if data:
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def route(self, path, body, args):
        known = False
        for method, pattern, handler in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                return handler(body, args, *map(int, match.groups()))
            known = known or match is not None
        raise Problem(405 if known else 404, "method not allowed" if known else "not found")

    def log_message(self, format, *args):
        pass


if __name__ == "__main__":
    print(f"http://localhost:{PORT}/posts")
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
