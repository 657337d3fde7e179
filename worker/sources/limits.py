"""How large a source may be."""

from __future__ import annotations

from dataclasses import dataclass

from grader.settings import Settings

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one source; each is checked before the bytes it is about are kept."""

    max_bytes: int
    max_files: int
    # Deeper than any honest project: Java packages and monorepos stay below 20.
    max_depth: int = 64
    # A list of names is held in memory.
    max_name_bytes: int = 4 * MIB

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The caps that the operator set."""
        return cls(max_bytes=settings.source_max_mb * MIB, max_files=settings.source_max_files)
