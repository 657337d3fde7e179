from datetime import datetime

from flask import Flask, jsonify, request
from sqlalchemy import or_, select

from blog.models import Post, Session

application = app = Flask(__name__)
app.json.sort_keys = False


@app.teardown_appcontext
def remove_session(error=None):
    Session.remove()


def errors_in(data):
    if not isinstance(data, dict):
        return {"body": "must be a JSON object"}
    errors = {}
    for field in ("title", "content", "category"):
        if not isinstance(data.get(field), str):
            errors[field] = "must be a string"
        elif not data[field]:
            errors[field] = "must not be empty"
    tags = data.get("tags", [])
    if not isinstance(tags, list) or [tag for tag in tags if not isinstance(tag, str)]:
        errors["tags"] = "must be an array of strings"
    return errors


def fill(post, data):
    post.title = data["title"]
    post.content = data["content"]
    post.category = data["category"]
    post.tags = data.get("tags", [])


def not_found():
    return jsonify({"error": "Post not found"}), 404


@app.route("/posts", methods=["GET", "POST"])
def posts():
    if request.method == "POST":
        data = request.get_json(force=True, silent=True)
        errors = errors_in(data)
        if errors:
            return jsonify({"errors": errors}), 400
        post = Post()
        fill(post, data)
        Session.add(post)
        Session.commit()
        return jsonify(post.to_dict()), 201
    query = select(Post).order_by(Post.created_at.desc())
    term = request.args.get("term")
    if term:
        columns = (Post.title, Post.content, Post.category)
        query = query.where(or_(*[column.icontains(term, autoescape=True) for column in columns]))
    return jsonify([post.to_dict() for post in Session.scalars(query)])


@app.route("/posts/<int:post_id>", methods=["GET", "PUT", "DELETE"])
def single_post(post_id):
    post = Session.get(Post, post_id) if post_id < 2**63 else None
    if post is None:
        return not_found()
    if request.method == "PUT":
        data = request.get_json(force=True, silent=True)
        errors = errors_in(data)
        if errors:
            return jsonify({"errors": errors}), 400
        fill(post, data)
        post.updated_at = datetime.utcnow()
        Session.commit()
    elif request.method == "DELETE":
        Session.delete(post)
        Session.commit()
        return "", 204
    return jsonify(post.to_dict())
