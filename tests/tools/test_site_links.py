"""Links from pages to files outside of docs/, as the site shows them."""

from __future__ import annotations

import pytest

from tools.site_links import with_links_to_the_repository

REPOSITORY = "https://example.com/blob/main"


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ("why.md", "[a](../src/a.py)", f"[a]({REPOSITORY}/src/a.py)"),
        ("adr/001.md", "[a](../../src/a.py#x)", f"[a]({REPOSITORY}/src/a.py#x)"),
        ("why.md", "[README]: ../README.md\n", f"[README]: {REPOSITORY}/README.md\n"),
        ("adr/001.md", "[a](../why.md)", "[a](../why.md)"),
        ("why.md", "[a](#x) [b](https://example.org/../c) [d](images/d.png)", None),
        ("docs.md", "[a](../docsx/a.md)", f"[a]({REPOSITORY}/docsx/a.md)"),
    ],
)
def test_a_link_that_leaves_the_pages_leads_to_the_repository(page: str, text: str, expected: str | None) -> None:
    assert with_links_to_the_repository(text, page, REPOSITORY) == (expected or text)
