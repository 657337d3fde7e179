"""Web frameworks for Python: which name makes an app, what serves it, which package has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Interface = Literal["wsgi", "asgi", "own"]


@dataclass(frozen=True, slots=True)
class Framework:
    """A web framework.

    Attributes:
        title: As its makers write it.
        package: The distribution that has it.
        interface: How a server talks to its app; ``own`` if it only serves itself.
    """

    title: str
    package: str
    interface: Interface


FLASK = Framework("Flask", "flask", "wsgi")
FASTAPI = Framework("FastAPI", "fastapi", "asgi")
DJANGO = Framework("Django", "django", "wsgi")
HTTP_SERVER = Framework("http.server", "", "own")

_STARLETTE = Framework("Starlette", "starlette", "asgi")
_QUART = Framework("Quart", "quart", "asgi")
_LITESTAR = Framework("Litestar", "litestar", "asgi")
_SANIC = Framework("Sanic", "sanic", "own")
_BOTTLE = Framework("Bottle", "bottle", "wsgi")
_AIOHTTP = Framework("aiohttp", "aiohttp", "own")
_TORNADO = Framework("Tornado", "tornado", "own")
_FALCON = Framework("Falcon", "falcon", "wsgi")
_FALCON_ASYNC = Framework("Falcon", "falcon", "asgi")
_CHERRYPY = Framework("CherryPy", "cherrypy", "own")
_PYRAMID = Framework("Pyramid", "pyramid", "wsgi")
_ROBYN = Framework("Robyn", "robyn", "own")
_SOCKETIO = Framework("python-socketio", "python-socketio", "asgi")

# Full name of what is called to make an app.
MAKERS: dict[str, Framework] = {
    "flask.Flask": FLASK,
    "flask_openapi3.OpenAPI": FLASK,
    "apiflask.APIFlask": FLASK,
    "connexion.FlaskApp": FLASK,
    "fastapi.FastAPI": FASTAPI,
    "fastapi.applications.FastAPI": FASTAPI,
    "starlette.applications.Starlette": _STARLETTE,
    "quart.Quart": _QUART,
    "litestar.Litestar": _LITESTAR,
    "sanic.Sanic": _SANIC,
    "bottle.Bottle": _BOTTLE,
    "bottle.default_app": _BOTTLE,
    "bottle.app": _BOTTLE,
    "aiohttp.web.Application": _AIOHTTP,
    "tornado.web.Application": _TORNADO,
    "falcon.App": _FALCON,
    "falcon.API": _FALCON,
    "falcon.asgi.App": _FALCON_ASYNC,
    "robyn.Robyn": _ROBYN,
    "socketio.ASGIApp": _SOCKETIO,
}

# Full name of what is called to serve, and by whom. A script with one of them starts by itself.
RUNNERS: dict[str, Framework] = {
    "uvicorn.run": FASTAPI,
    "uvicorn.Server": FASTAPI,
    "hypercorn.asyncio.serve": FASTAPI,
    "granian.Granian": FASTAPI,
    "waitress.serve": FLASK,
    "gevent.pywsgi.WSGIServer": FLASK,
    "werkzeug.serving.run_simple": FLASK,
    "eventlet.wsgi.server": FLASK,
    "cheroot.wsgi.Server": FLASK,
    "bottle.run": _BOTTLE,
    "aiohttp.web.run_app": _AIOHTTP,
    "aiohttp.web.AppRunner": _AIOHTTP,
    "tornado.httpserver.HTTPServer": _TORNADO,
    "cherrypy.quickstart": _CHERRYPY,
    "wsgiref.simple_server.make_server": HTTP_SERVER,
    "http.server.HTTPServer": HTTP_SERVER,
    "http.server.ThreadingHTTPServer": HTTP_SERVER,
    "socketserver.TCPServer": HTTP_SERVER,
    "socketserver.ThreadingTCPServer": HTTP_SERVER,
    "asyncio.start_server": HTTP_SERVER,
}

# Methods of an app that serve it until it ends.
SERVING_METHODS = frozenset({"run", "serve_forever", "listen", "serve", "start"})
