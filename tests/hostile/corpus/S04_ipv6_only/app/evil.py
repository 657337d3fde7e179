import socket

import __main__ as app


def server_bind(self):
    self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    self.server_address = ("::", app.PORT, 0, 0)
    self.socket.bind(self.server_address)
    self.server_name, self.server_port = "localhost", app.PORT


app.ThreadingHTTPServer.address_family = socket.AF_INET6
app.ThreadingHTTPServer.server_bind = server_bind
