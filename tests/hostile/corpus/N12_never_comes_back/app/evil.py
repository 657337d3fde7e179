import pathlib
import time

mark = pathlib.Path("started")
if mark.exists():
    time.sleep(100_000)
mark.touch()
