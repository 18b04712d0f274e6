"""Logs that are narrowed by columns: the result is that of lines that are all read with all their values."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import ExecPolicyError, Narrowed
from execpolicy.bulk import counted_blocks
from execpolicy.bulk.grouped_lines import GroupedLines
from execpolicy.bulk.log_blocks import LogBlock
from execpolicy.bulk.log_files import LogLine
from execpolicy.bulk.narrow import narrow_logs
from execpolicy.bulk.narrowed_versions import version_of
from execpolicy.bulk.plain_lines import PlainLines
from tests.bulk.generated_log import STATEMENTS, a_call, api_of, as_json
from tests.bulk.test_duckdb_columns import block_of
from tests.bulk.test_narrow import POLICIES, resource
from tests.bulk.test_plain_lines import callers, edited_lines
from tests.examples import of_quick

pytest.importorskip("duckdb", reason="the extra logs is not installed")


@pytest.fixture(autouse=True)
def every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB counts small blocks too."""
    monkeypatch.setattr(counted_blocks, "FEW_LINES", 0)


def narrowed(lines: list[bytes], statements: Any, known: object, *, blocks: int, **more: Any) -> Narrowed | str:
    """The result of lines, in a number of blocks; 0 for line by line. The message if there is none."""
    numbered = [LogLine("a.log", number, content) for number, content in enumerate(lines, 1)]
    size = -(-len(lines) // max(blocks, 1))

    def in_blocks() -> Iterator[LogBlock]:
        return (block_of(lines[at : at + size], at) for at in range(0, len(lines), size))

    version = version_of(resource(*statements), api_of(), known)
    try:
        return narrow_logs(lambda: numbered, version, blocks=in_blocks if blocks else None, **more)
    except ExecPolicyError as error:
        return str(error)


@pytest.mark.rule("LOG-8", "LOG-10")
@of_quick(5, long=1000)  # each example narrows a policy by the same 60 lines three times
@given(
    POLICIES,
    st.integers(0, 10**6),
    st.booleans(),
    st.fixed_dictionaries({"sources": st.booleans(), "raw_values": st.booleans()}),
    st.sampled_from((1, 3)),
)
def test_columns_are_lines(statements: Any, seed: int, known: bool, options: dict[str, Any], blocks: int) -> None:
    lines = [line.replace(b"\n", b"") for line in edited_lines(seed, 60)]
    who = callers() if known else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainLines, "read", lambda self, content: None)
        by_calls = narrowed(lines, statements, who, blocks=0, **options)
    assert narrowed(lines, statements, who, blocks=0, **options) == by_calls
    assert narrowed(lines, statements, who, blocks=blocks, **options) == by_calls


def test_lines_are_counted_by_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(7)
    lines = [as_json(a_call(random, number)).encode() for number in range(300)]
    monkeypatch.setattr(GroupedLines, "add", lambda self, line: pytest.fail("a line is read by itself"))
    found = narrowed(lines, STATEMENTS[:4], callers(), blocks=2, sources=True)
    assert isinstance(found, Narrowed)
    assert found.replay.lines == 300
    assert found.statements[0].sources
