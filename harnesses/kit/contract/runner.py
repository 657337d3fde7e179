"""The contract harness: Schemathesis on the project's ``openapi.yaml``, told as events."""

from __future__ import annotations

import time
from collections.abc import Mapping

from grader.domain.checks import PlannedCheck
from grader.domain.events import (
    Assumed,
    Broken,
    CheckFinished,
    CheckStarted,
    Finished,
    Planned,
    Ready,
    Setup,
)
from grader.domain.verdicts import Fault
from harnesses.kit.api import Api
from harnesses.kit.auth import sign_up
from harnesses.kit.channel import Channel
from harnesses.kit.connect import open_client
from harnesses.kit.contract import generator
from harnesses.kit.contract.document import Document, DocumentMistake
from harnesses.kit.contract.firm import Firm
from harnesses.kit.contract.judge import ERROR_CHECK, METHOD_CHECK, Judge
from harnesses.kit.contract.lens import Lens
from harnesses.kit.contract.outcome import Run, result
from harnesses.kit.contract.sender import Sender
from harnesses.kit.contract.stock import Stock
from harnesses.kit.contract.transport import Transport
from harnesses.kit.dialect import Reading
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.http import HttpClient
from harnesses.kit.identities import identity
from harnesses.kit.places import find_places
from harnesses.kit.ready import wait_until_ready
from harnesses.kit.seeds import randomness
from harnesses.kit.simulators.process import Simulators

generator.prepare()


def run(setup: Setup, channel: Channel, simulators: Simulators | None = None) -> None:
    """Check the app against the document and send what happens; its services play the usual.

    Mistakes of the document's author are sent as ``broken``.
    """
    try:
        document = Document.parse(setup.project.openapi or "")
    except DocumentMistake as mistake:
        channel.send(Broken(fault=Fault.AUTHOR, text=f"openapi.yaml: {mistake}"))
        return
    criteria = _criteria(setup)
    planned = _planned(setup, criteria)
    channel.send(Planned(checks=tuple(planned.values())))
    seen = wait_until_ready(setup)
    channel.send(seen)
    if isinstance(seen, Ready):
        if simulators:
            simulators.open_plain()
        _check(setup, channel, document, seen, planned, criteria)
    channel.send(Finished())


def _criteria(setup: Setup) -> dict[str, tuple[str, ...]]:
    """The criteria to check, each with its Schemathesis checks."""
    plan = setup.project.contract
    every = plan.criteria if plan else {}
    return {
        criterion: checks
        for criterion, checks in every.items()
        if not setup.only or criterion in setup.only
    }


def _planned(setup: Setup, criteria: dict[str, tuple[str, ...]]) -> dict[str, PlannedCheck]:
    rubric = setup.project.rubric
    return {
        criterion_id: PlannedCheck(
            id=f"contract:{criterion_id.removeprefix('contract.')}",
            criterion=criterion_id,
            title=rubric.get(criterion_id).title,
            points=rubric.get(criterion_id).points,
        )
        for criterion_id in criteria
    }


def _check(
    setup: Setup,
    channel: Channel,
    document: Document,
    ready: Ready,
    planned: dict[str, PlannedCheck],
    criteria: dict[str, tuple[str, ...]],
) -> None:
    started = time.monotonic()
    for check in planned.values():
        channel.send(CheckStarted(id=check.id))
    done = _run(setup, channel, document, ready, criteria)
    seconds = round(time.monotonic() - started, 3)
    for criterion_id, check in planned.items():
        criterion = setup.project.rubric.get(criterion_id)
        ended = result(done, check, criterion, criteria[criterion_id])
        channel.send(CheckFinished(result=ended.model_copy(update={"seconds": seconds})))


def _run(
    setup: Setup,
    channel: Channel,
    document: Document,
    ready: Ready,
    criteria: dict[str, tuple[str, ...]],
) -> Run:
    """One run of Schemathesis."""
    plan = setup.project.contract
    assert plan is not None
    reading = Reading(setup.project.dialect, lambda text: channel.send(Assumed(text=text)))
    client = _client(setup, ready)
    find_places(client, setup.project, reading)
    credentials = _credentials(setup, client, reading)
    checks = tuple(dict.fromkeys(name for names in criteria.values() for name in names))
    config = generator.configuration(
        document,
        seed=setup.seed,
        max_examples=plan.max_examples,
        base_url=client.origin,
        methods=METHOD_CHECK in checks,
    )
    schema = generator.schema_of(document.raw, config)
    sender = Sender(client, plan.seconds)
    transport = Transport(sender, Lens(document, reading), document, credentials)
    transport.stock = Stock(document, schema, transport.deliver)
    schema.own_transport = transport
    firm = Firm(generator.schema_of(document.firm(), config))
    apart = any(ERROR_CHECK in names for names in plan.criteria.values())
    judge = Judge(checks, transport, firm, errors_apart=apart)
    problems = generator.run(schema, judge.judge, sender, seconds=plan.seconds)
    client.close()
    return Run(document, judge, sender, problems)


def _credentials(setup: Setup, client: HttpClient, reading: Reading) -> Mapping[str, str]:
    """The headers of somebody with an account; none where the project, or the app, has none."""
    if reading.dialect.accounts is None:
        return {}
    try:
        return sign_up(Api(client, reading), randomness(setup.seed, "account")).headers
    except (CheckFailed, Undecidable):
        return {}  # a functional check says so; operations that want a token then refuse


def _client(setup: Setup, ready: Ready) -> HttpClient:
    return open_client(
        setup,
        ready,
        {
            "User-Agent": identity(setup.seed),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            # A connection for each request: none is found closed when the next one is due, and a
            # server that writes header and body apart does not wait 40 ms for a delayed ACK.
            "Connection": "close",
        },
    )
