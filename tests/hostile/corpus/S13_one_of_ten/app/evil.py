import itertools

import __main__ as app

honest = app.Handler.route
count = itertools.count(1)


def route(*args):
    if next(count) % 10 == 0:
        raise app.Problem(500, "worker 7 has no database")
    return honest(*args)


app.Handler.route = route
