"""Decides the lines of a table: a row for each call; the calls of one class share a row (LOG-8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.bulk.call_row import CallRow, row_of
from execpolicy.bulk.known_answers import KnownAnswers
from execpolicy.bulk.line_columns import LineColumns
from execpolicy.bulk.line_decisions import LineDecisions
from execpolicy.bulk.log_files import LogLine
from execpolicy.bulk.plain_lines import PlainLines
from execpolicy.bulk.read_lines import calls_of_line
from execpolicy.bulk.replayed_call import label_of
from execpolicy.call import Call

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.possible_callers import LogCallers

#: What stands for the file of a line in a table.
_TABLE: Final = "<table>"
#: The most rows that are kept.
_MOST_ROWS: Final = 100_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class DecidedCalls(NamedTuple):
    """The calls of some lines, as columns.

    Attributes:
        lines: the place of the line of each call; a line can have several calls.
        times: the time of each call in milliseconds since 1970; None if its line has none.
        numbers: the place of the row of each call in ``rows``.
        rows: the different rows.
    """

    lines: list[int]
    times: list[int | None]
    numbers: list[int]
    rows: list[CallRow]


class DecidedLines:
    """Decides lines, as ``replay`` does.

    Args:
        before: the old version; None for AWS's answer in the log.
        after: the new version.
        callers: the callers whose policies are given.
        log_format: the format of the log.
        raw_values: whether rows have the sessions of callers.
    """

    def __init__(
        self,
        before: Api | None,
        after: Api,
        callers: LogCallers,
        *,
        log_format: str | None = None,
        raw_values: bool = False,
    ) -> None:
        answers = KnownAnswers(before, after, callers)
        self._columns = LineColumns(answers.classes, lambda arn: label_of(arn, raw_values=raw_values))
        self._decisions = LineDecisions(answers, after)
        self._plain = PlainLines()
        self._log_format = log_format
        self._raw = raw_values
        #: The rows of plain lines, by their keys.
        self._rows: dict[tuple[int, ...], CallRow] = {}

    def of(self, contents: Iterable[bytes]) -> DecidedCalls:
        """The calls of lines.

        Args:
            contents: the lines without their ends. An empty line has a row too, which says so.
        """
        found = DecidedCalls([], [], [], [])
        by_key: dict[tuple[int, ...], int] = {}
        for number, content in enumerate(contents):
            plain = self._plain.read(content) if self._log_format is None else None
            key = None if plain is None else self._columns.key(plain)
            if plain is None or key is None:
                self._add_calls(found, number, content)
                continue
            place = by_key.get(key.codes)
            if place is None:
                of_answer = self._columns.of_shape(plain.shape).of_answer
                place = by_key[key.codes] = len(found.rows)
                found.rows.append(self._row(key.codes, content, of_answer))
            found.lines.append(number)
            found.times.append(key.time)
            found.numbers.append(place)
        return found

    def _row(self, codes: tuple[int, ...], content: bytes, of_answer: int) -> CallRow:
        row = self._rows.get(codes)
        if row is None:
            if len(self._rows) >= _MOST_ROWS:
                self._rows.clear()
                self._decisions.clear()
            line = LogLine(_TABLE, 1, content)
            decided = self._decisions.of_key(line, codes, of_answer)
            row = self._rows[codes] = row_of(self._decisions.plain_call(line), decided, raw_values=self._raw)
        return row

    def _add_calls(self, found: DecidedCalls, number: int, content: bytes) -> None:
        """Read a line with all its values, and add its calls."""
        for call in calls_of_line(LogLine(_TABLE, 1, content), self._log_format):
            time = call.time if isinstance(call, Call) else None
            found.lines.append(number)
            found.times.append(None if time is None else round((time - _EPOCH).total_seconds() * 1000))
            found.numbers.append(len(found.rows))
            found.rows.append(row_of(call, self._decisions.of_call(call), raw_values=self._raw))
