import itertools
import os
import signal
import time

import __main__ as app

honest = app.Handler.route
count = itertools.count(1)


def daemon():
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    with open("/proc/self/comm", "w") as name:
        name.write("hostile-daemon")
    time.sleep(3600)
    os._exit(0)


def route(*args):
    if next(count) == 12:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                daemon()
            os.waitpid(child, 0)
        time.sleep(0.2)
        names = [open(f"/proc/{pid}/comm").read() for pid in os.listdir("/proc") if pid.isdigit()]
        print(names.count("hostile-daemon\n"), "daemons", flush=True)
        os._exit(3)
    return honest(*args)


app.Handler.route = route
