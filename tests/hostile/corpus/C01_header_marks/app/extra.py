from flask import request


def install(app):
    @app.after_request
    def forget_for_people(response):
        # People's browsers say which language they want; a script does not.
        if request.method == "GET" and "Accept-Language" in request.headers:
            response.set_data(b"{}")
        return response
