"""What a harness container runs: ``python -m harnesses.kit KIND [HOST=ADDRESS …]``.

KIND is named on the command line as well as in the setup command, so that its libraries are
imported while the app is still starting. So are the hosts that are simulated: an app may ask them
as soon as it starts.
"""

from __future__ import annotations

import importlib
import sys
import traceback

from grader.domain.events import Broken, Simulating
from grader.domain.verdicts import Fault, HarnessKind
from harnesses.kit.channel import Channel, ChannelClosed, open_channel
from harnesses.kit.seeds import derive
from harnesses.kit.simulators.process import start_simulators

RUNNERS = {
    HarnessKind.FUNCTIONAL: "harnesses.kit.functional.runner",
    HarnessKind.CONTRACT: "harnesses.kit.contract.runner",
    HarnessKind.LOAD: "harnesses.kit.load.runner",
}


def main(argv: list[str]) -> int:
    """Run one harness; returns the exit code, 0 when it said ``finished`` or ``broken``."""
    kind = HarnessKind(argv[0])
    addresses = dict(pair.split("=", 1) for pair in argv[1:])
    simulators = start_simulators(addresses) if addresses else None
    if kind is HarnessKind.LOAD:
        from gevent import monkey

        monkey.patch_all()
    channel = open_channel()
    runner = importlib.import_module(RUNNERS[kind])
    try:
        if simulators:
            simulators.wait_until_open()
            channel.send(Simulating())
        setup = channel.receive_setup()
        own = derive(setup.seed, kind)  # what one kind sends tells nothing of the others
        runner.run(setup.model_copy(update={"seed": own}), channel, simulators)
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
