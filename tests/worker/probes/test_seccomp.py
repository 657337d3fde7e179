"""What our own filter of system calls refuses, with which answer, and what it lets through."""

from __future__ import annotations

import errno
import json
import platform
from typing import Any

import pytest

from tests.support.pods import python_app, run, told_by, told_by_harness
from worker.sandbox.hardening import host_fields
from worker.sandbox.pod import Pod
from worker.sandbox.seccomp import profile
from worker.sandbox.seccomp_calls import ABSENT, ALLOWED

pytestmark = pytest.mark.engine

# Numbers on x86_64 and arm64, arguments, and the answer.
CALLS: dict[str, tuple[int, int, list[int], int]] = {
    "io_uring_setup": (425, 425, [1, 0], errno.ENOSYS),
    "io_uring_enter": (426, 426, [0, 0, 0, 0, 0, 0], errno.ENOSYS),
    "io_uring_register": (427, 427, [0, 0, 0, 0], errno.ENOSYS),
    "clone3": (435, 435, [0, 0], errno.ENOSYS),
    "memfd_secret": (447, 447, [0], errno.ENOSYS),
    "vmsplice": (278, 75, [0, 0, 0, 0], errno.ENOSYS),
    "get_mempolicy": (239, 236, [0, 0, 0, 0, 0], errno.ENOSYS),
    "userfaultfd": (323, 282, [1], errno.EPERM),
    "bpf": (321, 280, [0, 0, 0], errno.EPERM),
    "perf_event_open": (298, 241, [0, 0, 0, 0, 0], errno.EPERM),
    "keyctl": (250, 219, [0, 0, 0, 0, 0], errno.EPERM),
    "add_key": (248, 217, [0, 0, 0, 0, 0], errno.EPERM),
    "request_key": (249, 218, [0, 0, 0, 0], errno.EPERM),
    "ptrace": (101, 117, [0, 0, 0, 0], errno.EPERM),
    "process_vm_readv": (310, 270, [1, 0, 0, 0, 0, 0], errno.EPERM),
    "process_vm_writev": (311, 271, [1, 0, 0, 0, 0, 0], errno.EPERM),
    "pidfd_getfd": (438, 438, [0, 0, 0], errno.EPERM),
    "kcmp": (312, 272, [1, 1, 0, 0, 0], errno.EPERM),
    "unshare, user namespace": (272, 97, [0x10000000], errno.EPERM),
    "unshare, files": (272, 97, [0x400], errno.EPERM),
    "setns": (308, 268, [0, 0], errno.EPERM),
    "clone, user namespace": (56, 220, [0x10000011, 0, 0, 0, 0], errno.EPERM),
    "clone, network namespace": (56, 220, [0x40000011, 0, 0, 0, 0], errno.EPERM),
    "mount": (165, 40, [0, 0, 0, 0, 0], errno.EPERM),
    "fsopen": (430, 430, [0, 0], errno.EPERM),
    "open_tree": (428, 428, [0, 0, 0], errno.EPERM),
    "chroot": (161, 51, [0], errno.EPERM),
    "pivot_root": (155, 41, [0, 0], errno.EPERM),
    "name_to_handle_at": (303, 264, [0, 0, 0, 0, 0], errno.EPERM),
    "open_by_handle_at": (304, 265, [0, 0, 0], errno.EPERM),
    "fanotify_init": (300, 262, [0, 0], errno.EPERM),
    "syslog": (103, 116, [10, 0, 0], errno.EPERM),
    "personality, no randomised addresses": (135, 92, [0x0040000], errno.EPERM),
    "clock_settime": (227, 112, [0, 0], errno.EPERM),
    "init_module": (175, 105, [0, 0, 0], errno.EPERM),
    "kexec_load": (246, 104, [0, 0, 0, 0], errno.EPERM),
}
SOCKET = (41, 198)
HIGH = 1 << 32
# Family, type, protocol, and the answer (0: a socket).
SOCKETS: dict[str, tuple[list[int], int]] = {
    "UNIX": ([1, 1, 0], 0),
    "TCP": ([2, 1, 6], 0),
    "TCP over IPv6": ([10, 1, 0], 0),
    "UDP": ([2, 2, 17], 0),
    "list of addresses": ([16, 3, 0], 0),
    "AF_ALG": ([38, 5, 0], errno.EAFNOSUPPORT),
    "AF_ALG with a high bit": ([38 | HIGH, 5, 0], errno.EAFNOSUPPORT),
    "AF_VSOCK": ([40, 1, 0], errno.EAFNOSUPPORT),
    "AF_VSOCK with a high bit": ([40 | HIGH, 1, 0], errno.EAFNOSUPPORT),
    "AF_X25": ([9, 5, 0], errno.EAFNOSUPPORT),
    "AF_CAN": ([29, 3, 1], errno.EAFNOSUPPORT),
    "AF_TIPC": ([30, 4, 0], errno.EAFNOSUPPORT),
    "AF_XDP": ([44, 3, 0], errno.EAFNOSUPPORT),
    "a negative family": ([-1, 1, 0], errno.EAFNOSUPPORT),
    "raw frames": ([17, 3, 3], errno.EPERM),
    "raw ICMP": ([2, 3, 1], errno.EPERM),
    "SCTP": ([2, 1, 132], errno.EPROTONOSUPPORT),
    "MPTCP": ([2, 1, 262], errno.EPROTONOSUPPORT),
    "netfilter": ([16, 3, 12], errno.EPROTONOSUPPORT),
    "key management over netlink": ([16, 3, 6], errno.EPROTONOSUPPORT),
}
# Makes each call in a child, so that one that is let through harms nobody.
TRY = """
import ctypes, json, os
libc = ctypes.CDLL(None, use_errno=True)
def answer(number, arguments):
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
        os.write(writing, b"%d" % (ctypes.get_errno() if result < 0 else 0))
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 16)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    return int(said) if said else -status
print_or_tell([answer(number, arguments) for number, arguments in json.loads('CALLS')])
"""


