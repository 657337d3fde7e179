"""Load on the blogging platform: mostly readers, some writers, some who search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from harnesses.blogging_platform_api import data, searching, steps
from harnesses.kit import Api, CheckFailed, Reply, expect
from harnesses.kit.load import LoadScenario, LoadUser, task

POSTS = 30
TOPICS = 6
ROOM = 40
READ_BACK = 12


@dataclass(frozen=True)
class Post:
    """A post; its title, content and category hold the word ``topic``, as others about it do."""

    id: str
    title: str
    topic: str


class Readers(LoadScenario):
    """70 % read one post or all of them, 20 % write, 10 % search.

    The list has no pages, and a quick app must not get more of its own posts to send than a slow
    one: writers delete what they wrote once there are :data:`ROOM` posts of theirs.

    What an app gets wrong when it is asked alone is no matter of load: it is not looked at here.
    """

    def prepare(self, api: Api) -> None:
        self.parameter = searching.search_parameter(api, self.random)
        self.deletes = holds(lambda: self._delete_one_of_three(api))
        topics = [data.word(self.random) for _ in range(TOPICS)]
        self.posts = [self._create(api, topic) for topic in topics * (POSTS // TOPICS)]
        self.written: list[Post] = []
        self.room = ROOM
        first = self.posts[0]
        self.lists = holds(lambda: expect_posts(api.get("/posts"), self.posts))
        self.finds = holds(
            lambda: expect_posts(
                api.get("/posts", params={self.parameter: first.topic}), self._about(first.topic)
            )
        )

    def _create(self, api: Api, topic: str) -> Post:
        body = new_post(self.random, topic)
        return Post(str(steps.create(api, body)), body["title"], topic)

    def _delete_one_of_three(self, api: Api) -> None:
        first, extra, last = [self._create(api, data.word(self.random)) for _ in range(3)]
        expect(api.delete(f"/posts/{extra.id}")).deleted()
        expect(api.get(f"/posts/{extra.id}")).missing()
        for kept in (first, last):
            expect(api.get(f"/posts/{kept.id}")).ok().field("title").equals(kept.title)

    def _about(self, topic: str) -> list[Post]:
        return [post for post in self.posts if post.topic == topic]

    @task(6)
    def read_one(self, user: LoadUser) -> None:
        post = user.random.choice(self.posts)
        answer = user.get("/posts/{id}", id=post.id)
        expect(answer).ok().field("title").equals(post.title)

    @task(1)
    def read_all(self, user: LoadUser) -> None:
        answer = user.get("/posts")
        expect(answer).ok()
        if self.lists:
            expect_posts(answer, self.posts)

    @task(2)
    def write(self, user: LoadUser) -> None:
        if self.room > 0:
            self._write(user)
        elif self.deletes and self.written:
            post = self.written.pop(0)
            self.room += 1
            expect(user.delete("/posts/{id}", id=post.id)).deleted()
        else:
            self.read_one(user)

    def _write(self, user: LoadUser) -> None:
        self.room -= 1
        topic = data.word(user.random)
        body = new_post(user.random, topic)
        answer = user.post("/posts", json=body)
        expect(answer).created()
        shown = steps.shown_post(answer)
        if "title" in shown:
            expect(answer).field("title").equals(body["title"])
        if "id" in shown:
            self.written.append(Post(str(shown["id"]), body["title"], topic))

    @task(1)
    def search(self, user: LoadUser) -> None:
        topic = user.random.choice(self.posts).topic
        answer = user.get(f"/posts?{self.parameter}={{term}}", term=topic)
        if self.finds:
            expect_posts(answer, self._about(topic))

    def after(self, api: Api) -> None:
        """What was written under load is there, each post with its own title."""
        fresh = self._create(api, data.word(self.random))
        for post in [fresh, *self.written[-READ_BACK:], *self.posts[:READ_BACK]]:
            answer = api.get(f"/posts/{post.id}")
            expect(answer).ok().field("title").equals(post.title)


def new_post(random: Random, topic: str) -> dict[str, Any]:
    """A post as a client sends it, about a topic, with a title of its own."""
    body = data.about(random, topic, "title", "content", "category")
    body["title"] += f", by {data.word(random)}"
    return body


def holds(step: Callable[[], object]) -> bool:
    """Whether an app does something right when nobody else asks."""
    try:
        step()
    except CheckFailed:
        return False
    return True


def expect_posts(answer: Reply, posts: list[Post]) -> None:
    """The answer lists these posts, and perhaps others."""
    expect(answer).ok()
    listed = set(steps.ids(answer.records()))
    missing = [post.id for post in posts if post.id not in listed]
    if missing:
        raise CheckFailed(
            f"the list in the answer to {answer.request} lacks posts that are there",
            expected=f"{len(posts)} posts that nobody had changed",
            actual=f"{steps.named(missing)} missing",
            exchange=answer.exchange,
        )
