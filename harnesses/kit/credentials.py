"""How an app knows who is asking: what is sent with a request, and what was learnt about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """Where a token stands in a request."""

    header: str
    prefix: str = ""

    def headers(self, token: str) -> dict[str, str]:
        return {self.header: f"{self.prefix}{token}"}

    def __str__(self) -> str:
        return f"{self.header}: {self.prefix}<token>"


CARRIERS = (
    Carrier("Authorization", "Bearer "),
    Carrier("Authorization"),
    Carrier("Authorization", "Token "),
    Carrier("Authorization", "JWT "),
    Carrier("X-Access-Token"),
    Carrier("X-Auth-Token"),
    Carrier("X-Token"),
    Carrier("X-API-Key"),
    Carrier("Token"),
)
"""In the order in which they are tried; the first two are what most briefs ask for."""


@dataclass(frozen=True)
class Shape:
    """A body that an app takes: its fields, and whether it is a form instead of JSON.

    ``fields`` maps the app's name to a part of an account: name, email, username or password.
    """

    fields: tuple[tuple[str, str], ...]
    form: bool = False

    def __str__(self) -> str:
        kind = "a form with " if self.form else ""
        return kind + ", ".join(name for name, _ in self.fields)


@dataclass
class Ways:
    """What is known of how an app does it; None until it was found out."""

    register: Shape | None = None
    login: Shape | None = None
    carrier: Carrier | None = None
