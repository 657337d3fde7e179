from flask import Blueprint, abort, jsonify, request

from blog.db import get_db

bp = Blueprint("posts", __name__, url_prefix="/api/v1/posts")

SELECT = """
    SELECT post.*, (SELECT group_concat(name, char(31)) FROM post_tag WHERE post_id = post.id) AS tags
    FROM post
"""


def serialize(row):
    return {
        "post_id": str(row["id"]),
        "title": row["title"],
        "body": row["body"],
        "category": row["category"],
        "tags": row["tags"].split(chr(31)) if row["tags"] else [],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"] or row["created_at"],
    }


def get_or_404(post_id):
    row = get_db().execute(f"{SELECT} WHERE id = ?", (post_id,)).fetchone()
    if row is None:
        abort(404, f"Post {post_id} does not exist")
    return row


def validated():
    data = request.get_json(force=True, silent=True)
    if not isinstance(data, dict):
        abort(422, "The body must be a JSON object")
    data.setdefault("body", data.get("content"))
    data.setdefault("tags", [])
    for name in ("title", "body", "category"):
        if not isinstance(data.get(name), str) or not data[name].strip():
            abort(422, f"{name} is required")
    if not isinstance(data["tags"], list) or any(not isinstance(tag, str) for tag in data["tags"]):
        abort(422, "tags must be a list of strings")
    return data


def set_tags(post_id, tags):
    get_db().execute("DELETE FROM post_tag WHERE post_id = ?", (post_id,))
    get_db().executemany(
        "INSERT INTO post_tag (post_id, name) VALUES (?, ?)", [(post_id, tag) for tag in tags]
    )


@bp.post("")
def create():
    data = validated()
    with get_db() as db:
        cursor = db.execute(
            "INSERT INTO post (title, body, category) VALUES (:title, :body, :category)", data
        )
        set_tags(cursor.lastrowid, data["tags"])
    post = serialize(get_or_404(cursor.lastrowid))
    return jsonify(message="Post created", data=post), 201


@bp.get("")
def index():
    term = request.args.get("term")
    sql, values = f"{SELECT} ORDER BY id DESC", ()
    if term:
        pattern = "%{}%".format(term.replace("!", "!!").replace("%", "!%").replace("_", "!_"))
        sql = f"""{SELECT} WHERE title LIKE ? ESCAPE '!' OR body LIKE ? ESCAPE '!'
                  OR category LIKE ? ESCAPE '!' ORDER BY id DESC"""
        values = (pattern, pattern, pattern)
    posts = [serialize(row) for row in get_db().execute(sql, values)]
    return jsonify(message=f"{len(posts)} posts found", posts=posts)


@bp.get("/<post_id>")
def show(post_id):
    return jsonify(message="Post found", data=serialize(get_or_404(post_id)))


@bp.put("/<post_id>")
def change(post_id):
    row = get_or_404(post_id)
    data = validated()
    with get_db() as db:
        db.execute(
            "UPDATE post SET title = ?, body = ?, category = ?,"
            " updated_at = strftime('%Y-%m-%d %H:%M:%S', 'now') WHERE id = ?",
            (data["title"], data["body"], data["category"], row["id"]),
        )
        set_tags(row["id"], data["tags"])
    return jsonify(message="Post updated", data=serialize(get_or_404(post_id)))


@bp.delete("/<post_id>")
def remove(post_id):
    row = get_or_404(post_id)
    with get_db() as db:
        db.execute("DELETE FROM post WHERE id = ?", (row["id"],))
    return jsonify(message="Post deleted", data=None)
