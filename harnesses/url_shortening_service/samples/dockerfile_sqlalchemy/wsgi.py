import random
import re
from datetime import datetime

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import BadRequest, HTTPException

URL_PATTERN = re.compile(r"^https?://[^\s/$.?#][^\s]*$", re.IGNORECASE)
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shortener.db"
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": 15}}
app.config["TRAP_BAD_REQUEST_ERRORS"] = True
db = SQLAlchemy(app)


class ShortUrl(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    url = db.Column(db.Text, nullable=False)
    short_code = db.Column(db.String(12), unique=True, index=True, nullable=False)
    created_at = db.Column(db.DateTime, nullable=False, default=datetime.utcnow)
    updated_at = db.Column(db.DateTime)
    access_count = db.Column(db.Integer, nullable=False, default=0)

    def to_dict(self):
        return {
            "id": self.id,
            "url": self.url,
            "short_code": self.short_code,
            "created_at": self.created_at.isoformat() + "Z",
            "updated_at": (self.updated_at or self.created_at).isoformat() + "Z",
        }


with app.app_context():
    db.create_all()


def random_code():
    return "".join(random.choice(CHARACTERS) for _ in range(6))


def valid_url():
    body = request.get_json(force=True)
    url = body.get("url") if isinstance(body, dict) else None
    if not isinstance(url, str) or not URL_PATTERN.match(url):
        raise BadRequest("Please send a valid URL.")
    return url


def load(code):
    return ShortUrl.query.filter_by(short_code=code).first_or_404("Unknown short code.")


@app.errorhandler(HTTPException)
def handle_http(error):
    return jsonify({"success": False, "error": error.description}), error.code


@app.route("/shorten", methods=["POST"])
def shorten():
    url = valid_url()
    while True:
        link = ShortUrl(url=url, short_code=random_code())
        db.session.add(link)
        try:
            db.session.commit()
            return jsonify(link.to_dict()), 201
        except IntegrityError:
            db.session.rollback()


@app.route("/shorten/<code>", methods=["GET"])
def retrieve(code):
    link = load(code)
    answer = link.to_dict()
    ShortUrl.query.filter_by(id=link.id).update({"access_count": ShortUrl.access_count + 1})
    db.session.commit()
    return jsonify(answer)


@app.route("/shorten/<code>", methods=["PUT"])
def change(code):
    link = load(code)
    link.url = valid_url()
    link.updated_at = datetime.utcnow()
    db.session.commit()
    return jsonify(link.to_dict())


@app.route("/shorten/<code>", methods=["DELETE"])
def remove(code):
    db.session.delete(load(code))
    db.session.commit()
    return "", 204


@app.route("/shorten/<code>/stats", methods=["GET"])
def stats(code):
    link = load(code)
    return jsonify({**link.to_dict(), "access_count": link.access_count})
