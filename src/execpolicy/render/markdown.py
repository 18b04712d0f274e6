"""Texts in Markdown, as GitHub shows it."""

from __future__ import annotations

from typing import Final

from execpolicy._base.characters import printable

_ESCAPES: Final = str.maketrans(
    {**{char: f"\\{char}" for char in "\\`*_[]|~#"}, "&": "&amp;", "<": "&lt;", ">": "&gt;"}
)


def escaped(text: str) -> str:
    r"""A text of which no part is a mark of Markdown or HTML.

    >>> escaped("a*b <c> | d")
    'a\\*b &lt;c&gt; \\| d'
    """
    return printable(text).translate(_ESCAPES)


def code(text: str) -> str:
    r"""A text as code in the cell of a table, where ``|`` ends a cell within code too.

    >>> code("a|b `c`")
    "`a\\|b 'c'`"
    """
    return f"`{printable(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"
