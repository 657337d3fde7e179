"""What is known of one Python module after it was read."""

from __future__ import annotations

from dataclasses import dataclass, field

from worker.builds.python.frameworks import Framework


@dataclass(frozen=True, slots=True)
class App:
    """A variable of a module that holds an app, or a function that returns one.

    Attributes:
        name: Of the variable or function.
        framework: What it is an app of.
        line: Where it stands.
        factory: It is a function.
        maker: What was called to make it (``Flask``), for the sentence in the report.
        needs_arguments: The function cannot be called without arguments.
    """

    name: str
    framework: Framework
    line: int
    factory: bool = False
    maker: str = ""
    needs_arguments: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """One import: dotted module, names taken from it, leading dots, line, whether it may fail."""

    module: str
    names: tuple[str, ...]
    level: int
    line: int
    optional: bool

    @property
    def top(self) -> str:
        """The first part of an absolute import's name; empty for a relative one."""
        return "" if self.level else self.module.split(".")[0]


@dataclass(slots=True)
class Module:
    """What was found in one module.

    Attributes:
        path: Of its file.
        imports: Everything it imports, wherever in it.
        apps: Apps and factories, in order.
        calls: Variable of the module -> full name of the function whose result it holds, line.
        serves: The framework that it serves when it is run as a script; None if it does not.
        can_serve: The framework that some function of it serves.
        runs: It does something when it is run as a script.
        main_only_serves: Its ``__main__`` block does nothing but serve.
        served: What is given to the server: an import string, or the name of a variable.
        port: The port in the code, if one is written there.
        commands: Names of command line commands that it defines (``init-db``).
        strings: Short texts in it that could be names of files.
        error: Why it is no Python for the version in use; empty if it is.
        newer: What is no Python for the version in use looks like syntax of a later one.
    """

    path: str
    imports: list[Import] = field(default_factory=list)
    apps: list[App] = field(default_factory=list)
    calls: dict[str, tuple[str, int]] = field(default_factory=dict)
    serves: Framework | None = None
    can_serve: Framework | None = None
    runs: bool = False
    main_only_serves: bool = False
    served: str = ""
    port: int | None = None
    commands: list[str] = field(default_factory=list)
    strings: set[str] = field(default_factory=set)
    error: str = ""
    newer: bool = False

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.rsplit("/", 1)[-1].removesuffix(".py")
