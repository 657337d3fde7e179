from pathlib import Path

from tests.hostile.world import World

LINES = (
    "FROM python:3.11-slim",
    "WORKDIR /app",
    "COPY requirements.txt \\",
    "     ./",
    "RUN pip install \\",
    "    -r requirements.txt",
    "COPY . .",
    'CMD ["python", "app.py"]',
    "",
)


def write(folder: Path, world: World) -> None:
    text = "\r\n".join(LINES)
    (folder / "Dockerfile").write_bytes(b"\xef\xbb\xbf" + text.encode())
