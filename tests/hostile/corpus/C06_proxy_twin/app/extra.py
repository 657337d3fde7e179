import urllib.request

from flask import request


def install(app):
    @app.after_request
    def tell(response):
        if request.method == "POST" and response.status_code == 201:
            try:
                urllib.request.urlopen("http://hooks.example.org/new-post", b"{}", timeout=1)
            except OSError:
                app.logger.warning("nobody could be told of the new post")
        return response
