"""Test the benchmarks: the workload, the report, the goals, and the comparison of answers with the model."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from benchmarks import answers, deciding, growing, logs, page, steps
from benchmarks.__main__ import PLACE
from benchmarks.answers import ExpectedAnswers, WrongAnswerError, compared, trait
from benchmarks.clock import Spread, in_turns, spread
from benchmarks.counted import calls_of
from benchmarks.deciding import measure_deciding, unseen
from benchmarks.engines import cedar, execpolicy, iam_simulate
from benchmarks.engines.contract import AbsentError, InProcess, Row, TimedAnswers, library
from benchmarks.gateway import calls
from benchmarks.globs import LONG_CASES, STAR_CASES
from benchmarks.goals import GOALS, judge
from benchmarks.hard import HARD
from benchmarks.plan import FULL, QUICK
from benchmarks.plot import bars_of
from benchmarks.report import Answers, Report
from benchmarks.table import as_markdown, as_text, number
from benchmarks.workload import PlainRequest, Workload, workload

#: Words in the text of each goal, in the order of the list of goals.
ASKED_FOR = (
    "a first decision, N=5",
    *("a new document of an authorizer", "a known document of an authorizer", "a cached document of an authorizer"),
    *("an open route", "Api.invoke for AWS_IAM", "a Caller, policies known", "the emulator of the examples"),
    *("evidence, N=5", "evidence, N=100", "explained in words, N=5", "explained in words, N=100"),
    *("explained as data, N=5", "explained as data, N=100"),
    *("a decision, N=5, unseen", "a decision, N=5, seen"),
    *("a cell of a matrix", "authorize_columns, N=100"),
    *("lines that are read as calls", "DuckDB's reading of them", "memory of a replay by columns"),
    "authorize_many, N=5",
    *(f"N={size}, against the fastest way of iam-simulate" for size in (5, 100, 1000)),
    *(f"N={size}, against the fastest way of cedarpy" for size in (5, 100, 1000)),
    *("t(10000)/t(5), unseen", "t(10000)/t(5), seen"),
    *("100,000 statements, read and compile", "100,000 statements, memory", "100,000 statements, a decision"),
    *("no literal segment", "variables everywhere"),
    *("compile a parsed policy", "read and compile", "json.loads"),
    *("YAML of a template with places", "all resources of a template"),
    *("lint of a policy of 5 statements", "lint of its text", "lint of a compact policy", "of a compact policy"),
    "lint of a template of 200 routes",
    *("compare, 2 to 12 statements", "95th percentile", "decided with the default budget", "8 KB with a neighbour"),
    "an API of 200 routes",
    "import execpolicy",
    *("--version, against python", "--help, against python", "check --quiet, against python", "check of a denial"),
    *(
        "2 KB wildcard pattern",
        "25 stars",
        "1000 CIDRs, a decision, context kept",
        "1000 CIDRs, a decision, context new",
    ),
)
TINY = QUICK._replace(
    sizes=(3, 8), rounds=2, slice=0.001, most=10, warm=0.0, warm_requests=30, checked=30, checking=9.0, limit=9.0
)


def made_up() -> Report:
    report = Report({"quick": True, "rounds": 3, "seed": 1}, {"execpolicy": "0.1", "cedarpy": "4.12.2"})
    for size, mine, cedars in ((5, 2.0, 84.0), (10_000, 9.0, 30_000.0)):
        values = {execpolicy.NAME: Spread(mine, mine / 2, mine * 2), cedar.NAME: Spread(cedars, cedars, cedars)}
        report.add(deciding.GROUP, values, size=size)
    report.answers += [Answers(cedar.NAME, 5, 200, 190, 4, 6, {"allows: Deny API *": 4, "denies: Allow ?": 6})]
    report.remarks.append("moto is left out: moto is not installed")
    judge(report)
    return report


def test_the_same_seed_gives_the_same_workload() -> None:
    assert workload(50, requests=20) == workload(50, requests=20)
    assert workload(50, requests=20) != workload(50, requests=20, seed=2)


def test_requests_are_unseen() -> None:
    work, requests = unseen(100, 500)
    assert len({each.resource for each in requests}) == len(requests) == 500
    assert set(requests) <= set(work.requests)


def test_both_plans_have_the_sizes_that_goals_ask_for() -> None:
    assert {5, 100, 1_000, 10_000} <= set(FULL.sizes) & set(QUICK.sizes)
    assert 1_000 in set(FULL.compiled) & set(QUICK.compiled) & set(FULL.hard_sizes) & set(QUICK.hard_sizes)


def test_every_goal_is_in_the_list() -> None:
    assert len(GOALS) == len(ASKED_FOR)
    for goal, words in zip(GOALS, ASKED_FOR, strict=True):
        assert words in goal.text


def test_goals_are_met_missed_or_not_measured() -> None:
    by_text = {each.goal: each for each in made_up().goals}
    cedars = by_text["a decision, N=5, against the fastest way of cedarpy"]
    assert (cedars.measured, cedars.limit, cedars.met) == (42.0, "at least 30x", True)
    growth = by_text["t(10000)/t(5), unseen resources"]
    assert (growth.measured, growth.limit, growth.met) == (4.5, "at most 6x", True)
    assert by_text["25 stars"].met is None
    report = made_up()
    report.figures = [each._replace(value=each.value * (2 if each.size == 10_000 else 1)) for each in report.figures]
    judge(report)
    assert [(each.goal, each.measured) for each in report.goals if each.met is False] == [(growth.goal, 9.0)]


def test_a_report_survives_json() -> None:
    written = json.dumps(made_up().to_dict())
    again = Report.from_dict(json.loads(written))
    assert json.dumps(again.to_dict()) == written
    found = json.loads(written)
    assert found["schema_version"] == 1
    assert set(found["environment"]) == {"python", "implementation", "system", "machine", "cpu_count"}


def test_the_tables() -> None:
    lines = as_text(made_up()).splitlines()
    assert "A decision, µs" in lines
    assert "execpolicy    2         9" in lines
    assert "cedarpy      84    30,000" in lines
    assert "cedarpy  42x    3,333x" in lines
    assert "- moto is left out: moto is not installed" in lines
    assert any(line.split() == ["cedarpy", "95", "%", "95.0", "%", "200", "4", "6"] for line in lines)
    markdown = as_markdown(made_up())
    assert "| cedarpy | 84 | 30,000 |" in markdown
    assert "| t(10000)/t(5), unseen resources | at most 6x | 4.5x | met |" in markdown


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0, "0"), (0.1234, "0.123"), (99.96, "100"), (12.34, "12.3"), (30_000.4, "30,000")]
)
def test_numbers(value: float | None, text: str) -> None:
    assert number(value) == text


def test_the_page_gets_the_last_run(tmp_path: Path) -> None:
    place = tmp_path / "README.md"
    place.write_text(f"# How\n\n{page.BEGIN}\nan older run\n{page.END}\n\n# Why\n", "utf-8")
    page.update(place, made_up())
    text = place.read_text("utf-8")
    assert "an older run" not in text
    assert text.startswith("# How\n")
    assert text.endswith("# Why\n")
    page.update(place, made_up())
    assert place.read_text("utf-8") == text
    with pytest.raises(ValueError, match="the page has no place for the tables"):
        page.with_run("nothing", made_up())


def test_the_page_of_the_project_has_a_place_for_the_run() -> None:
    assert page.with_run((PLACE / "README.md").read_text("utf-8"), made_up())


def test_this_package_agrees_with_the_model() -> None:
    report = Report({}, {})
    _, rows = execpolicy.ENGINE.find()
    measure_deciding(rows, TINY, report)
    assert {each.name for each in report.figures} == {row.name for row in rows}
    assert len(report.answers) == len(rows) * len(TINY.sizes)
    assert all(each.right == each.asked > 0 for each in report.answers)


def test_the_run_stops_when_this_package_is_wrong() -> None:
    def always(_work: Workload) -> InProcess:
        return InProcess(lambda requests: [True] * len(requests))

    with pytest.raises(WrongAnswerError, match=r"^execpolicy at N=3: [0-9]+ of 30 wrong$"):
        measure_deciding([Row(execpolicy.NAME, always)], TINY, Report({}, {}))
    report = Report({}, {})
    measure_deciding([Row("another engine", always)], TINY, report)
    assert all(each.opened == each.asked - each.right > 0 for each in report.answers)


def test_a_row_that_has_become_too_slow_stops() -> None:
    def slow(_work: Workload) -> Slow:
        return Slow(lambda requests: [False] * len(requests))

    report = Report({}, {})
    measure_deciding([Row("slow", slow)], TINY._replace(sizes=(3, 30), sure=3, limit=0.5, warm=0.05), report)
    assert report.sizes(deciding.GROUP) == [3]
    assert report.remarks == [
        "slow stops before N=30: a decision took 100 ms at N=3, and the limit of this run is 500 ms"
    ]


class Slow(InProcess):
    """Says that each decision took a tenth of a second."""

    def decide(self, requests: Sequence[PlainRequest]) -> TimedAnswers:
        return super().decide(requests)._replace(seconds=0.1 * len(requests))


def test_the_model_answers_the_same_about_the_statements_that_match(monkeypatch: pytest.MonkeyPatch) -> None:
    work, requests = unseen(12, 12)
    cut = [ExpectedAnswers(work).allowed(each) for each in requests]
    monkeypatch.setattr(answers, "WHOLE", 12)
    assert cut == [ExpectedAnswers(work).allowed(each) for each in requests]
    assert True in cut
    assert False in cut


def test_wrong_answers_are_filed_under_the_statements_they_concern() -> None:
    work = workload(5, requests=40)
    expected = ExpectedAnswers(work)
    right = [expected.allowed(each) for each in work.requests]
    found = compared("engine", 5, expected, work.requests, [not each for each in right])
    assert (found.asked, found.right) == (40, 0)
    assert (found.opened, found.shut) == (right.count(False), right.count(True))
    assert sum(found.traits.values()) == 40
    statement = {"Effect": "Deny", "Resource": "arn:aws:execute-api:r:1:*/prod/GET/a", "Condition": {"IpAddress": {}}}
    assert trait(statement) == "Deny API * IpAddress"


def test_policies_in_cedars_language() -> None:
    work = workload(200, requests=1)
    text = cedar.policies_of(work)
    denies = [each for each in work.identity["Statement"] if each["Effect"] == "Deny"]
    assert text.count("forbid (") == len(denies) + 1
    assert text.count("permit (") == 200 - len(denies)
    assert "?" not in text
    for words in ("isInRange(ip(", "principal has team", "context.userAgent like"):
        assert words in text


def test_an_engine_that_is_not_there_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(AbsentError, match=r"^no_such_library is not installed$"):
        library("no_such_library.part")
    monkeypatch.setattr(iam_simulate, "FOLDER", tmp_path)
    with pytest.raises(AbsentError, match="is not"):
        iam_simulate.ENGINE.find()


def test_rounds_begin_with_another_measure_each() -> None:
    order: list[str] = []

    def noting(name: str) -> Callable[[], float]:
        def measure() -> float:
            order.append(name)
            return float(len(order))

        return measure

    found = in_turns({"a": noting("a"), "b": noting("b")}, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": Spread(4.0, 1.0, 5.0), "b": Spread(3.0, 2.0, 6.0)}
    assert spread([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)


def test_calls_are_counted() -> None:
    def work() -> None:
        len("")
        len("")

    assert calls_of([work, work]) == 3


def test_a_call_and_a_request_that_are_compared_are_both_allowed() -> None:
    assert [call() for call in calls().values()] == [True, True]


def test_patterns_at_their_worst_are_as_long_as_they_say() -> None:
    for pattern, text in LONG_CASES.values():
        assert 1_900 <= len(pattern) <= 2_048
        assert 1_900 <= len(text) <= 2_048
    for pattern, _ in STAR_CASES.values():
        assert pattern.count("*") in (25, 26)


def test_hard_policies_say_their_bound() -> None:
    assert all(hard.bound for hard in HARD)
    assert len({hard.name for hard in HARD}) == len(HARD)


def test_very_many_statements_are_measured() -> None:
    times, memory = growing.timed(200), growing.held(200)
    assert set(times) == {growing.COMPILE, growing.DECISION, growing.SMALL}
    assert all(0 < each.low <= each.median <= each.high for each in (*times.values(), *memory.values()))
    assert memory[growing.MEMORY].median <= memory[growing.PEAK].median


def test_the_bars_are_of_the_groups_that_were_measured() -> None:
    report = made_up()
    report.add(steps.GROUP, {steps.ROUTE: Spread(1.0, 1.0, 1.0), steps.DECIDE: Spread(2.0, 1.0, 3.0)})
    assert bars_of(report, (steps.GROUP, "not measured")) == [(steps.ROUTE, 1.0), (steps.DECIDE, 2.0)]


def test_ways_to_replay_a_log_are_measured_with_all_their_lines() -> None:
    pytest.importorskip("duckdb", reason="the extra logs is not installed")
    report = Report({}, {})
    logs.measure_logs(QUICK._replace(logged=2_000), report)
    assert report.names(logs.GROUP) == [logs.COLUMNS, logs.DUCKDB, logs.LINES, logs.CALLS]
    notes = [each.note for each in report.figures if each.group == logs.GROUP]
    assert notes == ["2,000 lines, once"] * 2 + ["1,000 lines, once"] * 2
    assert report.value(logs.PEAK, "execpolicy") is not None
