"""Pods on the real engine: start, restart, status, log, end."""

from __future__ import annotations

import contextlib
import threading
import time

import docker
import pytest

from grader.domain.events import Assumed, Stop
from grader.errors import PlatformError, SubmissionError
from tests.support.pods import (
    PYTHON,
    SERVER,
    Opened,
    built_image,
    left_of,
    python_app,
    run,
    start_harness,
    told_by_harness,
    traces_on_host,
)
from worker.sandbox.app import AppSpec
from worker.sandbox.containers import RefusedError
from worker.sandbox.labels import ATTEMPT, CREATED, OWNER, ROLE, SUBMISSION, Identity
from worker.sandbox.limits import Limits
from worker.sandbox.pod import Pod
from worker.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.engine

ASK = """
import time, urllib.request
def ask(path="/", port=8000, host="127.0.0.1"):
    for _ in range(200):
        try:
            return urllib.request.urlopen(f"http://{host}:{port}{path}").read().decode()
        except OSError as error:
            seen = str(error); time.sleep(0.05)
    return seen
"""
STARTED = '{"type": "check_started", "id": "first"}'
SAY = "import json; print(json.dumps({'type': 'assumed', 'text': ask()}), flush=True)"
# Keeps a counter beside its code, the way a learner's SQLite file is kept.
COUNTER = """
import http.server, pathlib
file = pathlib.Path({folder!r}) / "count.txt"
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        count = int(file.read_text()) + 1 if file.exists() else 1
        file.write_text(str(count))
        self.send_response(200); self.end_headers(); self.wfile.write(str(count).encode())
http.server.HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
"""


def test_harness_reaches_an_app_on_loopback(pod: Pod) -> None:
    pod.start_app(AppSpec(PYTHON, ("python3", "-m", "http.server", "8000", "-b", "127.0.0.1")))
    assert "Directory listing" in told_by_harness(pod, ASK + "tell(ask())")


def test_app_gets_its_environment(pod: Pod) -> None:
    spec = python_app("import os; print(os.environ['PORT'], os.environ['PYTHONUNBUFFERED'])")
    status, log = run(pod, AppSpec(spec.image, spec.command, {"PORT": "8000"}))
    assert (status.exit_code, log.strip()) == (0, "8000 1")


def test_what_the_image_sets_itself_is_left_as_it_is(pod: Pod, engine: docker.DockerClient) -> None:
    with built_image(engine, "ENV SECRET_KEY=mine") as image:
        code = "import os; print(os.environ['SECRET_KEY'], os.environ['JWT_SECRET'])"
        defaults = {"SECRET_KEY": "ours", "JWT_SECRET": "ours"}
        spec = AppSpec(image, ("python3", "-c", code), defaults=defaults)
        assert run(pod, spec)[1].strip() == "mine ours"


@pytest.mark.parametrize("fails", [False, True])
def test_an_app_is_prepared_once_and_started_whether_that_works_or_not(
    pod: Pod, *, fails: bool
) -> None:
    prepare = ("echo 'first && only'", "exit 1" if fails else "true")
    spec = AppSpec(PYTHON, ("sh", "-c", "echo started; exec sleep 60"), prepare=prepare)
    pod.start_app(spec)
    wait_for(pod, "started", 1)
    pod.restart_app()
    wait_for(pod, "started", 2)
    assert pod.app_log().count("first && only") == (2 if fails else 1)
    assert ("what prepares the app failed" in pod.app_log()) == fails


def wait_for(pod: Pod, words: str, times: int) -> None:
    """Until the app has printed the words so often."""
    deadline = time.monotonic() + 20
    while pod.app_log().count(words) < times:
        assert time.monotonic() < deadline, pod.app_log()
        time.sleep(0.05)


def test_standard_input_is_empty(pod: Pod) -> None:
    _, log = run(pod, python_app("import sys; print(repr(sys.stdin.read()))"))
    assert log.strip() == "''"


