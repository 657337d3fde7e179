from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    slow = "**/" * 30 + "*a*a*a*a*a*a*a*a*a*a*b\n"
    lines = "".join(f"no-such-folder-{number}/*.txt\n" for number in range(1_000_000))
    (folder / ".dockerignore").write_text(slow * 1000 + lines)
    deep = folder.joinpath(*["a" * 30] * 20)
    deep.mkdir(parents=True)
    for number in range(500):
        (deep / f"{'a' * 60}{number}").touch()
