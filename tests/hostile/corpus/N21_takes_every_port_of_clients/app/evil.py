import os
import socket
import time


def hold(ports):
    kept = []
    for port in ports:
        try:
            one = socket.socket()
            one.bind(("127.0.0.1", port))
            kept.append(one)
        except OSError:
            pass
    os.write(done, b"x")
    time.sleep(600)


ready, done = os.pipe()
first, last = map(int, open("/proc/sys/net/ipv4/ip_local_port_range").read().split())
parts = 0
for start in range(first, last + 1, 3_500):
    parts += 1
    if os.fork() == 0:
        hold(range(start, min(start + 3_500, last + 1)))
while parts:
    parts -= len(os.read(ready, 1))
print("held", flush=True)
