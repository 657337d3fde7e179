import socket
import threading

PORT = 8080
server = socket.create_server(("", PORT))


def serve(wire):
    with wire:
        try:
            wire.recv(65536)
            wire.sendall(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))  # its settings
            wire.sendall(bytes([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))  # go away
        except OSError:
            pass


while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
