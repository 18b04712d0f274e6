"""Replay a generated log in one way, and print its time and its memory.

``python -m benchmarks.replayed WAY FILE…`` prints JSON: the number of lines, the seconds of processor time and of time,
and the peak memory in MB. The ways are ``columns`` (DuckDB), ``lines`` (without it), ``calls`` (each line is read as a
call), ``duckdb`` (DuckDB reads the same columns, and nothing else), and ``local[N]`` (Spark without the start of its
session).
``python -m benchmarks.replayed write FILE LINES PATHS`` writes a log.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

from benchmarks import bulk_logs
from execpolicy import CallChange, replay

#: The fields that a replay reads, and which DuckDB reads alone.
_FIELDS: Final = ("ip", "userArn", "requestTimeEpoch", "httpMethod", "path", "status", "responseType")


def _replayed(paths: Sequence[str]) -> int:
    before, after = bulk_logs.versions()
    found = replay(paths, before, after, bulk_logs.callers())
    assert found.counts[CallChange.NEWLY_REFUSED], "the new version refuses calls"
    return found.lines


def _by_lines(paths: Sequence[str]) -> int:
    sys.modules["duckdb"] = None  # type: ignore[assignment]  # as if it were not installed
    return _replayed(paths)


def _by_calls(paths: Sequence[str]) -> int:
    from execpolicy.bulk.plain_lines import PlainLines

    PlainLines.read = lambda self, content: None  # type: ignore[method-assign]  # no line has the usual form
    return _by_lines(paths)


def _read_by_duckdb(paths: Sequence[str]) -> int:
    import duckdb

    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _FIELDS)
    read = f"select * from read_json(?, format = 'newline_delimited', columns = {{{columns}}})"
    connection = duckdb.connect()
    connection.execute(f"create table read as {read}", [list(paths)])
    ((found,),) = connection.execute("select count(*) from read").fetchall()
    return int(found)


def _of_spark(master: str) -> Callable[[Sequence[str]], int]:
    """A function whose session has begun, with workers."""
    from execpolicy.bulk.spark import local_session, replay_table

    spark = local_session(master)
    spark.sparkContext.setLogLevel("OFF")

    def replayed(paths: Sequence[str]) -> int:
        before, after = bulk_logs.versions()
        table = spark.read.option("lineSep", "\n").text(list(paths))
        found: Any = replay_table(table, before, after, bulk_logs.callers())
        return sum(row["count"] for row in found.groupBy("change", "not_replayed", "route").count().collect())

    return replayed


_WAYS: Final[dict[str, Callable[[Sequence[str]], int]]] = {
    "columns": _replayed,
    "lines": _by_lines,
    "calls": _by_calls,
    "duckdb": _read_by_duckdb,
}


def main(way: str, paths: Sequence[str]) -> None:
    """Replay logs, or write one."""
    if way == "write":
        path, lines, different = paths
        with Path(path).open("w", encoding="utf-8") as file:
            file.writelines(bulk_logs.lines(int(lines), paths=int(different)))
        return
    work = _WAYS[way] if way in _WAYS else _of_spark(way)
    begun, cpu = perf_counter(), process_time()
    lines_read = work(paths)
    found = {
        "lines": lines_read,
        "cpu": process_time() - cpu,
        "seconds": perf_counter() - begun,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
