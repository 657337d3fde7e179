"""Makes its table where a learner's main block does, and keeps rows beside the code."""

import sqlite3

from flask import Flask, jsonify

app = Flask(__name__)


def connect():
    return sqlite3.connect("counter.db")


@app.get("/count")
def count():
    with connect() as database:
        database.execute("insert into visits default values")
        (visits,) = database.execute("select count(*) from visits").fetchone()
    return jsonify(visits=visits)


if __name__ == "__main__":
    with connect() as database:
        database.execute("create table if not exists visits (id integer primary key)")
    app.run(debug=True)
