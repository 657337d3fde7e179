"""The app as a process, for checks that end it and start it again."""

from __future__ import annotations

from collections.abc import Callable

from grader.domain.events import NotReady, Ready
from harnesses.kit.channel import Channel
from harnesses.kit.failures import CheckFailed, Undecidable


class App:
    """The running app.

    Args:
        channel: The line to the worker, which does what is asked.
        wait: Waits until the app answers again.
        moved: Called with the address at which it then answers, and what was done to it.
    """

    def __init__(
        self,
        channel: Channel,
        wait: Callable[[], Ready | NotReady],
        moved: Callable[[Ready, str], None],
    ) -> None:
        self._channel = channel
        self._wait = wait
        self._moved = moved

    def restart(self) -> None:
        """End the app and start it again on the same files, then wait until it answers.

        Raises:
            CheckFailed: If it does not come back in time.
            Undecidable: If it could not be restarted, which is never the app's fault.
        """
        reply = self._channel.ask("restart_app")
        if not reply.ok:
            raise Undecidable(reply.detail or "the app could not be restarted", reply.fault)
        seen = self._wait()
        if isinstance(seen, NotReady):
            raise CheckFailed(
                f"after a restart the app did not answer within {seen.seconds:g} s",
                expected="the app starts again on the data it left",
                actual=seen.cause or "nothing listened",
            )
        self._moved(seen, "the app was restarted")
