"""Schemathesis, set up to be repeatable and to read nothing of anybody else's.

The same document and seed make the same requests: one worker, no example database, no shrinking,
and nothing that an app answers steers what is generated next (value pools, error feedback, link
calibration, capability probes). Links are those that the document declares. Configuration files
and hooks that lie around are not looked for.
"""

from __future__ import annotations

import copy
import importlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import hypothesis.configuration
import schemathesis
from hypothesis.internal.charmap import charmap
from schemathesis.checks import CHECKS, CheckContext, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.engine import events
from schemathesis.engine.core import Engine
from schemathesis.engine.run import INTERNAL_PHASES, Phase, PhaseName, PhaseSkipReason
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.transport import BaseTransport

from grader.domain.verdicts import Fault
from harnesses.kit.contract.case import AnyCase
from harnesses.kit.contract.document import Document
from harnesses.kit.contract.sender import Sender

CHECK_NAME = "grader_contract"
UNEXPECTED_METHODS = ["delete", "patch", "post", "put"]
STEPS = 6
"""Of one stateful scenario: make, read, change, read, delete, read."""
FEW = 6
"""Examples for an operation without body and query: there is little to vary but an identifier."""

# What Schemathesis imports when it first needs it: here that is while the app is still starting.
LATE_IMPORTS = (
    "asyncio",
    "schemathesis.engine.run.stateful._executor",
    "schemathesis.engine.run.unit",
    "schemathesis.generation.drivers",
    "schemathesis.generation.hypothesis.builder",
    "schemathesis.specs.openapi._ordering",
    "schemathesis.specs.openapi.coverage._operation",
)

JudgeFunction = Callable[[CheckContext, Response, AnyCase], None]


@dataclass(frozen=True)
class Problem:
    """Something that went wrong in Schemathesis, in its words, and who must act."""

    fault: Fault
    text: str


class ContractSchema(OpenApiSchema):
    """A schema whose requests go through a transport of ours."""

    own_transport: BaseTransport[Any]

    @property
    def transport(self) -> BaseTransport[Any]:
        return self.own_transport

    def create_extra_data_source(self) -> None:
        """No pool of values from answers: it would steer what is generated."""


class _QuietEngine(Engine):
    """An engine that sends nothing but test cases.

    Its capability probes and sign-up attempts go past the transport, without any bound.
    """

    def get_phase_config(
        self, phase_name: PhaseName, *, is_supported: bool, requires_transitions: bool
    ) -> Phase:
        if phase_name in INTERNAL_PHASES:
            return Phase(phase_name, is_enabled=False, skip_reason=PhaseSkipReason.DISABLED)
        return super().get_phase_config(
            phase_name, is_supported=is_supported, requires_transitions=requires_transitions
        )


def prepare() -> None:
    """Do what only has to be done once in a process, before the app is up.

    Hypothesis keeps tables of Unicode in a folder; without them they are made here, which takes a
    second. An image that has ``HYPOTHESIS_STORAGE_DIRECTORY`` filled spares it.
    """
    os.environ.pop("SCHEMATHESIS_HOOKS", None)
    if not os.environ.get("HYPOTHESIS_STORAGE_DIRECTORY"):
        folder = os.path.join(tempfile.gettempdir(), "grader-hypothesis")  # noqa: PTH118
        hypothesis.configuration.set_hypothesis_home_dir(folder)
    for name in LATE_IMPORTS:
        with suppress(ImportError):
            importlib.import_module(name)
    load_all_checks()
    charmap()


