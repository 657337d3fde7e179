import os
import tempfile
import time

block = b"x" * (1 << 20)
kept = []
for number in range(60):
    handle, name = tempfile.mkstemp()
    os.unlink(name)
    kept.append(handle)
    for _ in range(50):
        os.write(handle, block)
time.sleep(600)
