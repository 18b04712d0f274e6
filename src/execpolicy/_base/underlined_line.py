"""A line of a text with a part of it underlined, as errors show it."""

from __future__ import annotations

#: A line is cut to this many characters around the part that is underlined.
MAX_WIDTH = 100


def underlined_line(line: str, number: int, first: int, last: int) -> str:
    """A line after its number, and under it carets below the characters from ``first`` up to ``last``.

    >>> print(underlined_line('{"Version": 1}', 1, 12, 13))
    1 | {"Version": 1}
      |             ^
    """
    cut = max(0, first - MAX_WIDTH // 2) if len(line) > MAX_WIDTH else 0
    shown = line[cut : cut + MAX_WIDTH]
    before = "…" if cut else ""
    after = "…" if cut + MAX_WIDTH < len(line) else ""
    # A tab or a control character must be as wide as its caret, and harmless on a terminal.
    visible = "".join(char if char.isprintable() else " " for char in shown)
    carets = "^" * max(1, min(last - first, len(visible) - (first - cut)))
    gutter = f"{number} | "
    margin = " " * (len(gutter) - 2) + "| "
    return f"{gutter}{before}{visible}{after}\n{margin}{' ' * (len(before) + first - cut)}{carets}"