def configuration(
    document: Document, *, seed: int, max_examples: int, base_url: str, methods: bool
) -> SchemathesisConfig:
    """The configuration of a run.

    Args:
        document: What is tested.
        seed: Source of all randomness.
        max_examples: For each operation, and for the stateful scenarios.
        base_url: Of the app, with base path.
        methods: Whether methods are sent that the document does not have.
    """
    own_data_only = {"extra-data-sources": {"responses": False}}
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "cache": {"enabled": False},
            "base-url": base_url,
            "workers": 1,
            "continue-on-failure": True,
            "generation": {
                "max-examples": max_examples,
                "no-shrink": True,
                "allow-x00": False,
                # Who is asking is the transport's business: made-up tokens would be refused.
                "with-security-parameters": False,
                "database": "none",
            },
            "checks": {"enabled": False, CHECK_NAME: {"enabled": True}},
            "phases": {
                "examples": own_data_only,
                "coverage": {
                    **own_data_only,
                    "unexpected-methods": UNEXPECTED_METHODS if methods else [],
                },
                "fuzzing": {**own_data_only, "error-feedback": {"enabled": False}},
                "stateful": {
                    "max-steps": STEPS,
                    "link-calibration": False,
                    "inference": {"algorithms": []},
                    "generation": {"max-examples": max(5, max_examples // 2)},
                },
            },
            "operations": [
                {
                    "include-name": label,
                    "phases": {"fuzzing": {"generation": {"max-examples": min(FEW, max_examples)}}},
                }
                for label in _identifier_only(document)
            ],
        }
    )


def plain() -> SchemathesisConfig:
    """A configuration for reading a document only."""
    return SchemathesisConfig.from_dict({})


def _identifier_only(document: Document) -> Iterator[str]:
    """Operations that take nothing but an identifier."""
    for operation in document.operations.values():
        parameters = document.parameters(operation)
        if "requestBody" not in operation.definition and all(
            parameter.get("in") == "path" for parameter in parameters
        ):
            yield operation.label


def schema_of(raw: dict[str, Any], config: SchemathesisConfig) -> ContractSchema:
    """A document as Schemathesis has it; the transport is still to be set."""
    return ContractSchema(raw_schema=copy.deepcopy(raw), config=config.projects.get(raw))


@contextmanager
def _registered(judge: JudgeFunction) -> Iterator[None]:
    """Have Schemathesis call ``judge`` on every answer."""

    def grader_contract(context: CheckContext, response: Response, case: AnyCase) -> None:
        judge(context, response, case)

    grader_contract.__name__ = CHECK_NAME
    schemathesis.check(grader_contract)
    try:
        yield
    finally:
        CHECKS.unregister(CHECK_NAME)


@contextmanager
def _threads_that_break(problems: list[Problem]) -> Iterator[None]:
    """Note what ends a thread of the engine: it tells nobody and goes on without that thread."""
    before = threading.excepthook

    def note(args: threading.ExceptHookArgs) -> None:
        text = f"{args.exc_type.__name__}: {args.exc_value}"
        problems.append(Problem(Fault.PLATFORM, text))
        before(args)

    threading.excepthook = note
    try:
        yield
    finally:
        threading.excepthook = before


def run(
    schema: ContractSchema, judge: JudgeFunction, sender: Sender, *, seconds: float
) -> list[Problem]:
    """Generate requests, send them and have the answers judged.

    Args:
        schema: With its transport.
        judge: Called for every answer.
        sender: Where the requests end up; when it is over, so is the run.
        seconds: After so many the run is stopped, wherever it is.

    Returns:
        What went wrong in Schemathesis itself.
    """
    problems: list[Problem] = []
    with _registered(judge), _threads_that_break(problems):
        stream = _QuietEngine(schema).execute()

        def stop() -> None:
            sender.run_out()
            stream.stop()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            for event in stream:
                problems.extend(_problems(event))
                if sender.over:
                    stream.stop()
        finally:
            timer.cancel()
    return problems


def _problems(event: events.EngineEvent) -> Iterator[Problem]:
    if isinstance(event, events.FatalError):
        text = f"{type(event.exception).__name__}: {event.exception}"
        yield Problem(Fault.PLATFORM, text)
    elif isinstance(event, events.NonFatalError):
        # Nothing of the network gets here, so what fails for one operation is its description.
        fault = Fault.AUTHOR if event.related_to_operation else Fault.PLATFORM
        yield Problem(fault, f"{event.label}: {event.info.title}: {event.info.message}")
