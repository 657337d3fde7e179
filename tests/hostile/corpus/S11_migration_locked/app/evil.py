import sqlite3

first = sqlite3.connect("migrated.db")
first.execute("CREATE TABLE IF NOT EXISTS versions (number INTEGER)")
first.commit()
first.execute("BEGIN EXCLUSIVE")
second = sqlite3.connect("migrated.db", timeout=0.5)
second.execute("ALTER TABLE versions ADD COLUMN name TEXT")
