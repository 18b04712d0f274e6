"""How a matrix differs from a saved one, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.bulk.access_matrix import CellOutcome, CellResult, Matrix
from execpolicy.bulk.saved_matrix import CellDifference
from execpolicy.document.syntax.wording import counted, listed
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.witness import statement_with_place


def difference_lines(
    matrix: Matrix, differing: Sequence[CellDifference], name: str, width: int | None
) -> Iterator[StyledLine]:
    """Each cell that differs, with what decides it now.

    Args:
        matrix: the matrix as it is now.
        differing: the cells that differ.
        name: the name of the saved matrix.
        width: the number of columns, or None for lines of any length.
    """
    if not differing:
        total = sum(matrix.counts().values())
        yield styled_line(("allow", "EQUAL"), ("", printable(f"  {counted(total, 'cell')} as in {name}")))
        return
    verb = "differs" if len(differing) == 1 else "differ"
    words = f"  {counted(len(differing), 'cell')} {verb} from {name}"
    yield styled_line(("explicit_deny", "DIFFERENT"), ("", printable(words)))
    for each in differing:
        where = f" in {each.names.context}" if each.names.context else ""
        text = f"{each.names.call} by {each.names.caller}{where}: {_change(each)}"
        yield from wrapped(OutlineLine(1, "", printable(text)), width)
        if each.found is not None:
            for statement in matrix.cell(*each.names).statements:
                yield from wrapped(OutlineLine(2, "", printable(f"by {statement_with_place(statement)}")), width)


def _change(difference: CellDifference) -> str:
    if difference.expected is None:
        return f"found {_words(difference.found)}, expected no such cell"
    if difference.found is None:
        return f"expected {_words(difference.expected)}, found no such cell"
    return f"expected {_words(difference.expected)}, found {_words(difference.found)}"


def _words(result: CellResult | None) -> str:
    if result is None:
        return ""
    outcome, statuses = result
    shows_status = outcome is not CellOutcome.ALLOWED and statuses
    return f"{outcome} {listed(map(str, statuses))}" if shows_status else outcome.value
