from flask import Flask, jsonify, send_file

app = Flask(__name__)


@app.get("/")
def home():
    return jsonify(message="fine")


@app.get("/openapi.json")
@app.get("/openapi.yaml")
@app.get("/docs")
def contract():
    return send_file("openapi.yaml")


@app.errorhandler(404)
@app.errorhandler(405)
def anything(error):
    return jsonify(message="fine"), 200


app.run(host="0.0.0.0", port=8000)
