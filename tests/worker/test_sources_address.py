"""What a learner may type, and what is refused with which words."""

from pathlib import Path

import pytest

from grader.domain.verdicts import Verdict
from grader.errors import SubmissionError
from tests.worker.sources_support import error_of
from worker.sources import public_location
from worker.sources.address import Address, parse

BOTH = ("http", "https")


@pytest.mark.parametrize(
    ("source", "url", "asked"),
    [
        ("https://host/a/b.git", "https://host/a/b.git", None),
        ("  HTTPS://Host:8443/a ", "https://host:8443/a", None),
        ("git+https://host/a", "https://host/a", "git"),
        ("app+http://127.0.0.1:8000/api?x=1", "http://127.0.0.1:8000/api?x=1", "app"),
        ("archive+https://host/x?f=zip", "https://host/x?f=zip", "archive"),
        ("https://user:pa%40ss@host/a.git", "https://host/a.git", None),
        ("https://host/my repo.git", "https://host/my%20repo.git", None),
        ("http://[::1]:8000/x", "http://[::1]:8000/x", None),
    ],
)
def test_addresses(source: str, url: str, asked: str | None) -> None:
    address = parse(source, BOTH)
    assert (address.url, address.asked, address.local) == (url, asked, None)


def test_credentials_travel_apart() -> None:
    address = parse("https://ada:s%3Acret@host/a.git", BOTH)
    assert address.authorization == "Basic YWRhOnM6Y3JldA=="
    assert address.location == "https://host/a.git"


@pytest.mark.parametrize(
    "source",
    [
        "https://t0ken@h/x",
        "git+https://a:b@h/x",
        "http://u:p@h:1/x?y",
        "https://u:p@ss@h/x",
        "https://u:pa/ss@h/x",
        "ssh://u:p@h/x",
    ],
)
def test_public_location_has_no_credentials(source: str) -> None:
    assert public_location(source).split("//")[1].startswith("h")
    with_path = "https://host:8000/@ada/x"
    assert public_location(with_path) == with_path


def test_the_page_of_a_folder() -> None:
    address = parse("https://github.com/ada/work/tree/main/blog%20api", BOTH)
    assert address.url == "https://github.com/ada/work"
    assert (address.asked, address.ref, address.path) == ("git", "main", "blog api")
    assert parse("https://gitlab.com/ada/work/-/tree/dev", BOTH).ref == "dev"


@pytest.mark.parametrize(
    ("url", "repository", "archive"),
    [
        ("https://host/a.git", True, False),
        ("https://github.com/a/b", True, False),
        ("https://github.com/a/b/", True, False),
        ("https://github.com/a/b/archive/main.zip", False, True),
        ("https://host/a/b", False, False),
        ("https://host/a.tar.gz", False, True),
        ("https://host/A.TGZ", False, True),
    ],
)
def test_known_forms(url: str, repository: bool, archive: bool) -> None:
    address = Address(url, url=url)
    assert (address.is_repository, address.is_archive) == (repository, archive)


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("ext::sh -c touch% /tmp/p", "starts with https://"),
        ("git+ext::sh -c id", "starts with https://"),
        ("file:///etc", "without file://"),
        ("-oProxyCommand=touch /tmp/p", "give a folder"),
        ("--upload-pack=touch /tmp/p", "give a folder"),
        ("ssh://git@host/a.git", "use https://host/a.git"),
        ("ssh://-oProxyCommand=x/a", "https://"),
        ("git://host/a.git", "use https://host/a.git"),
        ("git@host.org:ada/work.git", "use https://host.org/ada/work.git"),
        ("ftp://host/a.zip", "starts with https://"),
        ("http::http://x", "starts with https://"),
        ("https:///a.git", "https://host/owner"),
        ("https://-x/a.git", "https://host/owner"),
        ("https://ho st/a.git", "https://host/owner"),
        ("https://host:99999/a.git", "https://host/owner"),
        ("https://ex\u0430mple.org/a", "https://host/owner"),
        ("https://host/a\n.git", "give a folder"),
        ("https://h\\@evil/a.git", "https://host/owner"),
        ("git+/srv/repo", "comes a URL"),
        ("", "give a folder"),
        ("https://u:pa/ss@h/x", "https://host/owner"),
        ("x" * 3000, "give a folder"),
        ("javascript:alert(1)", "starts with https://"),
        ("localhost:8000", "give http://localhost:8000"),
    ],
)
def test_refused(source: str, hint: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        parse(source, BOTH)
    assert caught.value.code == "source.address"
    assert caught.value.verdict is Verdict.FETCH_FAILED
    assert hint in caught.value.hint


def test_only_the_protocols_that_the_operator_allows() -> None:
    with pytest.raises(SubmissionError):
        parse("http://host/a.git", ("https",))


@pytest.mark.parametrize("source", ["/etc", "work.zip", "~", "."])
def test_paths_are_closed_to_the_network(tmp_path: Path, source: str) -> None:
    assert error_of(source, tmp_path, allow_local=False).code == "source.local_refused"
