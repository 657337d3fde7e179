"""Load on the to-do list: people who look at their own lists, and write now and then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harnesses.kit import Api, CheckFailed, Reply, expect
from harnesses.kit.auth import Person, sign_up
from harnesses.kit.load import LoadScenario, LoadUser, task
from harnesses.todo_list_api import data, paging, steps

PEOPLE = 8
KEPT = 10
ROOM = 6
PAGE = 5
LAST_PAGE = 10


@dataclass
class Owner:
    """Somebody with a list of their own; every title on it holds ``mark``."""

    person: Person
    mark: str
    kept: list[str]
    written: list[str] = field(default_factory=list)


class ListsOfTheirOwn(LoadScenario):
    """80 % look at a page of their list, 15 % write or delete, 5 % change.

    Each user of the load is somebody else, with a token from before the measured time: hashing
    passwords is slow on purpose. Lists stay short: who has :data:`ROOM` new to-dos deletes one.

    What an app gets wrong when it is asked alone is no matter of load: it is not looked at here.
    """

    def prepare(self, api: Api) -> None:
        self.owners = [self._moves_in(api) for _ in range(PEOPLE)]
        mine = api.acting(self.owners[0].person.headers)
        self.paging = paging.paging_of(mine)
        self.pages = holds(lambda: self._look_alone(mine, self.owners[0]))
        self.deletes = holds(lambda: self._delete_one(mine, self.owners[0]))

    def _moves_in(self, api: Api) -> Owner:
        owner = Owner(sign_up(api, self.random), data.word(self.random), [])
        mine = api.acting(owner.person.headers)
        owner.kept = [str(steps.create(mine, self._todo(owner))) for _ in range(KEPT)]
        return owner

    def _todo(self, owner: Owner) -> dict[str, str]:
        body = data.todo(self.random)
        return {**body, "title": f"{body['title']} {owner.mark}"}

    def _look_alone(self, mine: Api, owner: Owner) -> None:
        expect_own(mine.get("/todos", params=self.paging.params(1, PAGE)), owner)

    def _delete_one(self, mine: Api, owner: Owner) -> None:
        extra = steps.create(mine, self._todo(owner))
        expect(mine.delete(f"/todos/{extra}")).deleted()
        steps.expect_gone(mine, extra)

    def _owner(self, user: LoadUser) -> Owner:
        owner = self.owners[user.number % PEOPLE]
        user.headers = owner.person.headers
        return owner

    @task(16)
    def look(self, user: LoadUser) -> None:
        owner = self._owner(user)
        names = self.paging.params(user.random.randint(1, KEPT // PAGE), PAGE)
        template = f"/todos?{self.paging.page}={{page}}&{self.paging.size}={{size}}"
        page, size = names.values()
        answer = user.get(template, page=page, size=size)
        if self.pages:
            expect_own(answer, owner)
        else:
            expect(answer).ok()

    @task(3)
    def write(self, user: LoadUser) -> None:
        owner = self._owner(user)
        if len(owner.written) < ROOM:
            self._write(user, owner)
        elif self.deletes:
            expect(user.delete("/todos/{id}", id=owner.written.pop(0))).deleted()
        else:
            self.look(user)

    def _write(self, user: LoadUser, owner: Owner) -> None:
        body = data.todo(user.random)
        body["title"] += f" {owner.mark}"
        answer = user.post("/todos", json=body)
        expect(answer).created()
        shown = answer.record()
        if "title" in shown:
            expect(answer).field("title").equals(body["title"])
        if "id" in shown:
            owner.written.append(str(shown["id"]))

    @task(1)
    def change(self, user: LoadUser) -> None:
        owner = self._owner(user)
        body = data.todo(user.random)
        body["title"] += f" {owner.mark}"
        answer = user.put("/todos/{id}", json=body, id=user.random.choice(owner.kept))
        expect(answer).status(*steps.CHANGED)

    def after(self, api: Api) -> None:
        """What was written under load is there, and nobody has anything of somebody else's."""
        if not self.pages:
            return
        for owner in self.owners:
            mine = api.acting(owner.person.headers)
            shown: set[str] = set()
            # A DELETE that failed under load leaves a to-do more than there should be.
            for page in range(1, LAST_PAGE + 1):
                answer = mine.get("/todos", params=self.paging.params(page, KEPT))
                if page == 1:
                    expect_own(answer, owner)
                records = answer.records() if answer.status == 200 else []
                shown |= {str(record.get("id")) for record in records}
                if len(records) < KEPT:
                    break
            lost = [one for one in (*owner.kept, *owner.written) if one not in shown]
            expect(len(lost), "the number of to-dos that were lost under load", answer).equals(0)


def holds(step: Callable[[], object]) -> bool:
    """Whether an app does something right when nobody else asks."""
    try:
        step()
    except CheckFailed:
        return False
    return True


def expect_own(answer: Reply, owner: Owner) -> None:
    """The answer lists to-dos, and all of them are the owner's."""
    expect(answer).ok()
    titles = [str(record.get("title")) for record in answer.records()]
    strange = [title for title in titles if owner.mark not in title]
    if strange or not titles:
        raise CheckFailed(
            f"the answer to {answer.request} "
            + ("shows what somebody else has written" if strange else "shows nothing"),
            expected="the to-dos of the one who asks",
            actual=f"{len(strange)} of {len(titles)} are somebody else's",
            exchange=answer.exchange,
        )
