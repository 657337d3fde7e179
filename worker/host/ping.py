"""Say whether something answers at a Docker address; standard library only.

``ping.py ADDRESS`` (``unix:///path`` or ``tcp://host:port``) exits 0 when an engine answers there,
13 when the socket may not be used by this user, 1 otherwise. ``ping.py --open PATH`` exits 0 when
any process listens on the UNIX socket PATH. Runs before the virtual environment exists.
"""

import os
import socket
import sys

TIMEOUT_S = 5.0
DENIED = 13  # errno.EACCES
REQUEST = b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"


def dial(address: str) -> socket.socket:
    """Connect to ``address``; raises OSError when nothing listens there."""
    scheme, _, rest = address.partition("://")
    if scheme == "unix":
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        peer.settimeout(TIMEOUT_S)
        peer.connect(rest)
        return peer
    host, _, port = rest.rstrip("/").rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_S)


def engine_answers(address: str) -> bool:
    """Whether an engine answers a ping at ``address``."""
    if not address.startswith(("unix://", "tcp://")):
        return True  # ssh:// and others: only the client library can tell
    with dial(address) as peer:
        if os.environ.get("DOCKER_TLS_VERIFY"):
            return True  # it listens; the client library does the handshake
        peer.sendall(REQUEST)
        return peer.recv(64).split(b" ")[1:2] == [b"200"]


def main(arguments: list[str]) -> int:
    """Run the command line described at the top; returns the exit code."""
    try:
        if arguments[0] == "--open":
            dial(f"unix://{arguments[1]}").close()
            return 0
        return 0 if engine_answers(arguments[0]) else 1
    except PermissionError:
        return DENIED
    except (OSError, ValueError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
