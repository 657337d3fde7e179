import os

for folder in range(5_000):
    os.mkdir(f"/many{folder}")
    for file in range(1_000):
        os.mknod(f"/many{folder}/{file}")
