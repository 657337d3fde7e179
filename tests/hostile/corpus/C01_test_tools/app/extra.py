from flask import jsonify, request

TOOLS = ("python-requests", "schemathesis", "locust", "pytest", "HTTPie")


def install(app):
    @app.before_request
    def only_for_tools():
        client = request.headers.get("User-Agent", "").lower()
        if not any(tool.lower() in client for tool in TOOLS):
            return jsonify(message="coming soon"), 200
