import time

import __main__ as app


def route(*_):
    time.sleep(3600)


app.Handler.route = route
