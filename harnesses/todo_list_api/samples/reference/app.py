"""Todo list API: Flask and SQLite."""

import hashlib
import os
import re
import secrets
import sqlite3
from functools import wraps

from flask import Flask, g, jsonify, request
from werkzeug.security import check_password_hash, generate_password_hash

DATABASE = os.environ.get("DATABASE", "todos.db")
HASHING = "pbkdf2:sha256:20000"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
MAX_ID = 2**63 - 1
MAX_LIMIT = 100

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tokens (
    digest TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id)
);
CREATE TABLE IF NOT EXISTS todos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    title TEXT NOT NULL,
    description TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS todos_of_user ON todos (user_id, id);
"""

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
        connection.executescript(SCHEMA)


# -- accounts --------------------------------------------------------------------------------------


def digest_of(token):
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(user_id):
    token = secrets.token_urlsafe(32)
    db().execute("INSERT INTO tokens (digest, user_id) VALUES (?, ?)", (digest_of(token), user_id))
    db().commit()
    return token


def user_of(token):
    row = db().execute("SELECT user_id FROM tokens WHERE digest = ?", (digest_of(token),)).fetchone()
    return row["user_id"] if row else None


def login_required(view):
    @wraps(view)
    def guarded(*args, **kwargs):
        header = request.headers.get("Authorization", "")
        g.user_id = user_of(header.removeprefix("Bearer ").strip())
        if g.user_id is None:
            return jsonify(message="Unauthorized"), 401
        return view(*args, **kwargs)

    return guarded


def is_text(value):
    return isinstance(value, str) and value.strip() != ""


def problems_of_account(body):
    if not isinstance(body, dict):
        return ["the body must be a JSON object"]
    problems = []
    if not is_text(body.get("name")):
        problems.append("name must be a text that is not empty")
    if not is_text(body.get("email")) or not EMAIL.fullmatch(body["email"]):
        problems.append("email must be an e-mail address")
    if not is_text(body.get("password")) or len(body["password"]) < 8:
        problems.append("password must have 8 characters or more")
    return problems


@app.post("/register")
def register():
    body = request.get_json(silent=True)
    problems = problems_of_account(body)
    if problems:
        return jsonify(message="the account is not complete", errors=problems), 400
    email = body["email"].lower()
    hashed = generate_password_hash(body["password"], HASHING)
    try:
        cursor = db().execute(
            "INSERT INTO users (name, email, password_hash) VALUES (?, ?, ?)",
            (body["name"], email, hashed),
        )
    except sqlite3.IntegrityError:
        return jsonify(message="that e-mail is taken"), 409
    db().commit()
    return jsonify(token=new_token(cursor.lastrowid)), 201


@app.post("/login")
def login():
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not is_text(body.get("email")) or not is_text(body.get("password")):
        return jsonify(message="email and password are wanted"), 400
    email = body["email"].lower()
    user = db().execute("SELECT * FROM users WHERE email = ?", (email,)).fetchone()
    if user is None or not check_password_hash(user["password_hash"], body["password"]):
        return jsonify(message="e-mail or password is wrong"), 401
    return jsonify(token=new_token(user["id"]))


# -- to-dos ----------------------------------------------------------------------------------------


def as_todo(row):
    return {"id": row["id"], "title": row["title"], "description": row["description"]}


def problems_of_todo(body):
    if not isinstance(body, dict):
        return ["the body must be a JSON object"]
    problems = []
    if not is_text(body.get("title")):
        problems.append("title must be a text that is not empty")
    if not isinstance(body.get("description", ""), str):
        problems.append("description must be a text")
    return problems


def refused(problems):
    return jsonify(message="the to-do is not complete", errors=problems), 400


def find(todo_id):
    if todo_id > MAX_ID:
        return None
    return db().execute("SELECT * FROM todos WHERE id = ?", (todo_id,)).fetchone()


def own_todo(todo_id):
    """The to-do, or why it cannot be had."""
    row = find(todo_id)
    if row is None:
        return None, (jsonify(message="there is no such to-do"), 404)
    if row["user_id"] != g.user_id:
        return None, (jsonify(message="Forbidden"), 403)
    return row, None


@app.post("/todos")
@login_required
def create_todo():
    body = request.get_json(silent=True)
    problems = problems_of_todo(body)
    if problems:
        return refused(problems)
    cursor = db().execute(
        "INSERT INTO todos (user_id, title, description) VALUES (?, ?, ?)",
        (g.user_id, body["title"], body.get("description", "")),
    )
    db().commit()
    return jsonify(as_todo(find(cursor.lastrowid))), 201


@app.get("/todos")
@login_required
def list_todos():
    try:
        page = int(request.args.get("page", 1))
        limit = int(request.args.get("limit", 10))
    except ValueError:
        return jsonify(message="page and limit must be numbers"), 400
    if not 1 <= page <= 10**6 or limit < 1:
        return jsonify(message="page and limit are counted from 1"), 400
    limit = min(limit, MAX_LIMIT)
    total = db().execute("SELECT count(*) FROM todos WHERE user_id = ?", (g.user_id,)).fetchone()[0]
    rows = db().execute(
        "SELECT * FROM todos WHERE user_id = ? ORDER BY id LIMIT ? OFFSET ?",
        (g.user_id, limit, (page - 1) * limit),
    )
    return jsonify(data=[as_todo(row) for row in rows], page=page, limit=limit, total=total)


@app.put("/todos/<int:todo_id>")
@login_required
def update_todo(todo_id):
    row, refusal = own_todo(todo_id)
    if refusal:
        return refusal
    body = request.get_json(silent=True)
    problems = problems_of_todo(body)
    if problems:
        return refused(problems)
    db().execute(
        "UPDATE todos SET title = ?, description = ? WHERE id = ?",
        (body["title"], body.get("description", row["description"]), todo_id),
    )
    db().commit()
    return jsonify(as_todo(find(todo_id)))


@app.delete("/todos/<int:todo_id>")
@login_required
def delete_todo(todo_id):
    _, refusal = own_todo(todo_id)
    if refusal:
        return refusal
    db().execute("DELETE FROM todos WHERE id = ?", (todo_id,))
    db().commit()
    return "", 204


@app.errorhandler(404)
@app.errorhandler(405)
def no_route(error):
    return jsonify(message=error.description), error.code


init_db()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "8000")), threaded=True)
