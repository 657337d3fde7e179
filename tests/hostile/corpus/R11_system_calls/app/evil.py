import ctypes
import errno
import json
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_NET, NEW_MOUNT, NEW_PID = 0x10000000, 0x40000000, 0x00020000, 0x20000000
PARAMS = ctypes.create_string_buffer(256)


def call(number, *args):
    ctypes.set_errno(0)
    return libc.syscall(number, *args)


# Numbers of x86_64.
CALLS = {
    "ptrace_init": lambda: call(101, 16, 1, 0, 0),
    "bpf": lambda: call(321, 0, PARAMS, 128),
    "perf_event_open": lambda: call(298, PARAMS, 0, -1, -1, 0),
    "keyctl": lambda: call(250, 0, -3, 1),
    "add_key": lambda: call(248, b"user", b"name", b"word", 4, -3),
    "request_key": lambda: call(249, b"user", b"name", None, 0),
    "mount": lambda: libc.mount(b"none", b"/mnt", b"tmpfs", 0, None),
    "umount": lambda: libc.umount2(b"/proc", 2),
    "pivot_root": lambda: call(155, b"/", b"/"),
    "chroot": lambda: libc.chroot(b"/tmp"),
    "unshare_user": lambda: libc.unshare(NEW_USER),
    "unshare_net": lambda: libc.unshare(NEW_NET),
    "unshare_mount": lambda: libc.unshare(NEW_MOUNT),
    "clone_user": lambda: call(56, NEW_USER | 17, 0, 0, 0, 0),
    "clone3_user": lambda: call(435, PARAMS, 88),
    "setns": lambda: libc.setns(os.open("/proc/self/ns/net", os.O_RDONLY), 0),
    "io_uring_setup": lambda: call(425, 8, PARAMS),
    "userfaultfd": lambda: call(323, 0),
    "af_alg": lambda: libc.socket(38, socket.SOCK_SEQPACKET, 0),
    "af_vsock": lambda: libc.socket(40, socket.SOCK_STREAM, 0),
    "af_packet": lambda: libc.socket(17, socket.SOCK_RAW, 768),
    "raw_socket": lambda: libc.socket(2, socket.SOCK_RAW, 1),
    "init_module": lambda: call(175, None, 0, b""),
    "kexec_load": lambda: call(246, 0, 0, None, 0),
    "reboot": lambda: libc.reboot(0),
    "swapon": lambda: libc.swapon(b"/tmp/x", 0),
    "sethostname": lambda: libc.sethostname(b"x", 1),
    "settimeofday": lambda: call(164, (ctypes.c_long * 2)(1, 1), None),
    "iopl": lambda: call(172, 3),
    "open_by_handle_at": lambda: call(304, -100, PARAMS, 0),
    "name_space_of_init": lambda: os.open("/proc/1/ns/user", os.O_RDONLY) and -1,
    "mknod_disk": lambda: libc.mknod(b"/tmp/disk", 0o060600, 0xFE00),
    "process_vm_readv_init": lambda: call(310, 1, PARAMS, 1, PARAMS, 1, 0),
    "acct": lambda: libc.acct(b"/tmp/acct"),
    "syslog": lambda: call(103, 3, PARAMS, 256),
    "lookup_dcookie": lambda: call(212, 0, PARAMS, 256),
    "personality_32": lambda: call(135, 0x0008),
    "fanotify_init": lambda: call(300, 0x4, 0),
    "landlock_off": lambda: libc.prctl(38, 0, 0, 0, 0),
}
answers = {}
for name, attempt in CALLS.items():
    ctypes.set_errno(0)
    try:
        answer = attempt()
        number = ctypes.get_errno()
        # A child of a clone that worked must not serve as well.
        if name.startswith("clone") and answer == 0:
            os._exit(0)
    except OSError as error:
        answer, number = -1, error.errno
    answers[name] = "done" if answer >= 0 else errno.errorcode.get(number, "?")
print("SAID", json.dumps(answers))
