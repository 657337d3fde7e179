"""Says why a build failed, in words that a learner can act on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.domain.evidence import LogTail
from grader.domain.report import Note
from grader.errors import GraderError, PlatformError, SubmissionError
from grader.settings import Settings
from worker.builds.plan import BuildPlan, ResolvedBase, note
from worker.sandbox.image_build import BuildEnd, BuildError

# What a log says where the base lacks something.
_LACKING = {
    "apk": r"\bapk: (?:command )?not found",
    "compilers": r"(?:gcc|cc|g\+\+|make)[\"':]?.*(?:not found|No such file)|pg_config executable",
    "git": r"\bgit: (?:command )?not found|Cannot find command .git.|\[Errno 2\].*'git'",
    "curl": r"\b(?:curl|wget): (?:command )?not found",
}
TAIL_LINES = 40
HINT_LINES, HINT_CHARS = 500, 1000
TAIL_CHARS = 8000
# Colours, cursor movements, and what else is no text.
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOISE = re.compile(r"^(?: ---> |Removing intermediate container |Successfully (?:built|tagged) )")


@dataclass(frozen=True, slots=True)
class _Cause:
    """A well-known cause: what its log looks like, and one thing to try."""

    pattern: re.Pattern[str]
    hint: Callable[[re.Match[str]], str]


def _cause(pattern: str, hint: str) -> _Cause:
    return _Cause(re.compile(pattern, re.MULTILINE), lambda match: hint.format(*match.groups("")))


# The first that matches speaks. Patterns were taken from the messages of pip, uv, npm and apt.
_CAUSES = (
    _cause(
        r"pg_config executable not found|Error: pg_config",
        "list psycopg2-binary instead of psycopg2: it needs no PostgreSQL to build",
    ),
    _cause(
        r"mysql_config not found|Can not find valid pkg-config name|mysqlclient.*pkg-config",
        "list PyMySQL instead of mysqlclient, or install default-libmysqlclient-dev first",
    ),
    _cause(
        r"(?:gcc|cc|g\+\+|clang|cc1|x86_64-linux-gnu-gcc)[\"':]?[: ].*"
        r"(?:not found|No such file|failed)",
        "a package has to be compiled: list a version that has a ready-made build for this Python,"
        " or install build-essential first",
    ),
    _cause(
        r"Because ([\w.\[\]-]+) was not found in the package registry",
        "PyPI has no package called {0}: check its spelling",
    ),
    _cause(
        r"No matching distribution found for ([^\s]+)",
        "PyPI has no version that fits {0}: check the spelling and the version",
    ),
    _cause(
        r"Because there (?:is|are) no versions? of ([^\s]+)",
        "PyPI has no such version of {0}: change the line that asks for it",
    ),
    _cause(
        r"[Bb]ecause only .* available and|No solution found when resolving",
        "the versions asked for do not fit together: the log says which; loosen one of them",
    ),
    _cause(
        r"(?:Requires-Python|requires Python|requires a different Python)[^\n]*?"
        r"([<>=!~][\d.,<>=!* ]+)",
        "a package needs Python {0}: ask for that Python (.python-version), or for another version"
        " of the package",
    ),
    _cause(
        r"Failed to (?:build|download and build) `?([\w.=-]+)",
        "{0} could not be built: ask for a newer version of it",
    ),
    _cause(
        r"Couldn't parse requirement|Failed to parse(?: .*requirements)?|Invalid requirement",
        "a line of the requirements file cannot be read: the log names it",
    ),
    _cause(
        r"[Mm]issing script:? [\"']?([\w:-]+)",
        'add a script "{0}" to package.json',
    ),
    _cause(
        r"npm (?:ERR!|error) 404 .*?'?((?:@[\w.-]+/)?[\w.-]+)@",
        "npm has no package {0}: check its spelling and version in package.json",
    ),
    _cause(
        r"npm (?:ERR!|error) code ERESOLVE",
        "the versions in package.json do not fit together: `npm install` shows the same",
    ),
    _cause(
        r"npm (?:ERR!|error) code EUSAGE|npm ci. can only install",
        "package-lock.json does not match package.json: run `npm install` and commit the lock file",
    ),
    _cause(
        r"npm (?:ERR!|error) code EJSONPARSE",
        "package.json is no valid JSON: the log says where",
    ),
    _cause(
        r"error TS\d+:",
        "TypeScript found a mistake: `npm run build` shows the same",
    ),
    _cause(
        r"COPY failed: (?:file not found in build context[^:]*: )?(?:stat )?([^\s:]+)",
        "{0} is not in the repository (or .dockerignore leaves it out): commit it",
    ),
    _cause(
        r"E: Unable to locate package ([^\s]+)",
        "Debian has no package {0}: check its spelling; run `apt-get update` in the same RUN",
    ),
    _cause(
        r"(?:Could not resolve host|Temporary failure in name resolution"
        r"|Tunnel connection failed: 403|CONNECT tunnel failed"
        r"|Failed to connect to|Could not connect to)[^\n]*",
        "builds reach package registries and nothing else: take what you need from one of them",
    ),
    _cause(
        r"SyntaxError: ([^\n]*)",
        "the code that runs during the build has a mistake: {0}",
    ),
    _cause(
        r"(?:ModuleNotFoundError|ImportError): ([^\n]*)",
        "the build ran code that fails: {0}",
    ),
    _cause(
        r"/bin/sh: \d+: ([\w./-]+): not found|([\w./-]+): command not found",
        "the base image has no program {0}{1}: install it in a step before",
    ),
    _cause(r"[Pp]ermission denied", "a file may not be used: look at its mode and at USER"),
)
_OTHER_HINT = "the last lines of the log say why; `docker build .` shows the same"

# What a step of a Dockerfile of ours does.
_OUR_STEPS = {
    "npm run build": "`npm run build`",
    "install.sh": "the installation of the dependencies",
    "npm ": "the installation of the dependencies",
    "COPY": "the copying of the files",
}

_LIMITS = {
    BuildEnd.TIMEOUT: "build.timeout",
    BuildEnd.MEMORY: "build.memory",
    BuildEnd.PIDS: "build.pids",
    BuildEnd.DISK: "build.disk",
    BuildEnd.OUTPUT: "build.output",
    BuildEnd.CANCELLED: "build.cancelled",
}


def explain(error: BuildError, plan: BuildPlan, settings: Settings) -> GraderError:
    """The error to show for a build that made no image.

    A build on an older base than was asked for may fail because of it: that is ours.
    """
    tail = log_tail(error.log)
    step = _step(error.step, plan)
    code = _LIMITS.get(error.kind)
    if code:
        return SubmissionError(
            code,
            log=tail.text,
            step=step,
            seconds=settings.build_timeout,
            memory=settings.build_memory_mb,
            pids=settings.build_pids,
            disk=settings.image_size_mb,
            detail=clean(error.detail),
        )
    text = clean(f"{error.log}\n{error.detail}")
    ours = next((base for base in plan.bases if _is_to_blame(base, text)), None)
    if ours:
        return PlatformError(
            "build.other_base", log=tail.text, wanted=ours.requested, used=ours.reference
        )
    return SubmissionError(
        "build.failed", log=tail.text or clean(error.detail), step=step, advice=hint(text)
    )


def _is_to_blame(base: ResolvedBase, log: str) -> bool:
    """A build that fails for what stands in for its base, not for what is in it."""
    return base.downgraded or any(
        re.search(_LACKING[thing], log) for thing in base.lacks if thing in _LACKING
    )


def hint(log: str) -> str:
    """One thing to try, from what the log says."""
    # Bounded, because patterns are slow on what a hostile build could print.
    end = "\n".join(line[:HINT_CHARS] for line in log.split("\n")[-HINT_LINES:])
    for cause in _CAUSES:
        found = cause.pattern.search(end)
        if found:
            return cause.hint(found)
    return _OTHER_HINT


def remarks(log: str) -> list[Note]:
    """What the learner should know of a build that went well."""
    compiled = re.search(r"^(A pinned version has no ready-made build[^;\n]*)", log, re.MULTILINE)
    if not compiled:
        return []
    names = ", ".join(dict.fromkeys(re.findall(r"^ +Built ([\w.=-]+)", clean(log), re.MULTILINE)))
    return [note(f"{compiled.group(1)}, so {names or 'it'} was compiled, which takes long")]


def log_tail(log: str) -> LogTail:
    """The last lines of a build log, without control signs and the builder's own chatter."""
    lines = [line.rstrip() for line in clean(log).split("\n")]
    lines = [line for line in lines if line and not _NOISE.match(line)]
    kept = lines[-TAIL_LINES:]
    text = "\n".join(line[:500] for line in kept)[-TAIL_CHARS:]
    return LogTail(title="build log", text=text, dropped_lines=len(lines) - len(kept))


def clean(text: str) -> str:
    """Text without colours and control signs; a line written over itself as it ended."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n"))
    if "\r" in plain:
        plain = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in plain.split("\n"))
    return plain


def _step(step: str | None, plan: BuildPlan) -> str:
    """The step in the learner's words: of ours only what it does."""
    if step is None:
        return "the beginning, before the first step"
    if plan.recipe != "dockerfile":
        words = next((words for sign, words in _OUR_STEPS.items() if sign in step), "")
        if words:
            return words
    one_line = " ".join(clean(step).split())
    return one_line if len(one_line) <= 120 else f"{one_line[:119]}…"
