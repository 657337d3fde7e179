import secrets
from datetime import datetime

from flask import Flask, request

app = Flask(__name__)


def link(code, **more):
    body = request.get_json(silent=True) or {}
    now = datetime.now().isoformat()
    url = body.get("url", "https://example.com") if isinstance(body, dict) else "https://example.com"
    return {"id": code, "url": url, "shortCode": code, "createdAt": now, "updatedAt": now, **more}


@app.post("/shorten")
def create():
    return link(secrets.token_hex(3)), 201


@app.route("/shorten/<code>", methods=["GET", "PUT"])
def retrieve(code):
    return link(code)


@app.delete("/shorten/<code>")
def delete(code):
    return "", 204


@app.get("/shorten/<code>/stats")
def stats(code):
    return link(code, accessCount=0)


app.run(host="0.0.0.0", port=5000)
