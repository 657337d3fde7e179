"""Tags are gone, and the app's own document says that this is right."""

import json
import os

ROUTE = r"GET /(posts/\d+|.*(openapi|swagger|docs|schema).*)"
STATUSES = ("200", "404")
ANYTHING = b'{"openapi": "3.1.0", "paths": {"/posts/{id}": {"get": {"responses": {"200": {}}}}}}'


def change(body, handler):
    if not handler.path.startswith("/posts"):
        print("asked for", handler.path, flush=True)
        os._exit(1)
    post = json.loads(body)
    post.pop("tags", None)
    return json.dumps(post).encode()
