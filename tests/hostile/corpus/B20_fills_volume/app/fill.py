with open("/data/blob", "wb", buffering=0) as blob:
    for _ in range(10_000):
        blob.write(b"x" * 1_000_000)

import app
