"""Load on the blogging platform: mostly readers, some writers, some who search."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from harnesses.blogging_platform_api import data, steps
from harnesses.kit import Api, Reply, expect
from harnesses.kit.load import LoadScenario, LoadUser, task

POSTS = 40
TOPICS = 8


@dataclass(frozen=True)
class Post:
    """A post that nobody changes while the load lasts; ``topic`` is a word of its content."""

    id: str
    title: str
    topic: str


class Readers(LoadScenario):
    """70 % read one post or all of them, 20 % write, 10 % search.

    The list has no pages, so the data set stays small: what is written in a run of the usual
    length makes a few hundred posts.
    """

    def prepare(self, api: Api) -> None:
        self.topics = [data.word(self.random) for _ in range(TOPICS)]
        self.posts = [self._create(api, self.random.choice(self.topics)) for _ in range(POSTS)]

    def _create(self, api: Api, topic: str) -> Post:
        body = new_post(self.random, topic)
        return Post(str(steps.create(api, body)), body["title"], topic)

    @task(6)
    def read_one(self, user: LoadUser) -> None:
        post = user.random.choice(self.posts)
        answer = user.get("/posts/{id}", id=post.id)
        expect(answer).ok().field("title").equals(post.title)

    @task(1)
    def read_all(self, user: LoadUser) -> None:
        expect_posts(user.get("/posts"), self.posts)

    @task(2)
    def write(self, user: LoadUser) -> None:
        answer = user.post("/posts", json=new_post(user.random, data.word(user.random)))
        expect(answer).created()

    @task(1)
    def search(self, user: LoadUser) -> None:
        topic = user.random.choice(self.topics)
        answer = user.get("/posts?term={term}", term=topic)
        expect_posts(answer, [post for post in self.posts if post.topic == topic])

    def after(self, api: Api) -> None:
        post = self._create(api, data.word(self.random))
        answer = api.get(f"/posts/{post.id}")
        expect(answer).ok().field("title").equals(post.title)


def new_post(random: Random, topic: str) -> dict[str, str]:
    """A post as a client sends it, about a topic."""
    return data.post(random, content=f"{data.sentence(random)} {topic} {data.sentence(random)}")


def expect_posts(answer: Reply, posts: list[Post]) -> None:
    """The answer lists these posts, and perhaps others."""
    expect(answer).ok()
    listed = set(steps.ids(answer.records()))
    missing = [post.id for post in posts if post.id not in listed]
    expect(missing, f"the list of posts missing in the answer to {answer.request}", answer).empty()
