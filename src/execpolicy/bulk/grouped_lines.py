"""Counts the lines of a log by groups: of lines that nothing tells apart, one is read as a call and decided (LOG-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from execpolicy.bulk.duckdb_columns import WantedColumns
from execpolicy.bulk.duckdb_requests import OtherRequest
from execpolicy.bulk.line_columns import LineColumns, LineKey
from execpolicy.bulk.line_decisions import LineDecisions
from execpolicy.bulk.line_group import LineGroup
from execpolicy.bulk.logged_networks import source_of
from execpolicy.bulk.plain_lines import IDS, PlainLine, PlainLines
from execpolicy.bulk.read_lines import calls_of_line
from execpolicy.bulk.replay_result import CallChange, NotReplayed
from execpolicy.bulk.seen_requests import KnownRequests, SeenRequests
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
#: A row of a block that is counted by itself: the number of its group, why it is not replayed, or None for a row in no
#: group.
_Event = tuple[int, int | NotReplayed | None]


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
        #: The requests so far, where duplicates are left out.
        self.requests = SeenRequests() if dedupe else None
        self._on_reject = on_reject
        self._counters = counters
        self._changed = changed
        #: What the columns of a block have besides.
        self.wanted = WantedColumns(
            changed is not None, any(each.wants_sources for each in counters), dedupe, raw_values
        )
        #: Finds the shapes of lines.
        self.plain = PlainLines()
        self._groups: dict[tuple[int, ...], LineGroup] = {}
        #: Whether lines can be counted by groups: DuckDB does not read lines of another format.
        self.can_group = log_format is None

    @property
    def lines(self) -> int:
        """The number of lines so far."""
        return self._counts.lines

    def add(self, line: LogLine) -> None:
        """Count a line."""
        self._counts.lines += 1
        plain, key = self._read(line)
        if plain is None or key is None:
            self._add_calls(line)
            return
        group = self._group_of(line, key.codes, self.columns.of_shape(plain.shape).of_answer)
        if isinstance(group.found, NotReplayed):
            self._leave_out(line, group.found)
        elif self.requests is not None and self.requests.again(_id_of(plain)):
            self._leave_out(line, NotReplayed.DUPLICATE)
        else:
            if self._changed is not None and group.changes:
                self._changed.add(self._counts.lines, line, self._call_of(line), group.found)
            if group.needs_call:
                self._add_of_group(line, group)
            else:
                group.add(1, key.time, key.time)
                if self.wanted.sources:
                    address = plain.value("identity.sourceIp")
                    group.add_sources([source_of(address, raw_values=self.wanted.raw_values)])

    def _read(self, line: LogLine) -> tuple[PlainLine | None, LineKey | None]:
        """A line of the usual form with its key; None for one that has to be read with all its values."""
        plain = None if self._log_format is not None else self.plain.read(line.content)
        return plain, None if plain is None else self.columns.key(plain)

    def add_block(self, block: LogBlock, database: DuckDBColumns) -> None:
        """Count the lines of a block, most of them by groups.

        Args:
            block: the lines.
            database: finds the groups.
        """
        groups = self._groups_of_block(block, database.groups(block))
        others = database.others()
        events: list[_Event] = [(row, None) for row in others]
        requests = self.requests
        if requests is not None:
            left_out = [rows for rows, group in groups if isinstance(group.found, NotReplayed)]
            of_others = [each for row in others for each in self._requests_of(block.line(row), row)]
            duplicates, found = database.without_duplicates(left_out, of_others)
            groups = self._groups_of_block(block, found)
            events += [(row, NotReplayed.DUPLICATE) for row in duplicates.rows]
            self.requests = KnownRequests(duplicates.others)
        for number, (rows, group) in enumerate(groups):
            if isinstance(group.found, NotReplayed):
                events += [(row, group.found) for row in database.rows(rows)]
            elif group.needs_call:
                events += [(row, number) for row in rows.rows]
        before = self._counts.lines
        shown = self._add_events(block, events, [group for _, group in groups])
        self._counts.lines = before + block.lines
        self.requests = requests
        for number, (rows, group) in enumerate(groups):
            group.add(rows.lines - shown[number], rows.first, rows.last)
            group.add_sources(rows.sources)
            group.count(self._counts)
        if self._changed is not None:
            changed = [(rows, self._row_of(block, rows, group)) for rows, group in groups if group.changes]
            self._changed.add_rows(database, block, before + 1, changed)

    def _groups_of_block(self, block: LogBlock, found: Iterable[GroupOfRows]) -> list[tuple[GroupOfRows, LineGroup]]:
        """Groups of rows with the groups of their keys, in the order of their first rows."""
        ordered = sorted(found, key=lambda each: each.rows)
        return [(rows, self._group_of(block.line(rows.rows[0]), rows.codes, rows.of_answer)) for rows in ordered]

    def _add_events(self, block: LogBlock, events: Iterable[_Event], groups: Sequence[LineGroup]) -> Counter[int]:
        """Count lines of a block by themselves, in their order; return how many calls of each group are counted."""
        before = self._counts.lines
        counted: Counter[int] = Counter()
        for row, what in sorted(events, key=itemgetter(0)):
            line = block.line(row)
            if what is None:
                self._counts.lines = before + row
                self.add(line)
            elif isinstance(what, NotReplayed):
                self._leave_out(line, what)
            elif groups[what].needs_call:
                self._add_of_group(line, groups[what])
                counted[what] += 1
        return counted

    def _requests_of(self, line: LogLine, row: int) -> Iterator[OtherRequest]:
        """The requests of the calls of a line that are replayed, in the order in which ``add`` looks them up."""
        plain, key = self._read(line)
        if plain is None or key is None:
            for call in calls_of_line(line, self._log_format):
                if isinstance(call, Call) and not isinstance(self._decisions.of_call(call), NotReplayed):
                    yield OtherRequest.of(row, call.request_id)
            return
        group = self._group_of(line, key.codes, self.columns.of_shape(plain.shape).of_answer)
        if not isinstance(group.found, NotReplayed):
            yield OtherRequest.of(row, _id_of(plain))

    def _row_of(self, block: LogBlock, rows: GroupOfRows, group: LineGroup) -> CallRow:
        """What the rows of a group that changes say of its calls."""
        assert self._changed is not None, "rows are wanted"
        assert not isinstance(group.found, NotReplayed), "a group that changes"
        if group.row is None:
            group.row = self._changed.row(self._call_of(block.line(rows.rows[0])), group.found)
        return group.row

    def _call_of(self, line: LogLine) -> Call:
        """The call of a line of a group with calls."""
        call = self._decisions.plain_call(line)
        assert isinstance(call, Call), "a line of a group with calls is one"
        return call

    def _add_of_group(self, line: LogLine, group: LineGroup) -> None:
        """Count a line of a group by itself, whose call is shown or the first one."""
        assert not isinstance(group.found, NotReplayed), "a group with calls"
        call = self._call_of(line)
        group.group = self._counts.add(line, call, group.found)
        group.others = [each.add(line, call, group.found) for each in self._counters]
        group.is_begun = True

    def count(self) -> None:
        """Count the lines that are not counted yet."""
        for each in self._groups.values():
            each.count(self._counts)

    def _group_of(self, line: LogLine, codes: tuple[int, ...], of_answer: int) -> LineGroup:
        """The group of a key.

        Args:
            line: a line of it, the first one if the group is new.
            codes: the key.
            of_answer: the number of the last codes, which are those of AWS's answer.
        """
        known = self._groups.get(codes)
        if known is not None:
            return known
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
            if self.requests is not None and self.requests.again(call.request_id):
                self._leave_out(line, NotReplayed.DUPLICATE)
            else:
                self._counts.add(line, call, found)
                for each in self._counters:
                    each.add(line, call, found)
                self._add_changed(line, call, found)

    def _add_changed(self, line: LogLine, call: Call, found: ReplayedCall) -> None:
        if self._changed is not None and found.change is not CallChange.UNCHANGED:
            self._changed.add(self._counts.lines, line, call, found)

    def _leave_out(self, line: LogLine, reason: NotReplayed) -> None:
        self._counts.leave_out(line, reason)
        if self._on_reject is not None:
            self._on_reject(line, reason)


def _id_of(line: PlainLine) -> str | None:
    """The id of the request, as a call has it."""
    found = (line.value(name) for name in IDS)
    return next((each for each in found if each not in (None, ABSENT, "")), None)
