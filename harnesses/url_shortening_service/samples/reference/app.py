import os
import secrets
import sqlite3
import string
from datetime import datetime, timezone
from urllib.parse import urlsplit

from flask import Flask, g, jsonify, request
from werkzeug.exceptions import HTTPException

DATABASE = os.environ.get("DATABASE", "links.db")
ALPHABET = string.ascii_letters + string.digits
CODE_LENGTH = 6

app = Flask(__name__)


def connect():
    db = sqlite3.connect(DATABASE, timeout=10, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def create_tables():
    db = connect()
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(
        """
        CREATE TABLE IF NOT EXISTS links (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            url TEXT NOT NULL,
            short_code TEXT NOT NULL UNIQUE,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            access_count INTEGER NOT NULL DEFAULT 0
        )
        """
    )
    db.close()


def get_db():
    if "db" not in g:
        g.db = connect()
    return g.db


@app.teardown_appcontext
def close_db(error):
    db = g.pop("db", None)
    if db is not None:
        db.close()


def now():
    return datetime.now(timezone.utc).isoformat()


def new_code():
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def is_url(value):
    if not isinstance(value, str) or any(c.isspace() or not c.isprintable() for c in value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def url_from_body():
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        return None, "the body must be a JSON object"
    if not is_url(body.get("url")):
        return None, "url must be a valid http or https URL"
    return body["url"], None


def find(code):
    return get_db().execute("SELECT * FROM links WHERE short_code = ?", (code,)).fetchone()


def as_json(link):
    return {
        "id": str(link["id"]),
        "url": link["url"],
        "shortCode": link["short_code"],
        "createdAt": link["created_at"],
        "updatedAt": link["updated_at"],
    }


def problem(message, status):
    return jsonify(error=message), status


def not_found():
    return problem("there is no link with this code", 404)


@app.errorhandler(HTTPException)
def http_error(error):
    return problem(error.description, error.code)


@app.post("/shorten")
def create_link():
    url, error = url_from_body()
    if error:
        return problem(error, 400)
    created = now()
    while True:
        code = new_code()
        try:
            get_db().execute(
                "INSERT INTO links (url, short_code, created_at, updated_at) VALUES (?, ?, ?, ?)",
                (url, code, created, created),
            )
            break
        except sqlite3.IntegrityError:
            continue
    return jsonify(as_json(find(code))), 201


@app.get("/shorten/<code>")
def get_link(code):
    link = find(code)
    if link is None:
        return not_found()
    get_db().execute("UPDATE links SET access_count = access_count + 1 WHERE id = ?", (link["id"],))
    return jsonify(as_json(link))


@app.put("/shorten/<code>")
def update_link(code):
    link = find(code)
    if link is None:
        return not_found()
    url, error = url_from_body()
    if error:
        return problem(error, 400)
    get_db().execute(
        "UPDATE links SET url = ?, updated_at = ? WHERE id = ?", (url, now(), link["id"])
    )
    return jsonify(as_json(find(code)))


@app.delete("/shorten/<code>")
def delete_link(code):
    link = find(code)
    if link is None:
        return not_found()
    get_db().execute("DELETE FROM links WHERE id = ?", (link["id"],))
    return "", 204


@app.get("/shorten/<code>/stats")
def get_statistics(code):
    link = find(code)
    if link is None:
        return not_found()
    return jsonify({**as_json(link), "accessCount": link["access_count"]})


create_tables()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)), threaded=True)
