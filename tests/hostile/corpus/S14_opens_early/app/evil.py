import time

import __main__ as app

honest = app.Handler.route
started = time.monotonic()


def route(*args):
    if time.monotonic() < started + 3:
        raise app.Problem(503, "starting")
    return honest(*args)


app.Handler.route = route
