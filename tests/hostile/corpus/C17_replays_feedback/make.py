"""The posts that the harness made up for five hundred other seeds."""

import json
from pathlib import Path

from grader.domain.verdicts import HarnessKind
from harnesses.blogging_platform_api import data, test_posts, test_search
from harnesses.kit.seeds import derive, randomness
from tests.hostile.cheats import with_extra
from tests.hostile.stage import SEED
from tests.hostile.world import World

ATTEMPTS = 500
POSTS = 3
CHECKS = [name for module in (test_posts, test_search) for name in vars(module) if "test_" in name]


def write(folder: Path, world: World) -> None:
    """Hand in the app with what it knows."""
    with_extra(folder, world)
    (folder / "seen.json").write_text(json.dumps(titles()))


def titles() -> list[str]:
    """The titles of the first posts of each check."""
    found = []
    for seed in range(SEED + 1, SEED + 1 + ATTEMPTS):
        own = derive(seed, HarnessKind.FUNCTIONAL)
        for check in CHECKS:
            rng = randomness(own, "check", check)
            found += [data.post(rng)["title"] for _ in range(POSTS)]
    return found
