import glob
import json
import os

CANARIES = [f"{folder}/grader-hostile-canary" for folder in ("", "/etc", "/root", "/var/tmp")]
PATTERNS = (
    "/proc/[0-9]*/environ",
    "/proc/[0-9]*/cmdline",
    "/proc/[0-9]*/root/etc/shadow",
    "/proc/[0-9]*/task/*/environ",
    "/proc/keys",
    "/proc/kcore",
    "/proc/sched_debug",
    "/proc/mounts",
    "/sys/kernel/debug/*",
    "/sys/class/dmi/id/*",
    "/sys/firmware/*",
    "/sys/fs/cgroup/*/*/cgroup.procs",
    "/run/secrets/*",
    "/run/**",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/root/.docker/config.json",
    "/root/.netrc",
    "/var/lib/grader/*",
    "/var/lib/docker/*",
    "/opt/grader/**",
    *CANARIES,
)
SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock")


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(100_000).decode("utf-8", "replace").replace("\0", " ")
    except OSError:
        return ""


found = {path: read(path) for pattern in PATTERNS for path in glob.glob(pattern, recursive=True)}
for path, text in found.items():
    for word in text.split():
        if any(mark in word.lower() for mark in ("canary", "grader", "password", "secret", "test_")):
            print(path, word[:200])
print(
    "SAID",
    json.dumps(
        {
            "sockets": [path for path in SOCKETS if os.path.exists(path)],
            "canaries": [path for path in CANARIES if os.path.exists(path)],
            "processes": len([name for name in os.listdir("/proc") if name.isdigit()]),
            "harness": glob.glob("/opt/venv*") + [
                path
                for folder in ("app", "home", "mnt", "opt", "srv", "tmp")
                for path in glob.glob(f"/{folder}/**/test_posts.*", recursive=True)
            ],
            "memory": len(found.get("/proc/kcore", "")),
            "keys": len(found.get("/proc/keys", "")),
        }
    ),
)
print("environment", " ".join(sorted(os.environ)))
