"""Texts of the program as Markdown: what their signs would mean there is taken from them."""

from __future__ import annotations

import re

#: A span of code, which stays as it is, or a sign.
_SPAN_OR_SIGN = re.compile(r"(?P<span>`[^`]+`)|(?P<sign>[\\*_<\[\]#{}])")
#: A sign that a backslash does not take its meaning from.
_SIGNS = {"<": "&lt;"}


def markdown_text(text: str) -> str:
    r"""A text as it is read, in one line.

    >>> markdown_text("names *.json, as `a*`")
    'names \\*.json, as `a*`'
    """
    escaped = _SPAN_OR_SIGN.sub(lambda found: found["span"] or _SIGNS.get(found["sign"], f"\\{found['sign']}"), text)
    return table_cell(escaped)


def table_cell(text: str) -> str:
    """A text in one line that does not end a cell of a table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
