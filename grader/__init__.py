"""Grader: an automated grading service for backend projects."""

__version__ = "0.1.0"
