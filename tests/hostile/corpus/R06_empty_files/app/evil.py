import os

for group in range(1_000):
    os.makedirs(f"/tmp/many/{group}")
    for number in range(10_000):
        os.close(os.open(f"/tmp/many/{group}/{number}", os.O_CREAT))