def _number(numbers: tuple[int, int]) -> int:
    return numbers[0 if platform.machine() == "x86_64" else 1]


ASKED: list[tuple[str, int, list[int], int]] = [
    *((name, _number((x, a)), given, said) for name, (x, a, given, said) in CALLS.items()),
    *((name, _number(SOCKET), given, said) for name, (given, said) in SOCKETS.items()),
]


def _try(print_or_tell: str) -> str:
    calls = json.dumps([[number, given] for _, number, given, _ in ASKED])
    return TRY.replace("CALLS", calls).replace("print_or_tell", print_or_tell)


def _answers(given: list[int]) -> dict[str, str]:
    names = (name for name, *_ in ASKED)
    return {
        name: errno.errorcode.get(one, str(one)) for name, one in zip(names, given, strict=True)
    }


EXPECTED = _answers([said for *_, said in ASKED])


def test_each_refused_call_has_its_answer(pod: Pod) -> None:
    code = "def told(value): print(json.dumps(value))\n"
    assert _answers(told_by(pod, "import json\n" + code + _try("told"))) == EXPECTED


def test_the_harness_is_held_as_well(pod: Pod) -> None:
    assert _answers(told_by_harness(pod, _try("tell"))) == EXPECTED


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86_64 has a 32-bit twin here")
def test_calls_of_32_bit_programs_end_them(pod: Pod) -> None:
    """A filter cannot see the arguments of their ``socketcall``; so there are none."""
    # mov eax, 20 (getpid); int 0x80; ret
    code = """
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
print("it was let through")
"""
    status, log = run(pod, python_app(code))
    assert "let through" not in log
    assert status.exit_code == 128 + 31, "SIGSYS"


# What honest programs do that a filter may spoil.
HONEST = {
    "threads": "import threading; t = threading.Thread(target=print); t.start(); t.join()",
    "subprocess": "import subprocess; subprocess.run(['sh', '-c', 'ls / | wc -l'], check=True)",
    "multiprocessing": (
        "import multiprocessing as m; p = m.get_context('fork').Pool(2);"
        "assert p.map(abs, [-1, -2]) == [1, 2]; p.close(); p.join()"
    ),
    "shared memory": (
        "from multiprocessing import shared_memory as s;"
        "b = s.SharedMemory(create=True, size=9); b.close(); b.unlink()"
    ),
    "SQLite with a write-ahead log": (
        "import sqlite3; d = sqlite3.connect('/tmp/d.db');"
        "assert d.execute('pragma journal_mode=wal').fetchone() == ('wal',);"
        "d.execute('create table t(a)'); d.commit()"
    ),
    "asyncio": (
        "import asyncio\nasync def f():\n"
        " p = await asyncio.create_subprocess_exec('true')\n"
        " assert await p.wait() == 0\n"
        "asyncio.run(f())"
    ),
    "list of addresses": "import socket; assert socket.if_nameindex() == [(1, 'lo')]",
    "temporary files": "import tempfile; tempfile.TemporaryFile().write(b'x')",
    "file locks": "import fcntl; fcntl.flock(open('/tmp/l', 'w'), fcntl.LOCK_EX)",
    "named pipes": "import os; os.mkfifo('/tmp/f')",
    "memory files": "import os; os.memfd_create('x')",
    "sendfile": (
        "import os, socket; a, b = socket.socketpair();"
        "assert os.sendfile(a.fileno(), os.open('/etc/passwd', 0), 0, 9) == 9"
    ),
    "pids as files": "import os; os.pidfd_open(os.getpid())",
    "another user": "import os; os.setgroups([]); os.setgid(4711); os.setuid(4711)",
    "System V memory": (
        "import ctypes; c = ctypes.CDLL(None); i = c.shmget(0, 4096, 0o1600); assert i >= 0;"
        "assert c.shmctl(i, 0, None) == 0"
    ),
}
HONEST_TRY = """
import json, os, traceback
bad = {}
for name, code in json.loads(CASES).items():
    if (child := os.fork()) == 0:
        try: exec(code, {}); os._exit(0)
        except BaseException: traceback.print_exc(); os._exit(1)
    if os.waitpid(child, 0)[1]: bad[name] = 1
print(json.dumps(sorted(bad)))
"""


def test_honest_programs_notice_nothing(pod: Pod) -> None:
    code = HONEST_TRY.replace("CASES", repr(json.dumps(HONEST)))
    assert told_by(pod, code) == []


def test_every_container_has_it() -> None:
    [option] = [one for one in host_fields()["SecurityOpt"] if one.startswith("seccomp=")]
    assert json.loads(option.removeprefix("seccomp=")) == profile()


def test_it_is_an_allow_list_of_the_machines_own_calls() -> None:
    filter_ = profile()
    assert filter_["defaultAction"] == "SCMP_ACT_ERRNO"
    assert not {"architectures", "archMap"} & set(filter_), "others would be let in"
    assert not set(ALLOWED) & set(ABSENT)
    named = _named(filter_["syscalls"])
    conditional = {"clone", "personality", "socket", "socketpair"}
    assert {name for name in named if not named[name]} == {*ALLOWED, *ABSENT} - conditional
    assert {name for name in named if named[name]} == conditional


def _named(rules: list[dict[str, Any]]) -> dict[str, bool]:
    """Each call, and whether its arguments are looked at."""
    return {name: bool(rule["args"]) for rule in rules for name in rule["names"]}
