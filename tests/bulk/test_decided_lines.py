"""Lines that are decided as a table: its rows say what a replay of the same lines counts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Replay
from execpolicy.bulk import decided_lines
from execpolicy.bulk.call_row import CallRow
from execpolicy.bulk.decided_lines import DecidedCalls, DecidedLines
from execpolicy.bulk.line_decisions import LineDecisions
from execpolicy.bulk.log_files import LogLine
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.replay import replay_lines
from execpolicy.bulk.replay_result import CallChange
from tests.bulk.generated_log import ADDRESSES, FORMS, PATHS, STATEMENTS, a_call, api_of, as_json
from tests.bulk.test_plain_lines import POLICIES, callers, edited_lines
from tests.examples import of_quick


def counts_of_rows(rows: list[CallRow]) -> tuple[Counter[Any], Counter[Any], int]:
    """The changes, with who calls what and why; the reasons of what is not replayed; and what is inferred."""
    replayed = [row for row in rows if row.not_replayed is None]
    changes = Counter(
        (*row[:4], row.before_statuses, row.after_statuses, row.after_gate, row.causes, row.detail)
        if row.change != CallChange.UNCHANGED.value
        else row.change
        for row in replayed
    )
    left_out = Counter(row.not_replayed for row in rows if row.not_replayed is not None)
    return changes, left_out, sum(bool(row.inferred) for row in replayed)


def counts_of_replay(replay: Replay) -> tuple[Counter[Any], Counter[Any], int]:
    """The same of the result of a replay."""
    changes: Counter[Any] = Counter()
    for group in replay.groups:
        sides = (None if each is None else each.statuses for each in (group.before, group.after))
        gate = None if group.after is None else group.after.gate
        causes = tuple(each.value for each in group.causes)
        changes[(group.change.value, None, group.route, group.caller, *sides, gate, causes, group.detail)] += (
            group.calls
        )
    changes[CallChange.UNCHANGED.value] = replay.counts[CallChange.UNCHANGED]
    left_out = Counter({reason.value: number for reason, number in replay.left_out.items()})
    return +changes, left_out, replay.inferred


def replayed(lines: list[bytes], versions: Any, **more: Any) -> Replay:
    numbered = [LogLine("a.log", number, content) for number, content in enumerate(lines, 1)]
    return replay_lines(numbered, versions, LogCallers(callers()), **more)


def rows_of(found: DecidedCalls) -> list[CallRow]:
    return [found.rows[number] for number in found.numbers]


@pytest.mark.rule("LOG-8")
@of_quick(10, long=1000)  # each example replays 60 lines twice
@given(st.none() | POLICIES, POLICIES, st.integers(0, 10**6), st.booleans(), st.sampled_from((1, 7, 60)))
def test_rows_say_what_a_replay_counts(before: Any, after: Any, seed: int, raw_values: bool, size: int) -> None:
    versions = (None if before is None else api_of(*before), api_of(*after))
    lines = edited_lines(seed, 60)
    by_lines = replayed(lines, versions, raw_values=raw_values)
    decided = DecidedLines(*versions, LogCallers(callers()), raw_values=raw_values)
    parts = [decided.of(lines[at : at + size]) for at in range(0, len(lines), size)]
    assert counts_of_rows([row for part in parts for row in rows_of(part)]) == counts_of_replay(by_lines)
    times = [each for part in parts for each in part.times if each is not None]
    calls = [at for part in parts for at, row in zip(part.times, rows_of(part), strict=True) if row.change]
    seen = [datetime.fromtimestamp(each / 1000, UTC) for each in calls if each is not None]
    assert (min(seen, default=None), max(seen, default=None)) == (by_lines.first, by_lines.last)
    assert len(times) >= len(seen)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_rows_of_every_form(form: str) -> None:
    write, log_format = FORMS[form]
    random = Random(5)
    lines = [write(a_call(random, number)).encode() for number in range(200)]
    versions = (api_of(STATEMENTS[0]), api_of(*STATEMENTS[2:5]))
    decided = DecidedLines(*versions, LogCallers(callers()), log_format=log_format)
    found = decided.of(lines)
    assert counts_of_rows(rows_of(found)) == counts_of_replay(replayed(lines, versions, log_format=log_format))
    assert found.lines == list(range(200))


def test_a_line_with_several_calls_has_several_rows() -> None:
    calls = [as_json(a_call(Random(number), number)) for number in range(3)]
    events = ", ".join(f'{{"id": "{at}", "timestamp": 1, "message": {_json(text)}}}' for at, text in enumerate(calls))
    record = f'{{"messageType": "DATA_MESSAGE", "logGroup": "g", "logStream": "s", "logEvents": [{events}]}}'
    versions = (None, api_of(STATEMENTS[0]))
    found = DecidedLines(*versions, LogCallers(None)).of([b"", record.encode(), b"?"])
    assert found.lines == [0, 1, 1, 1, 2]
    assert [row.not_replayed for row in rows_of(found)] == ["empty", None, None, None, "cannot be read"]


def _json(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_calls_of_one_class_are_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(7)
    lines = [as_json(a_call(random, number)).encode() for number in range(1500)]
    asked: list[tuple[int, ...]] = []
    of_key = LineDecisions.of_key

    def counted(self: LineDecisions, line: LogLine, codes: tuple[int, ...], of_answer: int) -> Any:
        asked.append(codes)
        return of_key(self, line, codes, of_answer)

    monkeypatch.setattr(LineDecisions, "of_key", counted)
    decided = DecidedLines(api_of(STATEMENTS[0]), api_of(STATEMENTS[3]), LogCallers(None))
    first = decided.of(lines)
    assert len(asked) == len(set(asked)) < 500
    assert decided.of(lines) == first
    assert len(asked) == len(set(asked))


def test_rows_are_the_same_when_what_was_decided_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(7)
    lines = [as_json(a_call(random, number)).encode() for number in range(300)]
    versions = (api_of(STATEMENTS[0]), api_of(STATEMENTS[3]))
    expected = DecidedLines(*versions, LogCallers(None)).of(lines)
    monkeypatch.setattr(decided_lines, "_MOST_ROWS", 3)
    assert DecidedLines(*versions, LogCallers(None)).of(lines) == expected


def test_rows_have_nothing_of_the_log_by_default() -> None:
    random = Random(9)
    lines = [as_json(a_call(random, number)).encode() for number in range(300)]
    versions = (api_of(STATEMENTS[0]), api_of(*STATEMENTS[2:5]))
    shown = repr(DecidedLines(*versions, LogCallers(None)).of(lines).rows)
    assert not [each for each in (*ADDRESSES, "bob-secret", "4711-secret", *PATHS[3:]) if each in shown]
    assert "bob-secret" in repr(DecidedLines(*versions, LogCallers(None), raw_values=True).of(lines).rows)
