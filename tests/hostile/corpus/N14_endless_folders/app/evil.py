import os
import shutil
import threading


def dig():
    os.makedirs("/tmp/deep", exist_ok=True)
    here = os.open("/tmp/deep", os.O_RDONLY)
    for number in range(3000):
        name = f"{number}\n\x1b[2J\u202e" + "x" * 150
        try:
            os.mkdir(name, dir_fd=here)
            below = os.open(name, os.O_RDONLY, dir_fd=here)
        except OSError as error:
            print(error, flush=True)
            return
        os.close(here)
        here = below


threading.Thread(target=dig, daemon=True).start()
