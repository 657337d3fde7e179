"""Puts what extra.py says into the app."""

from tests.hostile.cheats import with_extra

write = with_extra
