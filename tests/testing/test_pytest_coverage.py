"""Coverage in a pytest run: what counts, where the report goes, when the run fails, and several processes."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from execpolicy.testing.pytest_coverage import CoveragePlugin
from tests.testing.pytest_runs import installed, project

#: What reads.json has besides in these tests, and no case of the file puts to the test.
CONDITION = '"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}'

#: It covers what the case file leaves out: nothing but the Condition stops the Allow.
A_TEST = """
def test_mfa(execpolicy):
    ann = execpolicy.acting_as("arn:aws:iam::111122223333:user/Ann").policies(identity="reads.json")
    without_mfa = ann.with_context({"aws:MultiFactorAuthPresent": "false"})
    orders = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
    without_mfa.request(orders).assert_denied("implicit")
"""


@pytest.fixture(autouse=True)
def _installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path_factory.mktemp("site"), monkeypatch)


def told(run: pytest.RunResult) -> list[str]:
    """The section of the terminal."""
    lines = run.outlines
    start = next(number for number, line in enumerate(lines) if line.strip("-") == " execpolicy coverage ") + 1
    end = next(number for number, line in enumerate(lines[start:], start) if line.startswith("===") or not line)
    return lines[start:end]


@pytest.fixture
def orders(pytester: pytest.Pytester) -> Path:
    """A project whose case file covers all but a clause."""
    path = project(pytester)
    policy = pytester.path / "reads.json"
    text = policy.read_text("utf-8")
    assert text.count('/GET/orders"') == 1
    policy.write_text(text.replace('/GET/orders"', f'/GET/orders",\n      {CONDITION}'), "utf-8")
    return path


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize("option", ["--execpolicy-coverage", "--execpolicy-coverage=text"])
def test_the_report_is_told_at_the_end(pytester: pytest.Pytester, option: str) -> None:
    run = pytester.runpytest(option)
    assert run.ret == pytest.ExitCode.OK
    assert told(run)[0] == "Statement coverage of 5 cases: 80.0% (4 of 5 points)"
    run.stdout.fnmatch_lines(
        [
            "reads.json (identity) * 2/2 * 2/3 * 80.0%",
            "Not covered:",
            "  reads.json:9:*: Allow ReadOrders: BoolIfExists aws:MultiFactorAuthPresent: never the only *",
        ]
    )


@pytest.mark.usefixtures("orders")
def test_without_the_option_nothing_is_counted(pytester: pytest.Pytester) -> None:
    run = pytester.runpytest()
    assert "coverage" not in run.stdout.str().replace("pytest-cov", "")


@pytest.mark.usefixtures("orders")
def test_calls_of_the_fixture_count_with_the_cases(pytester: pytest.Pytester) -> None:
    """The policy that the case file names and the one that the test loads are one policy, of one file."""
    pytester.makepyfile(test_mfa=A_TEST)
    run = pytester.runpytest("--execpolicy-coverage")
    assert told(run)[0] == "Statement coverage of 6 cases: 100.0% (5 of 5 points)"
    run.stdout.fnmatch_lines(["reads.json (identity) * 2/2 * 3/3 * 100.0%", "Everything is covered."])
    alone = pytester.runpytest("--execpolicy-coverage=json", "test_mfa.py")
    assert alone.ret == pytest.ExitCode.OK
    report = json.loads((pytester.path / "execpolicy-coverage.json").read_text("utf-8"))
    first = report["policies"][0]["statements"][0]["clauses"][-1]["stopped"]["first"]
    assert first["place"] == "test_mfa.py:1"
    assert first["name"].startswith("test_mfa: execute-api:Invoke arn:aws:execute-api:")


@pytest.mark.usefixtures("orders")
def test_json_and_html_go_to_files(pytester: pytest.Pytester) -> None:
    run = pytester.runpytest("--execpolicy-coverage=json")
    report = json.loads((pytester.path / "execpolicy-coverage.json").read_text("utf-8"))
    assert report["cases"] == 5
    percent = f"{report['percent']:.1f}%"
    assert told(run) == [f"{percent} is covered; the report is in execpolicy-coverage.json"]
    run = pytester.runpytest("--execpolicy-coverage=html")
    assert told(run) == [f"{percent} is covered; the report is in execpolicy-coverage.html"]
    assert "RemoveNothing" in (pytester.path / "execpolicy-coverage.html").read_text("utf-8")


@pytest.mark.usefixtures("orders")
def test_a_file_is_named(pytester: pytest.Pytester) -> None:
    run = pytester.runpytest("--execpolicy-coverage-output=report.txt")
    assert told(run)[0].endswith("the report is in report.txt")
    assert (pytester.path / "report.txt").read_text("utf-8").startswith("Statement coverage of 5 cases: ")


@pytest.mark.usefixtures("orders")
def test_a_file_that_cannot_be_written(pytester: pytest.Pytester) -> None:
    (pytester.path / "nowhere").touch()
    run = pytester.runpytest("--execpolicy-coverage-output=nowhere/deeper/report.txt")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert told(run) == ["cannot write nowhere/deeper/report.txt: Not a directory"]


@pytest.mark.usefixtures("orders")
def test_folders_of_the_file_are_created(pytester: pytest.Pytester) -> None:
    pytester.runpytest("--execpolicy-coverage-output=new/deeper/report.txt")
    text = (pytester.path / "new" / "deeper" / "report.txt").read_text("utf-8")
    assert text.startswith("Statement coverage of 5 cases: ")


@pytest.mark.usefixtures("orders")
def test_a_run_that_covers_too_little_fails(pytester: pytest.Pytester) -> None:
    run = pytester.runpytest("--execpolicy-coverage-fail-under=99.5")
    run.assert_outcomes(passed=5)
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["FAILED: *% is covered, 99.5% is required"])
    assert pytester.runpytest("--execpolicy-coverage-fail-under=1").ret == pytest.ExitCode.OK


def test_what_covers_nothing_is_not_enough(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing():\n    pass")
    run = pytester.runpytest("--execpolicy-coverage-fail-under=0")
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.stdout.fnmatch_lines(["*no statements*", "FAILED: 0.0% is covered, 0% is required"])


def test_a_red_run_stays_red(pytester: pytest.Pytester) -> None:
    project(pytester, red=True)
    assert pytester.runpytest("--execpolicy-coverage-fail-under=100").ret == pytest.ExitCode.TESTS_FAILED
    assert pytester.runpytest("--execpolicy-coverage").ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.usefixtures("orders")
def test_collecting_alone_measures_nothing(pytester: pytest.Pytester) -> None:
    run = pytester.runpytest("--execpolicy-coverage-fail-under=100", "--collect-only", "-q")
    assert run.ret == pytest.ExitCode.OK
    assert "covered" not in run.stdout.str()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--execpolicy-coverage", "tests"],
            "*--execpolicy-coverage: expected text, json or html, found 'tests': write --execpolicy-coverage=text",
        ),
        (["--execpolicy-coverage-fail-under=101"], "*found '101', expected a number from 0 to 100"),
        (["--execpolicy-coverage-fail-under=nan"], "*found 'nan', expected a number from 0 to 100"),
        (["--execpolicy-coverage-fail-under=all"], "*found 'all', expected a number from 0 to 100"),
    ],
)
def test_an_option_that_cannot_be_taken(pytester: pytest.Pytester, args: list[str], message: str) -> None:
    pytester.mkdir("tests")
    run = pytester.runpytest(*args)
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([message])


@pytest.mark.usefixtures("orders")
def test_the_report_of_several_processes_is_that_of_one(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_mfa=A_TEST)
    alone = pytester.runpytest("--execpolicy-coverage=json", "--execpolicy-coverage-output=alone.json")
    shared = pytester.runpytest_subprocess(
        "--execpolicy-coverage=json", "--execpolicy-coverage-output=shared.json", "-n2"
    )
    for run in (alone, shared):
        run.assert_outcomes(passed=6)
    files = [(pytester.path / f"{name}.json").read_text("utf-8") for name in ("alone", "shared")]
    assert files[0] == files[1]


@pytest.mark.usefixtures("orders")
def test_several_processes_may_cover_too_little_too(pytester: pytest.Pytester) -> None:
    run = pytester.runpytest_subprocess("--execpolicy-coverage-fail-under=99.5", "-n2")
    run.assert_outcomes(passed=5)
    assert run.ret == pytest.ExitCode.TESTS_FAILED


def test_a_worker_that_crashed_hands_over_nothing() -> None:
    measured = CoveragePlugin("text", None, None)
    measured.pytest_testnodedown(SimpleNamespace())
    measured.pytest_testnodedown(SimpleNamespace(workeroutput={}))
    assert measured.coverage.report().cases == 0
