"""Replays the calls of access logs that are a table of Spark; the result is a table with a row for each call.

Each task decides one call of each class and gives its answer to the others, as ``replay`` does (LOG-8). The policies
travel to the tasks as documents.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from execpolicy.arguments import described, flag, items, text_or_none
from execpolicy.bulk.call_row import LISTS_OF_NUMBERS, LISTS_OF_TEXTS, TRUTH_VALUES, CallRow
from execpolicy.bulk.decided_lines import DecidedCalls, DecidedLines
from execpolicy.bulk.known_answers import KnownAnswers
from execpolicy.bulk.log_files import LogLine
from execpolicy.bulk.needed_variables import needed_variables
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.read_lines import calls_of_line
from execpolicy.bulk.replay import FIRST_LINES, one_api
from execpolicy.call import Call
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.errors import ExecPolicyError, UsageError

if TYPE_CHECKING:
    from pyarrow import Array, RecordBatch
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql.types import DataType

    from execpolicy.api import Api
    from execpolicy.template import Template

_ADVICE: Final = "pip install 'execpolicy[spark]'"
_TIME: Final = "time"
#: The columns of the result, besides those that are kept.
RESULT_COLUMNS: Final = (_TIME, *CallRow._fields)
#: The names of the columns of what a task gets.
_LINE, _KEPT = "line", "kept"


def local_session(master: str = "local[*]") -> SparkSession:
    """A session of Spark on this computer, whose tasks run in the Python that runs now.

    Args:
        master: where tasks run: ``local[2]`` has two cores, ``local[*]`` all.

    Raises:
        ExecPolicyError: PySpark is not installed.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    os.environ["PYSPARK_PYTHON"] = sys.executable
    try:
        from pyspark.sql import SparkSession as Session
    except ImportError:
        raise ExecPolicyError("PySpark is not installed", advice=_ADVICE) from None
    builder = Session.builder.master(master).appName("execpolicy")
    return builder.config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()


