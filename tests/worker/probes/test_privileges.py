"""What a learner's program may do to the kernel and what it sees of the host: next to nothing."""

from __future__ import annotations

import json
from typing import Any

import docker
import pytest

from tests.support.pods import (
    PYTHON,
    built_image,
    python_app,
    start_harness,
    told_by,
    told_by_harness,
)
from worker.sandbox.hardening import ROOT_CAPABILITIES
from worker.sandbox.pod import Pod

pytestmark = pytest.mark.engine

# linux/capability.h
NUMBERS = {"CHOWN": 0, "DAC_OVERRIDE": 1, "FOWNER": 3, "KILL": 5, "SETGID": 6, "SETUID": 7}
STATUS = """
import json, os
rows = dict(line.rstrip().split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
value = {k: rows[k] for k in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb",
                              "NoNewPrivs", "Seccomp")}
value["uid"] = os.getuid()
"""


def assert_confined(status: dict[str, Any], uid: int, capabilities: tuple[str, ...]) -> None:
    allowed = sum(1 << NUMBERS[name] for name in capabilities)
    for field in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[field], 16) & ~allowed == 0, field
    assert (status["uid"], status["NoNewPrivs"], status["Seccomp"]) == (uid, "1", "2")


@pytest.mark.parametrize("user", ["4711", "4711:0", "nobody", "10001:10001"])
def test_an_image_with_a_user_has_no_capability(
    pod: Pod, engine: docker.DockerClient, user: str
) -> None:
    with built_image(engine, f"USER {user}") as image:
        status = told_by(pod, STATUS + "print(json.dumps(value))", image=image)
        pod.close()
    assert_confined(status, 65534 if user == "nobody" else int(user.partition(":")[0]), ())


@pytest.mark.parametrize("lines", ["", "USER root", "USER 0:0"])
def test_an_image_without_one_has_what_start_scripts_need(
    pod: Pod, engine: docker.DockerClient, lines: str
) -> None:
    with built_image(engine, lines or "LABEL none=1") as image:
        status = told_by(pod, STATUS + "print(json.dumps(value))", image=image)
        pod.close()
    assert_confined(status, 0, ROOT_CAPABILITIES)


def test_harness_has_no_capability_and_a_user_of_its_own(pod: Pod) -> None:
    assert_confined(told_by_harness(pod, STATUS + "tell(value)"), 10002, ())


def test_harness_writes_to_its_scratch_folder_only(pod: Pod) -> None:
    code = """
import os
answers = []
for folder in ("/", "/opt/grader", "/opt/venv", "/etc", "/var/tmp", "/tmp"):
    try: open(folder + "/x", "w"); answers.append(folder)
    except OSError: pass
tell(answers)
"""
    assert told_by_harness(pod, code) == ["/tmp"]


