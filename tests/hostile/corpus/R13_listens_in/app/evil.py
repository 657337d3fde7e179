import json
import os
import socket
import threading
import time

import __main__ as app

honest = app.Handler.route
strangers = set()


def listening():
    found = set()
    for name in ("tcp", "tcp6"):
        for line in open(f"/proc/net/{name}").read().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                found.add(int(fields[1].split(":")[1], 16))
    return found - {app.PORT}


def answers(port):
    with socket.socket() as one:
        one.settimeout(1)
        # A socket can meet itself where its own port happens to be the one it tries.
        return not one.connect_ex(("127.0.0.1", port)) and one.getsockname()[1] != port


def refused(family, kind, protocol=0):
    try:
        socket.socket(family, kind, protocol).close()
    except OSError as error:
        return error.errno
    return "opened"


def watch():
    while True:
        strangers.update(listening())
        time.sleep(0.2)


def route(self, *args):
    if strangers:
        raise app.Problem(500, f"somebody else listens: {strangers}")
    return honest(self, *args)


if os.path.exists("/tmp/tried"):  # before a restart
    answers = lambda port: False
open("/tmp/tried", "w").close()
unix = [line.split()[-1] for line in open("/proc/net/unix").read().splitlines()[1:] if "@" in line]
print(
    "SAID",
    json.dumps(
        {
            "first": answers.__name__ == "answers",
            "open_ports": [port for port in range(1, 65536) if answers(port)],
            "listening": sorted(listening()),
            "abstract_sockets": unix,
            "packets": refused(socket.AF_PACKET, socket.SOCK_RAW, 0x0300),
            "raw": refused(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP),
            "raw_icmp": refused(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        }
    ),
)
app.Handler.route = route
threading.Thread(target=watch, daemon=True).start()
