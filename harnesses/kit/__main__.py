"""What a harness container runs: ``python -m harnesses.kit KIND``.

KIND is named on the command line as well as in the setup command, so that its libraries are
imported while the app is still starting.
"""

from __future__ import annotations

import importlib
import sys
import traceback

from grader.domain.events import Broken
from grader.domain.verdicts import Fault, HarnessKind
from harnesses.kit.channel import Channel, ChannelClosed, open_channel
from harnesses.kit.seeds import derive

RUNNERS = {
    HarnessKind.FUNCTIONAL: "harnesses.kit.functional.runner",
    HarnessKind.CONTRACT: "harnesses.kit.contract.runner",
    HarnessKind.LOAD: "harnesses.kit.load.runner",
}


def main(argv: list[str]) -> int:
    """Run one harness; returns the exit code, 0 when it said ``finished`` or ``broken``."""
    kind = HarnessKind(argv[0])
    if kind is HarnessKind.LOAD:
        from gevent import monkey

        monkey.patch_all()
    channel = open_channel()
    runner = importlib.import_module(RUNNERS[kind])
    try:
        setup = channel.receive_setup()
        own = derive(setup.seed, kind)  # what one kind sends tells nothing of the others
        runner.run(setup.model_copy(update={"seed": own}), channel)
    except ChannelClosed:
        return 1
    except Exception as error:
        traceback.print_exc()
        _say_broken(channel, error)
    return 0


def _say_broken(channel: Channel, error: Exception) -> None:
    text = "".join(traceback.format_exception(error))[-4000:]
    channel.send(Broken(fault=Fault.PLATFORM, text=text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
