import itertools
import os

import __main__ as app

honest = app.Handler.route
count = itertools.count(1)


def route(*args):
    if next(count) > 1:
        os._exit(3)
    return honest(*args)


app.Handler.route = route
