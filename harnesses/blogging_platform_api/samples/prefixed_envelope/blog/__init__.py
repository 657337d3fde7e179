from flask import Flask, jsonify
from werkzeug.exceptions import HTTPException

from blog import db
from blog.routes import bp


def create_app():
    app = Flask(__name__)
    app.config["DATABASE"] = "blog.sqlite3"
    db.init_app(app)
    app.register_blueprint(bp)

    @app.errorhandler(HTTPException)
    def handle_error(error):
        return jsonify(message=error.description, data=None), error.code

    return app
