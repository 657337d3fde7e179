"""A submission: what was handed in, and what exactly it was when it was fetched."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.domain.base import Frozen


class Submission(Frozen):
    """A learner's request to be graded."""

    id: str
    source: str = Field(description="A folder, a git URL, an archive or the URL of a running app")
    project: str = Field(description="Slug")
    ref: str | None = Field(default=None, description="Branch, tag or commit; default: HEAD")
    path: str = Field(default="", description="Sub-folder that holds the project")
    leave_out: str = Field(
        default="",
        description="What is in a local folder and not part of it: where earlier reports are kept",
    )
    remote: bool = Field(
        default=False,
        description="It was handed in over the network: no path of this machine may be read",
    )
    uploaded_as: str = Field(
        default="",
        description="What its author calls the archive, where the source is the worker's own copy",
    )
    seed: int = Field(ge=0, lt=2**63)
    owner: str = Field(
        default="",
        description="Whose it is: built layers are used again for one owner only; default: source",
    )


class FetchedSource(Frozen):
    """What was fetched: pinned, so that the same thing can be graded again."""

    kind: Literal["folder", "git", "archive", "url"] = Field(description="Where it came from")
    location: str = Field(description="As the learner gave it, without credentials")
    ref: str | None = Field(default=None, description="Branch, tag or commit that was asked for")
    commit: str | None = Field(default=None, description="Full object name, for git")
    path: str = Field(default="", description="Sub-folder that holds the project")
    digest: str = Field(default="", description="SHA-256 over names, modes and contents")
    files: int = Field(default=0, ge=0, description="How many files")
    bytes: int = Field(default=0, ge=0, description="How many bytes they have together")
