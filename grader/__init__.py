"""Grader: an automated grading service for backend projects."""

from importlib.metadata import version

__version__ = version("grader")
