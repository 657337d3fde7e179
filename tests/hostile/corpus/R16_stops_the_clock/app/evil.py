import ctypes
import os
import signal
import time

libc = ctypes.CDLL(None, use_errno=True)
try:
    time.clock_settime(time.CLOCK_REALTIME, 0)
    print("clock: set")
except OSError as error:
    print("clock:", type(error).__name__)
modes = ctypes.create_string_buffer(256)
modes[0] = 1  # ADJ_OFFSET
done = libc.adjtimex(modes) >= 0
print("adjust:", "set" if done else type(OSError(ctypes.get_errno(), "")).__name__)
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
os.kill(os.getpid(), signal.SIGSTOP)
