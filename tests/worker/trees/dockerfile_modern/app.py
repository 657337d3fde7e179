import os

from flask import Flask

app = Flask(__name__)


@app.get("/files")
def files():
    with open("data/written", "w") as file:
        file.write("by the user of the image")
    with open("greeting.txt") as file:
        return {"files": sorted(os.listdir()), "greeting": file.read(), "user": os.getuid()}
