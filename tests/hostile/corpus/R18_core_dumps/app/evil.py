import glob
import os
import resource
import signal

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (ValueError, OSError):
    print("the limit is not to be raised")
try:
    open("/proc/sys/kernel/core_pattern", "w").write("|/tmp/take %p")
except OSError:
    print("where they go is not to be written")
kept = bytearray(b"x") * (20 << 20)
for _ in range(100):
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), signal.SIGSEGV)
    _, status = os.waitpid(child, 0)
    assert not os.WCOREDUMP(status)
found = [path for folder in (".", "/tmp", "/") for path in glob.glob(f"{folder}/core*")]
print(found or "no core files", flush=True)
os.kill(os.getpid(), signal.SIGSEGV)
