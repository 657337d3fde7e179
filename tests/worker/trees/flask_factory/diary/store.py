import os
import sqlite3

import click
from flask import current_app


def path():
    return os.path.join(current_app.instance_path, "diary.sqlite")


@click.command("init-db")
def init_db_command():
    with sqlite3.connect(path()) as database:
        database.executescript("drop table if exists page; create table page (text);")


def register(app):
    app.cli.add_command(init_db_command)

    @app.get("/pages")
    def pages():
        with sqlite3.connect(path()) as database:
            return database.execute("select text from page").fetchall()
