"""An access matrix as CSV, Markdown and HTML. No name is read as a formula or as markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from execpolicy.bulk.access_matrix import CellOutcome, Matrix, MatrixCell
from execpolicy.render.csv_table import csv_table
from execpolicy.render.html_page import html_page, html_text
from execpolicy.render.markdown import code, escaped
from execpolicy.render.matrix import (
    MatrixRow,
    call_words,
    cell_words,
    counts_in_words,
    deciding_keys,
    keys_not_given,
    reasons_in,
)
from execpolicy.render.witness import statement_with_place

_COLUMNS: Final = (
    *("api", "stage", "method", "path", "route", "caller", "context", "outcome", "statuses", "statements"),
    *("missing_keys", "unknown"),
)
#: The class of a cell in the page, which gives its colours.
_CLASSES: Final = {
    CellOutcome.ALLOWED: "good",
    CellOutcome.DENIED: "bad",
    CellOutcome.NO_ROUTE: "none",
    CellOutcome.INDETERMINATE: "half",
}


def matrix_to_csv(matrix: Matrix) -> str:
    """The matrix as CSV, with a line for each cell."""
    return csv_table(
        _COLUMNS,
        (
            (
                *(call.api, call.stage, call.method, call.path, call.route),
                cell.caller,
                cell.context,
                cell.outcome.value,
                " ".join(map(str, cell.statuses)),
                "; ".join(map(statement_with_place, cell.statements)),
                " ".join(cell.missing_keys),
                "; ".join(filter(None, (*cell.unknown_values, cell.reason))),
            )
            for call, _, cells in matrix.rows
            for cell in cells
        ),
    )


def matrix_to_markdown(matrix: Matrix) -> str:
    """The matrix as a section of Markdown, with a row for each call and a column for each caller."""
    return "".join(f"{line}\n" for line in _markdown(matrix))


def _markdown(matrix: Matrix) -> Iterator[str]:
    rows = list(matrix.rows)
    yield "## execpolicy matrix"
    yield ""
    yield f"{counts_in_words(matrix)}."
    if matrix.callers and matrix.calls:
        yield ""
        yield f"| call | {' | '.join(escaped(each.name) for each in matrix.callers)} |"
        yield "|---" * (len(matrix.callers) + 1) + "|"
        for call, context, cells in rows:
            yield f"| {code(call_words(call, context))} | {' | '.join(escaped(cell_words(cell)) for cell in cells)} |"
    for line in _below(matrix, rows):
        yield ""
        yield f"{escaped(line)}."


def _below(matrix: Matrix, rows: Sequence[MatrixRow]) -> Iterator[str]:
    """What stands below the table."""
    yield from keys_not_given(rows)
    yield from (f"Not known: {reason}" for reason in reasons_in(rows))
    yield from (f"Note: {note}" for note in matrix.notes)


def matrix_to_html(matrix: Matrix) -> str:
    """The matrix as a page of HTML without a script; the title of a cell has what decides it."""
    return html_page("execpolicy matrix", _body(matrix))


def _body(matrix: Matrix) -> Iterator[str]:
    rows = list(matrix.rows)
    yield f"<p>{html_text(counts_in_words(matrix))}.</p>"
    yield "<table><thead><tr><th>call</th>"
    yield from (f'<th scope="col">{html_text(each.name)}</th>' for each in matrix.callers)
    yield "</tr></thead><tbody>"
    for call, context, cells in rows:
        yield f'<tr><th scope="row"><code>{html_text(call_words(call, context))}</code></th>'
        yield from map(_cell, cells)
        yield "</tr>"
    yield "</tbody></table>"
    yield from (f"<p>{html_text(line)}.</p>" for line in _below(matrix, rows))


def _cell(cell: MatrixCell) -> str:
    reasons = [
        *(f"by {statement_with_place(each)}" for each in cell.statements),
        *(f"depends on {key}" for key in deciding_keys(cell)),
        *(f"not known: {value}" for value in (*cell.unknown_values, cell.reason) if value),
    ]
    title = f' title="{html_text("; ".join(reasons))}"' if reasons else ""
    return f'<td class="{_CLASSES[cell.outcome]}"{title}>{html_text(cell_words(cell))}</td>'
