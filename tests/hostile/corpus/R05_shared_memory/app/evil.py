import errno
import os

block = b"x" * (1 << 20)
for folder in ("/dev/shm", "/tmp"):
    try:
        with open(f"{folder}/big", "wb", buffering=0) as file:
            for _ in range(2000):
                file.write(block)
        print(f"{folder}: written")
    except OSError as error:
        print(f"{folder}: {errno.errorcode[error.errno]}")
    os.unlink(f"{folder}/big")
