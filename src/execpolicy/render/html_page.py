"""A page of HTML with tables: one file, without a script and without anything that is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from execpolicy._base.characters import printable

_STYLE: Final = """
:root {
  color-scheme: light dark;
  --page: #fff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --good: #1a7f37; --good-bg: #eaf7ee;
  --half: #8a5a00; --half-bg: #fff6dc; --bad: #cf222e; --bad-bg: #ffeeee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --ink: #e6edf3; --soft: #9ba5b0; --line: #30363d; --good: #56d364; --good-bg: #10231a;
    --half: #e3b341; --half-bg: #2a220f; --bad: #ff8a80; --bad-bg: #2f1719;
  }
}
body { margin: 1.5rem; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
th { font-weight: 600; overflow-wrap: anywhere; }
thead th { position: sticky; top: 0; background: var(--page); }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .85rem; }
.good { color: var(--good); background: var(--good-bg); }
.half { color: var(--half); background: var(--half-bg); }
.bad { color: var(--bad); background: var(--bad-bg); }
.none { color: var(--soft); }
"""


def html_text(text: str) -> str:
    """A text as HTML, with escapes for characters that are not printable."""
    return escape(printable(text))


def html_page(title: str, body: Iterable[str]) -> str:
    """A page.

    Args:
        title: the title, as text.
        body: parts of HTML, in which every text is escaped already.
    """
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n<h1>{escape(title)}</h1>\n'
        + "".join(f"{part}\n" for part in body)
        + "</body></html>\n"
    )
