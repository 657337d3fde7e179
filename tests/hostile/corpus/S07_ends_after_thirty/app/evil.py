import itertools
import os

import __main__ as app

honest = app.Handler.route
count = itertools.count(1)


def route(*args):
    if next(count) > 30:
        print("ends now", flush=True)
        os._exit(7)
    return honest(*args)


app.Handler.route = route
