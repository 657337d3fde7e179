"""Pages as a visitor meets them: what is found in them, and what is sent back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest

from grader.domain.project import Dialect
from harnesses.kit.api import Api
from harnesses.kit.dialect import Reading
from harnesses.kit.failures import CheckFailed
from harnesses.kit.http import HttpClient
from harnesses.kit.pages import Document, Form, Site
from harnesses.kit.pages.site import MOST_PAGES, form_data

URL = "http://app.invalid/shop/page?x=1"


def only_form(html: str) -> Form:
    forms = Document(html, URL).forms
    assert len(forms) == 1
    return forms[0]


def test_a_visitor_reads_neither_lists_nor_scripts() -> None:
    document = Document(
        "<title>no</title><h1>Hello</h1><script>no()</script><style>no{}</style><p hidden>no</p>"
        "<select><option>no</select><textarea>no</textarea><p>one<br>two</p>"
        "<input value=no><input readonly value=fixed><template>no</template>",
        URL,
    )
    assert document.text.split("\n") == ["Hello", "one", "two", "fixed"]
    assert (document.title, document.headings) == ("no", ("Hello",))


@pytest.mark.parametrize(
    ("html", "label"),
    [
        ("<label for=a>How much</label><input id=a name=n>", "How much"),
        ("<label>How much <input name=n></label>", "How much"),
        ("<label>How <b>much</b><select name=n><option>no</select></label>", "How much"),
        ("<input name=n aria-label='How much'>", "How much"),
        ("<input name=n placeholder='How much'>", "How much"),
    ],
)
def test_fields_are_known_by_what_stands_beside_them(html: str, label: str) -> None:
    assert only_form(f"<form>{html}</form>").fields[0].label == label


def test_radio_buttons_are_one_choice() -> None:
    field = only_form(
        "<form><fieldset><legend>Size</legend><label><input type=radio name=s value=1>small</label>"
        "<label><input type=radio name=s value=2 checked>large</label></fieldset></form>"
    ).choice_fields[0]
    assert (field.label, field.value) == ("Size", "2")
    assert [choice.label for choice in field.choices] == ["small", "large"]


def test_a_field_elsewhere_can_belong_to_a_form() -> None:
    form = only_form("<form id=f><input name=a></form><input name=b form=f><input name=c>")
    assert [field.name for field in form.fields] == ["a", "b"]
    assert Document("<form id=f></form><input name=c>", URL).needs_scripts
    assert not Document("<form id=f></form><input name=c form=f>", URL).needs_scripts


@pytest.mark.parametrize(
    ("attributes", "where"),
    [
        ("", URL),
        ("action=''", URL),
        ("action=other", "http://app.invalid/shop/other"),
        ("action=/top#end", "http://app.invalid/top"),
        ("action='http://[broken'", URL),
    ],
)
def test_where_a_form_is_sent(attributes: str, where: str) -> None:
    assert only_form(f"<form {attributes}><input name=a></form>").action == where


def test_what_a_browser_sends() -> None:
    form = only_form(
        "<form><input type=hidden name=token value=t><input name=n value=old>"
        "<input type=checkbox name=no><input type=checkbox name=yes checked>"
        "<select name=s><option value=1>one<option selected>two</select>"
        "<select name=none></select><input name=off disabled value=no>"
        "<textarea name=t>text</textarea><input type=file name=f>"
        "<button name=do value=save>Save</button><button name=do value=drop>Drop</button></form>"
    )
    number = form.text_fields[0]
    assert form_data(form, {number: "5"}) == [
        ("token", "t"),
        ("n", "5"),
        ("yes", "on"),
        ("s", "two"),
        ("t", "text"),
        ("do", "save"),
    ]
    assert ("n", "old") not in form_data(form, {number: None})


def test_the_heading_above_a_form() -> None:
    document = Document(
        "<h2>Length</h2><div><form><input name=a></form></div>"
        "<h2>Weight</h2><form><input name=b></form>"
        "<form><fieldset><legend>Heat</legend><input name=c></fieldset></form>",
        URL,
    )
    assert [form.heading for form in document.forms] == ["Length", "Weight", "Heat"]


def test_tables_are_rows_of_texts() -> None:
    table = "<table><tr><th>Name<th>Price<tr><td>Tea <b>(black)</b><td>2 €</table>"
    assert Document(table, URL).rows == (("Name", "Price"), ("Tea (black)", "2 €"))


def test_a_page_without_an_end_is_bounded() -> None:
    document = Document("<div>" * 50_000 + "<form><input name=a>" * 5_000, URL)
    assert len(document.forms) <= 50
    assert len(Document("<p>word " * 500_000, URL).text) <= 200_000
    many = only_form("<form><select name=s>" + "<option>x" * 5_000 + "</select></form>")
    assert len(many.choice_fields[0].choices) == 500


# -- a visitor ---------------------------------------------------------------------------------


class Shop(BaseHTTPRequestHandler):
    """Pages with everything that a browser must cope with."""

    visits: list[str]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.visits.append(self.path)
        if path == "/away":
            self._answer(302, "", Location="http://elsewhere.example/")
        elif path == "/round":
            self._answer(302, "", Location="/round")
        elif path == "/count":
            number = int(self.path.partition("=")[2] or 0)
            self._answer(200, f"<a href='/count?n={number + 1}'>next</a>")
        elif path == "/two":
            self.send_response(200)
            self.send_header("Set-Cookie", "a=1")
            self.send_header("Set-Cookie", "b=2")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path == "/who":
            self._answer(200, self.headers.get("Cookie", "nobody"))
        else:
            self._answer(
                200,
                "<a href=/who>who</a> <a href=/delete/1>x</a> <a href=/2>Log out</a>"
                "<a href='http://elsewhere.example/'>away</a>",
                **{"Set-Cookie": "visitor=7; HttpOnly"},
            )

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        kind = self.headers["Content-Type"].partition(";")[0]
        self.visits.append(f"{kind} {sorted(parse_qsl(sent))}")
        self._answer(303, "", Location="who")

    def _answer(self, status: int, body: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def visits() -> list[str]:
    return []


@pytest.fixture
def site(visits: list[str]) -> Iterator[Site]:
    handler = type("Mine", (Shop,), {"visits": visits})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        client = HttpClient(f"http://127.0.0.1:{server.server_address[1]}", headers={})
        yield Site(Api(client, Reading(Dialect(), lambda _: None)))
        client.close()
        server.shutdown()
        thread.join()


def test_cookies_are_kept_and_redirects_followed(site: Site, visits: list[str]) -> None:
    assert site.visit("/who").text == "nobody"
    site.visit("/")
    form = only_form("<form method=post action=/sign><input name=n></form>")
    page = site.submit(form, {form.text_fields[0]: "a b"})
    assert (page.url, page.text) == ("/who", "visitor=7")
    assert "application/x-www-form-urlencoded [('n', 'a b')]" in visits


def test_each_of_several_cookies_is_kept(site: Site) -> None:
    site.visit("/two")
    assert site.visit("/who").text == "a=1; b=2"
    assert site.cookies == "a=1; b=2"


def test_a_form_with_get_replaces_the_query(site: Site, visits: list[str]) -> None:
    site.submit(only_form("<form action='/who?old=1'><input name=n value='1 &'></form>"))
    assert visits == ["/who?n=1+%26"]


def test_files_are_sent_in_parts(site: Site, visits: list[str]) -> None:
    html = "<form method=post enctype=multipart/form-data action=/x><input name=n value=5></form>"
    site.submit(only_form(html))
    assert visits[0].startswith("multipart/form-data ")


def test_a_visitor_who_looks_around_changes_nothing(site: Site, visits: list[str]) -> None:
    pages = site.look_around()
    assert [page.url for page in pages] == ["/", "/who"]
    assert visits == ["/", "/who"]


def test_looking_around_ends(site: Site) -> None:
    assert len(site.look_around("/count")) == MOST_PAGES
    assert len(site.look_around("/count", enough=lambda page: page.url == "/count?n=1")) == 2


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/away", "a redirect leads to another host: http://elsewhere.example/"),
        ("/round", "GET /round redirects again and again"),
        ("http://elsewhere.example/x", "a link leads to another host: http://elsewhere.example/x"),
    ],
)
def test_what_leads_nowhere(site: Site, path: str, words: str) -> None:
    with pytest.raises(CheckFailed) as failed:
        site.visit(path)
    assert failed.value.message == words
