"""Which services an app needs, and what shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from grader.errors import SubmissionError
from worker.builds.backing.addresses import find_addresses
from worker.builds.backing.dotenv import read_dotenv
from worker.builds.backing.reading import Text, Texts
from worker.builds.backing.tables import ALIASES, DATABASES, ORDER, PACKAGES, TITLES
from worker.builds.backing.variables import part_of

_LISTED = re.compile(
    r"""(?:^[ \t]*|["'>])(@?[\w./-]+?)(?=[ \t]*(?:[\[<>=!~;,"'@:#\n]|$)|[ \t]+v\d)""", re.M
)
_EXTRA = re.compile(r"\b(?:celery|kombu)\[[^\]\n]*\bredis\b")
_PYTHON_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.M)
_NODE_IMPORT = re.compile(r"""(?:\brequire\(\s*|\bfrom\s+|\bimport\s+)["']([^"'\n]+)["']""")
_IMAGE = re.compile(r"""^[ \t]*image:[ \t]*["']?(?:[\w.-]+/)*([\w-]+)(?::|@|["']|\s|$)""", re.M)
_PROVIDER = re.compile(r'provider\s*=\s*"(postgresql|mysql|mongodb|sqlite)"')
_DJANGO = re.compile(r"django\.db\.backends\.(postgresql|mysql)")
_SQLITE = re.compile(
    r"""\bsqlite(?:\+\w+)?://|\bimport sqlite3|backends\.sqlite3|provider\s*=\s*"sqlite\""""
    r"""|["'](?:better-sqlite3|sqlite3|sqlite|node:sqlite)["']""",
)


def find_needed(texts: Texts, asked: tuple[str, ...] | None) -> dict[str, list[str]]:
    """Services and, as phrases, what shows that they are needed.

    Args:
        texts: The project's.
        asked: What ``grader.toml`` lists: then exactly these are needed.

    Raises:
        SubmissionError: ``service.unknown`` if it lists a name that means nothing.
    """
    if asked is not None:
        return {_known(name): ["grader.toml lists it"] for name in asked}
    said = _collect(_said(texts))
    shown = _collect(_shown(texts))
    if any(_SQLITE.search(one.text) for one in (*texts.everything(), *texts.lists)):
        # A driver is installed for later; what the app opens by itself is a file.
        addressed = {kind for kind, _ in _addressed(texts.code)}
        shown = {k: why for k, why in shown.items() if k not in DATABASES or k in addressed}
    return {
        kind: [*said.get(kind, ()), *shown.get(kind, ())]
        for kind in ORDER
        if kind in said or kind in shown
    }


def _known(name: str) -> str:
    kind = ALIASES.get(name.strip().lower().partition(":")[0])
    if kind is None:
        raise SubmissionError("service.unknown", name=name, known=", ".join(ORDER))
    return kind


def _collect(rows: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, why in rows:
        reasons = found.setdefault(kind, [])
        if why not in reasons:
            reasons.append(why)
    return found


def _said(texts: Texts) -> Iterator[tuple[str, str]]:
    """What a learner says of how the app is set up."""
    for one in texts.compose:
        for image in _IMAGE.findall(one.text):
            if image in ALIASES:
                yield ALIASES[image], f"{one.path} runs {image}"
    for one in texts.environment:
        yield from _addressed((one,))
        for name, value in read_dotenv(one.text).items():
            part = part_of(name)
            if part and len(part[0]) == 1 and value and not value.startswith("sqlite"):
                yield part[0][0], f"{one.path} sets {name}"
    for one in texts.settings:
        for provider in _PROVIDER.findall(one.text) if one.path.endswith(".prisma") else ():
            if provider in ALIASES:
                yield ALIASES[provider], f"{one.path} names {provider}"
    for one in texts.code:
        for engine in _DJANGO.findall(one.text):
            yield ALIASES[engine], f"{one.path} names Django's engine {engine}"


def _shown(texts: Texts) -> Iterator[tuple[str, str]]:
    """What dependencies and programs show."""
    for one in texts.lists:
        for name in _listed(one):
            kind = PACKAGES.get(name) or _module_of(name)
            if kind:
                yield kind, f"{one.path} lists {name}"
        if _EXTRA.search(one.text):
            yield "redis", f"{one.path} lists celery[redis]"
    yield from _addressed((*texts.settings, *texts.code))
    for one in texts.code:
        pattern = _PYTHON_IMPORT if one.path.endswith(".py") else _NODE_IMPORT
        for name in pattern.findall(one.text):
            kind = PACKAGES.get(name.lower()) or PACKAGES.get(name.lower().split(".")[0])
            if kind:
                yield kind, f"{one.path} imports {name}"


def _addressed(texts: tuple[Text, ...]) -> Iterator[tuple[str, str]]:
    for one in texts:
        for address in find_addresses(one.text):
            yield address.kind, f"{one.path} names an address of {TITLES[address.kind]}"


def _listed(one: Text) -> list[str]:
    if one.path.endswith("package.json"):
        try:
            top: object = json.loads(one.text)
        except (ValueError, RecursionError):
            return []
        needed = top.get("dependencies") if isinstance(top, Mapping) else None
        return [str(name).lower() for name in needed] if isinstance(needed, Mapping) else []
    return [name.lower() for name in _LISTED.findall(one.text)]


def _module_of(name: str) -> str | None:
    """A Go module of any major version: ``github.com/jackc/pgx/v5``."""
    return PACKAGES.get(re.sub(r"/v\d+$", "", name)) if "/" in name else None
