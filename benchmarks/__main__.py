"""``python -m benchmarks``: measure, print the tables, and write JSON, plot and page."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from benchmarks import page
from benchmarks.answers import WrongAnswerError
from benchmarks.bulk import measure_bulk
from benchmarks.comparing import measure_comparing
from benchmarks.deciding import measure_cold, measure_deciding
from benchmarks.documents import measure_compiling, measure_reading
from benchmarks.engines import cedar, execpolicy, iam_simulate, moto, pmapper
from benchmarks.engines.contract import AbsentError, Row
from benchmarks.gateway import measure_gateway
from benchmarks.globs import measure_globs
from benchmarks.goals import judge
from benchmarks.growing import measure_growing
from benchmarks.hard import measure_hard
from benchmarks.linting import measure_linting
from benchmarks.logs import measure_logs
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.plot import draw, draw_bars
from benchmarks.report import Report
from benchmarks.space import measure_space
from benchmarks.starting import measure_commands, measure_imports
from benchmarks.steps import measure_steps
from benchmarks.table import as_text
from benchmarks.templates import measure_templates
from benchmarks.waiting import measure_waiting

ENGINES = (execpolicy.ENGINE, cedar.ENGINE, moto.ENGINE, pmapper.ENGINE, iam_simulate.ENGINE)
PLACE = Path(__file__).parents[1] / "docs" / "benchmarks"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks. Return 1 if a decision of this package is wrong; no results are written then."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller workloads, under a minute; writes no files")
    parser.add_argument("--out", type=Path, help="folder for JSON, plot and page (default: docs/benchmarks)")
    options = parser.parse_args(arguments)
    plan = QUICK if options.quick else FULL
    try:
        report = measured(plan, quick=options.quick)
    except WrongAnswerError as error:
        sys.stderr.write(f"decisions of execpolicy are wrong, so no results are reported: {error}\n")
        return 1
    sys.stdout.write(as_text(report))
    if options.out or not options.quick:
        write(report, options.out or PLACE)
    return 0


def measured(plan: Plan, *, quick: bool) -> Report:
    """Measure everything in the plan, with every engine that is installed."""
    start = perf_counter()
    report = Report({"quick": quick, "rounds": plan.rounds, "seed": 1}, {})
    rows = _rows(report)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("a decision, by the number of statements", lambda: measure_deciding(rows, plan, report)),
        ("cold starts", lambda: measure_cold(rows, plan, report)),
        ("compiling", lambda: measure_compiling(plan, report)),
        ("reading", lambda: measure_reading(plan, report)),
        ("templates", lambda: measure_templates(plan, report)),
        ("lint", lambda: measure_linting(plan, report)),
        ("comparisons", lambda: measure_comparing(plan, report)),
        ("imports", lambda: measure_imports(plan, report)),
        ("commands", lambda: measure_commands(plan, report)),
        ("memory", lambda: measure_space(plan, report, list(report.engines))),
        ("very many statements", lambda: measure_growing(plan, report)),
        ("the gateway", lambda: measure_gateway(plan, report)),
        ("the steps of a call", lambda: measure_steps(plan, report)),
        ("what users wait for", lambda: measure_waiting(plan, report)),
        ("many calls at once", lambda: measure_bulk(plan, report)),
        ("access logs", lambda: measure_logs(plan, report)),
        ("wildcards", lambda: measure_globs(plan, report)),
        ("hard policies", lambda: measure_hard(plan, report)),
    )
    for name, step in steps:
        sys.stderr.write(f"{perf_counter() - start:6.1f} s  {name}\n")
        step()
    judge(report)
    return report


def _rows(report: Report) -> list[Row]:
    rows: list[Row] = []
    for engine in ENGINES:
        try:
            version, found = engine.find()
        except AbsentError as error:
            report.remarks.append(f"{engine.name} is left out: {error}")
            sys.stderr.write(f"{engine.name} is left out: {error}\n")
        else:
            report.engines[engine.name] = version
            rows += found
    return rows


def write(report: Report, place: Path) -> None:
    """Write the JSON file, the plot, and the tables in the page."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "results.json").write_text(json.dumps(report.to_dict(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    page.update(place / "README.md", report)
    try:
        draw(report, place / "decision.png")
        draw_bars(report, place)
    except AbsentError as error:
        sys.stderr.write(f"no plot is drawn: {error}\n")


if __name__ == "__main__":
    sys.exit(main())
