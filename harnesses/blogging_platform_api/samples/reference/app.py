"""Blogging platform API: Flask and SQLite."""

import json
import os
import sqlite3
from datetime import datetime, timezone

from flask import Flask, g, jsonify, request

DATABASE = os.environ.get("DATABASE", "blog.db")
MAX_ID = 2**63 - 1

app = Flask(__name__)


def db():
    if "db" not in g:
        g.db = sqlite3.connect(DATABASE, timeout=10)
        g.db.row_factory = sqlite3.Row
        g.db.execute("PRAGMA synchronous = NORMAL")
    return g.db


@app.teardown_appcontext
def close_db(_error):
    connection = g.pop("db", None)
    if connection is not None:
        connection.close()


def init_db():
    with sqlite3.connect(DATABASE) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            """
            CREATE TABLE IF NOT EXISTS posts (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                title TEXT NOT NULL,
                content TEXT NOT NULL,
                category TEXT NOT NULL,
                tags TEXT NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            )
            """
        )


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_post(row):
    return {
        "id": row["id"],
        "title": row["title"],
        "content": row["content"],
        "category": row["category"],
        "tags": json.loads(row["tags"]),
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def problems_of(body):
    if not isinstance(body, dict):
        return ["the body must be a JSON object"]
    problems = []
    for name in ("title", "content", "category"):
        value = body.get(name)
        if not isinstance(value, str) or not value.strip():
            problems.append(f"{name} must be a text that is not empty")
    tags = body.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        problems.append("tags must be a list of texts")
    return problems


def find(post_id):
    if post_id > MAX_ID:
        return None
    return db().execute("SELECT * FROM posts WHERE id = ?", (post_id,)).fetchone()


def not_found():
    return jsonify(message="there is no such post"), 404


@app.post("/posts")
def create_post():
    body = request.get_json(silent=True)
    problems = problems_of(body)
    if problems:
        return jsonify(message="the post is not complete", errors=problems), 400
    moment = now()
    cursor = db().execute(
        "INSERT INTO posts (title, content, category, tags, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            body["title"],
            body["content"],
            body["category"],
            json.dumps(body.get("tags", [])),
            moment,
            moment,
        ),
    )
    db().commit()
    return jsonify(as_post(find(cursor.lastrowid))), 201


@app.get("/posts")
def list_posts():
    term = request.args.get("term", "")
    if term:
        like = "%" + term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = db().execute(
            "SELECT * FROM posts WHERE title LIKE ? ESCAPE '\\' OR content LIKE ? ESCAPE '\\'"
            " OR category LIKE ? ESCAPE '\\' ORDER BY id",
            (like, like, like),
        )
    else:
        rows = db().execute("SELECT * FROM posts ORDER BY id")
    return jsonify([as_post(row) for row in rows])


@app.get("/posts/<int:post_id>")
def get_post(post_id):
    row = find(post_id)
    if row is None:
        return not_found()
    return jsonify(as_post(row))


@app.put("/posts/<int:post_id>")
def update_post(post_id):
    if find(post_id) is None:
        return not_found()
    body = request.get_json(silent=True)
    problems = problems_of(body)
    if problems:
        return jsonify(message="the post is not complete", errors=problems), 400
    db().execute(
        "UPDATE posts SET title = ?, content = ?, category = ?, tags = ?, updated_at = ?"
        " WHERE id = ?",
        (
            body["title"],
            body["content"],
            body["category"],
            json.dumps(body.get("tags", [])),
            now(),
            post_id,
        ),
    )
    db().commit()
    return jsonify(as_post(find(post_id)))


@app.delete("/posts/<int:post_id>")
def delete_post(post_id):
    if find(post_id) is None:
        return not_found()
    db().execute("DELETE FROM posts WHERE id = ?", (post_id,))
    db().commit()
    return "", 204


@app.errorhandler(404)
@app.errorhandler(405)
def no_route(error):
    return jsonify(message=error.description), error.code


init_db()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "8000")), threaded=True)
