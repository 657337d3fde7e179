"""The worker's memory while an app sends far too much."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.row import Row, at_most
from worker.workbench import Workbench

FLOOD = """
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHUNK = b"x" * 65536


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        print("x" * 100000)
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(CHUNK)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET


ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 8000))), Handler).serve_forever()
"""


async def rows(_bench: Workbench) -> list[Row]:
    """The peak of a worker process of its own that grades an app which floods it."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
        Path(folder, "app.py").write_text(FLOOD, encoding="utf-8")
        command = [sys.executable, "-m", "tests.bench.memory", folder]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    peak = json.loads(out)["peak_mb"]
    return [at_most("peak memory of the worker, app floods it", peak, 200, "MiB")]


def main(folder: str) -> None:
    """Grade the folder in this process and print its peak."""
    import asyncio
    import resource

    from grader.settings import settings as read_settings
    from tests.bench.subject import grade_folder

    async def run() -> None:
        with Workbench.open(read_settings()) as bench:
            await grade_folder(bench, Path(folder), "bench-flood")

    asyncio.run(run())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"peak_mb": round(peak, 1)}))


if __name__ == "__main__":
    main(sys.argv[1])
