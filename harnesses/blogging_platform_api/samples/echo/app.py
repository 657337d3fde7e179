import itertools
from datetime import datetime, timezone

from flask import Flask, jsonify, request

app = Flask(__name__)
numbers = itertools.count(1)


def post(post_id):
    data = request.get_json(silent=True)
    now = datetime.now(timezone.utc).isoformat()
    return jsonify({**(data if isinstance(data, dict) else {}), "id": post_id, "createdAt": now, "updatedAt": now})


@app.post("/posts")
def create():
    return post(next(numbers)), 201


@app.get("/posts")
def index():
    return jsonify([])


@app.route("/posts/<int:post_id>", methods=["GET", "PUT"])
def show(post_id):
    return post(post_id)


@app.delete("/posts/<int:post_id>")
def remove(post_id):
    return "", 204


app.run(host="0.0.0.0", port=5000)
