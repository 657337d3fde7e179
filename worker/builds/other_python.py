"""A second try with another Python, where the first one showed that a requirement needs it.

Which Python a version of a package needs only its index knows, and detection asks nobody.
"""

from __future__ import annotations

from dataclasses import replace

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from worker.builds.hints import python_needed
from worker.builds.plan import Bases, BuildPlan, ResolvedBase, note


class OtherPython:
    """Base images of which only some versions of Python are offered.

    Args:
        bases: All of them.
        versions: The versions of Python to choose from.
        requirement: What needs one of them.
    """

    def __init__(self, bases: Bases, versions: tuple[str, ...], requirement: str) -> None:
        self._bases, self._versions, self._requirement = bases, versions, requirement

    @classmethod
    def for_failure(cls, log: str, plan: BuildPlan, bases: Bases) -> OtherPython | None:
        """The images to try again with; None if that would not help."""
        requirement, python = python_needed(log)
        if plan.recipe not in ("python", "procfile") or not requirement or isinstance(bases, cls):
            return None
        try:
            wanted = SpecifierSet(python.rstrip(","))
        except InvalidSpecifier:
            return None
        # The last micro version: ">=3.11.4" is met by the operator's 3.11.
        fitting = [v for v in bases.versions("python") if Version(f"{v}.99") in wanted]
        return cls(bases, tuple(fitting), requirement) if fitting else None

    def resolve(self, reference: str) -> ResolvedBase:
        return self._bases.resolve(reference)

    def recipe(self, repository: str, version: str) -> ResolvedBase:
        return self._bases.recipe(repository, version)

    def versions(self, repository: str) -> tuple[str, ...]:
        return self._versions if repository == "python" else self._bases.versions(repository)

    def remark(self, plan: BuildPlan) -> BuildPlan:
        """The plan with a note on why it has another Python than usual."""
        text = f"{plan.bases[0].requested} was used, because {self._requirement} needs it"
        return replace(plan, notes=(*plan.notes, note(text)))
