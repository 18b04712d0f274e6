"""execpolicy replay --changed: the calls that change as a Parquet file; and what no output has by default."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.bulk.generated_log import ADDRESSES, API_FILE, CLERK, a_call, as_json
from tests.cli.conftest import Execute, document, write

duckdb: Any = pytest.importorskip("duckdb", reason="the extra logs is not installed")
ARGUMENTS = ("replay", "access.log", "--before", "old.json", "--api", "new.json")
#: What the log has and no output shows by default.
RAW = (*ADDRESSES, "/orders/4711-secret", "/ann", "bob-secret", "AKIASECRETKEY", "secret=query")


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """Two versions of an API, and a log with keys and query strings."""
    everything: dict[str, Any] = {"Principal": "*", "Resource": "execute-api:/*"}
    office = {**everything, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    write(folder / "old.json", {**API_FILE, "resource_policy": document(**everything)})
    write(folder / "new.json", {**API_FILE, "resource_policy": document(**office)})
    random = Random(4)
    more = '{"identity.apiKey": "AKIASECRETKEY", "queryString": "secret=query", '
    lines = [as_json(a_call(random, number)).replace("{", more, 1) for number in range(200)]
    (folder / "access.log").write_text("\n".join(lines), "utf-8")


def rows_of(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        found = connection.read_parquet(str(path))
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


@pytest.mark.rule("LOG-8")
def test_the_rows_are_the_calls_that_the_groups_count(execute: Execute, folder: Path) -> None:
    run = execute(*ARGUMENTS, "--changed", "out/changed.parquet", "--format", "json", "--verbose")
    data = json.loads(run.out)
    rows = rows_of(folder / "out" / "changed.parquet")
    counted = Counter((row["change"], row["route"], row["caller"], row["detail"], *row["causes"]) for row in rows)
    groups: Counter[tuple[Any, ...]] = Counter()
    for group in data["groups"]:
        key = (group["change"], group["route"] or "", group["caller"], group["detail"] or "", *group["causes"])
        groups[key] += group["calls"]
    assert counted == groups
    assert len({row["change"] for row in rows}) > 1
    examples = {each["place"]: each for group in data["groups"] for each in group["examples"]}
    by_place = {f"{row['file']}:{row['line']}": row for row in rows}
    for place, example in examples.items():
        row = by_place[place]
        assert (row["method"], row["source"] or "", row["path"]) == (example["method"], example["source"] or "", None)
        assert f"{row['time'].isoformat()}Z" == example["time"].replace("+00:00", "Z")


def test_nothing_changes(execute: Execute, folder: Path) -> None:
    run = execute("replay", "access.log", "--before", "old.json", "--api", "old.json", "--changed", "c.parquet")
    assert "newly refused, 0" in run.out
    assert [row["change"] for row in rows_of(folder / "c.parquet") if row["change"] != "unknown"] == []


def test_raw_values(execute: Execute, folder: Path) -> None:
    execute(*ARGUMENTS, "--changed", "c.parquet", "--raw-values")
    rows = rows_of(folder / "c.parquet")
    assert {row["source"] for row in rows} <= set(ADDRESSES)
    assert any(row["path"].startswith("/prod/") for row in rows)
    assert f"{CLERK}/bob-secret" in {row["caller"] for row in rows}


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_no_output_has_raw_values_by_default(execute: Execute, folder: Path, form: str) -> None:
    more = ("--changed", "c.parquet", "--score") if form == "text" else ("--checkpoint", "kept")
    run = execute(*ARGUMENTS, *more, "--verbose", "--format", form)
    assert run.code == 1
    written = [path for path in folder.rglob("*") if path.is_file() and path.suffix in (".parquet", ".json")]
    shown = run.out + run.err + "".join(path.read_bytes().decode("latin-1") for path in written)
    if form == "text":
        shown += repr(rows_of(folder / "c.parquet"))
        assert len(rows_of(folder / "c.parquet")) > 20
    else:
        assert folder / "kept" / "replay.json" in written
    assert [each for each in RAW if each in shown] == []


@pytest.mark.skipif(sys.platform != "linux", reason="the name of a file is text")
def test_a_file_whose_name_is_not_utf8(execute: Execute, folder: Path) -> None:
    name = os.fsdecode(b"x\xff.log")
    (folder / "access.log").rename(folder / name)
    run = execute("replay", name, *ARGUMENTS[2:], "--changed", "c.parquet")
    assert run.code == 1
    assert {row["file"] for row in rows_of(folder / "c.parquet")} == {"x\\udcff.log"}


def test_a_disk_that_is_full_while_the_rows_of_a_block_are_written(
    execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execpolicy.bulk.counted_blocks.FEW_LINES", 0)
    monkeypatch.setattr("execpolicy.bulk.changed_rows._write", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    run = execute(*ARGUMENTS, "--changed", "c.parquet")
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(
        r"execpolicy replay: error: cannot write '.*': full\n  set TMPDIR to a folder with more space\n", run.err
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no device that is always full")
def test_a_disk_that_is_full(execute: Execute, folder: Path) -> None:
    (folder / "c.parquet.new").symlink_to("/dev/full")
    run = execute(*ARGUMENTS, "--changed", "c.parquet")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith('execpolicy replay: error: cannot write "c.parquet": ')
    assert "check --changed" in run.err
    assert not (folder / "c.parquet").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--changed", "."), "--changed: cannot write"),
        (("--changed", "c.parquet", "--checkpoint", "kept"), "--checkpoint is given with --changed"),
    ],
)
def test_unusable_options(execute: Execute, options: tuple[str, ...], message: str) -> None:
    run = execute(*ARGUMENTS, *options)
    assert (run.code, run.out) == (2, "")
    assert message in run.err


def test_without_duckdb(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    run = execute(*ARGUMENTS, "--changed", "c.parquet")
    assert run.code == 2
    assert run.err.startswith('execpolicy replay: error: --changed "c.parquet" is a Parquet file, and DuckDB, which ')
    assert "pip install 'execpolicy[logs]'" in run.err
