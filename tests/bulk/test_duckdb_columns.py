"""Blocks that DuckDB counts: the result is that of the lines, whatever the lines are."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import ExecPolicyError, NotReplayed, Replay, replay
from execpolicy.bulk import counted_blocks
from execpolicy.bulk.changed_calls import ChangedCalls
from execpolicy.bulk.grouped_lines import GroupedLines
from execpolicy.bulk.log_blocks import LogBlock, log_blocks
from execpolicy.bulk.log_files import LogLine, log_lines
from execpolicy.bulk.log_sample import sampled, sampled_blocks
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.replay import replay_lines
from execpolicy.render.json import data_to_json
from execpolicy.render.replay import replay_data
from tests.bulk.generated_log import EVENING, FORMS, STATEMENTS, a_call, api_of, as_json
from tests.bulk.test_plain_lines import POLICIES, callers, edited_lines, with_ids
from tests.examples import of_quick

pytest.importorskip("duckdb", reason="the extra logs is not installed")


def block_of(lines: list[bytes], before: int = 0) -> LogBlock:
    """A block of two chunks, with so many lines of the file before it."""
    block = LogBlock()
    half = len(lines) // 2
    for number, part in ((1, lines[:half]), (half + 1, lines[half:])):
        block.append("a.log", number + before, b"".join(line + b"\n" for line in part))
    return block


class Outputs(NamedTuple):
    """The outputs of a replay."""

    found: Replay
    data: str
    rejected: list[tuple[int, str]]
    changed: bytes


def replayed(
    lines: list[bytes], versions: Any, *, blocks: int, log_format: str | None = None, changed: bool = False, **more: Any
) -> Outputs:
    """The outputs of lines, in a number of blocks; 0 for line by line."""
    rejected: list[tuple[int, str]] = []
    numbered = [LogLine("a.log", number, content) for number, content in enumerate(lines, 1)]
    size = -(-len(lines) // blocks) if blocks else 1
    made = [block_of(lines[at : at + size], at) for at in range(0, len(lines), size)]
    with TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder, "changed.parquet")
        rows = ChangedCalls(str(path), raw_values=more.get("raw_values", False)) if changed else None
        if rows is not None:
            stack.callback(rows.close)
        found = replay_lines(
            numbered,
            versions,
            LogCallers(callers()),
            blocks=made if blocks else None,
            log_format=log_format,
            on_reject=lambda line, reason: rejected.append((line.number, reason)),
            changed=rows,
            **more,
        )
        if rows is not None:
            rows.write()
        written = path.read_bytes() if changed else b""
    return Outputs(found, data_to_json(replay_data(found)), rejected, written)


@pytest.fixture(autouse=True)
def every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB counts small blocks too."""
    monkeypatch.setattr(counted_blocks, "FEW_LINES", 0)


@pytest.mark.rule("LOG-8", "LOG-9")
@of_quick(25, long=1000)  # each example replays 60 lines twice
@given(
    st.none() | POLICIES,
    POLICIES.flatmap(lambda each: st.sampled_from((each, [*each, {**STATEMENTS[0], "Condition": EVENING}]))),
    st.integers(0, 10**6),
    st.fixed_dictionaries({name: st.booleans() for name in ("raw_values", "dedupe", "score", "changed")}),
    st.sampled_from((1, 3)),
)
def test_columns_are_lines(before: Any, after: Any, seed: int, options: dict[str, Any], blocks: int) -> None:
    versions = (None if before is None else api_of(*before), api_of(*after))
    lines = [line.replace(b"\n", b"") for line in with_ids(edited_lines(seed, 60), seed)]
    options["score"] &= before is not None
    by_lines = replayed(lines, versions, blocks=0, **options)
    assert replayed(lines, versions, blocks=blocks, **options) == by_lines


@pytest.mark.parametrize("form", sorted(FORMS))
def test_lines_of_every_form(form: str) -> None:
    write, log_format = FORMS[form]
    random = Random(5)
    lines = [write(a_call(random, number)).encode() for number in range(200)]
    versions = (api_of(STATEMENTS[0]), api_of(*STATEMENTS[2:5]))
    by_lines = replayed(lines, versions, blocks=0, log_format=log_format)
    assert replayed(lines, versions, blocks=2, log_format=log_format) == by_lines


#: What a replay does besides, by columns too.
MORE: tuple[dict[str, Any], ...] = ({}, {"score": True}, {"changed": True}, {"dedupe": True})


