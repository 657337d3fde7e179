"""Load on the unit converter: visitors who convert, and some who only look."""

from __future__ import annotations

from random import Random
from urllib.parse import urlsplit

from harnesses.kit import Api, CheckFailed, Reply, expect
from harnesses.kit.load import LoadScenario, LoadUser, task
from harnesses.kit.pages import Page, Site
from harnesses.kit.pages.site import ACCEPT, form_data
from harnesses.unit_converter.converters import Converter, converter, expect_result
from harnesses.unit_converter.numbers import says
from harnesses.unit_converter.units import LENGTH, Unit, named

WAYS = (("mile", "kilometer"), ("kilometer", "mile"), ("yard", "inch"), ("foot", "centimeter"))


class Conversions(LoadScenario):
    """80 % convert a length, 20 % open the page with the form."""

    def prepare(self, api: Api) -> None:
        site = Site(api)
        self.found: Converter = converter(site, LENGTH)
        self.page = self.found.open()
        self.cookies = site.cookies
        known = self.found.known()
        self.ways = [way for way in WAYS if known.issuperset(way)]
        if not self.ways:
            raise CheckFailed("the form for length offers none of mile, kilometer, yard and inch")
        expect_result(site, self.found, number(self.random), *self.ways[0])

    @task(8)
    def convert(self, user: LoadUser) -> None:
        source, target = (named(name) for name in user.random.choice(self.ways))
        value = number(user.random)
        self._dress(user)
        fields = form_data(self.found.form, self.found.values(str(value), source.name, target.name))
        path = urlsplit(self.found.form.action).path
        if self.found.form.method == "POST":
            reply = user.send_form(_literal(path), fields)
        else:
            query = "&".join(f"{_literal(name)}={{v{i}}}" for i, (name, _) in enumerate(fields))
            values = {f"v{i}": value for i, (_, value) in enumerate(fields)}
            reply = user.request("GET", f"{_literal(path)}?{query}", **values)
        if not _led_away(reply):
            expect_said(reply, source, target, value)

    @task(2)
    def look(self, user: LoadUser) -> None:
        self._dress(user)
        reply = user.get(_literal(urlsplit(self.page.url).path))
        if not _led_away(reply):
            expect(reply).ok()

    def after(self, api: Api) -> None:
        site = Site(api)
        expect_result(site, converter(site, LENGTH), number(self.random), *self.ways[0])

    def _dress(self, user: LoadUser) -> None:
        user.accept = ACCEPT
        if self.cookies:
            user.headers = {"Cookie": self.cookies}


def number(random: Random) -> int:
    """Large enough that its result is not lost in rounding."""
    return random.randint(200, 9_000)


def expect_said(reply: Reply, source: Unit, target: Unit, value: int) -> None:
    """The page says the right result."""
    wanted = source.to(target, value)
    page = Page(reply, "/")
    if reply.status >= 400 or not says(page.text, wanted):
        raise CheckFailed(
            f"{reply.request} says a wrong result",
            expected=f"{value} {source.name} in {target.name}: {wanted:.6g}",
            actual=page.text[:200] if reply.status < 400 else f"status {reply.status}",
            exchange=reply.exchange,
        )


def _led_away(reply: Reply) -> bool:
    """Whether the result stands on another page: which one of two visitors reads it is theirs."""
    return 300 <= reply.status < 400


def _literal(text: str) -> str:
    """A text that holds no names to fill in."""
    return text.replace("{", "{{").replace("}", "}}")
