"""The catalogue: the folders of ``specs/`` as :class:`~grader.domain.project.Project` values."""

from grader.catalog.loader import load_all, load_project, slugs

__all__ = ["load_all", "load_project", "slugs"]
