"""Packages of the Python index that go into base images, fetched with the operator's own pip."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from grader.errors import PlatformError

DOWNLOAD_TIMEOUT_S = 600


def wheels(requirements: Sequence[str], cache: Path) -> list[Path]:
    """Wheels of the packages named, from the cache or from the index.

    Args:
        requirements: Pinned requirements (``pip==24.0``); their dependencies are not fetched.
        cache: Folder that keeps them.

    Returns:
        One file a requirement, in no order.

    Raises:
        PlatformError: ``images.not_made`` if pip cannot fetch them.
    """
    name = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:16]
    folder = cache / f"wheels-{name}"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        _download(requirements, folder)
    return sorted(folder.glob("*.whl"))


def _download(requirements: Sequence[str], folder: Path) -> None:
    work = Path(tempfile.mkdtemp(prefix="wheels.", dir=folder.parent))
    try:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", str(work)]
        done = subprocess.run(
            [*command, *requirements],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_TIMEOUT_S,
        )
        if done.returncode != 0:
            raise PlatformError(
                "images.not_made",
                image=" ".join(requirements),
                cause="pip could not download it",
                log=done.stderr[-4000:],
            )
        if not folder.exists():  # another process may have been quicker
            work.rename(folder)
    except subprocess.TimeoutExpired as error:
        raise PlatformError(
            "images.not_made", image=" ".join(requirements), cause="pip took too long"
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
