"""People who use an app, made up."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from harnesses.kit.credentials import Shape

FIRST = ("Ada", "Bela", "Carla", "Dario", "Edda", "Fabian", "Greta", "Henrik", "Ines", "Jonas")
LAST = ("Berg", "Costa", "Dahl", "Egger", "Fischer", "Garcia", "Holm", "Ivanova", "Jensen", "Kraus")


@dataclass(frozen=True)
class Account:
    """What somebody registers with; nobody else has the same e-mail or user name."""

    name: str
    email: str
    username: str
    password: str

    def body(self, shape: Shape) -> dict[str, str]:
        """What is sent."""
        parts = vars(self)
        return {name: parts[part] for name, part in shape.fields}


@dataclass(frozen=True)
class Person:
    """Somebody with an account, who proves it with these headers."""

    account: Account
    token: str
    headers: Mapping[str, str]


def made_up(rng: Random) -> Account:
    """Somebody new. The password has what most rules ask for: 14 characters of four kinds."""
    first, last = rng.choice(FIRST), rng.choice(LAST)
    unique = "".join(rng.choices(string.ascii_lowercase, k=8))
    username = f"{first}{unique}".lower()
    letters = "".join(rng.choices(string.ascii_lowercase, k=7))
    password = f"{rng.choice(string.ascii_uppercase)}{letters}{rng.randint(1000, 9999)}!x"
    return Account(f"{first} {last}", f"{username}@example.com", username, password)
