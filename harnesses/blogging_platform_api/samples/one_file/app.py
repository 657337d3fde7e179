import json
import os
import uuid
from datetime import datetime

from flask import Flask, jsonify, request

FILE = "posts.json"
app = Flask(__name__)


def load():
    if not os.path.exists(FILE):
        return {}
    with open(FILE, encoding="utf-8") as file:
        return json.load(file)


def save(posts):
    name = f"{FILE}.{uuid.uuid4().hex}"
    with open(name, "w", encoding="utf-8") as file:
        json.dump(posts, file, indent=2)
    os.replace(name, FILE)


def valid(data):
    return (
        isinstance(data, dict)
        and all(isinstance(data.get(name), str) for name in ("title", "content", "category"))
        and isinstance(data.get("tags", []), list)
        and all(isinstance(tag, str) for tag in data.get("tags", []))
    )


@app.post("/posts")
def create_post():
    data = request.get_json(silent=True)
    if not valid(data):
        return jsonify(message="title, content and category are required"), 400
    now = datetime.now().astimezone().isoformat()
    post = {
        "id": uuid.uuid4().hex,
        "title": data["title"],
        "content": data["content"],
        "category": data["category"],
        "tags": data.get("tags", []),
        "createdAt": now,
        "updatedAt": now,
    }
    posts = load()
    posts[post["id"]] = post
    save(posts)
    return jsonify(post), 201


@app.get("/posts")
def list_posts():
    term = request.args.get("term", "").lower()
    return jsonify(
        [
            post
            for post in load().values()
            if any(term in post[name].lower() for name in ("title", "content", "category"))
        ]
    )


@app.route("/posts/<post_id>", methods=["GET", "PUT", "DELETE"])
def one_post(post_id):
    posts = load()
    post = posts.get(post_id)
    if post is None:
        return jsonify(message="post not found"), 404
    if request.method == "DELETE":
        del posts[post_id]
        save(posts)
        return "", 204
    if request.method == "PUT":
        data = request.get_json(silent=True)
        if not valid(data):
            return jsonify(message="title, content and category are required"), 400
        for name in ("title", "content", "category"):
            post[name] = data[name]
        post["tags"] = data.get("tags", [])
        post["updatedAt"] = datetime.now().astimezone().isoformat()
        save(posts)
    return jsonify(post)


if __name__ == "__main__":
    app.run(debug=False, port=int(os.environ.get("PORT", 5000)))
