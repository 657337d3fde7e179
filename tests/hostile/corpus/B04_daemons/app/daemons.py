"""Daemons that ignore every signal they can, and a step that waits for none of them."""

import os
import signal
import time

for number in range(1, 32):
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_IGN)
for _ in range(10):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(1)
        os._exit(0)
print("daemons are up", flush=True)
while True:
    time.sleep(1)
