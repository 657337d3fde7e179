import os

line = b"x" * 99 + b"\n"
while True:
    os.write(1, line * 1000)
