import sqlite3

FILE = "notes.db"


def rows():
    with sqlite3.connect(FILE) as database:
        return [row[0] for row in database.execute("select text from note")]


def add(text):
    with sqlite3.connect(FILE) as database:
        database.execute("insert into note values (?)", (text,))
