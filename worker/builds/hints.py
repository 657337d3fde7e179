"""One thing to try after a failed build, from what its log says."""

from __future__ import annotations

import re

from grader.domain.text import clean as cleaned

# Patterns are slow on what a hostile build could print: only so much is looked at.
MOST_LINES, LONGEST_LINE = 500, 1000
# A build that prints more than some MiB is ended; cleaned text may be longer than what it was.
LONGEST_LOG = 64 * 1024 * 1024
_NO_COMPILER = (
    r"(?:\bgcc|\bcc|\bg\+\+|\bclang|\bcc1|\bmake)[\"':]?[: ].*(?:not found|No such file|failed)"
    r"|No such file or directory: '[\w-]*(?:gcc|cc|make)'|C compiler or Python headers"
)
_OTHER_PYTHON = r"does not satisfy Python([<>=!~][\d.,<>=!~]*) and ([\w.=<>~!-]+)"
# What a log says where an image lacks something that the one asked for has.
_LACKING = {
    "apk": r"\bapk: (?:command )?not found",
    "compilers": rf"{_NO_COMPILER}|pg_config executable not found",
    "git": r"\bgit: (?:command )?not found|[Cc]annot find command .git.|directory: 'git'",
    "curl": r"\b(?:curl|wget): (?:command )?not found",
}

# (what the log says, one thing to try); the first that matches speaks. The patterns are made from
# messages of pip 24, uv 0.9, npm 10, apt 2.6 and Docker 20.10 as they were seen.
_CAUSES = [
    (
        r"pg_config executable not found",
        "list psycopg2-binary instead of psycopg2: it needs no PostgreSQL to build",
    ),
    (
        r"mysql_config not found|Can not find valid pkg-config name",
        "list PyMySQL instead of mysqlclient, or install default-libmysqlclient-dev first",
    ),
    (
        _NO_COMPILER,
        "a package has to be compiled: list a version that has a ready-made build for this Python,"
        " or install build-essential first",
    ),
    (
        _OTHER_PYTHON,
        "{1} needs Python {0}: ask for it in a file .python-version, or use another version of it",
    ),
    (
        r"[Bb]ecause ([\w.\[\]-]+) was not found in the package registry",
        "PyPI has no package called {0}: check its spelling",
    ),
    (
        r"[Bb]ecause there (?:is|are) no versions? of ([^\s,]+)",
        "PyPI has no such version of {0}: change the line that asks for it",
    ),
    (
        r"No matching distribution found for ([^\s]+)",
        "PyPI has no version that fits {0}: check the spelling and the version",
    ),
    (
        r"No solution found when resolving|ResolutionImpossible",
        "the versions asked for do not fit together: the log says which; loosen one of them",
    ),
    (
        r"requires a different Python: [\d.]+ not in '([^']+)'",
        "the project asks for Python {0}: build on an image of that version",
    ),
    (
        r"Couldn't parse requirement|Failed to parse|Invalid requirement",
        "a line of the requirements file cannot be read: the log names it",
    ),
    (
        r"^ *SyntaxError: ([^\n]*)",
        "the code that runs during the build has a mistake: {0}",
    ),
    (
        r"Failed to (?:download and )?build `?([\w.=-]+)",
        "{0} could not be built: ask for a newer version of it",
    ),
    (
        r"[Mm]issing script:? [\"']?([\w:-]+)",
        'add a script "{0}" to package.json',
    ),
    (
        r"npm (?:ERR!|error) 404 +'?((?:@[\w.-]+/)?[\w.-]+)@",
        "npm has no package {0}: check its spelling and version in package.json",
    ),
    (
        r"npm (?:ERR!|error) notarget No matching version found for ([^\s]+?)\.?$",
        "npm has no such version of {0}: change package.json",
    ),
    (
        r"npm (?:ERR!|error) code ERESOLVE",
        "the versions in package.json do not fit together: `npm install` shows the same",
    ),
    (
        r"npm (?:ERR!|error) code EJSONPARSE",
        "package.json is no valid JSON: the log says where",
    ),
    (
        r"npm (?:ERR!|error) code EUSAGE",
        "package-lock.json does not match package.json: run `npm install` and commit the lock file",
    ),
    (
        r"error TS\d+:",
        "TypeScript found a mistake: `npm run build` shows the same",
    ),
    (
        r"COPY failed: (?:file not found in build context[^:]*: )?(?:stat )?([^\s:]+)",
        "{0} is not in the repository (or .dockerignore leaves it out): commit it",
    ),
    (
        r"E: Unable to locate package ([^\s]+)",
        "Debian has no package {0}: check its spelling; run `apt-get update` in the same RUN",
    ),
    (
        r"Could not resolve host|Temporary failure in name resolution|Tunnel connection failed: 403"
        r"|CONNECT tunnel failed|Failed to connect to|Could not connect to",
        "builds reach package registries and nothing else: take what you need from one of them",
    ),
    (
        r"(?:ModuleNotFoundError|ImportError): ([^\n]*)",
        "the build ran code that fails: {0}",
    ),
    (
        r"/bin/(?:ba)?sh: (?:line )?(?:\d+: )?([\w./-]+): (?:command )?not found",
        "the base image has no program {0}: install it in a step before",
    ),
    (r"[Pp]ermission denied", "a file may not be used: look at its mode and at USER"),
]
_PATTERNS = [(re.compile(pattern, re.MULTILINE), words) for pattern, words in _CAUSES]
_OTHER = "the last lines of the log say why; `docker build .` shows the same"


def hint(log: str) -> str:
    """One thing to try."""
    needed = _python_needed(log)
    if needed:
        return needed
    end = "\n".join(line[:LONGEST_LINE] for line in log.split("\n")[-MOST_LINES:])
    for pattern, words in _PATTERNS:
        found = pattern.search(end)
        if found:
            return words.format(*found.groups(""))
    return _OTHER


def python_needed(log: str) -> tuple[str, str]:
    """A requirement that another Python would meet, and which (``>=3.12``); empty without one."""
    found = re.search(_OTHER_PYTHON, log[-20_000:])
    return (found.group(2), found.group(1)) if found else ("", "")


def lacks(thing: str, log: str) -> bool:
    """Whether a build failed because its image lacks something (``apk``, ``compilers`` …)."""
    end = "\n".join(line[:LONGEST_LINE] for line in log.split("\n")[-MOST_LINES:])
    return thing in _LACKING and bool(re.search(_LACKING[thing], end))


def clean(text: str) -> str:
    """Text fit to be shown; a line that was written over itself as it ended."""
    plain = text.replace("\r\n", "\n")
    if "\r" in plain:
        plain = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in plain.split("\n"))
    return cleaned(plain, LONGEST_LOG)


def _python_needed(log: str) -> str:
    """pip lists the versions that need another Python far from what it says at the end."""
    found = re.search(r"No matching distribution found for ([\w.-]+)==([\w.]+)", log[-20_000:])
    at = log.find(f" {found.group(2)} Requires-Python ") if found else -1
    if not found or at < 0:
        return ""
    python = log[at : at + 200].split(" Requires-Python ", 1)[1].split(";")[0].split("\n")[0]
    return f"{found.group(1)} {found.group(2)} needs Python {python}: build on such an image"
