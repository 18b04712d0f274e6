"""Measure replays of a large access log: by columns, line by line, and DuckDB's own reading of the same columns."""

from __future__ import annotations

import json
import os
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.clock import Spread
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.starting import child

GROUP: Final = "a line of an access log"
COLUMNS, LINES, CALLS, DUCKDB = "by columns", "without DuckDB", "each read as a call", "read by DuckDB alone"
PEAK: Final = "memory of a replay by columns"
#: Fewer lines are measured in the ways that take long.
_LESS: Final = 20


def measure_logs(plan: Plan, report: Report) -> None:
    """Measure each way in a process of its own."""
    try:
        import duckdb
    except ImportError:
        report.remarks.append("replays of logs are not measured: DuckDB is not installed")
        return
    del duckdb
    with TemporaryDirectory(prefix="execpolicy-bench-") as folder:
        whole, part = (os.path.join(folder, name) for name in ("whole.jsonl", "part.jsonl"))
        few = max(plan.logged // _LESS, 1000)
        for path, lines in ((whole, plan.logged), (part, few)):
            child("-m", "benchmarks.replayed", "write", path, str(lines), str(max(lines // 4, 1)))
        for name, way, path in (
            (COLUMNS, "columns", whole),
            (DUCKDB, "duckdb", whole),
            (LINES, "lines", part),
            (CALLS, "calls", part),
        ):
            found: dict[str, Any] = json.loads(child("-m", "benchmarks.replayed", way, path))
            assert found["lines"] == (plan.logged if path == whole else few), "all lines are read"
            each = found["cpu"] / found["lines"] * 1e6
            report.add(GROUP, {name: Spread(each, each, each)}, note=f"{found['lines']:,} lines, once")
            if name == COLUMNS:
                peak = found["peak"]
                report.add(PEAK, {"execpolicy": Spread(peak, peak, peak)}, unit="MB", note=f"{found['lines']:,} lines")
