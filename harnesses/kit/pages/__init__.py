"""Pages as a visitor meets them: what is read, followed and filled in, whatever it is called.

    def test_a_visitor_can_search(site):
        form = next(form for form in site.visit("/").forms if form.text_fields)
        page = site.submit(form, {form.text_fields[0]: "tea"})
        expect(page.text, "what the page says").holds("tea" in page.text, "tea", "does not say tea")

Nothing of a page is believed: the client below bounds bytes, time and redirects, and what is read
of a page is bounded here.
"""

from harnesses.kit.pages.document import Choice, Document, Field, Form, Link
from harnesses.kit.pages.site import Page, Site

__all__ = ["Choice", "Document", "Field", "Form", "Link", "Page", "Site"]
