"""Copy Debian's Python from /usr to /usr/local and lay it out as its makers do.

Runs while the image is made, as ``relocate.py 3.11``. Debian's interpreter installs into
``dist-packages`` and refuses pip; the official image, for which learners write their Dockerfiles,
has ``/usr/local/lib/python3.11/site-packages`` (which later stages copy by that name) and lets pip
install. CPython finds its prefix from where its program is, so a copy works; the modules that
Debian changed get the makers' behaviour back. The file ``libraries`` beside this one then names
the packages whose shared libraries the copy needs.
"""

from __future__ import annotations

import py_compile
import re
import shutil
import subprocess
import sys
from pathlib import Path

USR, LOCAL = Path("/usr"), Path("/usr/local")
UNWANTED = shutil.ignore_patterns(
    "*.a", "*.o", "test", "tests", "idlelib", "turtledemo", "sitecustomize.py", "EXTERNALLY-MANAGED"
)
# The module `site` is frozen into the program: its two words for where packages are have to be
# changed there, and cannot change their length. "./././lib" means "lib".
FROZEN = [
    (rb"(?<=[\x00-\x1f])dist-packages(?=[^ -~]|z)", b"site-packages"),
    (rb"(?<=[\x00-\x1f])local/lib(?=[^ -~]|z)", b"./././lib"),
]
# (file, Debian's text, the text that restores the makers' behaviour)
PATCHES = [
    ("site.py", '"dist-packages"', '"site-packages"'),
    ("site.py", '"local/lib"', '"./././lib"'),
    ("sysconfig", "prefix_scheme = 'posix_local'", "prefix_scheme = 'posix_prefix'"),
    (
        "distutils/sysconfig.py",
        'return os.path.join(prefix, "lib", "python3", "dist-packages")',
        'return os.path.join(libpython, "site-packages")',
    ),
]


def copy(version: str) -> Path:
    """Copy program, library and headers; returns the new library folder."""
    library = LOCAL / "lib" / f"python{version}"
    shutil.copytree(USR / "lib" / f"python{version}", library, ignore=UNWANTED, dirs_exist_ok=True)
    shutil.rmtree(library / "dist-packages", ignore_errors=True)
    (library / "site-packages").mkdir(exist_ok=True)
    program = LOCAL / "bin" / f"python{version}"
    shutil.copy2(USR / "bin" / f"python{version}", program)
    thaw(program)
    for name in ("python3", "python"):
        (LOCAL / "bin" / name).unlink(missing_ok=True)
        (LOCAL / "bin" / name).symlink_to(program.name)
    for headers in (USR / "include").glob(f"**/python{version}"):
        shutil.copytree(headers, LOCAL / headers.relative_to(USR), dirs_exist_ok=True)
    return library


def thaw(program: Path) -> None:
    """Change the frozen words; raises SystemExit where they are not found exactly once."""
    code = program.read_bytes()
    for pattern, word in FROZEN:
        code, found = re.subn(pattern, word, code)
        if found != 1:
            raise SystemExit(f"{program}: {pattern!r} was found {found} times, expected once")
    program.write_bytes(code)


def patch(library: Path) -> None:
    """Restore the makers' behaviour; raises SystemExit where Debian's text is not found."""
    for name, before, after in PATCHES:
        file = library / name
        if name == "sysconfig":
            file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
        if not file.exists():
            continue  # distutils left the library with Python 3.12
        text = file.read_text()
        if before not in text:
            raise SystemExit(f"{file} is not as expected: {before!r} is not in it")
        file.write_text(text.replace(before, after))
        py_compile.compile(str(file), doraise=True)
    for data in library.glob("_sysconfigdata_*.py"):
        text = data.read_text()
        for folder in ("include", "bin"):
            text = text.replace(f"'/usr/{folder}", f"'/usr/local/{folder}")
        data.write_text(text)
        py_compile.compile(str(data), doraise=True)


def libraries(library: Path) -> list[str]:
    """The packages that own the shared libraries which the copy is linked to."""
    linked = [LOCAL / "bin" / "python3", *library.rglob("*.so")]
    listing = subprocess.run(["ldd", *map(str, linked)], capture_output=True, text=True)
    paths = {line.split("=>")[1].split()[0] for line in listing.stdout.splitlines() if "=>" in line}
    packages = set()
    for path in sorted(paths):
        # The package database knows a file below /lib or below /usr/lib, not both.
        for name in (path, f"/usr{path}", path.removeprefix("/usr")):
            found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
            owners = [row for row in found.stdout.splitlines() if not row.startswith("diversion")]
            if owners:
                packages.add(owners[0].split(": ")[0].split(",")[0])
                break
    return sorted(packages)


def main(version: str) -> None:
    """Do all of it for ``version`` (``"3.11"``)."""
    library = copy(version)
    patch(library)
    Path(__file__).with_name("libraries").write_text("\n".join(libraries(library)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
