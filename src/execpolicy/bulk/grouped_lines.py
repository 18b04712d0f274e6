"""Counts the lines of a log by groups: of lines that nothing tells apart, one is read as a call and decided (LOG-8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from execpolicy.bulk.line_columns import LineColumns
from execpolicy.bulk.line_decisions import LineDecisions
from execpolicy.bulk.line_group import LineGroup
from execpolicy.bulk.logged_networks import source_of
from execpolicy.bulk.plain_lines import IDS, PlainLine, PlainLines
from execpolicy.bulk.read_lines import calls_of_line
from execpolicy.bulk.replay_result import CallChange, NotReplayed
from execpolicy.call import Call
from execpolicy.loaders.access_log.line import ABSENT

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.call_row import CallRow
    from execpolicy.bulk.changed_calls import ChangedCalls
    from execpolicy.bulk.counted_calls import CallCounter
    from execpolicy.bulk.duckdb_columns import DuckDBColumns, GroupOfRows
    from execpolicy.bulk.known_answers import KnownAnswers
    from execpolicy.bulk.log_blocks import LogBlock
    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.replay_counts import ReplayCounts
    from execpolicy.bulk.replayed_call import ReplayedCall

#: The most groups that are kept; then they are counted, and begin anew.
_MOST_GROUPS: Final = 100_000
#: Writes a line that is not replayed.
OnReject = Callable[["LogLine", NotReplayed], None]


class GroupedLines:
    """Reads and counts lines.

    Args:
        counts: the counts.
        answers: decides calls.
        columns: finds the keys of lines.
        api: the new version.
        raw_values: whether the sources that counters want are addresses; else they are networks.
        log_format: the format of the log.
        dedupe: whether to leave out a call whose request id occurred before.
        on_reject: gets each line that is not replayed.
        counters: what counts the calls besides.
        changed: gets the calls that change or may change.
    """

    def __init__(
        self,
        counts: ReplayCounts,
        answers: KnownAnswers,
        columns: LineColumns,
        api: Api,
        *,
        raw_values: bool,
        log_format: str | None,
        dedupe: bool,
        on_reject: OnReject | None,
        counters: Sequence[CallCounter] = (),
        changed: ChangedCalls | None = None,
    ) -> None:
        self._counts = counts
        self._decisions = LineDecisions(answers, api)
        #: Finds the keys of lines.
        self.columns = columns
        self._log_format = log_format
        self._seen = _SeenRequests() if dedupe else None
        self._on_reject = on_reject
        self._counters = counters
        #: Whether counters want the sources of calls, and whether these are addresses.
        self.wants_sources, self.raw_values = any(each.wants_sources for each in counters), raw_values
        #: Gets the calls that change or may change.
        self.changed = changed
        #: Finds the shapes of lines.
        self.plain = PlainLines()
        self._groups: dict[tuple[int, ...], LineGroup] = {}
        #: Whether lines can be counted by groups: a duplicate is found line by line.
        self.can_group = log_format is None and not dedupe

    def add(self, line: LogLine) -> None:
        """Count a line."""
        self._counts.lines += 1
        plain = None if self._log_format is not None else self.plain.read(line.content)
        key = None if plain is None else self.columns.key(plain)
        if plain is None or key is None:
            self._add_calls(line)
            return
        group = self._groups.get(key.codes)
        if group is None:
            group = self._new_group(line, key.codes, self.columns.of_shape(plain.shape).of_answer)
        if isinstance(group.found, NotReplayed):
            self._leave_out(line, group.found)
        elif self._seen is not None and self._seen.again(_id_of(plain)):
            self._leave_out(line, NotReplayed.DUPLICATE)
        else:
            if self.changed is not None and group.changes:
                self.changed.add(self._counts.lines, line, self._call_of(line), group.found)
            if not self._add_of_group(line, group):
                group.add(1, key.time, key.time)
                if self.wants_sources:
                    address = plain.value("identity.sourceIp")
                    group.add_sources([source_of(address, raw_values=self.raw_values)])

    def add_block(self, block: LogBlock, database: DuckDBColumns) -> None:
        """Count the lines of a block, most of them by groups.

        Args:
            block: the lines.
            database: finds the groups.
        """
        found: list[tuple[GroupOfRows, LineGroup]] = []
        events: list[tuple[int, int]] = []
        for rows in sorted(database.groups(block), key=lambda each: each.rows):
            group = self._groups.get(rows.codes)
            if group is None:
                group = self._new_group(block.line(rows.rows[0]), rows.codes, rows.of_answer)
            if isinstance(group.found, NotReplayed):
                events += [(row, len(found)) for row in database.rows(rows)]
            elif group.needs_call:
                events += [(row, len(found)) for row in rows.rows]
            found.append((rows, group))
        events += [(row, -1) for row in database.others()]
        more = [rows.lines for rows, _ in found]
        first = self._counts.lines + 1
        for row, number in sorted(events):
            line = block.line(row)
            if number < 0:
                self._counts.lines = first - 1 + row
                self.add(line)
            elif self._add_of_group(line, found[number][1]):
                more[number] -= 1
        self._counts.lines = first - 1 + block.lines
        for (rows, group), lines in zip(found, more, strict=True):
            group.add(lines, rows.first, rows.last)
            group.add_sources(rows.sources)
            group.count(self._counts)
        if self.changed is not None:
            changed = [(rows, self._row_of(block, rows, group)) for rows, group in found if group.changes]
            self.changed.add_rows(database, block, first, changed)

    def _row_of(self, block: LogBlock, rows: GroupOfRows, group: LineGroup) -> CallRow:
        """What the rows of a group that changes say of its calls."""
        assert self.changed is not None, "rows are wanted"
        assert not isinstance(group.found, NotReplayed), "a group that changes"
        if group.row is None:
            group.row = self.changed.row(self._call_of(block.line(rows.rows[0])), group.found)
        return group.row

    def _call_of(self, line: LogLine) -> Call:
        """The call of a line of a group with calls."""
        call = self._decisions.plain_call(line)
        assert isinstance(call, Call), "a line of a group with calls is one"
        return call

    def _add_of_group(self, line: LogLine, group: LineGroup) -> bool:
        """Count a line of a group by itself, if its call is shown or not replayed; return whether it is."""
        if isinstance(group.found, NotReplayed):
            self._leave_out(line, group.found)
            return True
        if not group.needs_call:
            return False
        call = self._call_of(line)
        group.group = self._counts.add(line, call, group.found)
        group.others = [each.add(line, call, group.found) for each in self._counters]
        group.is_begun = True
        return True

    def count(self) -> None:
        """Count the lines that are not counted yet."""
        for each in self._groups.values():
            each.count(self._counts)

    def _new_group(self, line: LogLine, codes: tuple[int, ...], of_answer: int) -> LineGroup:
        """The group of a key.

        Args:
            line: its first line.
            codes: the key.
            of_answer: the number of the last codes, which are those of AWS's answer.
        """
        if len(self._groups) >= _MOST_GROUPS:
            # The codes stay as they are: a group that is found again begins anew.
            self.count()
            self._groups.clear()
            self._decisions.clear()
        found = self._decisions.of_key(line, codes, of_answer)
        is_silent = isinstance(found, NotReplayed) or (found.change is CallChange.UNCHANGED and not self._counters)
        group = self._groups[codes] = LineGroup(found, is_begun=is_silent)
        return group

    def _add_calls(self, line: LogLine) -> None:
        """Read a line with all its values, and count its calls."""
        for call in calls_of_line(line, self._log_format):
            found = self._decisions.of_call(call)
            if isinstance(found, NotReplayed):
                self._leave_out(line, found)
                continue
            assert isinstance(call, Call), "only a call has an answer"
            if self._seen is not None and self._seen.again(call.request_id):
                self._leave_out(line, NotReplayed.DUPLICATE)
            else:
                self._counts.add(line, call, found)
                for each in self._counters:
                    each.add(line, call, found)
                self._add_changed(line, call, found)

    def _add_changed(self, line: LogLine, call: Call, found: ReplayedCall) -> None:
        if self.changed is not None and found.change is not CallChange.UNCHANGED:
            self.changed.add(self._counts.lines, line, call, found)

    def _leave_out(self, line: LogLine, reason: NotReplayed) -> None:
        self._counts.leave_out(line, reason)
        if self._on_reject is not None:
            self._on_reject(line, reason)


def _id_of(line: PlainLine) -> str | None:
    """The id of the request, as a call has it."""
    found = (line.value(name) for name in IDS)
    return next((each for each in found if each not in (None, ABSENT, "")), None)


class _SeenRequests:
    """The ids of the requests so far, as numbers that are equal for equal ids."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def again(self, request_id: str | None) -> bool:
        """Whether a request was there before; one without an id was not."""
        if request_id is None:
            return False
        found = blake2b(request_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if found in self._seen:
            return True
        self._seen.add(found)
        return False
