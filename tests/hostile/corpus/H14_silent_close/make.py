"""Lays the spoilt answers over the honest blog."""

from tests.hostile.spoilt_blog import check, write

__all__ = ["check", "write"]