def test_image_command_is_used_without_one_of_ours(pod: Pod, engine: docker.DockerClient) -> None:
    with built_image(engine, 'ENTRYPOINT ["echo", "entry"]\nCMD ["cmd"]') as image:
        assert run(pod, AppSpec(image))[1].strip() == "entry cmd"


def test_our_command_replaces_the_images_entrypoint(pod: Pod, engine: docker.DockerClient) -> None:
    with built_image(engine, 'ENTRYPOINT ["false"]\nCMD ["cmd"]') as image:
        assert run(pod, AppSpec(image, ("echo", "ours")))[1].strip() == "ours"


@pytest.mark.parametrize("folder", ["/srv", "/tmp"])
def test_restart_keeps_what_the_app_wrote(pod: Pod, folder: str) -> None:
    pod.start_app(python_app(COUNTER.format(folder=folder)))
    assert told_by_harness(pod, ASK + "tell(ask())") == "1"
    pod.restart_app()
    assert told_by_harness(pod, ASK + "tell(ask())") == "2"
    assert pod.app_status().restarts == 1


def test_restart_keeps_what_the_app_wrote_into_a_volume(
    pod: Pod, engine: docker.DockerClient
) -> None:
    lines = (
        "RUN mkdir /data && echo 5 > /data/count.txt && chown -R 4711 /data\n"
        "VOLUME /data\nUSER 4711"
    )
    with built_image(engine, lines) as image:
        pod.start_app(python_app(COUNTER.format(folder="/data"), image=image))
        assert told_by_harness(pod, ASK + "tell(ask())") == "6"
        pod.restart_app()
        assert told_by_harness(pod, ASK + "tell(ask())") == "7"
        pod.close()


def test_harness_stays_while_the_app_restarts(pod: Pod) -> None:
    harness = start_harness(pod, f"{ASK}\nask()\nprint('{STARTED}', flush=True)\ninput()\n{SAY}")
    pod.start_app(AppSpec(PYTHON, SERVER))
    assert harness.next_event(20)
    pod.restart_app()
    harness.send(Stop())
    answer = harness.next_event(20)
    assert isinstance(answer, Assumed)
    assert "Directory listing" in answer.text


def test_aliases_resolve_to_the_pod(open_pod: Opened) -> None:
    pod = open_pod(aliases={"api.example.com": "127.0.0.1"})
    pod.start_app(AppSpec(PYTHON, SERVER))
    answer = told_by_harness(pod, ASK + "tell(ask(host='api.example.com'))")
    assert "Directory listing" in answer


def test_exit_code_and_log_of_an_app_that_ends(pod: Pod) -> None:
    status, log = run(pod, python_app("print('before'); raise SystemExit(3)"))
    assert (status.running, status.exit_code, log) == (False, 3, "before\n")


def test_waiting_for_an_app_that_runs_on(pod: Pod) -> None:
    pod.start_app(AppSpec(PYTHON, SERVER))
    assert pod.wait_app_exit(0.3) is None
    assert pod.app_status().running


def test_a_restart_is_no_exit(pod: Pod) -> None:
    pod.start_app(AppSpec(PYTHON, SERVER))
    seen: list[object] = []
    watcher = threading.Thread(target=lambda: seen.append(pod.wait_app_exit(3)))
    watcher.start()
    time.sleep(0.3)
    pod.restart_app()
    watcher.join()
    assert seen == [None]


def test_log_is_bounded(pod: Pod) -> None:
    code = "import sys\nfor i in range(200_000): print(i, 'x' * 100)\nsys.stderr.write('the end')"
    status, log = run(pod, python_app(code), 60)
    assert status.exit_code == 0
    assert len(log) <= 64 * 1024
    assert log.endswith("the end")


