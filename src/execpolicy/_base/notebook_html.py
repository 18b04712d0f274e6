"""Lines and tables as HTML for notebooks: inline styles, no script, and colours for a light and for a dark page."""

from __future__ import annotations

from html import escape

from execpolicy._base.characters import printable
from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Each differs as much from white as from the dark background of a notebook: by more than 4.3 to 1.
GREEN, RED, YELLOW, BLUE, MAGENTA, GREY = "#0e8d2a", "#e13838", "#a66e00", "#1183a7", "#b752ad", "#797979"
_BOLD = ";font-weight:bold"
_BLOCK = "font-family:monospace;white-space:pre-wrap"
_CELL = "text-align:left"
_CAPTION = "caption-side:top;text-align:left;color:inherit;font-weight:bold"

#: The look of each style; others have the colour of the page.
LOOKS = {
    "allow": f"color:{GREEN}{_BOLD}",
    "explicit_deny": f"color:{RED}{_BOLD}",
    "implicit_deny": f"color:{RED}{_BOLD}",
    "indeterminate": f"color:{YELLOW}{_BOLD}",
    "unknown": f"color:{YELLOW}{_BOLD}",
    "error": f"color:{RED}{_BOLD}",
    "gate": _BOLD.removeprefix(";"),
    "determining": _BOLD.removeprefix(";"),
    "undecided": _BOLD.removeprefix(";"),
    "missing": f"color:{YELLOW}",
    "assumed": f"color:{YELLOW}",
    "note": f"color:{BLUE}",
    "advice": f"color:{BLUE}",
    "command": f"color:{BLUE}",
    "source": f"color:{MAGENTA}",
    "not_applicable": f"color:{GREY}",
    "passed_over": f"color:{GREY}",
    "more": f"color:{GREY}",
}


def html_of(lines: Iterable[tuple[int, str, str, int]]) -> str:
    """An HTML fragment of lines. The class of a line names its style.

    Args:
        lines: of each its depth, its style, its text, and the width of the label with which the text begins. Where the
            window is narrower than a line, the rest of it stands under the text after the label.

    >>> html_of([(0, "advice", "a < b", 0)]).partition("><")[2]
    'div class="execpolicy-advice" style="margin-left:0.0em;color:#1183a7">a &lt; b</div></div>'
    """
    return f'<div class="execpolicy" style="{_BLOCK}">{"".join(map(_line, lines))}</div>'


def table_of(caption: str, heads: Iterable[str], rows: Iterable[Sequence[tuple[str, str]]]) -> str:
    """An HTML fragment of a table.

    Args:
        caption: what the table says.
        heads: the names of the columns.
        rows: of each the cells, with a style and a text each. The first one names the row.

    >>> table_of("a & b", ["call", "ann"], [[("", "GET /"), ("allow", "allowed")]]).count("<th")
    4
    """
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(printable(name))}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(_cell(cell, number) for number, cell in enumerate(row))}</tr>" for row in rows)
    title = f'<caption style="{_CAPTION}">{escape(printable(caption))}</caption>'
    return f'<table class="execpolicy">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(cell: tuple[str, str], number: int) -> str:
    style, text = cell
    look = f"{_CELL};{LOOKS[style]}" if style in LOOKS else _CELL
    name, scope = ("td", "") if number else ("th", ' scope="row"')
    return f'<{name}{scope} style="{look}">{escape(printable(text))}</{name}>'


def _line(line: tuple[int, str, str, int]) -> str:
    depth, style, text, label = line
    look = f";{LOOKS[style]}" if style in LOOKS else ""
    hanging = f";padding-left:{label}ch;text-indent:-{label}ch" if label else ""
    return f'<div class="execpolicy-{style}" style="margin-left:{depth * 1.5}em{hanging}{look}">{escape(text)}</div>'
