import socketserver
import threading


class Decoy(socketserver.StreamRequestHandler):
    def handle(self):
        self.rfile.readline()
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")


socketserver.TCPServer.allow_reuse_address = True
for port in range(9000, 9060):
    server = socketserver.TCPServer(("", port), Decoy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
