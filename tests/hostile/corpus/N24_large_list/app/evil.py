import sys
import time

main = sys.modules["__main__"]
with main.db:
    main.db.executemany(
        "INSERT INTO posts (title, content, category, tags, created, updated) VALUES (?,?,?,?,?,?)",
        [("t", "x" * 500, "c", "[]", time.time(), time.time()) for _ in range(40_000)],
    )