@pytest.mark.parametrize("more", MORE, ids=str)
def test_most_lines_are_counted_by_groups(more: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(7)
    lines = [as_json(a_call(random, number)).encode() for number in range(500)]
    read: list[LogLine] = []
    monkeypatch.setattr(GroupedLines, "add", lambda self, line: read.append(line))
    versions = (api_of(STATEMENTS[0]), api_of(STATEMENTS[3]))
    assert replayed(lines, versions, blocks=1, **more)[0].lines == 500
    assert not read
    replayed([line.replace(b'"/prod', b'"\\/prod') for line in lines], versions, blocks=1)
    assert len(read) == 500


def test_the_rows_of_calls_that_change_are_those_of_the_lines() -> None:
    random = Random(6)
    lines = [as_json(a_call(random, number)) for number in range(400)]
    lines[10:12] = [lines[10].replace('"/prod', '"\\/prod'), "{broken"]
    events = [{"id": str(at), "timestamp": 1, "message": line} for at, line in enumerate(lines[:9])]
    record = {"messageType": "DATA_MESSAGE", "logGroup": "g", "logStream": "s", "logEvents": events}
    lines[20:22] = [json.dumps(record), lines[20].replace('"identity.sourceIp": "', '"ip": "-", "tenant": "')]
    versions = (api_of(STATEMENTS[0]), api_of(STATEMENTS[3]))
    contents = [line.encode() for line in lines]
    for raw_values in (False, True):
        found = replayed(contents, versions, blocks=3, changed=True, raw_values=raw_values)
        assert found == replayed(contents, versions, blocks=0, changed=True, raw_values=raw_values)
        assert b"a.log" in found.changed


def test_lines_with_characters_that_no_table_has() -> None:
    line = as_json(a_call(Random(0), 0)).encode()
    odd = [line, b"", line + b"\r", line.replace(b" ", b"\r"), b"\x00", b"\x01", line.replace(b"p", b"\x01"), b"\xff"]
    odd += [line.replace(b"}", ', "userAgent": "\u00e4"}'.encode()), b"x" * 100_000, b'"', b",", b"#", b" ", b"NULL"]
    versions = (None, api_of(STATEMENTS[0]))
    assert replayed(odd, versions, blocks=1) == replayed(odd, versions, blocks=0)


def test_more_rejected_lines_than_are_listed() -> None:
    lines = [b'{"httpMethod": "GET", "path": "nowhere", "requestTimeEpoch": "1"}'] * 50
    lines += [as_json(a_call(Random(0), 0)).replace("a1b2c3", "zzz").encode()] * 50
    versions = (None, api_of(STATEMENTS[0]))
    found = replayed(lines, versions, blocks=1)
    assert found == replayed(lines, versions, blocks=0)
    assert len(found[2]) == 100


def test_blocks_have_the_lines_of_the_files(tmp_path: Path) -> None:
    lines = [b"x" * (number % 50) for number in range(1000)]
    (tmp_path / "a.log").write_bytes(b"\n".join(lines))
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(b"\r\n".join(lines)))
    (tmp_path / "c.log").write_bytes(b"")
    paths = [str(tmp_path / name) for name in ("a.log", "b.log.gz", "c.log")]
    blocks = list(log_blocks(paths, 300))
    assert [line for block in blocks for line in block] == list(log_lines(paths))
    assert [block.lines for block in log_blocks(paths, 3000)] == [2000]


def test_blocks_of_very_long_lines_are_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execpolicy.bulk.log_blocks.BYTES_OF_BLOCK", 3_000_000)
    (tmp_path / "a.log").write_bytes((b"x" * 999_999 + b"\n") * 10)
    blocks = list(log_blocks([str(tmp_path / "a.log")]))
    assert sum(block.lines for block in blocks) == 10
    assert all(block.size < 5_000_000 for block in blocks)
    assert len(blocks) > 1


