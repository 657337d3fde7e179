import os
from importlib.metadata import version

from flask import Flask


def create_app():
    app = Flask(__name__, instance_relative_config=True)
    os.makedirs(app.instance_path, exist_ok=True)

    from . import store

    store.register(app)

    @app.get("/version")
    def tell_version():
        return {"version": version("diary")}

    return app
