"""An access matrix as text that fits the terminal, and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.bulk.access_matrix import (
    OUTCOME_STYLES,
    CellOutcome,
    Matrix,
    MatrixCall,
    MatrixCaller,
    MatrixCell,
    MatrixContext,
)
from execpolicy.document.syntax.wording import counted
from execpolicy.gateway.model.variants import values_of
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.witness import statement_data, statement_with_place

SCHEMA_VERSION: Final = 1
#: What separates two columns.
_GAP: Final = "  "
#: The longest name of a caller that stands above its column: with longer names, each has a number.
_LONGEST_NAME: Final = 24
#: The share of the width that the names of calls may take in the table.
_SHARE_OF_CALLS: Final = 2
#: Marks a cell whose outcome depends on keys that the context does not have.
_DEPENDS: Final = "*"
_NO_CELLS: Final = "there is no call, or no caller"

#: A call and a context, with the cells of all callers. The cells of another iteration simulate their calls again.
MatrixRow = tuple[MatrixCall, MatrixContext, tuple[MatrixCell, ...]]


def cell_words(cell: MatrixCell) -> str:
    """A cell in a few words, such as ``denied 403``; marked where keys that are not given decide."""
    return cell.words + _DEPENDS * bool(deciding_keys(cell))


def deciding_keys(cell: MatrixCell) -> tuple[str, ...]:
    """The keys that are not given and that decide a cell; none where there is no route, so that nobody gets through."""
    return () if cell.outcome is CellOutcome.NO_ROUTE else cell.missing_keys


def keys_not_given(rows: Iterable[MatrixRow]) -> Iterator[str]:
    """What the mark of cells means, with the keys; nothing if no cell has it."""
    missing = sorted({key for _, _, cells in rows for cell in cells for key in deciding_keys(cell)})
    if missing:
        yield f"{_DEPENDS} depends on keys that are not given: {', '.join(missing)}"


def reasons_in(rows: Iterable[MatrixRow]) -> list[str]:
    """What the calls do not say, where outcomes depend on that; each once."""
    return list(dict.fromkeys(cell.reason for _, _, cells in rows for cell in cells if cell.reason))


def call_words(call: MatrixCall, context: MatrixContext) -> str:
    """What a row is about: the call, the route that it is a sample of, and the context."""
    of_route = f" (of {call.route})" if call.values else ""
    return f"{call.name}{of_route}" + (f" in {context.name}" if context.name else "")


def matrix_lines(matrix: Matrix, width: int | None, *, verbose: bool) -> Iterator[StyledLine]:
    """The table, in as many parts as the callers need, then what decides, the counts and the notes.

    Args:
        matrix: the matrix.
        width: the number of columns, or None for lines of any length.
        verbose: whether to list what decides each cell.
    """
    rows = list(matrix.rows)
    if not rows or not matrix.callers:
        yield styled_line(("", _NO_CELLS))
        return
    names = [printable(each.name) for each in matrix.callers]
    longest = _LONGEST_NAME if width is None else min(_LONGEST_NAME, width // _SHARE_OF_CALLS - len(_GAP))
    if any(len(name) > longest for name in names):
        for number, name in enumerate(names, 1):
            yield styled_line(("label", f"[{number}]"), ("", f" {name}"))
        yield styled_line()
        names = [f"[{number}]" for number in range(1, len(names) + 1)]
    yield from _table(rows, names, width)
    yield styled_line()
    if verbose:
        for _, _, cells in rows:
            for cell in cells:
                yield from _details(cell, width)
        yield styled_line()
    for text in (*keys_not_given(rows), *(f"not known: {reason}" for reason in reasons_in(rows))):
        yield from wrapped(OutlineLine(0, "missing", printable(text)), width)
    yield styled_line(("", counts_in_words(matrix)))
    for note in matrix.notes:
        yield from wrapped(OutlineLine(0, "note", printable(f"note: {note}")), width)


def counts_in_words(matrix: Matrix) -> str:
    """How many cells have each outcome, such as ``4 cells: 3 allowed, 1 denied``."""
    counts = {outcome: number for outcome, number in matrix.counts().items() if number}
    total = sum(counts.values())
    words = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    return f"{counted(total, 'cell')}: {words}" if words else "no cell"


def _table(rows: Sequence[MatrixRow], names: Sequence[str], width: int | None) -> Iterator[StyledLine]:
    labels = [printable(call_words(call, context)) for call, context, _ in rows]
    words = [[cell_words(cell) for cell in cells] for _, _, cells in rows]
    columns = [max(len(name), *(len(row[at]) for row in words)) for at, name in enumerate(names)]
    most = max(map(len, labels))
    first = most if width is None else min(most, width // _SHARE_OF_CALLS)
    for number, part in enumerate(_parts(columns, None if width is None else width - first)):
        if number:
            yield styled_line()
        heads = "".join(f"{_GAP}{names[at]:<{columns[at]}}" for at in part)
        yield styled_line(("label", (" " * first + heads).rstrip()))
        for label, row, (_, _, cells) in zip(labels, words, rows, strict=True):
            yield from _row(label, first, [(cells[at], row[at], columns[at]) for at in part])


def _row(label: str, first: int, cells: Sequence[tuple[MatrixCell, str, int]]) -> Iterator[StyledLine]:
    """A row; a name that is too long for its column has a line of its own."""
    if len(label) > first:
        yield styled_line(("", label))
        label = ""
    parts = [("", f"{label:<{first}}")]
    for at, (cell, text, column) in enumerate(cells):
        padded = text if at == len(cells) - 1 else f"{text:<{column}}"
        parts += [("", _GAP), (OUTCOME_STYLES[cell.outcome], padded)]
    yield styled_line(*parts)


def _parts(columns: Sequence[int], width: int | None) -> Iterator[list[int]]:
    """The numbers of the columns that stand side by side, at least one in each part."""
    part: list[int] = []
    used = 0
    for at, column in enumerate(columns):
        needed = len(_GAP) + column
        if part and width is not None and used + needed > width:
            yield part
            part, used = [], 0
        part.append(at)
        used += needed
    yield part


def _details(cell: MatrixCell, width: int | None) -> Iterator[StyledLine]:
    """What decides a cell."""
    where = f" in {cell.context}" if cell.context else ""
    text = printable(f"{cell.call} by {cell.caller}{where}: {cell_words(cell)}")
    yield from wrapped(OutlineLine(0, OUTCOME_STYLES[cell.outcome], text), width)
    for statement in cell.statements:
        yield from wrapped(OutlineLine(1, "", printable(f"by {statement_with_place(statement)}")), width)
    for key in deciding_keys(cell):
        yield from wrapped(OutlineLine(1, "missing", printable(f"depends on {key}, which is not given")), width)
    for value in (*cell.unknown_values, *filter(None, [cell.reason])):
        yield from wrapped(OutlineLine(1, "missing", printable(f"not known: {value}")), width)


def matrix_data(matrix: Matrix) -> dict[str, Any]:
    """The matrix as plain data, by the schema ``docs/schemas/matrix-1.json``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "callers": [{"name": each.name, "principal": principal_of(each)} for each in matrix.callers],
        "calls": [_call_data(each) for each in matrix.calls],
        "contexts": [
            {
                "name": each.name,
                "complete": each.context.complete,
                "keys": {name: list(values) for name, values in each.context.values.items()},
            }
            for each in matrix.contexts
        ],
        "cells": [cell_data(each) for each in matrix.cells],
        "counts": {outcome.value: number for outcome, number in matrix.counts().items()},
        "notes": list(matrix.notes),
    }


def principal_of(caller: MatrixCaller) -> str | None:
    """The ARN of a caller; None for a call without a signature, and where it is not known which one it is."""
    arns = {each.principal.arn for each in values_of(caller.caller)}
    return printable(arns.pop()) if len(arns) == 1 else None


def _call_data(call: MatrixCall) -> dict[str, Any]:
    return {
        "name": call.name,
        "api": call.api or None,
        "stage": call.stage or None,
        "method": call.method or None,
        "path": call.path or None,
        "route": call.route or None,
        "sample_values": dict(call.values),
    }


def cell_data(cell: MatrixCell) -> dict[str, Any]:
    """A cell as plain data."""
    return {
        "caller": cell.caller,
        "call": cell.call,
        "context": cell.context,
        "outcome": cell.outcome.value,
        "statuses": list(cell.statuses),
        "statements": [statement_data(each) for each in cell.statements],
        "missing_keys": list(cell.missing_keys),
        "unknown_values": [printable(each) for each in cell.unknown_values],
        "reason": cell.reason or None,
    }
