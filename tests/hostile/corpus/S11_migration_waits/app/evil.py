import sqlite3

first = sqlite3.connect("migrated.db")
first.execute("CREATE TABLE IF NOT EXISTS versions (number INTEGER)")
first.commit()
first.execute("BEGIN EXCLUSIVE")
print("migrating the database", flush=True)
second = sqlite3.connect("migrated.db", timeout=3600)
second.execute("ALTER TABLE versions ADD COLUMN name TEXT")
