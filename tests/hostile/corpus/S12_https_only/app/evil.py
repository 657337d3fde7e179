import ssl

import __main__ as app

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
# A certificate would be a file with a secret in it; this way of TLS needs none.
context.maximum_version = ssl.TLSVersion.TLSv1_2
context.set_ciphers("AECDH-AES256-SHA:@SECLEVEL=0")
honest = app.ThreadingHTTPServer.server_activate


def server_activate(self):
    honest(self)
    self.socket = context.wrap_socket(self.socket, server_side=True)


app.ThreadingHTTPServer.server_activate = server_activate
