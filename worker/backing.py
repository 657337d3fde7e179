"""From what a source says to services that can be started: detection and images together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.domain.report import Note
from grader.errors import SubmissionError
from grader.settings import Settings
from worker.builds.backing.plan import BackingPlan, Wanted, plan_services
from worker.builds.backing.tables import TITLES
from worker.builds.folder import Folder, Tree
from worker.builds.manifest import read_manifest
from worker.images.backing import Progress, ensure_service_image
from worker.sandbox.backing import KINDS, ServiceSpec, is_name, is_password
from worker.sandbox.images import ImageStore

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Backing:
    """What each pod of a submission gets beside the app.

    Attributes:
        services: To start, their images there.
        environment: For the app, where its image does not set it.
        hosts: Names and addresses for the pod.
        facts: For the report.
        notes: What the learner should know.
    """

    services: tuple[ServiceSpec, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def ports(self) -> tuple[int, ...]:
        """Where the services listen; the app cannot be there."""
        return tuple(port for one in self.services for port in (one.kind.port, *one.kind.others))


def provide(
    tree: Tree, store: ImageStore, settings: Settings, progress: Progress = lambda _line: None
) -> Backing:
    """Find out what services a source needs, and see that their images are there.

    Args:
        tree: The fetched source.
        store: The engine's images.
        settings: Where locks are kept.
        progress: Told before an image is made.

    Raises:
        SubmissionError: ``service.unknown``, ``service.absent``, ``build.manifest``.
        PlatformError: ``images.not_made`` if a server cannot be installed.
    """
    folder = Folder(tree)
    said = read_manifest(folder)
    path = (said.path or "").strip("/").removeprefix("./")
    if path and path in folder.folders:
        folder = folder.below(path)
        inner = read_manifest(folder)
        said = said if said.services is not None else inner
    planned = plan_services(folder, said)
    for one in planned.services:
        if one.kind not in KINDS:
            offered = ", ".join(kind.title for kind in KINDS.values())
            raise SubmissionError(
                "service.absent", service=TITLES[one.kind], why=one.why[0], offered=offered
            )
    images = {
        one.kind: ensure_service_image(store, settings, one.kind, progress)
        for one in planned.services
    }
    return Backing(
        tuple(_spec(one, images[one.kind]) for one in planned.services),
        planned.environment,
        dict.fromkeys(planned.hosts, LOOPBACK),
        tuple(one.fact for one in planned.services),
        tuple(_notes(planned)),
    )


def _spec(wanted: Wanted, image: str) -> ServiceSpec:
    logins = wanted.logins
    kind = KINDS[wanted.kind]
    server = wanted.kind in ("postgres", "mysql")
    return ServiceSpec(
        kind,
        image,
        users=tuple(filter(is_name, logins.users)) if server else (),
        databases=tuple(filter(is_name, logins.databases)) if server else (),
        user=logins.login.user if is_name(logins.login.user) else "",
        database=logins.login.database if is_name(logins.login.database) else "",
        password=logins.login.password if is_password(logins.login.password) else "",
        script=wanted.script,
    )


def _notes(planned: BackingPlan) -> list[Note]:
    texts = []
    for one in planned.services:
        if one.scripts:
            names = ", ".join(one.scripts[:5])
            texts.append(f"{TITLES[one.kind]} ran {names} before your app started")
    return [Note(kind="note", text=text) for text in texts]
