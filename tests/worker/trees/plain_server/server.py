from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"plain")


def main():
    ThreadingHTTPServer(("127.0.0.1", 8456), Handler).serve_forever()


if __name__ == "__main__":
    main()
