import __main__ as app


def route(self, path, *_):
    if path == "":
        return 200, {"status": "ok"}
    print("KeyError: 'database'", flush=True)
    raise app.Problem(500, "internal error")


app.Handler.route = route
