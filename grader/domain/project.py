"""A project of the catalogue: what is asked, how it is graded, which readings are accepted."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from grader.domain.base import Frozen
from grader.domain.simulation import SimulatedHost
from grader.domain.verdicts import HarnessKind

CRITERION_ID = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"
SLUG = r"^[a-z][a-z0-9_]*$"


class Criterion(Frozen):
    """One thing that earns points.

    ``needs`` names criteria without which nothing can be learnt about this one: where one of them
    is lost, this one is blocked.
    """

    id: str = Field(pattern=CRITERION_ID)
    title: str = Field(min_length=1, description="What the app does, as a statement")
    points: int = Field(ge=1)
    harness: HarnessKind
    needs: tuple[str, ...] = ()
    why: str = Field(default="", description="Why the brief asks for it")
    hint: str = Field(default="", description="One thing to try when it is lost")


class Rubric(Frozen):
    """All criteria of a project; they are worth 100 points together."""

    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Rubric:
        known = [criterion.id for criterion in self.criteria]
        for criterion_id in known:
            if known.count(criterion_id) > 1:
                raise ValueError(f"two criteria are called {criterion_id!r}")
        seen: set[str] = set()
        for criterion in self.criteria:
            for need in criterion.needs:
                if need not in known:
                    raise ValueError(f"{criterion.id!r} needs {need!r}, which is no criterion")
                if need not in seen:
                    raise ValueError(f"{criterion.id!r} needs {need!r}: list {need!r} before it")
            seen.add(criterion.id)
        if self.possible != 100:
            raise ValueError(f"the points add up to {self.possible}, they must add up to 100")
        return self

    @property
    def possible(self) -> int:
        return sum(criterion.points for criterion in self.criteria)

    def of(self, kind: HarnessKind) -> tuple[Criterion, ...]:
        """The criteria that one kind of harness earns, in the rubric's order."""
        return tuple(criterion for criterion in self.criteria if criterion.harness is kind)

    def get(self, criterion_id: str) -> Criterion:
        """The criterion of that id; KeyError if there is none."""
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)


class Accounts(Frozen):
    """Where people get an account and prove that it is theirs, as the brief has it."""

    register_path: str = Field(default="/register", description="POST: makes an account")
    login_path: str = Field(default="/login", description="POST: gives a token")
    fields: tuple[str, ...] = Field(
        default=("name", "email", "password"), description="What an account is made of"
    )
    guarded: str = Field(description="A path whose GET wants a token, and nothing else")


class Dialect(Frozen):
    """The readings of the brief that an HTTP app may choose between without losing a point."""

    base_paths: tuple[str, ...] = ("", "/api", "/api/v1", "/v1")
    envelopes: tuple[str, ...] = Field(
        default=("data", "result", "item"), description="Keys that may wrap a resource"
    )
    lists: tuple[str, ...] = Field(
        default=("data", "items", "results", "list"), description="Keys that may wrap a list"
    )
    aliases: dict[str, tuple[str, ...]] = Field(
        default={},
        description="Field of the brief -> further names; camelCase and snake_case are implied",
    )
    paths: dict[str, tuple[str, ...]] = Field(
        default={},
        description="Path of the brief -> others to look under where it is not answered",
    )
    accounts: Accounts | None = Field(
        default=None, description="Where the API is for people who log in"
    )


class ContractPlan(Frozen):
    """How the contract harness looks for violations of ``openapi.yaml``."""

    max_examples: int = Field(default=25, ge=1, le=500)
    seconds: float = Field(default=60, gt=0, description="Budget of the whole contract run")
    criteria: dict[str, tuple[str, ...]] = Field(
        description="Criterion id -> names of the Schemathesis checks that decide it"
    )


class LoadLimit(Frozen):
    """One load criterion: a measure and how far it may go.

    ``p95_ratio`` and ``throughput_ratio`` compare the app with the calibration app; ``failures``
    is a share of requests (0 to 1); ``correctness`` is a count of wrong answers.
    """

    criterion: str = Field(pattern=CRITERION_ID)
    measure: Literal["p95_ratio", "throughput_ratio", "failures", "correctness"]
    limit: float = Field(ge=0)


class LoadPlan(Frozen):
    """How the load harness drives the app and the calibration app, slice by slice."""

    users: int = Field(default=8, ge=1, le=200)
    slices: int = Field(default=4, ge=1, le=20, description="Slices for each of the two apps")
    slice_seconds: float = Field(default=1.5, gt=0, le=30)
    calibration: str = Field(
        default="reference", description="The sample that serves as calibration app"
    )
    limits: tuple[LoadLimit, ...]


class RunContract(Frozen):
    """How a learner's program of this project is run."""

    kind: Literal["http", "command", "library"] = Field(
        default="http",
        description="It serves HTTP, or is called on a command line, or its classes are driven",
    )
    start_timeout: float | None = Field(default=None, gt=0, description="Seconds, if not usual")
    ready_path: str = Field(default="/", description="Any answer below 500 here means ready")
    simulates: tuple[SimulatedHost, ...] = Field(
        default=(), description="Outside services that are simulated where it runs"
    )

    @field_validator("simulates")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if twice := [host for host in value if value.count(host) > 1]:
            raise ValueError(f"{twice[0]!r} is named twice")
        return value


class Project(Frozen):
    """A project of the catalogue, as its spec says it."""

    slug: str = Field(pattern=SLUG)
    title: str
    version: str = Field(description="Version of the spec, raised when a grade could change")
    level: str
    summary: str
    run: RunContract = RunContract()
    dialect: Dialect = Dialect()
    rubric: Rubric
    contract: ContractPlan | None = None
    load: LoadPlan | None = None
    brief: str = Field(default="", description="Markdown")
    openapi: str | None = Field(default=None, description="The OpenAPI document, YAML")
    digest: str = Field(default="", description="SHA-256 over the files of the spec")

    @field_validator("summary")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if "\n" in value.strip():
            raise ValueError("the summary is one line")
        return value.strip()

    @model_validator(mode="after")
    def _plans_match_rubric(self) -> Project:
        planned = {
            HarnessKind.CONTRACT: set(self.contract.criteria if self.contract else ()),
            HarnessKind.LOAD: {limit.criterion for limit in self.load.limits}
            if self.load
            else set(),
        }
        for kind, named in planned.items():
            wanted = {criterion.id for criterion in self.rubric.of(kind)}
            if named != wanted:
                odd = ", ".join(sorted(named ^ wanted))
                raise ValueError(f"the rubric and [{kind}] do not name the same criteria: {odd}")
        return self
