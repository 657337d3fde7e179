import os
import threading


def flood():
    while True:
        os.write(1, bytes(range(11, 256)) * 1000)


threading.Thread(target=flood, daemon=True).start()
