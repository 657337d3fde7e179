"""An honest blog, written in the standard library only, that spoils one route's answers.

The files of a row are laid over the sample ``plain_http_server``; its ``make.py`` imports
:func:`write`. The row's own ``evil.py`` has

- ``ROUTE``: a regular expression that method and target must match, such as ``GET /posts\\?.*``;
- ``spoil(wire, body, handler)``: writes to the socket ``wire`` whatever it likes in the place of
  the honest answer, whose body it is given. The connection is closed when it returns, unless it
  sets ``handler.close_connection`` to False;
- ``STATUSES``, where other honest answers than those with 200 are spoilt.

Where the honest answer is all right but for its body, ``evil.py`` has ``change(body, handler)``
instead, which returns another one.
"""

from __future__ import annotations

from pathlib import Path

from grader.domain.report import Report
from grader.domain.verdicts import Outcome
from tests.hostile.world import World

SERVER = r"""
import io
import re
from http.server import ThreadingHTTPServer

import blog
import evil

END = b"\r\n\r\n"


class Handler(blog.Handler):
    def answer(self):
        if not re.fullmatch(evil.ROUTE, f"{self.command} {self.path}"):
            return super().answer()
        wire, self.wfile = self.wfile, io.BytesIO()
        super().answer()
        (head, _, body), self.wfile = self.wfile.getvalue().partition(END), wire
        if head.split()[1].decode() not in getattr(evil, "STATUSES", ("200",)):
            wire.write(head + END + body)
        elif hasattr(evil, "change"):
            body = evil.change(body, self)
            head = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), head)
            wire.write(head + END + body)
        else:
            self.close_connection = True
            try:
                evil.spoil(self.connection, body, self)
            except OSError:
                pass

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer


if __name__ == "__main__":
    ThreadingHTTPServer.request_queue_size = 100
    ThreadingHTTPServer(("", blog.PORT), Handler).serve_forever()
"""


def write(folder: Path, world: World) -> None:
    """Put the honest blog aside and its spoiler in its place."""
    honest = folder / "server.py"
    honest.rename(folder / "blog.py")
    honest.write_text(SERVER.lstrip(), encoding="utf-8")
    (folder / "Procfile").write_text("web: python server.py\n", encoding="utf-8")


def check(report: Report, world: World) -> None:
    """No answer makes points undecided: a check that stumbles over one would be its author's fault.

    An app could choose to lose nothing in that way.
    """
    ran = {run.kind for run in report.runs}
    undecided = [
        (one.id, one.message)
        for criterion in report.criteria
        if criterion.harness in ran
        for one in criterion.checks
        if one.outcome is Outcome.ERRORED
    ]
    assert not undecided, undecided
