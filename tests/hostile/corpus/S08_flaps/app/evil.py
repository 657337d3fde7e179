import os
import time

if os.environ.get("SERVES") != "yes":
    while True:
        child = os.fork()
        if child == 0:
            os.environ["SERVES"] = "yes"
            break
        time.sleep(2)
        os.kill(child, 9)
        os.waitpid(child, 0)
        print("again", flush=True)
