from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.said import said_by_app
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)


# An image may be built for a machine of another kind, and says so with this call.
HARMLESS = {"personality_32"}


def check(report: Report, world: World) -> None:
    answers = said_by_app(report)
    assert len(answers) > 35
    assert {name for name, answer in answers.items() if answer == "done"} <= HARMLESS
    # Refused as if the kernel did not have them, so that programs find another way.
    for name in ("io_uring_setup", "af_alg", "af_vsock", "keyctl", "add_key"):
        assert answers[name] in ("EPERM", "ENOSYS", "EAFNOSUPPORT"), (name, answers[name])
