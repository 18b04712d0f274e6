"""The goals for speed as data: the limit of each, and where a report has its value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks import (
    bulk,
    comparing,
    documents,
    gateway,
    globs,
    growing,
    hard,
    linting,
    logs,
    starting,
    templates,
    waiting,
)
from benchmarks.deciding import COLD
from benchmarks.deciding import GROUP as DECIDING
from benchmarks.engines import cedar, execpolicy, iam_simulate
from benchmarks.report import Report, Verdict

Value = Callable[[Report], float | None]


class Goal(NamedTuple):
    """``value`` must be at least ``least`` or at most ``most``; without either, it only has to be measured."""

    text: str
    value: Value
    least: float | None = None
    most: float | None = None
    unit: str = "x"

    @property
    def limit(self) -> str:
        """The limit as text."""
        if self.least is not None:
            return f"at least {self.least:,g}{self.unit}"
        return "reported" if self.most is None else f"at most {self.most:,g}{self.unit}"

    def judged(self, report: Report) -> Verdict:
        """Return the result for this goal."""
        value = self.value(report)
        if value is None:
            return Verdict(self.text, self.limit, None, self.unit, None)
        met = (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
        return Verdict(self.text, self.limit, value, self.unit, met)


def _median(group: str, name: str, size: int | None = None) -> Value:
    return lambda report: report.value(group, name, size)


def _ratio(above: Value, below: Value) -> Value:
    def ratio(report: Report) -> float | None:
        dividend, divisor = above(report), below(report)
        return dividend / divisor if dividend is not None and divisor else None

    return ratio


def _worst(group: str, start: str) -> Value:
    def worst(report: Report) -> float | None:
        names = [name for name in report.names(group) if name.startswith(start)]
        return max((report.value(group, name) or 0.0 for name in names), default=None)

    return worst


def _largest(name: str) -> Value:
    """Return the value of a kind of hard policy at its largest size."""

    def largest(report: Report) -> float | None:
        sizes = [each.size or 0 for each in report.figures if (each.group, each.name) == (hard.GROUP, name)]
        return report.value(hard.GROUP, name, max(sizes)) if sizes else None

    return largest


def _times_faster(rows: Sequence[str], size: int) -> Value:
    """Return how many times as long the fastest of the rows of another engine takes."""

    def fastest(report: Report) -> float | None:
        return min((found for row in rows if (found := report.value(DECIDING, row, size)) is not None), default=None)

    return _ratio(fastest, _median(DECIDING, execpolicy.NAME, size))


def _of_decision(row: str, size: int) -> Value:
    return _ratio(_median(DECIDING, row, size), _median(DECIDING, execpolicy.NAME, size))


def _waiting(name: str) -> Value:
    return _median(waiting.GROUP, name)


def _grown(name: str) -> Value:
    return _median(growing.GROUP, name, 100_000)


def _growth(row: str) -> Value:
    return _ratio(_median(DECIDING, row, 10_000), _median(DECIDING, row, 5))


def _against_authorize(name: str) -> Value:
    size = gateway.CALLS
    return _ratio(_median(gateway.GROUP, name, size), _median(gateway.GROUP, gateway.AUTHORIZE, size))


def _of_events(name: str) -> Value:
    return _ratio(_median(templates.GROUP, name), _median(templates.GROUP, templates.EVENTS))


def _of_lint(above: str, below: str) -> Value:
    return _ratio(_median(linting.GROUP, above), _median(linting.GROUP, below))


def _of_baseline(command: str) -> Value:
    return _ratio(_median(starting.COMMANDS, command), _median(starting.COMMANDS, starting.BASELINE))


def _of_compare(above: str, below: str) -> Value:
    return _ratio(_median(comparing.GROUP, above), _median(comparing.GROUP, below))


def _of_logs(above: str, below: str) -> Value:
    return _ratio(_median(logs.GROUP, above), _median(logs.GROUP, below))


#: Each engine as it is usually used, and in its fastest way.
_SIMULATES, _CEDARS = (iam_simulate.VALIDATING, iam_simulate.NAME), (cedar.NAME, cedar.BATCH)
_FROM_STR = _median(documents.COMPILE, documents.CEDAR, 1_000)
_LOADS = _median(documents.PARSE, documents.LOADS)

GOALS = (
    Goal("a first decision, N=5", _median(COLD, execpolicy.NAME, 5), most=200, unit=" µs"),
    Goal("Api.invoke, a new document of an authorizer", _waiting(waiting.NEW), most=150, unit=" µs"),
    Goal("Api.invoke, a known document of an authorizer", _waiting(waiting.KNOWN), most=40, unit=" µs"),
    Goal("Api.invoke, a cached document of an authorizer", _waiting(waiting.CACHED), most=40, unit=" µs"),
    Goal("Api.invoke, an open route", _waiting(waiting.OPEN), most=15, unit=" µs"),
    Goal("Api.invoke for AWS_IAM, against authorize", _against_authorize(gateway.INVOKE), most=2.5),
    Goal("a Caller, policies known", _waiting(waiting.NEW_CALLER), most=15, unit=" µs"),
    Goal("the emulator of the examples", _median(waiting.SERVED, waiting.REQUESTS), least=5_000, unit=" a second"),
    Goal("evidence, N=5, against a decision", _of_decision(execpolicy.EVIDENCE, 5), most=3),
    Goal("evidence, N=100, against a decision", _of_decision(execpolicy.EVIDENCE, 100), most=12),
    Goal("explained in words, N=5", _median(DECIDING, execpolicy.EXPLAINED, 5), most=80, unit=" µs"),
    Goal("explained in words, N=100", _median(DECIDING, execpolicy.EXPLAINED, 100), most=300, unit=" µs"),
    Goal("explained as data, N=5", _median(DECIDING, execpolicy.AS_DATA, 5), most=80, unit=" µs"),
    Goal("explained as data, N=100", _median(DECIDING, execpolicy.AS_DATA, 100), most=300, unit=" µs"),
    Goal("a decision, N=5, unseen", _median(DECIDING, execpolicy.NAME, 5), most=2.5, unit=" µs"),
    Goal("a decision, N=5, seen", _median(DECIDING, execpolicy.SEEN, 5), most=1.5, unit=" µs"),
    Goal(
        "a cell of a matrix of 200 callers and 2,000 calls, against Api.invoke",
        _ratio(_median(bulk.GROUP, bulk.MATRIX), _median(bulk.GROUP, bulk.INVOKES)),
        most=0.25,
    ),
    Goal(
        "authorize_columns, N=100, 60 % repeats, against authorize_many",
        _ratio(_median(bulk.GROUP, bulk.COLUMNS, 100), _median(bulk.GROUP, bulk.MANY, 100)),
        most=0.5,
    ),
    Goal("a replay by columns, against lines that are read as calls", _of_logs(logs.CALLS, logs.COLUMNS), least=5),
    Goal("a replay by columns, against DuckDB's reading of them", _of_logs(logs.COLUMNS, logs.DUCKDB), most=7),
    Goal("memory of a replay by columns", _median(logs.PEAK, "execpolicy"), most=1_000, unit=" MB"),
    Goal("authorize_many, N=5, against a loop", _of_decision(execpolicy.MANY, 5), most=0.6),
    *(
        Goal(f"a decision, N={size}, against the fastest way of {name}", _times_faster(rows, size), least=least)
        for name, rows, floors in (("iam-simulate", _SIMULATES, (60, 500, 3_500)), ("cedarpy", _CEDARS, (30, 70, 450)))
        for size, least in zip((5, 100, 1_000), floors, strict=True)
    ),
    Goal("t(10000)/t(5), unseen resources", _growth(execpolicy.NAME), most=6),
    Goal("t(10000)/t(5), seen resources", _growth(execpolicy.SEEN), most=2),
    Goal("100,000 statements, read and compile", _grown(growing.COMPILE), most=8, unit=" s"),
    Goal("100,000 statements, memory", _grown(growing.MEMORY), most=150, unit=" MB"),
    Goal(
        "100,000 statements, a decision, against N=5", _ratio(_grown(growing.DECISION), _grown(growing.SMALL)), most=3
    ),
    Goal("patterns with no literal segment, with their bound", _largest(hard.PATTERNS), unit=" µs"),
    Goal("variables everywhere, with their bound", _largest(hard.HARD_VARIABLES), unit=" µs"),
    Goal(
        "compile a parsed policy, N=1000, against PolicySet.from_str",
        _ratio(_median(documents.COMPILE, documents.FROM_POLICY, 1_000), _FROM_STR),
        most=1,
    ),
    Goal(
        "read and compile, N=1000, against PolicySet.from_str",
        _ratio(_median(documents.COMPILE, documents.FROM_TEXT, 1_000), _FROM_STR),
        most=1,
    ),
    Goal("JSON with places, against json.loads", _ratio(_median(documents.PARSE, documents.PLACES), _LOADS), most=12),
    Goal("YAML of a template with places, against libyaml's events", _of_events(templates.NODES), most=5),
    Goal("all resources of a template, against libyaml's events", _of_events(templates.RESOURCES)),
    Goal("lint of a policy of 5 statements, against Policy.parse", _of_lint(linting.LINT, linting.PARSE), most=10),
    Goal("lint of its text, against Policy.parse", _of_lint(linting.LINT_TEXT, linting.PARSE), most=10),
    Goal(
        "lint of a compact policy of 5 statements, against Policy.parse",
        _of_lint(linting.LINT_COMPACT, linting.PARSE_COMPACT),
        most=10,
    ),
    Goal(
        "lint of the text of a compact policy, against Policy.parse",
        _of_lint(linting.LINT_COMPACT_TEXT, linting.PARSE_COMPACT),
        most=10,
    ),
    Goal("lint of a template of 200 routes, against loading it", _of_lint(linting.LINT_TEMPLATE, linting.LOAD), most=3),
    Goal("compare, 2 to 12 statements, against z3", _of_compare(comparing.Z3, comparing.OURS), least=4),
    Goal("compare, 95th percentile, against z3", _of_compare(comparing.Z3_95, comparing.OURS_95), least=1),
    Goal(
        "compare, decided with the default budget", _median(comparing.GROUP, comparing.DECIDED), least=99.5, unit=" %"
    ),
    Goal(
        "compare, 8 KB with a neighbour, against a small pair", _of_compare(comparing.LARGE, comparing.OURS), most=100
    ),
    Goal(
        "compare, an API of 200 routes, against 1 route", _of_compare(comparing.ROUTES, comparing.ONE_ROUTE), most=250
    ),
    Goal(
        "import execpolicy, against import cedarpy",
        _ratio(_median(starting.GROUP, "execpolicy"), _median(starting.GROUP, "cedarpy")),
        most=0.5,
    ),
    Goal("--version, against python -c 'import argparse, json, re'", _of_baseline(starting.VERSION), most=1.3),
    Goal("--help, against python -c 'import argparse, json, re'", _of_baseline(starting.HELP), most=1.3),
    Goal("check --quiet, against python -c 'import argparse, json, re'", _of_baseline(starting.QUIET), most=2),
    Goal("check of a denial, against python -c 'import argparse, json, re'", _of_baseline(starting.CHECK), most=3),
    Goal("any 2 KB wildcard pattern, 2 KB text", _worst(globs.GROUP, globs.LONG), most=5_000, unit=" µs"),
    Goal("25 stars", _worst(globs.GROUP, globs.STARS), most=10, unit=" µs"),
    Goal("1000 CIDRs, a decision, context kept", _median(hard.GROUP, hard.CIDRS, 1_000), most=5, unit=" µs"),
    Goal("1000 CIDRs, a decision, context new", _median(hard.GROUP, hard.CIDRS_NEW, 1_000), most=5, unit=" µs"),
)


def judge(report: Report) -> None:
    """Add the goals and their results to the report."""
    report.goals = [goal.judged(report) for goal in GOALS]
