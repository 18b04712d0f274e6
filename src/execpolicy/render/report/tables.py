"""Parts of the page in HTML: every text in them is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape


def table(name: str, caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table that the script sorts and filters.

    Args:
        name: the id of the table.
        caption: what it shows, as text.
        heads: the heads of its columns, as text.
        rows: the cells of its rows, as HTML; the first one of a row is its head.
    """
    yield f'<div class="scroll"><table id="{name}" class="sorts"><caption>{escape(caption)}</caption><thead><tr>'
    yield "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    for first, *others in rows:
        yield f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'
    yield "</tbody></table></div>"


def section(name: str, title: str, lines: Iterable[str]) -> Iterator[str]:
    """A part of the page with its heading."""
    yield f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{escape(title)}</h2>'
    yield from lines
    yield "</section>"


def items(texts: Iterable[str]) -> str:
    """A list of texts."""
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def code_lines(lines: Iterable[str]) -> str:
    """Lines as they are, such as those of a policy."""
    return f"<pre><code>{escape(chr(10).join(lines))}</code></pre>"


def folded(summary: str, content: str) -> str:
    """A part that opens, with its summary as text."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"
