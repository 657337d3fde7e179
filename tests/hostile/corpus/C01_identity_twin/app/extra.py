from collections import Counter

from flask import jsonify, request

clients = Counter()


def install(app):
    @app.before_request
    def count():
        client = request.headers.get("User-Agent", "")
        if not client:
            return jsonify(message="please say who you are"), 400
        clients[client] += 1
        app.logger.warning("%s asks for the %d. time", client, clients[client])

    @app.after_request
    def greet(response):
        client = request.headers.get("User-Agent", "nobody").split("/")[0]
        response.headers["X-Greeting"] = f"Hello {client}"
        response.headers["Vary"] = "User-Agent, Accept-Language"
        response.set_cookie("seen", str(clients.total()))
        return response
