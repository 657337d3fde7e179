import os
import secrets
from datetime import datetime, timezone
from urllib.parse import urlsplit

import redis
from flask import Flask, jsonify, request

app = Flask(__name__)
store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


def now():
    return datetime.now(timezone.utc).isoformat()


def wanted_url():
    body = request.get_json(silent=True)
    url = body.get("url") if isinstance(body, dict) else None
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def shown(link, count=False):
    answer = {key: link[key] for key in ("id", "url", "shortCode", "createdAt", "updatedAt")}
    if count:
        answer["accessCount"] = int(link["accessCount"])
    return jsonify(answer)


def refused():
    return jsonify(error="url has to be an http or https URL"), 400


def missing():
    return jsonify(error="there is no such short URL"), 404


@app.post("/shorten")
def create():
    url = wanted_url()
    if url is None:
        return refused()
    code, time = secrets.token_urlsafe(6), now()
    link = {
        "id": store.incr("links"),
        "url": url,
        "shortCode": code,
        "createdAt": time,
        "updatedAt": time,
        "accessCount": 0,
    }
    store.hset(f"link:{code}", mapping=link)
    return shown(link), 201


@app.get("/shorten/<code>")
def retrieve(code):
    link = store.hgetall(f"link:{code}")
    if not link:
        return missing()
    store.hincrby(f"link:{code}", "accessCount", 1)
    return shown(link)


@app.put("/shorten/<code>")
def update(code):
    link = store.hgetall(f"link:{code}")
    if not link:
        return missing()
    url = wanted_url()
    if url is None:
        return refused()
    link.update(url=url, updatedAt=now())
    store.hset(f"link:{code}", mapping={"url": url, "updatedAt": link["updatedAt"]})
    return shown(link)


@app.delete("/shorten/<code>")
def delete(code):
    return ("", 204) if store.delete(f"link:{code}") else missing()


@app.get("/shorten/<code>/stats")
def statistics(code):
    link = store.hgetall(f"link:{code}")
    return shown(link, count=True) if link else missing()