def test_harness_has_no_secret_in_its_environment(pod: Pod) -> None:
    names = told_by_harness(pod, "import os; tell(sorted(os.environ))")
    allowed = {"HOME", "HOSTNAME", "LANG", "PATH", "PYTHONDONTWRITEBYTECODE"}
    certificates = {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"}
    assert set(names) <= allowed | certificates


def test_setuid_programs_gain_nothing(pod: Pod, engine: docker.DockerClient) -> None:
    lines = "RUN cp /bin/cat /suid && chmod 4755 /suid && chmod 600 /etc/shadow\nUSER 4711"
    # The engine does not keep the order between two streams: what cat says may come last.
    code = "import subprocess as s; print(s.call(['/suid', '/etc/shadow'], stderr=s.DEVNULL))"
    with built_image(engine, lines) as image:
        assert told_by(pod, code, image=image) == 1
        pod.close()


# Calls that reach for the host or the kernel; each must be refused to root inside as well. The
# numbers are those of x86_64. (test_seccomp.py has the answer that each call gets.)
REFUSED = {
    "mount": "libc.mount(b'none', b'/mnt', b'tmpfs', 0, None)",
    "umount": "libc.umount2(b'/proc', 2)",
    "pivot_root": "libc.syscall(155, b'/', b'/')",
    "chroot": "libc.chroot(b'/tmp')",
    "unshare_user": "libc.unshare(0x10000000)",
    "unshare_net": "libc.unshare(0x40000000)",
    "unshare_mount": "libc.unshare(0x00020000)",
    "setns": "libc.setns(os.open('/proc/self/ns/net', 0), 0)",
    "bpf": "libc.syscall(321, 0, None, 0)",
    "perf_event_open": "libc.syscall(298, None, 0, -1, -1, 0)",
    "keyctl": "libc.syscall(250, 0, 0, 0, 0, 0)",
    "add_key": "libc.syscall(248, b'user', b'a', b'b', 1, -3)",
    "userfaultfd": "libc.syscall(323, 0)",
    "init_module": "libc.syscall(175, None, 0, b'')",
    "kexec_load": "libc.syscall(246, 0, 0, None, 0)",
    "reboot": "libc.reboot(0)",
    "swapon": "libc.swapon(b'/tmp/x', 0)",
    "sethostname": "libc.sethostname(b'x', 1)",
    "settimeofday": "libc.syscall(164, (ctypes.c_long * 2)(1, 1), None)",
    "iopl": "libc.syscall(172, 3)",
    "open_by_handle_at": "libc.syscall(304, -100, None, 0)",
    "quotactl": "libc.syscall(179, 0, None, 0, None)",
    "mknod_disk": "libc.mknod(b'/tmp/disk', 0o060600, 0xfe00)",
}
ATTEMPT = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
calls = json.loads(CALLS)
answers = {name: eval(call) for name, call in calls.items()}
print(json.dumps(answers))
"""


def test_calls_that_reach_for_the_kernel_are_refused(pod: Pod) -> None:
    answers = told_by(pod, ATTEMPT.replace("CALLS", repr(json.dumps(REFUSED))))
    assert {name for name, answer in answers.items() if answer != -1} == set()


def test_nothing_of_the_host_is_in_sight(pod: Pod) -> None:
    code = """
import json, os
seen = {
    "sockets": [p for p in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd")
                if os.path.exists(p)],
    "processes": sorted(int(p) for p in os.listdir("/proc") if p.isdigit()),
    "disks": [d for d in os.listdir("/dev") if d.startswith(("sd", "vd", "nvme", "mem", "kmsg"))],
    "mounts": sorted({line.split()[1] for line in open("/proc/mounts")
                      if line.split()[2] in ("ext4", "xfs", "btrfs")}),
}
print(json.dumps(seen))
"""
    seen = told_by(pod, code)
    assert seen["sockets"] == []
    assert len(seen["processes"]) == 2, "the init process and the app"
    assert seen["disks"] == []
    files = {"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"}
    assert {path for path in seen["mounts"] if not path.endswith("/docker-init")} == files


@pytest.mark.parametrize(
    "path",
    [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/drop_caches",
        "/proc/sys/net/ipv4/ip_forward",
        "/proc/sysrq-trigger",
        "/proc/irq/0/smp_affinity",
        "/sys/kernel/uevent_helper",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/pids/pids.max",
        "/sbin/docker-init",
    ],
)
def test_kernel_files_cannot_be_written(pod: Pod, path: str) -> None:
    code = f"""
import json
try: open({path!r}, "w").write("1"); print('"written"')
except OSError as error: print(json.dumps(type(error).__name__))
"""
    assert told_by(pod, code) in ("OSError", "PermissionError", "FileNotFoundError")


def test_app_does_not_see_the_harness(pod: Pod) -> None:
    """Neither its processes nor its memory: only the network is shared."""
    harness = start_harness(pod, "open('/dev/shm/mark', 'w'); input()")
    code = "import json, os; print(json.dumps([os.listdir('/dev/shm'), len(os.listdir('/proc'))]))"
    shared, _ = told_by(pod, code)
    assert shared == []
    assert harness.stderr_tail == ""


def test_killing_everything_ends_only_the_app(pod: Pod) -> None:
    code = "import os, signal\ntry: os.kill(-1, signal.SIGKILL)\nexcept ProcessLookupError: pass"
    child = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {code!r}])\n"
    pod.start_app(python_app(child + "time.sleep(60)"))
    status = pod.wait_app_exit(20)
    assert status is not None
    assert status.exit_code == 137
    assert told_by_harness(pod, "tell(1)") == 1


def test_image_health_checks_do_not_run(pod: Pod, engine: docker.DockerClient) -> None:
    lines = "HEALTHCHECK --interval=1s CMD touch /checked"
    code = "import json, os, time; time.sleep(3); print(json.dumps(os.path.exists('/checked')))"
    with built_image(engine, lines, PYTHON) as image:
        assert told_by(pod, code, image=image) is False
        pod.close()
