"""Which class of a learner's is meant, and what it calls its methods."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.domain.text import clean
from harnesses.kit.library.wire import Message

NAME_CHARS = 200


@dataclass(frozen=True)
class Interface:
    """A class of the brief.

    Attributes:
        name: As the brief has it.
        others: Further names, the likelier first; how they are spelt does not matter.
        methods: Method of the brief: further names.
        needed: Methods without which a class of another name is not taken for this one.
        variable: What an object is called in the programs that a report shows.
    """

    name: str
    others: tuple[str, ...]
    methods: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    variable: str


@dataclass(frozen=True)
class Found:
    """A class in a file, as it stands there."""

    file: str
    shown: str
    name: str
    bases: tuple[str, ...]
    methods: frozenset[str]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a method."""

    name: str
    kind: str
    optional: bool


@dataclass(frozen=True)
class Shape:
    """The learner's class as it was imported.

    Attributes:
        name: What it is called.
        module: Where it is imported from.
        root: The folder that has to be on the path for that, relative to the project.
        calls: Method of the brief: what it is called here; those that are missing are left out.
        parameters: The same: its parameters, without ``self``.
    """

    name: str
    module: str
    root: str = ""
    calls: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Sequence[Parameter]] = field(default_factory=dict)


def bare(name: str) -> str:
    """A name without what naming conventions differ in."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def read_classes(message: Message) -> list[Found]:
    """The classes that a driver found; what cannot be understood is left out."""
    return [
        Found(
            file=str(one.get("file")),
            shown=str(one.get("shown")),
            name=str(one.get("name")),
            bases=tuple(map(str, one.get("bases") or ())),
            methods=frozenset(map(str, one.get("methods") or ())),
        )
        for one in message.get("classes") or ()
        if isinstance(one, dict)
    ]


def choose(classes: Sequence[Found], interface: Interface) -> Found | None:
    """The class that is meant: by its name, else by what it can do."""
    names = [bare(interface.name), *map(bare, interface.others)]

    def rank(one: Found) -> tuple[bool, bool, int, int, str]:
        own = bare(one.name)
        place = names.index(own) if own in names else len(names)
        aside = re.search(r"(^|/)(tests?|examples?|docs?)/|(^|/)test_|_test\.py$", one.shown)
        able = _able(one, classes, interface)
        return (aside is not None, not able, place, one.shown.count("/"), one.shown)

    fitting = [one for one in classes if bare(one.name) in names or _able(one, classes, interface)]
    return min(fitting, key=rank, default=None)


def _able(one: Found, classes: Sequence[Found], interface: Interface) -> bool:
    methods = set(map(bare, _inherited(one, classes)))
    return all(
        methods & {bare(name), *map(bare, interface.methods[name])} for name in interface.needed
    )


def _inherited(one: Found, classes: Sequence[Found], depth: int = 0) -> Iterable[str]:
    yield from one.methods
    if depth < 5:
        for other in classes:
            if any(f"'{other.name}'" in base for base in one.bases):
                yield from _inherited(other, classes, depth + 1)


def read_shape(found: Found, message: Message, interface: Interface) -> Shape:
    """The shape of a class that was imported; what cannot be understood is left out."""
    methods = message.get("methods")
    methods = methods if isinstance(methods, dict) else {}
    by_name = {bare(name): name for name in methods if not name.startswith("_")}
    calls, parameters = {}, {}
    for wanted, others in interface.methods.items():
        name = next((by_name[n] for n in map(bare, (wanted, *others)) if n in by_name), None)
        if name is not None:
            calls[wanted] = clean(name, NAME_CHARS)
            parameters[wanted] = _parameters(methods[name])
    module = clean(str(message.get("module")), NAME_CHARS)
    return Shape(found.name, module, _root(found.shown, module), calls, parameters)


def _parameters(described: object) -> list[Parameter]:
    rows = described if isinstance(described, list) else []
    usual = [Parameter(str(r[0]), str(r[1]), bool(r[2])) for r in rows if len(r) == 3]
    return usual[1:]


def _root(shown: str, module: str) -> str:
    path = shown.removesuffix(".py").removesuffix("/__init__")
    return path.removesuffix(module.replace(".", "/")).strip("/")
