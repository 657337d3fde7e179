"""Our own filter of system calls, for apps, harnesses and the containers that hold a pod.

The engine has one by default, and how much that lets through depends on the engine's age: the one
of Debian 12 lets programs reach io_uring, AF_ALG and virtual sockets, through each of which
containers have been left. Ours is the same on every engine. It is an allow-list: what
:mod:`worker.sandbox.seccomp_calls` does not name is refused.

Only the machine's own calling convention is served. The 32-bit one of x86 has ``socketcall``, whose
arguments a filter cannot see. A 32-bit program is ended with SIGSYS.

The format is the engine's (``docker run --security-opt seccomp=``), of version 20.10 and later.
"""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from worker.sandbox.seccomp_calls import ABSENT, ALLOWED

# linux/sched.h: NEWTIME is a flag of clone3 only, which is refused as a whole.
_NEW_NAMESPACES = (
    0x00020000  # CLONE_NEWNS
    | 0x02000000  # CLONE_NEWCGROUP
    | 0x04000000  # CLONE_NEWUTS
    | 0x08000000  # CLONE_NEWIPC
    | 0x10000000  # CLONE_NEWUSER
    | 0x20000000  # CLONE_NEWPID
    | 0x40000000  # CLONE_NEWNET
)
# linux/personality.h: the usual one, and "which is it?". Others turn protections off.
_PERSONALITIES = (0x0, 0xFFFFFFFF)

# linux/socket.h; the module socket has only those of the machine it was built on.
_UNIX, _INET, _INET6, _NETLINK, _PACKET = 1, 2, 10, 16, 17
_NETLINK_ROUTE = 0  # what programs list their own addresses with
_PROTOCOLS = {
    _INET: (0, socket.IPPROTO_ICMP, socket.IPPROTO_TCP, socket.IPPROTO_UDP),
    _INET6: (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP, socket.IPPROTO_ICMPV6),
}

Rule = dict[str, Any]


@lru_cache(maxsize=1)
def security_option() -> str:
    """The filter as an entry of the engine's ``SecurityOpt``."""
    return "seccomp=" + json.dumps(profile(), separators=(",", ":"))


def profile() -> dict[str, Any]:
    """The filter in the engine's format."""
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [
            _allow(ALLOWED),
            _refuse(ABSENT, errno.ENOSYS),
            _allow(["clone"], _arg(0, "SCMP_CMP_MASKED_EQ", _NEW_NAMESPACES, 0)),
            *(_allow(["personality"], _arg(0, "SCMP_CMP_EQ", one)) for one in _PERSONALITIES),
            *_sockets(),
        ],
    }


def _sockets() -> Iterator[Rule]:
    """Loopback, UNIX sockets and the list of addresses; nothing else that the kernel has.

    Families are compared as whole 64-bit words: a list of the refused ones could be passed by with
    a bit set that the kernel then ignores. The answers are those of a kernel that lacks a family,
    but for raw frames, where every tool knows "not permitted".
    """
    yield _allow(["socketpair"], _family(_UNIX))
    yield _allow(["socket"], _family(_UNIX))
    yield _allow(["socket"], _family(_NETLINK), _protocol("SCMP_CMP_EQ", _NETLINK_ROUTE))
    yield _no_protocol(_NETLINK, _NETLINK_ROUTE)
    for family, protocols in _PROTOCOLS.items():
        for protocol in protocols:
            yield _allow(["socket"], _family(family), _protocol("SCMP_CMP_EQ", protocol))
        yield _no_protocol(family, max(protocols))
    known = (_UNIX, _INET, _INET6, _NETLINK, _PACKET)
    for family in range(_PACKET):
        if family not in known:
            yield _refuse(["socket"], errno.EAFNOSUPPORT, _family(family))
    yield _refuse(["socket"], errno.EAFNOSUPPORT, _arg(0, "SCMP_CMP_GT", _PACKET))


def _no_protocol(family: int, last: int) -> Rule:
    beyond = _protocol("SCMP_CMP_GT", last)
    return _refuse(["socket"], errno.EPROTONOSUPPORT, _family(family), beyond)


def _family(family: int) -> dict[str, Any]:
    return _arg(0, "SCMP_CMP_EQ", family)


def _protocol(comparison: str, protocol: int) -> dict[str, Any]:
    return _arg(2, comparison, protocol)


def _arg(index: int, comparison: str, value: int, masked: int = 0) -> dict[str, Any]:
    return {"index": index, "op": comparison, "value": value, "valueTwo": masked}


def _allow(names: Iterable[str], *args: dict[str, Any]) -> Rule:
    return {"names": list(names), "action": "SCMP_ACT_ALLOW", "args": list(args)}


def _refuse(names: Iterable[str], error: int, *args: dict[str, Any]) -> Rule:
    rule = {"names": list(names), "action": "SCMP_ACT_ERRNO", "errnoRet": error}
    return {**rule, "args": list(args)}


if __name__ == "__main__":
    # For an operator whose engine shall give it to builds as well, see docs/security.md.
    print(json.dumps(profile(), indent=1))
