import selectors
import socket
import threading

PORTS = [8089, 5557, 5558, 9646, *range(1, 1024)]
selector = selectors.DefaultSelector()
for port in PORTS:
    selector.register(socket.create_server(("", port)), selectors.EVENT_READ)
print("took", len(PORTS), "ports")


def hang_up():
    while True:
        for key, _ in selector.select():
            key.fileobj.accept()[0].close()


threading.Thread(target=hang_up, daemon=True).start()
