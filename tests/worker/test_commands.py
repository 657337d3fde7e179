"""Commands in a real container: what they get, what they cannot do, what they leave behind."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import docker
import pytest

from grader.domain.commands import Begin, CommandReply, Feed, Files, Put, Read, Signal, Start
from grader.errors import SubmissionError
from tests.support.pods import built_image
from worker.images.broker import ensure_broker_image
from worker.runners.commands import CommandPod
from worker.sandbox.app import AppSpec
from worker.sandbox.images import ImageStore
from worker.sandbox.labels import Identity
from worker.sandbox.limits import Limits
from worker.sandbox.pod import Pod
from worker.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.engine

PYTHON = "grader/base/python:3.11"
SMALL = Limits(memory_mb=64, pids=24)


@pytest.fixture
def pod(sandbox: Sandbox) -> Iterator[Pod]:
    pod = sandbox.open_pod(Identity("commands", f"commands-{secrets.token_hex(4)}"), commands=True)
    yield pod
    pod.close()


@pytest.fixture
def python(pod: Pod) -> CommandPod:
    """A Python that runs what it is given, as an ordinary user."""
    return CommandPod(pod, AppSpec(image=PYTHON, command=("python3", "-c"), limits=SMALL))


def run(pod: CommandPod, *args: str, timeout: float = 10, **options: object) -> CommandReply:
    """Call the program and wait until it ends."""
    begun = pod.serve(Start(args=args, **options))
    if begun.failure or begun.limit:
        return begun
    seen = pod.serve(Read(handle=begun.handle, timeout=timeout))
    if not seen.ended:
        pod.serve(Signal(handle=begun.handle, name="KILL"))
    return seen


def names(pod: CommandPod) -> list[str]:
    return [file.name for file in pod.serve(Files()).files]


def test_arguments_input_environment_and_streams(python: CommandPod) -> None:
    code = (
        "import os, sys; print(sys.argv[1:], sys.stdin.read(), os.environ['WHO'], os.getcwd());"
        "print('wrong', file=sys.stderr); sys.exit(7)"
    )
    seen = run(python, code, "a b", "é'\"$", stdin="in", environment={"WHO": "me"})
    assert seen.stdout == "['a b', 'é\\'\"$'] in me /sandbox/work\n"
    assert seen.stderr == "wrong\n"
    assert (seen.ended, seen.exit_code, seen.signal) == (True, 7, "")
    assert 0 < seen.seconds < 5


def test_terminal_is_one_and_does_not_echo(python: CommandPod) -> None:
    code = "import sys; print(sys.stdin.isatty(), sys.stdout.isatty()); print(input('name: '))"
    begun = python.serve(Start(args=(code,), terminal=True, end_stdin=False))
    asked = python.serve(Read(handle=begun.handle, timeout=10, quiet=0.3))
    assert asked.stdout == "True True\nname: "
    python.serve(Feed(handle=begun.handle, text="Ana\n"))
    told = python.serve(Read(handle=begun.handle, timeout=10))
    assert (told.stdout, told.exit_code) == ("Ana\n", 0)


def test_end_of_input_reaches_a_terminal(python: CommandPod) -> None:
    seen = run(python, "import sys; print(repr(sys.stdin.read()))", terminal=True)
    assert seen.stdout == "''\n"


def test_several_run_at_once_and_hear_signals(python: CommandPod) -> None:
    code = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5));"
        "print('up', flush=True); time.sleep(60)"
    )
    first, second = (python.serve(Start(args=(code,), end_stdin=False)).handle for _ in range(2))
    for handle in (first, second):
        assert python.serve(Read(handle=handle, timeout=10, quiet=0.5)).stdout == "up\n"
    python.serve(Signal(handle=first, name="TERM"))
    assert python.serve(Read(handle=first, timeout=10)).exit_code == 5
    assert not python.serve(Read(handle=second, timeout=0.2)).ended
    python.serve(Signal(handle=second, name="KILL"))
    assert python.serve(Read(handle=second, timeout=10)).signal == "SIGKILL"


def test_files_before_and_after(python: CommandPod) -> None:
    assert names(python) == []
    python.serve(Put(name="given.txt", text="hello"))
    run(python, "import os; os.mkdir('d'); open('d/made.txt', 'w').write(open('given.txt').read())")
    files = {file.name: file.text for file in python.serve(Files()).files}
    assert files == {"given.txt": "hello", "d/made.txt": "hello"}


def test_each_check_begins_with_nothing(python: CommandPod) -> None:
    code = (
        "import os\n"
        "for p in ('x', os.environ['HOME'] + '/x', os.environ['TMPDIR'] + '/x', '/tmp/x',"
        " '/dev/shm/x'):\n open(p, 'w')\n"
        "d = 'deep'\n"
        "for _ in range(300): os.mkdir('n' * 200); os.chdir('n' * 200)\n"
    )
    assert run(python, code).exit_code == 0
    python.serve(Begin())
    look = (
        "import os; print([os.listdir(p) for p in ('.', os.environ['HOME'], '/tmp', '/dev/shm')])"
    )
    assert run(python, look).stdout == "[[], [], [], []]\n"


def test_what_changes_beside_the_code_is_undone(pod: Pod) -> None:
    spec = AppSpec(image=PYTHON, command=("python3", "-c"), limits=SMALL)
    commands = CommandPod(pod, spec)
    # The base image has no working directory: its code would lie in /.
    run(commands, "open('/made', 'w')")
    commands.serve(Begin())
    assert run(commands, "import os; print(os.path.exists('/made'))").stdout == "False\n"


def test_processes_do_not_live_on(python: CommandPod) -> None:
    code = (
        "import os, time\n"
        "for _ in range(5):\n"
        " if os.fork() == 0:\n"
        "  os.setsid()\n"
        "  if os.fork() == 0: time.sleep(600)\n"
        "  os._exit(0)\n"
    )
    run(python, code)
    python.serve(Begin())
    count = "import os; print([p for p in os.listdir('/proc') if p.isdigit() and p != '1'])"
    assert len(eval(run(python, count).stdout)) == 1  # the one that counts


def test_nobody_ends_stops_or_reads_the_broker(python: CommandPod) -> None:
    code = (
        "import os, ctypes\n"
        "for n in (9, 15, 19, 2, 1):\n os.kill(1, n)\n"
        "try: os.kill(-1, 0)\nexcept OSError: pass\n"
        "for p in ('/proc/1/mem', '/proc/1/environ', '/proc/1/fd/0', '/proc/1/fd/1'):\n"
        " for mode in ('rb', 'wb'):\n"
        "  try: open(p, mode); print('opened', p)\n"
        "  except OSError: pass\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "print('ptrace', libc.ptrace(16, 1, 0, 0))\n"
        "for p in ('/.grader/broker', '/.grader/x'):\n"
        " try: open(p, 'wb'); print('wrote', p)\n"
        " except OSError: pass\n"
        "print(open('/proc/self/status').read().split('CapEff:')[1].split()[0])\n"
    )
    seen = run(python, code)
    assert seen.stdout == "ptrace -1\n0000000000000000\n"
    assert run(python, "print('still here')").stdout == "still here\n"


def test_words_of_our_protocol_are_words(python: CommandPod) -> None:
    said = "exit 1 0 0 0 0 0 0\ndone 0 0 0\nout 1 5\n"
    seen = run(python, f"print({said!r}, end='')")
    assert (seen.stdout, seen.exit_code) == (said, 0)


def test_flood_is_ended_and_said(python: CommandPod) -> None:
    seen = run(python, "while True: print('y' * 1000)")
    assert seen.signal == "SIGKILL"
    assert seen.limit == "it printed more than 256 KiB and was ended"
    assert len(seen.stdout) == 256 * 1024
    assert run(python, "print(1)").stdout == "1\n"


def test_memory_is_said(python: CommandPod) -> None:
    seen = run(python, "x = b'x' * (1 << 30)")
    assert (seen.signal, seen.limit) == ("SIGKILL", "it needed more than its 64 MB of memory")
    python.serve(Begin())
    assert run(python, "print(1)").stdout == "1\n"


def test_fork_bomb_stays_in_its_check(python: CommandPod) -> None:
    bomb = "import os\nwhile True:\n try: os.fork()\n except OSError: pass\n"
    seen = run(python, bomb, timeout=2)
    assert not seen.ended or seen.limit
    began = time.monotonic()
    python.serve(Begin())
    assert run(python, "print(1)").stdout == "1\n"
    assert time.monotonic() - began < 10


def test_full_disk_is_said(python: CommandPod) -> None:
    seen = run(python, "f = open('big', 'wb')\nwhile True: f.write(bytes(1 << 16))")
    assert seen.exit_code or seen.limit
    assert "disk" in seen.limit or "memory" in seen.limit or "No space" in seen.stderr
    python.serve(Begin())
    assert run(python, "open('x', 'w').write('fits'); print(1)").stdout == "1\n"


def test_links_lead_nowhere(python: CommandPod) -> None:
    run(python, "import os; os.symlink('/etc/shadow', 's.json'); os.mkfifo('f.json')")
    assert names(python) == []
    assert python.serve(Put(name="s.json", text="x")).failure


def test_what_cannot_be_started_is_said(pod: Pod) -> None:
    missing = CommandPod(pod, AppSpec(image=PYTHON, command=("no-such-program",)))
    assert missing.serve(Start()).failure == "`no-such-program` is not in the image"


def test_user_that_is_not_there(pod: Pod, engine: docker.DockerClient) -> None:
    with built_image(engine, 'USER nobody-here\nCMD ["true"]') as image:
        with pytest.raises(SubmissionError) as error:
            CommandPod(pod, AppSpec(image=image))
        pod.close()
    assert error.value.code == "start.user_unknown"


def test_image_of_one_file(pod: Pod, engine: docker.DockerClient) -> None:
    """Neither shell nor library: the broker itself, as a program that ends at once."""
    image = ensure_broker_image(ImageStore(engine))
    commands = CommandPod(pod, AppSpec(image=image, command=("/.grader/broker", "nobody-here")))
    begun = commands.serve(Start())
    seen = commands.serve(Read(handle=begun.handle, timeout=5))
    assert seen.exit_code == 71
    assert "unable to find user nobody-here" in seen.stderr
