"""The script that installs dependencies, with stand-ins for uv and apt-get."""

import os
import subprocess
from pathlib import Path

import pytest

import worker.builds.python

SCRIPT = Path(next(iter(worker.builds.python.__path__)), "install.sh")
APT = '#!/bin/sh\necho "$@" >> "$CALLS"\n'
# Fails with $SAYS until apt-get has installed $NEEDS.
UV = """#!/bin/sh
echo "uv $@" >> "$CALLS"
if grep -q -- "$NEEDS" "$CALLS"; then echo "Installed 1 package"; exit 0; fi
echo "$SAYS"
exit 1
"""


def install(
    folder: Path, says: str = "", needs: str = "uv", constraints: str = ""
) -> tuple[int, str, str]:
    """Exit code, what was printed, and which programs were called with what."""
    for name, text in {"uv": UV, "apt-get": APT}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    (folder / "install.sh").write_text(SCRIPT.read_text())
    (folder / "requirements.txt").write_text("x\n")
    (folder / "constraints.txt").write_text(constraints)
    calls = folder / "calls"
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "CALLS": str(calls),
        "NEEDS": needs,
        "SAYS": says,
        "TMPDIR": str(folder),
    }
    run = ["sh", str(folder / "install.sh")]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=60)
    assert not list(folder.glob("tmp.*")), "nothing is left behind"
    return done.returncode, done.stdout, calls.read_text()


def test_nothing_but_uv_is_needed_usually(tmp_path: Path) -> None:
    code, printed, calls = install(tmp_path)
    assert code == 0
    assert printed == "Installed 1 package\n"
    assert "apt" not in calls
    assert "--constraints" not in calls


def test_constraints_are_used_where_there_are_any(tmp_path: Path) -> None:
    assert "--constraints constraints.txt" in install(tmp_path, constraints="x==1\n")[2]


COMPILED = {
    "Failed to build psutil\nerror: command 'x86_64-linux-gnu-gcc' failed": "gcc libc6-dev",
    "Failed to build x: g++ not found": "gcc libc6-dev g++",
    "Failed to build psycopg2\nError: pg_config executable not found.": "gcc libc6-dev libpq-dev",
    "Failed to build mysqlclient": "default-libmysqlclient-dev pkg-config",
}


@pytest.mark.parametrize("says", COMPILED)
def test_what_is_missing_is_fetched(tmp_path: Path, says: str) -> None:
    code, printed, calls = install(tmp_path, says, COMPILED[says])
    assert code == 0
    assert "compiling it with: gcc libc6-dev" in printed
    assert calls.count("update") == 1


def test_further_things_are_fetched_once_they_show(tmp_path: Path) -> None:
    code, _, calls = install(tmp_path, "Failed to build x\ngcc: ffi.h: No such file", "never")
    assert code == 1
    assert calls.count("libffi-dev") == 1
    assert calls.count("uv ") == 2


def test_other_failures_end_at_once(tmp_path: Path) -> None:
    code, printed, calls = install(tmp_path, "No solution found", "never")
    assert (code, printed) == (1, "No solution found\n")
    assert calls.count("uv ") == 1
