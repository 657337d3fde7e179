"""What a page holds, parsed as a browser parses it (HTML Standard, section 13.2, by Lexbor)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urldefrag, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from harnesses.kit.pages import labels

MOST_FORMS, MOST_FIELDS, MOST_OPTIONS, MOST_LINKS = 50, 200, 500, 500
LONGEST_TEXT = 200_000
# What a visitor does not read: neither the choices of a closed list nor what is typed.
_UNSEEN = "script, style, template, select, option, datalist, textarea, head, [hidden]"
_FIXED = "input[readonly]:not([type=hidden]), input[disabled]:not([type=hidden])"
_NOT_TYPED = frozenset({"submit", "button", "image", "reset"})
_DATES = frozenset({"date", "datetime-local", "month", "time", "week"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what is sent, and what is read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Attributes:
        name: Under which it is sent; two fields of a form can share one.
        kind: ``text``, ``date``, ``password``, ``choice``, ``checkbox``, ``hidden``, ``file`` or
            ``button``.
        label: What a visitor reads beside it.
        value: What is sent unless it is filled in; None for what a browser would not send.
        choices: What can be chosen.
    """

    name: str
    kind: str
    label: str
    value: str | None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form.

    Attributes:
        method: ``GET`` or ``POST``, as a browser understands it.
        action: The absolute URL it is sent to.
        multipart: Whether it is sent as ``multipart/form-data``.
        fields: All its fields, in order.
        heading: The heading or legend above it, if there is one.
    """

    method: str
    action: str
    multipart: bool
    fields: tuple[Field, ...]
    heading: str

    @property
    def text_fields(self) -> tuple[Field, ...]:
        """Fields that something is typed into."""
        return self._of("text")

    @property
    def choice_fields(self) -> tuple[Field, ...]:
        """Lists and groups of radio buttons."""
        return self._of("choice")

    def _of(self, kind: str) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind == kind)


@dataclass(frozen=True, slots=True)
class Link:
    """A link: where it leads, absolute and without its fragment, and what a visitor reads."""

    url: str
    text: str


class Document:
    """A parsed page.

    Args:
        html: The page.
        url: Where it was found; links and forms are relative to it.
    """

    def __init__(self, html: str, url: str) -> None:
        self._tree = LexborHTMLParser(html)
        self._html = html
        base = self._tree.css_first("base[href]")
        own = (base.attributes.get("href") or "") if base else ""
        self._url = url
        self._base = _joined(url, own)

    def resolve(self, url: str) -> str:
        """Where a reference in this page leads."""
        return _joined(self._base, url)

    @cached_property
    def title(self) -> str:
        node = self._tree.css_first("title")
        return labels.squeezed(node.text()) if node else ""

    @cached_property
    def headings(self) -> tuple[str, ...]:
        return tuple(labels.squeezed(node.text()) for node in self._tree.css("h1, h2, h3"))

    @cached_property
    def text(self) -> str:
        """What a visitor reads, with what stands in fields that cannot be typed into."""
        tree = LexborHTMLParser(self._html)
        fixed = [node.attributes.get("value") or "" for node in tree.css(_FIXED)[:MOST_FIELDS]]
        for node in tree.css(_UNSEEN):
            node.decompose()
        body = tree.body
        written = body.text(separator="\n") if body else ""
        return labels.lines("\n".join([written, *fixed]))[:LONGEST_TEXT]

    @cached_property
    def needs_scripts(self) -> bool:
        """Whether fields stand outside of forms, where only a script can send them."""
        fields = self._tree.css("input, select, textarea")[:MOST_FIELDS]
        return any(_form_of(node) is None and not node.attributes.get("form") for node in fields)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        found = []
        for node in self._tree.css("a[href]")[:MOST_LINKS]:
            url = urldefrag(_joined(self._base, node.attributes.get("href") or "")).url
            found.append(Link(url, labels.squeezed(node.text()) or labels.given(node)))
        return tuple(found)

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        return tuple(self._form(node) for node in self._tree.css("form")[:MOST_FORMS])

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The rows of all tables, as the texts of their cells."""
        rows = self._tree.css("tr")[:MOST_OPTIONS]
        return tuple(
            tuple(labels.squeezed(cell.text()) for cell in row.css("td, th")[:MOST_FIELDS])
            for row in rows
        )

    def _form(self, node: LexborNode) -> Form:
        given = node.attributes
        method = (given.get("method") or "get").strip().upper()
        action = (given.get("action") or "").strip()
        return Form(
            method=method if method == "POST" else "GET",
            # An empty action means the page itself, whatever <base> says (4.10.21.3, step 12).
            action=urldefrag(_joined(self._base, action) if action else self._url).url,
            multipart=(given.get("enctype") or "").strip().lower() == "multipart/form-data",
            fields=tuple(self._fields(node)),
            heading=labels.heading_of(node),
        )

    def _fields(self, form: LexborNode) -> Iterator[Field]:
        nodes = list(form.css("input, select, textarea, button"))
        own = form.attributes.get("id")
        if own:
            everywhere = self._tree.css("input[form], select[form], textarea[form], button[form]")
            nodes += [node for node in everywhere if node.attributes.get("form") == own]
        radios: set[str] = set()
        for node in nodes[:MOST_FIELDS]:
            name = node.attributes.get("name") or ""
            if not name or "disabled" in node.attributes:
                continue
            if _type(node) == "radio":
                if name not in radios:
                    radios.add(name)
                    yield self._radios(name, nodes)
            else:
                yield self._field(name, node)

    def _field(self, name: str, node: LexborNode) -> Field:
        kind, label = _type(node), labels.label_of(self._tree, node)
        value: str | None = node.attributes.get("value") or ""
        if node.tag == "select":
            return Field(name, "choice", label, *_options(node))
        if node.tag == "textarea":
            return Field(name, "text", label, node.text())
        if kind == "checkbox":
            value = (value or "on") if "checked" in node.attributes else None
            return Field(name, kind, label, value)
        if node.tag == "button" or kind in _NOT_TYPED:
            return Field(name, "button", label or labels.squeezed(node.text()), value)
        if kind in ("hidden", "password", "file"):
            return Field(name, kind, label, value)
        if "readonly" in node.attributes:
            return Field(name, "hidden", label, value)
        # A type that no browser knows is one to type into.
        return Field(name, "date" if kind in _DATES else "text", label, value)

    def _radios(self, name: str, nodes: Iterable[LexborNode]) -> Field:
        group = [n for n in nodes if _type(n) == "radio" and n.attributes.get("name") == name]
        choices = tuple(
            Choice(n.attributes.get("value") or "on", labels.label_of(self._tree, n))
            for n in group[:MOST_OPTIONS]
        )
        checked = next((c.value for c, n in zip(choices, group, strict=False) if _on(n)), None)
        return Field(name, "choice", labels.legend_of(group[0]), checked, choices)


def _type(node: LexborNode) -> str:
    return (node.attributes.get("type") or "text").strip().lower() if node.tag == "input" else ""


def _on(node: LexborNode) -> bool:
    return "checked" in node.attributes


def _options(node: LexborNode) -> tuple[str | None, tuple[Choice, ...]]:
    """What is sent of a list unless something is chosen, and what can be."""
    choices: list[Choice] = []
    chosen: str | None = None
    for option in node.css("option")[:MOST_OPTIONS]:
        text = labels.squeezed(option.text())
        value = option.attributes.get("value")
        choice = Choice(text if value is None else value, text)
        if "disabled" in option.attributes:
            continue
        choices.append(choice)
        if "selected" in option.attributes:
            chosen = choice.value
    return chosen if chosen is not None or not choices else choices[0].value, tuple(choices)


def _form_of(node: LexborNode) -> LexborNode | None:
    above = node.parent
    while above is not None and above.tag != "form":
        above = above.parent
    return above


def _joined(base: str, url: str) -> str:
    """Where a reference leads; the base itself where it cannot be read."""
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return base