@pytest.mark.parametrize("part", [None, Fraction(1, 3), Fraction(1, 100), Fraction(1)])
def test_sampled_blocks_have_the_lines_of_the_sample(
    tmp_path: Path, part: Fraction | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [b"%d" % number + random_end for number in range(500) for random_end in (b"", b"\r", b"\r\r")]
    (tmp_path / "a.log").write_bytes(b"\n".join(lines))
    (tmp_path / "b.log").write_bytes(b"\n".join(lines[:100]))
    paths = [str(tmp_path / name) for name in ("a.log", "b.log")]
    monkeypatch.setattr("execpolicy.bulk.log_sample.LINES_OF_BLOCK", 50)
    blocks = list(sampled_blocks(log_blocks(paths, 100), part, seed=3))
    expected = list(sampled(log_lines(paths), part, seed=3))
    assert [line for block in blocks for line in block] == expected
    assert all(block.lines for block in blocks)
    assert 0 < len(expected) <= 1600


def test_a_sample_is_counted_by_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(8)
    lines = [as_json(a_call(random, number)) for number in range(900)]
    (tmp_path / "a.log").write_text("\n".join(lines), "utf-8")
    monkeypatch.setattr(GroupedLines, "add", lambda self, line: pytest.fail("a line is read by itself"))
    options: dict[str, Any] = {"callers": callers(), "sample": "1/3", "seed": 2}
    found = replay(tmp_path / "a.log", api_of(STATEMENTS[0]), api_of(STATEMENTS[3]), **options)
    monkeypatch.undo()
    monkeypatch.setattr("execpolicy.bulk.replay.blocks_of", lambda *_: None)
    assert replay(tmp_path / "a.log", api_of(STATEMENTS[0]), api_of(STATEMENTS[3]), **options) == found
    assert 200 < found.lines < 400


def test_a_file_that_ends_early_has_the_place_of_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    content = gzip.compress(b"".join(b"%d\n" % Random(number).randrange(10**9) for number in range(100_000)))
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ExecPolicyError) as by_lines:
        list(log_lines(str(path)))
    with pytest.raises(ExecPolicyError) as by_blocks:
        list(log_blocks([str(path)], 100))
    assert str(by_blocks.value) == str(by_lines.value)
    assert "the compressed file ends early" in str(by_blocks.value)


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execpolicy.bulk.duckdb_lines._readable", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(ExecPolicyError, match=r"cannot write .*: full"):
        replayed([b"x"], (None, api_of()), blocks=1)


def test_a_disk_that_is_full_for_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    error = duckdb.IOException("IO Error: Could not write file: No space left on device\nmore")
    monkeypatch.setattr("execpolicy.bulk.duckdb_columns.DuckDBColumns.others", lambda _: (_ for _ in ()).throw(error))
    with pytest.raises(ExecPolicyError) as caught:
        replayed([b"x"], (None, api_of()), blocks=1)
    assert caught.value.message == (
        "DuckDB cannot count the lines of a block: IO Error: Could not write file: No space left on device"
    )
    assert caught.value.advice == "set TMPDIR to a folder with more space"


@pytest.mark.rule("LOG-8")
@pytest.mark.parametrize("few", [0, 25, 10**9], ids=["blocks", "first by lines", "lines"])
def test_duplicates_of_a_block_before(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted_blocks, "FEW_LINES", few)
    line = as_json(a_call(Random(0), 0)).encode()
    left_out = line.replace(b"a1b2c3", b"zzz")
    blocks = [[line, left_out, line], [left_out, line, line], [line] * 30, [line.replace(b'"/prod', b'"\\/prod')] * 2]
    ids = [[b"a", b"b", b"a"], [b"c", b"b", b"c"], [b"a", b"d", b"", *[b"%d" % at for at in range(27)]], [b"d", b"e"]]
    made, numbered, at = [], [], 0
    for lines, names in zip(blocks, ids, strict=True):
        whole = [each.replace(b"{", b'{"requestId": "%s", ' % name, 1) for each, name in zip(lines, names, strict=True)]
        made.append(block_of(whole, at))
        numbered += [LogLine("a.log", at + number, content) for number, content in enumerate(whole, 1)]
        at += len(whole)
    rejected: list[int] = []
    found = replay_lines(
        numbered,
        (None, api_of(STATEMENTS[0])),
        LogCallers(None),
        blocks=made,
        dedupe=True,
        on_reject=lambda line, _: rejected.append(line.number),
    )
    assert found.left_out == {NotReplayed.OTHER_API: 2, NotReplayed.DUPLICATE: 3}
    assert rejected == [2, 3, 4, 7, 37]


def test_without_duckdb_lines_are_read_one_by_one(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    random = Random(3)
    log.write_text("".join(f"{as_json(a_call(random, number))}\n" for number in range(300)), "utf-8")
    program = (
        "import sys\n"
        "if sys.argv[2] == 'without': sys.modules['duckdb'] = None\n"
        "from execpolicy import replay\n"
        "from execpolicy.bulk import counted_blocks\n"
        "from execpolicy.render.replay import replay_data\n"
        "from tests.bulk.generated_log import STATEMENTS, api_of\n"
        "counted_blocks.FEW_LINES = 0\n"
        "print(replay_data(replay(sys.argv[1], api_of(STATEMENTS[0]), api_of(STATEMENTS[3]))))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program, str(log), word], capture_output=True, encoding="utf-8", check=True
        )
        for word in ("with", "without")
    ]
    assert runs[0].stdout == runs[1].stdout
