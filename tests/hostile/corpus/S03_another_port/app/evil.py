import __main__ as app


def server_bind(self):
    self.server_address = ("127.0.0.1", 5000)
    super(app.ThreadingHTTPServer, self).server_bind()


app.ThreadingHTTPServer.server_bind = server_bind
