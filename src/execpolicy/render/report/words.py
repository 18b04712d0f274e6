"""The symbol and the class of each state of a cell, and of each result of a gate: colour is never the only sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from execpolicy.document.syntax.wording import listed
from execpolicy.render.report.model import CellState

SYMBOLS: Final = {
    CellState.ALLOWED: "✓",
    CellState.DENIED: "✕",
    CellState.NO_ROUTE: "∅",
    CellState.INDETERMINATE: "?",
    CellState.NOT_GIVEN: "◌",
}
CLASSES: Final = {
    CellState.ALLOWED: "a",
    CellState.DENIED: "d",
    CellState.NO_ROUTE: "n",
    CellState.INDETERMINATE: "i",
    CellState.NOT_GIVEN: "g",
}
MEANINGS: Final = {
    CellState.ALLOWED: "the call reaches its integration",
    CellState.DENIED: "it is refused, with this status",
    CellState.NO_ROUTE: "the API has no route for it, so nobody gets through",
    CellState.INDETERMINATE: "it depends on what is not known",
    CellState.NOT_GIVEN: "the policies of the caller decide, and they are not given",
}


def cell_label(state: str, statuses: Sequence[int]) -> str:
    """The symbol and the word of a cell, such as ``✕ denied 403``."""
    shown = CellState(state)
    status = f" {listed(map(str, statuses))}" if shown is CellState.DENIED and statuses else ""
    return f"{SYMBOLS[shown]} {shown.value}{status}"