def replay_table(
    table: DataFrame,
    before: Api | Template | None = None,
    after: Api | Template | None = None,
    callers: Any = None,
    log_format: str | None = None,
    *,
    line: str | None = None,
    keep: Iterable[str] = (),
    raw_values: bool = False,
) -> DataFrame:
    """Replay the calls of a table of access logs.

    Spark decides when and where it runs the tasks; a task that it runs again gives the same rows.

    Args:
        table: the lines of logs, or their fields, with a column for each.
        before: as for ``replay``.
        after: as for ``replay``.
        callers: as for ``replay``.
        log_format: the format of the log with its ``$context`` variables, for lines that are not read without it.
        line: the column with the lines, of texts or bytes. Without it the only column has them; if there are several,
            they are the fields of calls, named as in a log.
        keep: columns of the table that the result has too, as they are.
        raw_values: whether the result has the sessions of callers. By default it has their roles.

    Returns:
        A table with a row for each call, and for each line that has none: the columns of ``keep``, the time in UTC, and
        those of ``CallRow``. By default it has no path, no address, no session and no key of the log.

    Raises:
        UsageError: an argument is of the wrong type, or the table does not have such columns.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    old = None if before is None else one_api(before, "before")
    new = one_api(after, "after")
    form, raw = text_or_none(log_format, "log_format"), flag(raw_values, "raw_values")
    _check_format(form)
    kept = _kept_columns(table, keep)
    parts = pickle.dumps((old, new, LogCallers(callers).all, form, raw))
    # mapInArrow reads a dot in a name as a member.
    names = [table[_quoted(name)].alias(f"{_KEPT}{number}") for number, name in enumerate(kept)]
    lines = table.select(_lines_of(table, line).alias(_LINE), *names)
    return lines.mapInArrow(_Task(parts), _schema(lines)).toDF(*kept, *RESULT_COLUMNS)


def lacking_variables(
    table: DataFrame,
    before: Api | Template | None = None,
    after: Api | Template | None = None,
    callers: Any = None,
    log_format: str | None = None,
    *,
    line: str | None = None,
) -> tuple[str, ...]:
    """What the log lacks of what the policies need, by its first 1,000 lines; Spark reads these at once.

    Args:
        table: as for ``replay_table``.
        before: as for ``replay``.
        after: as for ``replay``.
        callers: as for ``replay``.
        log_format: as for ``replay_table``.
        line: as for ``replay_table``.

    Raises:
        UsageError: as ``replay_table``.
    """
    old = None if before is None else one_api(before, "before")
    answers = KnownAnswers(old, one_api(after, "after"), LogCallers(callers))
    _check_format(text_or_none(log_format, "log_format"))
    rows = table.select(_lines_of(table, line)).take(FIRST_LINES)
    calls = [call for (content,) in rows for call in calls_of_line(_as_line(content), log_format)]
    found = [call for call in calls if isinstance(call, Call)]
    return tuple(needed_variables(found, answers.versions, answers.policies))


def _as_line(content: str | bytes | None) -> LogLine:
    found = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content or b"")
    return LogLine("<table>", 1, found.removesuffix(b"\r"))


def _check_format(log_format: str | None) -> None:
    """Refuse a wrong format before a task reads a line.

    Raises:
        RequestError: the format is wrong.
    """
    if log_format is not None:
        for _ in calls_of_line(_as_line("-"), log_format):
            pass


def _kept_columns(table: DataFrame, keep: Iterable[str]) -> list[str]:
    if isinstance(keep, (str, bytes)) or not isinstance(keep, Iterable):
        raise UsageError(f"keep is a list of columns, found {described(keep)}", advice="put one column into a list")
    kept = list(items(keep))
    for name in kept:
        if not isinstance(name, str):
            raise UsageError(f"a column is named by a text, found {described(name)}")
        _check_column(table, name)
        if name in RESULT_COLUMNS:
            message = f"the column {quoted(name)} is to be kept, and the result has one of this name"
            raise UsageError(message, advice=f'rename it: table.withColumnRenamed("{name}", "logged_{name}")')
    if len(set(kept)) < len(kept):
        raise UsageError(f"found a column twice in keep: {listed(kept, 'and')}", advice="name each once")
    return kept


def _check_column(table: DataFrame, name: str) -> None:
    if name not in table.columns:
        found = listed([quoted(each) for each in table.columns], "and")
        raise UsageError(f"found no column {quoted(name)} in the table, which has {found}", advice="check the name")


def _quoted(name: str) -> str:
    """The name of a column as Spark reads it: a dot in it is no member."""
    return f"`{name.replace('`', '``')}`"


def _lines_of(table: DataFrame, line: str | None) -> Column:
    """The lines of a table, as bytes: those of a column, or the fields as JSON."""
    from pyspark.sql.functions import encode, struct, to_json
    from pyspark.sql.types import BinaryType, StringType

    if line is None and len(table.columns) > 1:
        fields = (table[_quoted(name)].alias(name) for name in table.columns)
        return encode(to_json(struct(*fields), {"ignoreNullFields": "false"}), "UTF-8")
    name = table.columns[0] if line is None else text_or_none(line, "line")
    assert name is not None, "a name is given"
    _check_column(table, name)
    kind = table.schema[name].dataType
    if not isinstance(kind, (StringType, BinaryType)):
        raise UsageError(
            f"the column {quoted(name)} has the type {kind.simpleString()}, expected lines as string or binary",
            advice="name the column with the lines, or give a table with a column for each field",
        )
    return table[_quoted(name)].cast("binary")


def _schema(lines: DataFrame) -> Any:
    from pyspark.sql.types import StructField, StructType, TimestampType

    fields = [each for each in lines.schema.fields if each.name != _LINE]
    fields.append(StructField(_TIME, TimestampType()))
    fields += [StructField(name, _type_of(name)) for name in CallRow._fields]
    return StructType(fields)


def _type_of(name: str) -> DataType:
    from pyspark.sql.types import ArrayType, BooleanType, IntegerType, StringType

    if name in LISTS_OF_NUMBERS:
        return ArrayType(IntegerType())
    if name in LISTS_OF_TEXTS:
        return ArrayType(StringType())
    return BooleanType() if name in TRUTH_VALUES else StringType()


class _Task:
    """What Spark runs for each part of a table. It holds documents, and no state of another task.

    Args:
        parts: the versions, the callers and the options, pickled: policies are their texts.
    """

    def __init__(self, parts: bytes) -> None:
        self._parts = parts

    def __call__(self, batches: Iterator[RecordBatch]) -> Iterator[RecordBatch]:
        """Decide the lines of each batch."""
        decided = _decided_lines(self._parts)
        for batch in batches:
            yield batch_of_calls(batch, decided)


@lru_cache(maxsize=1)
def _decided_lines(parts: bytes) -> DecidedLines:
    """What decides the lines of all tasks that this process runs: its answers depend on the documents alone."""
    before, after, callers, log_format, raw_values = pickle.loads(parts)
    return DecidedLines(before, after, LogCallers(callers), log_format=log_format, raw_values=raw_values)


def batch_of_calls(batch: RecordBatch, decided: DecidedLines) -> RecordBatch:
    """The calls of a batch of Arrow: a row for each, with the columns that are kept.

    Args:
        batch: its first column has the lines; the others are kept.
        decided: decides lines.
    """
    from pyarrow import RecordBatch as Batch
    from pyarrow import array, int64

    contents = ((content or b"").removesuffix(b"\r") for content in batch.column(0).to_pylist())
    found = decided.of(contents)
    rows = array(found.lines, int64())
    kept = {name: batch.column(place).take(rows) for place, name in enumerate(batch.schema.names) if place}
    return Batch.from_pydict({**kept, **_columns_of(found)})


def _columns_of(found: DecidedCalls) -> dict[str, Array]:
    """The columns of the result; each different row is written once."""
    from pyarrow import array, bool_, int32, int64, list_, string, timestamp

    of_lists: Sequence[tuple[frozenset[str], Any]] = (
        (LISTS_OF_NUMBERS, list_(int32())),
        (LISTS_OF_TEXTS, list_(string())),
        (TRUTH_VALUES, bool_()),
    )
    numbers = array(found.numbers, int64())
    milliseconds = array(found.times, int64())
    columns = {_TIME: milliseconds.cast(timestamp("ms", tz="UTC")).cast(timestamp("us", tz="UTC"))}
    for place, name in enumerate(CallRow._fields):
        kind = next((kind for names, kind in of_lists if name in names), string())
        columns[name] = array([row[place] for row in found.rows], kind).take(numbers)
    return columns
