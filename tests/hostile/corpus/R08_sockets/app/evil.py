import os
import socket
import threading
import time

SOCKETS = 20_000
PROCESSES = 6


def hold(port):
    server = socket.create_server(("127.0.0.1", port), backlog=4096)
    kept = []
    try:
        while len(kept) < SOCKETS // PROCESSES:
            one = socket.create_connection(("127.0.0.1", port), timeout=2)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_000_000)
            one.setblocking(False)
            kept += [one, server.accept()[0]]
            try:
                while True:
                    one.send(b"x" * 1_000_000)
            except BlockingIOError:
                pass
    except OSError as error:
        print(error)
    print(len(kept), "sockets")
    time.sleep(600)


for number in range(PROCESSES):
    if os.fork() == 0:
        hold(20_000 + number)
