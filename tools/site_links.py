"""A hook of mkdocs: links from a page to files outside of docs/ lead to the repository."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINK = re.compile(r"(?P<before>\]\(|^\[[^\]\n]+\]: )(?P<target>[^)\s]+)", re.MULTILINE)
#: The folder of the pages in the repository.
_DOCS = "docs"
#: Where the repository shows the files of its main branch, below its address.
REPOSITORY_BRANCH = "blob/main"


def on_page_markdown(markdown: str, *, page: Any, config: Mapping[str, Any], **_: Any) -> str:
    """The text of a page for the site; mkdocs calls this for each page."""
    return with_links_to_the_repository(markdown, page.file.src_uri, f"{config['repo_url']}/{REPOSITORY_BRANCH}")


def with_links_to_the_repository(markdown: str, page: str, repository: str) -> str:
    """The text with links to the repository where a relative link leaves docs/.

    >>> with_links_to_the_repository("[a](../src/a.py) [b](b.md#x)", "page.md", "https://example.com")
    '[a](https://example.com/src/a.py) [b](b.md#x)'
    """

    def rewritten(link: re.Match[str]) -> str:
        target = link["target"]
        place = posixpath.normpath(posixpath.join(_DOCS, posixpath.dirname(page), target))
        is_relative = not re.match(r"[a-z]+:|#|/", target)
        if not is_relative or place.startswith(f"{_DOCS}/"):
            return link.group()
        return f"{link['before']}{repository}/{place}"

    return _LINK.sub(rewritten, markdown)
