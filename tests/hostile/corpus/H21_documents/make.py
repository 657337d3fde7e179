"""Lays hostile descriptions of the API over the honest blog, in its folder and on its routes."""

from pathlib import Path

from tests.hostile import spoilt_blog
from tests.hostile.spoilt_blog import check
from tests.hostile.world import CANARY_PORT, World

__all__ = ["check", "write"]

BOMB = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
REMOTE = f"""
openapi: 3.1.0
paths:
  /posts: {{$ref: "http://127.0.0.1:{CANARY_PORT}/paths.yaml"}}
  /posts/{{id}}: {{$ref: "file:///etc/passwd"}}
components:
  schemas:
    Post: {{$ref: "#/components/schemas/Post"}}
    Slow: {{type: string, pattern: "^(a+)+$"}}
"""


def write(folder: Path, world: World) -> None:
    """The documents that tools look for, beside the app and from it."""
    spoilt_blog.write(folder, world)
    for name in ("openapi.yaml", "openapi.yml", "swagger.yaml"):
        (folder / name).write_text(BOMB + REMOTE, encoding="utf-8")
    operations = ", ".join(f'"/{n}": {{"get": {{"responses": {{}}}}}}' for n in range(10_000))
    (folder / "openapi.json").write_text(
        f'{{"openapi": "3.1.0", "paths": {{{operations}}}}}', encoding="utf-8"
    )
