"""Leaves a word on each channel, and looks for the word of the other one."""

import ctypes
import fcntl
import json
import os
import socket
import time

ME = int(os.environ.get("ME", "1"))
OTHER = 3 - ME
libc = ctypes.CDLL(None, use_errno=True)
FILES = {1: json.__file__, 2: os.__file__}
GROUP, PORT = "224.1.1.7", 40_100
kept = []


def leave_file(me):
    for folder in ("/dev/shm", "/tmp", "/var/tmp"):
        with open(f"{folder}/word-{me}", "w") as file:
            file.write("word")


def find_file(other):
    return any(os.path.exists(f"{f}/word-{other}") for f in ("/dev/shm", "/tmp", "/var/tmp"))


def leave_semaphore(me):
    libc.semget(0x5EED + me, 1, 0o1666)


def find_semaphore(other):
    return libc.semget(0x5EED + other, 1, 0) >= 0


def leave_queue(me):
    libc.mq_open(f"/word-{me}".encode(), os.O_CREAT | os.O_RDWR, 0o666, None)


def find_queue(other):
    return libc.mq_open(f"/word-{other}".encode(), os.O_RDONLY) >= 0


def leave_abstract(me):
    one = socket.socket(socket.AF_UNIX)
    kept.append(one)
    one.bind(f"\0word-{me}")
    one.listen(100)


def find_abstract(other):
    with socket.socket(socket.AF_UNIX) as one:
        return one.connect_ex(f"\0word-{other}") == 0


def leave_port(me):
    kept.append(socket.create_server(("", 40_000 + me), backlog=1000))


def find_port(other):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", 40_000 + other)) == 0


ears = {}


def leave_datagram(me):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        here = socket.inet_aton("127.0.0.1")
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
        if me not in ears:
            ears[me] = ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ear.bind(("", PORT))
            joined = socket.inet_aton(GROUP) + here
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
            ear.setblocking(False)
        one.sendto(b"word-%d" % me, (GROUP, PORT))


def find_datagram(other):
    try:
        while True:
            if ears[ME].recv(100) == b"word-%d" % other:
                return True
    except BlockingIOError:
        return False


def leave_lock(me):
    kept.append(open(FILES[me]))
    fcntl.flock(kept[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)


def find_lock(other):
    with open(FILES[other]) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def leave_key(me):
    for ring in (-4, -5, -3):
        libc.syscall(248, b"user", b"word-%d" % me, b"word", 4, ring)


def find_key(other):
    return libc.syscall(249, b"user", b"word-%d" % other, None, 0) >= 0


def leave_vsock(me):
    one = socket.socket(40, socket.SOCK_STREAM)
    kept.append(one)
    one.bind((0xFFFFFFFF, 5000 + me))
    one.listen()


def find_vsock(other):
    with socket.socket(40, socket.SOCK_STREAM) as one:
        return any(one.connect_ex((cid, 5000 + other)) == 0 for cid in (1, 2, 3))


def leave_name(me):
    if os.fork() == 0:
        with open("/proc/self/comm", "w") as name:
            name.write(f"word-{me}")
        time.sleep(60)
        os._exit(0)


def find_name(other):
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and open(f"/proc/{pid}/comm").read() == f"word-{other}\n":
                return True
        except OSError:
            pass
    return False


CHANNELS = [name.removeprefix("leave_") for name in dir() if name.startswith("leave_")]


def attempt(what, channel, who):
    try:
        return bool(globals()[f"{what}_{channel}"](who))
    except OSError:
        return False


def talk():
    for channel in CHANNELS:
        attempt("leave", channel, ME)
    time.sleep(0.3)
    works = [channel for channel in CHANNELS if attempt("find", channel, ME)]
    heard = set()
    for _ in range(int(os.environ.get("TURNS", "5"))):
        attempt("leave", "datagram", ME)
        heard.update(channel for channel in CHANNELS if attempt("find", channel, OTHER))
        time.sleep(0.2)
        if ME == 2:
            print("SAID", json.dumps({"works": works, "heard": sorted(heard)}), flush=True)
    print("SAID", json.dumps({"works": works, "heard": sorted(heard)}), flush=True)


if not os.path.exists("/tmp/talked"):  # before a restart
    talk()
    open("/tmp/talked", "w").close()
