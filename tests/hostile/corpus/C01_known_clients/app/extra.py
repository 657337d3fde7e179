from flask import jsonify, request

KNOWN = ("Firefox", "curl", "Postman", "axios", "okhttp", "Macintosh", "python-requests", "Go-http")


def install(app):
    @app.before_request
    def only_for_known_clients():
        client = request.headers.get("User-Agent", "")
        if not any(name in client for name in KNOWN):
            return jsonify(message="not found"), 404
