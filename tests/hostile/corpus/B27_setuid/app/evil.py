import json
import os
import subprocess

BY_OWNER, BY_FILE = "/usr/local/bin/as_root", "/usr/local/bin/capable"
ASK = """
import os
lines = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
print(os.geteuid(), int(lines["CapEff"], 16), int(lines["NoNewPrivs"]))
"""


def became(program):
    """User, capabilities and whether it may gain any; None where it may not even start."""
    try:
        told = subprocess.run([program, "-c", ASK], capture_output=True, text=True, check=True)
    except PermissionError:
        return None
    return [int(word) for word in told.stdout.split()]


print(
    "SAID",
    json.dumps(
        {
            "prepared": bool(os.stat(BY_OWNER).st_mode & 0o4000),
            "uid": os.getuid(),
            "by_owner": became(BY_OWNER),
            "by_file": became(BY_FILE),
        }
    ),
    flush=True,
)
