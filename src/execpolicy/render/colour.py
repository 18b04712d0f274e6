"""Lines in colour. It needs ``rich``, which the extra ``cli`` installs."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.render.styled_line import StyledLine, StyledText

#: The look of each style in the words of rich; those of PLAIN have none.
STYLES = {
    "allow": "bold green",
    "explicit_deny": "bold red",
    "implicit_deny": "bold red",
    "indeterminate": "bold yellow",
    "unknown": "bold yellow",
    "not_applicable": "dim",
    "gate": "bold",
    "determining": "bold",
    "undecided": "bold",
    "passed_over": "dim",
    "error": "bold red",
    "note": "cyan",
    "missing": "yellow",
    "assumed": "yellow",
    "advice": "cyan",
    "command": "cyan",
    "label": "bold",
    "more": "dim",
    "gutter": "dim",
    "caret": "bold magenta",
}
#: The styles of text without a look.
PLAIN = frozenset({"", "applies", "fact", "failed", "heading", "rules", "source"})


def coloured(lines: Iterable[StyledLine]) -> str:
    """Lines with the escape sequences for their colours, each with its end.

    Raises:
        ImportError: rich is not installed.
    """
    from rich.color import ColorSystem
    from rich.style import Style

    def painted(part: StyledText) -> str:
        style = STYLES.get(part.style)
        if style is None:
            return part.text
        return Style.parse(style).render(part.text, color_system=ColorSystem.STANDARD)

    return "".join("".join(map(painted, line.parts)) + "\n" for line in lines)
