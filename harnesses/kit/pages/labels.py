"""What a visitor reads beside a field, above a form, on a link."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST = 200
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "legend", "caption"})
# How far above a form, and before it, a heading is looked for.
_FAR = 12


def squeezed(text: str) -> str:
    """A text on one line, at most 200 characters."""
    return " ".join(text.split())[:LONGEST]


def lines(text: str) -> str:
    """A text without empty lines and runs of spaces."""
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))


def given(node: LexborNode) -> str:
    """What an element says of itself besides its content."""
    return squeezed(
        next((v for a in ("aria-label", "title", "alt") if (v := node.attributes.get(a))), "")
    )


def label_of(tree: LexborHTMLParser, node: LexborNode) -> str:
    """What stands beside a field: its label, or else what it says of itself."""
    own = node.attributes.get("id")
    if own:
        for label in tree.css("label[for]"):
            if label.attributes.get("for") == own:
                return _without_fields(label)
    above = node.parent
    for _ in range(_FAR):
        if above is None or above.tag == "form":
            break
        if above.tag == "label":
            return _without_fields(above)
        above = above.parent
    return given(node) or squeezed(node.attributes.get("placeholder") or "")


def legend_of(node: LexborNode) -> str:
    """The legend of the group that a field belongs to."""
    above = node.parent
    while above is not None and above.tag != "form":
        if above.tag == "fieldset":
            legend = above.css_first("legend")
            return squeezed(legend.text()) if legend else ""
        above = above.parent
    return ""


def heading_of(form: LexborNode) -> str:
    """The first heading in a form, or else the nearest one before it."""
    inner = form.css_first("h1, h2, h3, h4, h5, h6, legend")
    if inner is not None:
        return squeezed(inner.text())
    node: LexborNode | None = form
    for _ in range(_FAR):
        before = node.prev if node is not None else None
        while before is not None:
            if before.tag in HEADINGS:
                return squeezed(before.text())
            before = before.prev
        node = node.parent if node is not None else None
    return ""


def _without_fields(label: LexborNode) -> str:
    """A label's own words: a list within it would add all its choices."""
    texts = [
        child.text(deep=child.tag not in ("select", "textarea"))
        for child in label.iter(include_text=True)
        if child.tag not in ("select", "textarea", "option")
    ]
    return squeezed(" ".join(texts))
