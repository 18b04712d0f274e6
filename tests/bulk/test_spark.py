"""Tables of Spark: their rows are those of the same lines without Spark. ``make test-spark`` runs these tests."""

from __future__ import annotations

import json
import pickle
import pickletools
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from execpolicy import ExecPolicyError, UsageError
from execpolicy.bulk.call_row import CallRow
from execpolicy.bulk.decided_lines import DecidedLines
from execpolicy.bulk.possible_callers import LogCallers
from tests.bulk.generated_log import ADDRESSES, EVENING, FORMS, STATEMENTS, a_call, api_of, as_json, as_own_names
from tests.bulk.test_decided_lines import counts_of_replay, counts_of_rows, replayed, rows_of
from tests.bulk.test_plain_lines import TELLING, callers, edited_lines
from tests.untyped import untyped

pytest.importorskip("pyspark", reason="the extra spark is not installed")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java, which is not installed", allow_module_level=True)
# Spark leaves sockets to its end.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")

from execpolicy.bulk.spark import lacking_variables, local_session, replay_table  # noqa: E402  # after what may skip


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    # A task is tried three times.
    session = local_session("local[2,3]")
    session.sparkContext.setLogLevel("OFF")
    session.conf.set("spark.sql.shuffle.partitions", "2")
    # Several batches in each part of a table.
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "40")
    yield session
    session.stop()


def table_of(spark: Any, lines: list[bytes]) -> Any:
    return spark.createDataFrame([(bytearray(line),) for line in lines], "value binary").repartition(3)


def call_rows(table: Any) -> list[CallRow]:
    """The rows of a result, without their times, in any order."""
    rows = (row.asDict() for row in table.collect())
    return [CallRow(*(_value(row[name]) for name in CallRow._fields)) for row in rows]


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


VERSIONS = (api_of(STATEMENTS[0]), api_of(*STATEMENTS[2:5]))


@pytest.mark.parametrize("seed", range(6))
def test_rows_are_those_of_the_lines(spark: Any, seed: int) -> None:
    random = Random(seed)
    before = api_of(*random.sample(TELLING, 2)) if random.random() < 0.8 else None
    after = api_of(*random.sample((*TELLING, {**STATEMENTS[0], "Condition": EVENING}), 3))
    lines = [line.replace(b"\n", b"") for line in edited_lines(seed, 300)]
    raw_values = bool(seed % 2)
    found = call_rows(replay_table(table_of(spark, lines), before, after, callers(), raw_values=raw_values))
    expected = DecidedLines(before, after, LogCallers(callers()), raw_values=raw_values).of(lines)
    assert sorted(map(repr, found)) == sorted(map(repr, rows_of(expected)))
    by_lines = replayed(lines, (before, after), raw_values=raw_values)
    assert counts_of_rows(found) == counts_of_replay(by_lines)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_lines_of_every_form(spark: Any, form: str, tmp_path: Path) -> None:
    write, log_format = FORMS[form]
    random = Random(5)
    lines = [write(a_call(random, number)) for number in range(200)]
    (tmp_path / "a.log").write_text("\r\n".join([*lines, "\u00e4"]), "utf-8")
    table = spark.read.option("lineSep", "\n").text(str(tmp_path / "a.log"))
    found = call_rows(replay_table(table, *VERSIONS, callers(), log_format=log_format))
    encoded = [line.encode() for line in (*lines, "\u00e4")]
    assert counts_of_rows(found) == counts_of_replay(replayed(encoded, VERSIONS, log_format=log_format))


@pytest.mark.parametrize("write", [as_json, as_own_names])
def test_a_table_of_fields_is_one_of_lines(spark: Any, write: Callable[[Any], str]) -> None:
    random = Random(6)
    lines = [write(a_call(random, number)) for number in range(200)]
    fields = [json.loads(line) for line in lines]
    names = list(dict.fromkeys(name for each in fields for name in each))
    schema = ", ".join(f"`{name}` string" for name in names)
    rows = [tuple(None if each.get(name) is None else str(each[name]) for name in names) for each in fields]
    found = call_rows(replay_table(spark.createDataFrame(rows, schema), *VERSIONS, callers()))
    as_lines = [json.dumps(dict(zip(names, row, strict=True))).encode() for row in rows]
    assert counts_of_rows(found) == counts_of_replay(replayed(as_lines, VERSIONS))


def test_a_task_that_runs_again_gives_the_same_rows(spark: Any) -> None:
    random = Random(7)
    lines = [(number, as_json(a_call(random, number))) for number in range(400)]
    table = spark.createDataFrame(lines, "number int, text string").repartition(3, "number")

    def ends_early(batches: Iterator[Any]) -> Iterator[Any]:
        from pyspark import TaskContext

        task = TaskContext.get()
        assert task is not None
        for number, batch in enumerate(batches):
            if task.partitionId() == 1 and task.attemptNumber() == 0 and number == 1:
                raise RuntimeError("the first attempt ends here")
            yield batch

    tried = table.mapInArrow(ends_early, table.schema)
    results = [replay_table(each, *VERSIONS, callers(), line="text", keep=["number"]) for each in (table, tried)]
    first, again = (sorted(map(repr, each.collect())) for each in results)
    assert first == again
    assert len(first) == 400


