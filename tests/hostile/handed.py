"""What is handed in where that is not simply the row's folder."""

from __future__ import annotations

from dataclasses import dataclass

from tests.hostile.rows import Expect


@dataclass(frozen=True)
class Handed:
    """One submission of a row that makes several.

    Attributes:
        source: A path or an address.
        ref: The branch, tag or commit that is asked for.
        path: The folder that is asked for.
        owner: Whose it is, where that is somebody else than whose the row's others are.
        code: The code of the problem of this one's report; the row's where it is empty.
        says: Words that the learner must see, beside those of the row.
    """

    source: str
    ref: str | None = None
    path: str = ""
    owner: str = ""
    code: str = ""
    says: tuple[str, ...] = ()

    def expected(self, of_row: Expect) -> Expect:
        """How it must end: as the row says, and as this one says."""
        return of_row.model_copy(
            update={"code": self.code or of_row.code, "says": of_row.says + self.says}
        )
