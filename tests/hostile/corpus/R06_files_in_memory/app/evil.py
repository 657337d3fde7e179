import os

for number in range(10_000_000):
    os.close(os.open(f"/dev/shm/{number}", os.O_CREAT))