def test_columns_that_are_kept(spark: Any) -> None:
    calls = [as_json(a_call(Random(number), number)) for number in range(3)]
    events = [{"id": str(at), "timestamp": 1, "message": text} for at, text in enumerate(calls)]
    record = json.dumps({"messageType": "DATA_MESSAGE", "logGroup": "g", "logStream": "s", "logEvents": events})
    rows = [("one", calls[0]), ("three", record), ("empty", ""), ("null", None), ("broken", "?")]
    table = spark.createDataFrame(rows, "`name.of.it` string, text string").coalesce(1)
    found = replay_table(table, None, VERSIONS[1], line="text", keep=["name.of.it"])
    assert found.columns[0] == "name.of.it"
    names = [(row[0], row["not_replayed"]) for row in found.collect()]
    left_out = [("empty", "empty"), ("null", "empty"), ("broken", "cannot be read")]
    assert names == [("one", None), *[("three", None)] * 3, *left_out]


def test_times_are_in_utc(spark: Any) -> None:
    line = as_json(a_call(Random(0), 0))
    table = spark.createDataFrame([(line,)], "value string")
    found = replay_table(table, None, VERSIONS[1])
    ((time,),) = found.selectExpr("unix_millis(time)").collect()
    assert time == 1_796_040_000_000


def test_the_result_has_nothing_of_the_log_by_default(spark: Any) -> None:
    random = Random(9)
    lines = [as_json(a_call(random, number)).encode() for number in range(300)]
    shown = repr(replay_table(table_of(spark, lines), *VERSIONS).collect())
    assert not [each for each in (*ADDRESSES, "bob-secret", "4711-secret") if each in shown]


def test_tasks_run_in_the_python_that_runs_now(spark: Any) -> None:
    def interpreter(batches: Iterator[Any]) -> Iterator[Any]:
        from pyarrow import RecordBatch

        for batch in batches:
            yield RecordBatch.from_pydict({"path": [sys.executable] * batch.num_rows})

    ((path,),) = spark.range(1).mapInArrow(interpreter, "path string").collect()
    assert path == sys.executable


def test_policies_travel_as_documents() -> None:
    sent = pickle.dumps((*VERSIONS, LogCallers(callers()).all))
    names = {str(argument) for code, argument, _ in pickletools.genops(sent) if isinstance(argument, str)}
    assert any('"Resource": "execute-api:/*"' in each or "execute-api:/*" in each for each in names)
    assert not [each for each in names if each.startswith(("execpolicy.engine.compile", "execpolicy.engine.clause"))]


def test_what_the_log_lacks_is_named_before_the_run(spark: Any) -> None:
    line = '{"httpMethod": "GET", "path": "/prod/health", "userArn": "-"}'
    table = spark.createDataFrame([(line,)], "value string")
    (found,) = lacking_variables(table, None, VERSIONS[1], log_format=None)
    assert found == (
        "the log does not have $context.identity.sourceIp: aws:SourceIp decides in resource.json: Statement[1]"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"after": None}, "after is an Api or a Template, found a NoneType"),
        ({"line": "text"}, 'found no column "text" in the table, which has "number" and "value"'),
        ({"line": "number"}, 'the column "number" has the type int, expected lines as string or binary'),
        ({"line": 5}, "line is a text, found 5, an int"),
        ({"keep": "value"}, "keep is a list of columns, found a str"),
        ({"keep": [5]}, "a column is named by a text, found 5, an int"),
        ({"keep": ["none"]}, 'found no column "none" in the table'),
        ({"keep": ["value", "value"]}, "found a column twice in keep: value and value"),
        ({"callers": "arn"}, "callers are a Template or a list of callers"),
        ({"log_format": "$context.nothing"}, "nothing"),
        ({"raw_values": 1}, "raw_values is True or False, found 1"),
    ],
)
def test_wrong_arguments(spark: Any, arguments: dict[str, Any], message: str) -> None:
    table = spark.createDataFrame([(1, "")], "number int, value string")
    with pytest.raises(ExecPolicyError) as caught:
        untyped(replay_table)(table, **{"after": VERSIONS[1], "line": "value", **arguments})
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["change", "time"])
def test_a_kept_column_of_the_name_of_a_result(spark: Any, name: str) -> None:
    table = spark.createDataFrame([("", "")], f"value string, {name} string")
    with pytest.raises(UsageError, match=f'the column "{name}" is to be kept, and the result has one of this name'):
        replay_table(table, None, VERSIONS[1], line="value", keep=[name])
