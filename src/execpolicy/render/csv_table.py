"""Tables as CSV that a spreadsheet can open without running a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from execpolicy._base.characters import printable

#: A spreadsheet reads a cell that begins with one of these as a formula.
_FORMULA: Final = ("=", "+", "-", "@")


def csv_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""A table as CSV, with a line for the names of the columns. A cell that could be a formula begins with ``'``.

    >>> csv_table(["caller"], [["=1+1"], ["a, b"]])
    'caller\n\'=1+1\n"a, b"\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([_cell(each) for each in row] for row in rows)
    return text.getvalue()


def _cell(text: str) -> str:
    shown = printable(text)
    # Spreadsheets ignore blanks before a formula.
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown
