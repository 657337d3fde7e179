"""Events as GitHub lists them, made for one user.

Fields as GitHub's documentation of event types has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from harnesses.kit.simulators.github import GITHUB, Event, number_of

LISTED_COMMITS = 20
"""GitHub listed no more of a push, however many it had."""
_CONSONANTS, _VOWELS = "bdgklmnprtvz", "aeiou"


def made_up_name(rng: Random, syllables: int = 4) -> str:
    """A name for somebody or something: letters only, and no word of any language on purpose."""
    return "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(syllables))


def made_up_repository(rng: Random) -> str:
    """Owner and name."""
    return f"{made_up_name(rng)}/{made_up_name(rng)}-{made_up_name(rng, 2)}"


def made_up_login(rng: Random) -> str:
    """A user whom nobody knows."""
    return f"{made_up_name(rng)}-{made_up_name(rng, 2)}"


class Feed:
    """Makes events, each older than the one before.

    Args:
        login: Whose they are.
        rng: Source of everything that is made up.
    """

    def __init__(self, login: str, rng: Random) -> None:
        self._login = login
        self._rng = rng
        self._clock = datetime.now(UTC).replace(microsecond=0)

    def push(self, repository: str, commits: int, *, counted: bool = True) -> Event:
        """A push to a branch.

        Args:
            repository: Owner and name.
            commits: How many it had.
            counted: Whether GitHub says so, as it did until 2025.
        """
        payload = {
            "repository_id": number_of(repository),
            "push_id": self._rng.getrandbits(33),
            "ref": "refs/heads/main",
            "head": self._sha(),
            "before": self._sha(),
        }
        if counted:
            listed = [self._commit(repository) for _ in range(min(commits, LISTED_COMMITS))]
            payload |= {"size": commits, "distinct_size": commits, "commits": listed}
        return self._event("PushEvent", repository, payload)

    def issue(self, repository: str, action: str = "opened") -> Event:
        """Something that happened to an issue."""
        number = self._rng.randrange(100, 999)
        issue = {
            "url": f"https://{GITHUB}/repos/{repository}/issues/{number}",
            "html_url": f"https://github.com/{repository}/issues/{number}",
            "id": self._rng.getrandbits(31),
            "number": number,
            "title": made_up_name(self._rng, 6).title(),
            "user": self._actor(),
            "labels": [],
            "state": "closed" if action == "closed" else "open",
            "comments": 0,
            "body": None,
        }
        return self._event("IssuesEvent", repository, {"action": action, "issue": issue})

    def star(self, repository: str) -> Event:
        """A star; its name is of a time when there were none."""
        return self._event("WatchEvent", repository, {"action": "started"})

    def fork(self, repository: str) -> Event:
        """A fork of a repository, to the user's own."""
        name = repository.partition("/")[2]
        forkee = {
            "id": self._rng.getrandbits(31),
            "name": name,
            "full_name": f"{self._login}/{name}",
            "owner": self._actor(),
            "private": False,
            "fork": True,
        }
        return self._event("ForkEvent", repository, {"action": "forked", "forkee": forkee})

    def create(self, repository: str, branch: str | None = None) -> Event:
        """A new branch, or without one a new repository."""
        payload = {
            "ref": branch,
            "ref_type": "branch" if branch else "repository",
            "full_ref": f"refs/heads/{branch}" if branch else "",
            "master_branch": "main",
            "description": None,
            "pusher_type": "user",
        }
        return self._event("CreateEvent", repository, payload)

    def pull_request(self, repository: str, action: str = "opened") -> Event:
        """Something that happened to a pull request."""
        number = self._rng.randrange(100, 999)
        request = {
            "url": f"https://{GITHUB}/repos/{repository}/pulls/{number}",
            "html_url": f"https://github.com/{repository}/pull/{number}",
            "id": self._rng.getrandbits(31),
            "number": number,
            "state": "open",
            "title": made_up_name(self._rng, 6).title(),
            "user": self._actor(),
            "body": None,
            "merged": False,
            "head": {"ref": "patch", "sha": self._sha()},
            "base": {"ref": "main", "sha": self._sha()},
        }
        payload = {"action": action, "number": number, "pull_request": request}
        return self._event("PullRequestEvent", repository, payload)

    def _event(self, kind: str, repository: str, payload: Mapping[str, Any]) -> Event:
        self._clock -= timedelta(seconds=self._rng.randrange(60, 7200))
        return {
            "id": str(self._rng.randrange(10**10, 10**11)),
            "type": kind,
            "actor": self._actor(),
            "repo": {
                "id": number_of(repository),
                "name": repository,
                "url": f"https://{GITHUB}/repos/{repository}",
            },
            "payload": dict(payload),
            "public": True,
            "created_at": self._clock.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _actor(self) -> dict[str, Any]:
        number = number_of(self._login)
        return {
            "id": number,
            "login": self._login,
            "display_login": self._login,
            "gravatar_id": "",
            "url": f"https://{GITHUB}/users/{self._login}",
            "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?",
        }

    def _commit(self, repository: str) -> dict[str, Any]:
        sha = self._sha()
        return {
            "sha": sha,
            "author": {"email": f"{self._login}@example.com", "name": self._login},
            "message": f"Mend {made_up_name(self._rng)}",
            "distinct": True,
            "url": f"https://{GITHUB}/repos/{repository}/commits/{sha}",
        }

    def _sha(self) -> str:
        return f"{self._rng.getrandbits(160):040x}"