def test_one_endless_line_is_bounded_too(pod: Pod) -> None:
    code = "import sys\nfor _ in range(300): sys.stdout.write('y' * 65536)\nsys.stdout.flush()"
    _, log = run(pod, python_app(code), 60)
    assert 0 < len(log) <= 64 * 1024


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("CMD []", "start.no_command"),
        ("USER nobody-here\nCMD true", "start.user_unknown"),
        ("VOLUME /proc/sys\nCMD true", "start.volumes_refused"),
        ("VOLUME /a /b /c /d /e /f /g /h /i\nCMD true", "start.volumes_refused"),
    ],
)
def test_image_that_cannot_run(
    pod: Pod, engine: docker.DockerClient, lines: str, code: str
) -> None:
    with built_image(engine, lines) as image, pytest.raises(SubmissionError) as caught:
        pod.start_app(AppSpec(image))
    assert caught.value.code == code


def test_everything_is_labelled_whatever_the_image_says(
    open_pod: Opened, engine: docker.DockerClient, identity: Identity
) -> None:
    lines = f"LABEL {ATTEMPT}=other {ROLE}=pause {SUBMISSION}=other {OWNER}=x {CREATED}=1"
    pod = open_pod(identity)
    with built_image(engine, lines) as image:
        pod.start_app(AppSpec(image, ("sleep", "60")))
        start_harness(pod, "import time; time.sleep(60)")
        found = engine.containers.list(filters={"label": f"{ATTEMPT}={identity.attempt}"})
        assert sorted(one.labels[ROLE] for one in found) == ["app", "harness", "pause"]
        assert {one.labels[SUBMISSION] for one in found} == {identity.submission}
        pod.close()


def test_closing_is_quick_and_final(pod: Pod, engine: docker.DockerClient) -> None:
    pod.start_app(AppSpec(PYTHON, SERVER))
    harness = start_harness(pod, "import time; time.sleep(60)")
    started = time.monotonic()
    pod.close()
    assert time.monotonic() - started < 5  # 0.15 s on an idle machine
    pod.close()
    assert harness.next_event(5) is None
    assert not left_of(engine, pod.identity.attempt)
    assert pod.app_status().running is False
    assert pod.app_log() == ""
    with pytest.raises(PlatformError):
        pod.start_app(AppSpec(PYTHON, SERVER))
    assert not left_of(engine, pod.identity.attempt)


def test_closing_while_it_starts_leaves_nothing(
    sandbox: Sandbox, engine: docker.DockerClient, identity: Identity
) -> None:
    pod = sandbox.open_pod(identity)

    def start() -> None:
        with contextlib.suppress(PlatformError):
            while True:
                pod.start_app(AppSpec(PYTHON, SERVER))

    starter = threading.Thread(target=start)
    starter.start()
    time.sleep(0.4)
    pod.close()
    starter.join(20)
    assert not starter.is_alive()
    assert not left_of(engine, pod.identity.attempt)


def test_twenty_pods_leave_nothing(open_pod: Opened, engine: docker.DockerClient) -> None:
    members: list[str] = []
    for _ in range(20):
        pod = open_pod()
        start_harness(pod, "import time; time.sleep(60)")
        pod.start_app(AppSpec(PYTHON, ("sleep", "60"), limits=Limits(memory_mb=64, pids=16)))
        members += left_of(engine, pod.identity.attempt)
        pod.close()
        assert not left_of(engine, pod.identity.attempt)
    assert len(members) == 60
    deadline = time.monotonic() + 10
    while (found := traces_on_host(members)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found == []


def test_a_kernel_without_ipv6(
    sandbox: Sandbox, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, refused = sandbox.containers.start, []

    def without_ipv6(container: str) -> None:
        if not refused:
            refused.append(container)
            raise RefusedError("open /proc/sys/net/ipv6/conf/all/disable_ipv6: no such file")
        start(container)

    monkeypatch.setattr(sandbox.containers, "start", without_ipv6)
    pod = sandbox.open_pod(identity)
    pod.start_app(AppSpec(PYTHON, SERVER))
    assert told_by_harness(pod, ASK + "tell(ask(host='[::1]'))").startswith("<urlopen error")
    pod.close()
