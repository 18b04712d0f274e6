"""Lines as HTML for notebooks: inline styles, no script, and colours that are legible on a light and on a dark page."""

from __future__ import annotations

from html import escape

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Each differs as much from white as from the dark background of a notebook: by more than 4.3 to 1.
GREEN, RED, YELLOW, BLUE, MAGENTA, GREY = "#0e8d2a", "#e13838", "#a66e00", "#1183a7", "#b752ad", "#797979"
_BOLD = ";font-weight:bold"
_BLOCK = "font-family:monospace;white-space:pre-wrap"

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


def _line(line: tuple[int, str, str, int]) -> str:
    depth, style, text, label = line
    look = f";{LOOKS[style]}" if style in LOOKS else ""
    hanging = f";padding-left:{label}ch;text-indent:-{label}ch" if label else ""
    return f'<div class="execpolicy-{style}" style="margin-left:{depth * 1.5}em{hanging}{look}">{escape(text)}</div>'
