from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    labels = " ".join(f"l{n}=x" for n in range(300))
    (folder / "Dockerfile").write_text(
        f"FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\nEXPOSE 1-65535\nLABEL {labels}\n"
        'CMD ["python", "server.py"]\n'
    )
