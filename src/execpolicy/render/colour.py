"""Lines in colour, by ``rich``, which the extra ``cli`` brings."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.render.row import Piece, Row

#: What rich calls the look of each style; any other is plain.
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
    "note": "cyan",
    "missing": "yellow",
    "assumed": "yellow",
    "advice": "cyan",
    "gutter": "dim",
    "caret": "bold magenta",
}


def coloured(rows: Iterable[Row]) -> str:
    """Lines with the codes that a terminal takes for colours, each with its end.

    Raises:
        ImportError: rich is not installed.
    """
    from rich.color import ColorSystem
    from rich.style import Style

    def painted(piece: Piece) -> str:
        look = STYLES.get(piece.style)
        if look is None:
            return piece.text
        return Style.parse(look).render(piece.text, color_system=ColorSystem.STANDARD)

    return "".join("".join(map(painted, row.pieces)) + "\n" for row in rows)
