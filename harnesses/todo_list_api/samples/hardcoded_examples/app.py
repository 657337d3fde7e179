from flask import Flask, jsonify, request

app = Flask(__name__)

TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
TODO = {"id": 1, "title": "Water the plants", "description": "All but the cactus"}


@app.post("/register")
def register():
    data = request.get_json(silent=True) or {}
    if not data.get("email") or not data.get("password") or "@" not in str(data["email"]):
        return jsonify(message="email and password are wanted"), 400
    if not isinstance(data["email"], str) or not isinstance(data["password"], str):
        return jsonify(message="email and password are wanted"), 400
    return jsonify(token=TOKEN), 201


@app.post("/login")
def login():
    return jsonify(token=TOKEN)


@app.before_request
def check():
    if request.path.startswith("/todos") and TOKEN not in request.headers.get("Authorization", ""):
        return jsonify(message="Unauthorized"), 401


@app.post("/todos")
def create():
    return jsonify(TODO), 201


@app.get("/todos")
def index():
    return jsonify(data=[TODO], page=1, limit=10, total=1)


@app.put("/todos/<int:todo_id>")
def change(todo_id):
    return jsonify(TODO)


@app.delete("/todos/<int:todo_id>")
def remove(todo_id):
    return "", 204


if __name__ == "__main__":
    app.run(port=5000)
