import socket
import threading

PORT = 8080
server = socket.create_server(("", PORT))


def serve(wire):
    with wire:
        try:
            wire.sendall(b"220 blog ready\r\n")
            while wire.recv(65536):
                wire.sendall(b"500 unknown command\r\n")
        except OSError:
            pass


while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
