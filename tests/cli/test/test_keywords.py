"""``execpolicy test``: -k, -x and --maxfail, and options that make no sense."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.cli.test.keywords import parse_keywords
from execpolicy.errors import ExecPolicyError, Span
from tests.cli.case_files import READS, SELLS, numbered, save, timeless
from tests.cli.conftest import Execute
from tests.cli.test.test_verb import lines

ADVICE = "combine words with and, or and not; put a phrase in quotes: -k 'ann and not \"all orders\"'"
NAMES = ("ann reads all orders", "shop.execpolicy.json")


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("ann", True),
        ("ANN", True),
        ("nn re", None),
        ("'nn re'", True),
        ('"reads orders"', False),
        ("shop.exec", True),
        ("bob", False),
        ("not bob", True),
        ("not not bob", False),
        ("ann and bob", False),
        ("ann or bob", True),
        ("bob or bob or ann", True),
        ("ann and shop and orders", True),
        ("ann or bob and bob", True),
        ("(ann or bob) and bob", False),
        ("not ann or ann", True),
        ("not (ann or bob)", False),
        ("not(ann)and bob", False),
        ("  ann\tand\norders  ", True),
        ("'not' or orders", True),
        ("AND", False),
        ("nothing", False),
        ("((((ann))))", True),
        ("(bob or not " * 50 + "ann" + ")" * 50, True),
        ("not " * 3001 + "bob", True),
        ("ann\u00a0and\x0borders\u3000", True),
        ("andrew or nota or orders", True),
    ],
)
def test_expressions(text: str, selected: bool | None) -> None:
    if selected is None:
        with pytest.raises(ExecPolicyError):
            parse_keywords(text)
    else:
        assert parse_keywords(text)(NAMES) is selected


@pytest.mark.parametrize(
    ("text", "column", "carets", "message", "advice"),
    [
        ("", 1, 1, "found the end, expected a word, not, or a parenthesis", ADVICE),
        ("   ", 1, 1, "found the end, expected a word, not, or a parenthesis", ADVICE),
        ("ann orders", 5, 6, 'found "orders", expected and, or, or the end', ADVICE),
        ("ann and", 8, 1, "found the end, expected a word, not, or a parenthesis", ADVICE),
        ("and ann", 1, 3, 'found "and", expected a word, not, or a parenthesis', ADVICE),
        ("ann or or bob", 8, 2, 'found "or", expected a word, not, or a parenthesis', ADVICE),
        ("(ann", 5, 1, "found the end, expected and, or, or a closing parenthesis", ADVICE),
        ("(ann bob)", 6, 3, 'found "bob", expected and, or, or a closing parenthesis', ADVICE),
        ("ann)", 4, 1, 'found ")", expected and, or, or the end', ADVICE),
        ("()", 2, 1, 'found ")", expected a word, not, or a parenthesis', ADVICE),
        ("ann and 'all", 9, 1, "found a quote that is not closed", "close it"),
        ("ann and ''", 9, 2, "found an empty phrase, which every name contains", "remove it"),
        ("ann ''", 5, 2, "found an empty phrase, which every name contains", "remove it"),
        ("ann (bob)", 5, 1, 'found "(", expected and, or, or the end', ADVICE),
        ("ann 'bob x' ", 5, 7, "found \"'bob x'\", expected and, or, or the end", ADVICE),
        ("(" * 51 + "a" + ")" * 51, 51, 1, "found parentheses nested more than 50 deep", "remove some"),
    ],
)
def test_expressions_that_are_none(
    execute: Execute, folder: Path, *, text: str, column: int, carets: int, message: str, advice: str
) -> None:
    save(folder / "pets.json", READS)
    run = execute("test", "pets.json", f"-k={text}" if text.startswith("-") else "-k", text)
    assert (run.code, run.out) == (2, "")
    first, shown, under, told = run.err.splitlines()
    assert first == f"-k:1:{column}: {message}"
    assert under.count("^") == carets
    assert under.index("^") - under.index("|") == column + 1 or len(text) > 100
    assert told == f"  {advice}"
    assert shown


def test_pyparsing_is_loaded_for_expressions_alone(
    execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(folder / "pets.json", READS)
    monkeypatch.setitem(sys.modules, "pyparsing", None)
    assert execute("test", "pets.json").code == 0
    assert "import of pyparsing halted" in execute("test", "pets.json", "-k", "ann").err


@given(
    st.text("ab '\"()\tno", max_size=30) | st.lists(st.sampled_from(["and", "or", "not", "(", ")", "a"])).map(" ".join)
)
def test_any_text_is_an_expression_or_has_a_place(text: str) -> None:
    try:
        selects = parse_keywords(text)
    except ExecPolicyError as error:
        span = error.span
    else:
        span = Span(1, 1, 1, 1)
        assert selects(["a"]) in (True, False)
    assert span is not None
    assert 1 <= span.column <= len(text) + 1


def test_names_of_cases_and_of_files(execute: Execute, folder: Path) -> None:
    save(folder / "sales" / "pets.execpolicy.json", READS, SELLS)
    save(folder / "sells.execpolicy.json", READS)
    run = execute("test", "-k", "Sells")
    assert run.code == 1
    assert timeless(run.out).endswith("\n1 failed, 1 passed, 1 not selected in 0.00 s (2 files)\n")
    # The directory's name is no part of a file's.
    assert execute("test", "-k", "sales").code == 2


def test_nothing_selected(execute: Execute, folder: Path) -> None:
    save(folder / "pets.execpolicy.json", READS, SELLS)
    assert execute("test", "-k", "cats or dogs") == (
        2,
        "",
        lines(
            "-k:1:1: the expression selects none of 2 cases",
            "  1 | cats or dogs",
            "    | ^^^^^^^^^^^^",
            "  run with -v and without -k to see the names",
        ),
    )


def test_nothing_selected_and_a_file_that_cannot_be_used(execute: Execute, folder: Path) -> None:
    save(folder / "pets.execpolicy.json", READS)
    (folder / "bad.execpolicy.json").write_text("{", "utf-8")
    run = execute("test", "-k", "cats")
    assert (run.code, run.out) == (2, "")
    assert [line for line in run.err.splitlines() if line.startswith(("bad", "-k"))] == [
        run.err.splitlines()[0],
        "-k:1:1: the expression selects none of 1 case",
    ]


@pytest.mark.parametrize("option", [["-x"], ["--maxfail", "1"]])
def test_the_first_failure_stops_the_run(execute: Execute, folder: Path, option: list[str]) -> None:
    save(folder / "a.execpolicy.json", READS, SELLS, *numbered(3))
    save(folder / "b.execpolicy.json", READS)
    run = execute("test", *option)
    assert run.code == 1
    assert timeless(run.out).endswith("\n1 failed, 1 passed, 4 not run in 0.00 s (1 file)\n")
    assert "b.execpolicy.json" not in run.out


def test_some_failures_stop_the_run(execute: Execute, folder: Path) -> None:
    save(folder / "a.execpolicy.json", *numbered(3, expect="deny"))
    assert "\n2 failed, 0 passed, 1 not run in " in execute("test", "--maxfail", "2").out
    assert "\n3 failed, 0 passed in " in execute("test", "--maxfail", "4").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--maxfail", "0"], "argument --maxfail: found '0', expected a whole number from 1"),
        (["--maxfail", "one"], "argument --maxfail: found 'one', expected a whole number from 1"),
        (["--maxfail", "1.5"], "argument --maxfail: found '1.5', expected a whole number from 1"),
        (["--maxfail", "9" * 5000], "expected a whole number from 1"),
        (["--maxfail", "1", "--maxfail", "2"], "--maxfail is given twice: give it once"),
        (["-x", "--maxfail", "1"], "argument --maxfail: not allowed with argument -x"),
        (["-k", "a", "-k", "b"], "-k is given twice: give it once"),
        (["-k"], "argument -k: expected one argument"),
        (["-q", "-v"], "argument -v/--verbose: not allowed with argument -q/--quiet"),
        (["-v", "--quiet"], "argument -q/--quiet: not allowed with argument -v/--verbose"),
        (["--format", "xml"], "argument --format: invalid choice: 'xml'"),
        (["--format", "json", "--format", "text"], "--format is given twice: give it once"),
        (["--color", "red"], "argument --color: invalid choice: 'red'"),
        (["--color"], "argument --color: expected one argument"),
        (["--output", "o"], "--output requires --format json or --format junit"),
        (["--format", "text", "--output", "o"], "--output requires --format json or --format junit"),
        (["--format", "json", "--output", "-"], "--output takes the name of a file: omit it for standard output"),
        (["--coverage=xml"], "argument --coverage: invalid choice: 'xml'"),
        (["--coverage", "--coverage=text"], "--coverage is given twice: give it once"),
        (["--format", "github", "--output", "o"], "--output requires --format json or --format junit"),
        (["--list", "--format", "json"], "--list runs no case: --format cannot be used with it"),
        (["--list", "--format", "json", "--output", "o"], "--list runs no case: --format cannot be used with it"),
        (["--list", "--output", "o"], "--list runs no case: --output cannot be used with it"),
        (["--list", "-v"], "--list runs no case: --verbose cannot be used with it"),
        (["--list", "-x"], "--list runs no case: -x and --maxfail cannot be used with it"),
        (["--list", "--coverage"], "--list runs no case: --coverage cannot be used with it"),
        (["--list", "--mutate"], "--list runs no case: --mutate cannot be used with it"),
        (["--format", "junit", "--coverage"], "--coverage: JUnit XML has no place for it; give --coverage-output FILE"),
        (["--coverage-output", "c"], "--coverage-output requires --coverage"),
        (["--coverage", "--coverage-output", "-"], "--coverage-output takes the name of a file"),
        (
            ["--format", "json", "--output", "o", "--coverage", "--coverage-output", "o"],
            "--output and --coverage-output name the same file",
        ),
        (["--coverage-fail-under", "80"], "--coverage-fail-under requires --coverage"),
        (
            ["--coverage", "--coverage-fail-under", "101"],
            "argument --coverage-fail-under: found '101', expected a number from 0 to 100",
        ),
        (
            ["--coverage", "--coverage-fail-under", "nan"],
            "argument --coverage-fail-under: found 'nan', expected a number from 0 to 100",
        ),
        (["--mutation-fail-under", "80"], "--mutation-fail-under requires --mutate"),
        (
            ["--mutate", "--mutation-fail-under", "-1"],
            "argument --mutation-fail-under: found '-1', expected a number from 0 to 100",
        ),
        (
            ["--mutate", "--mutation-fail-under=-1"],
            "argument --mutation-fail-under: found '-1', expected a number from 0 to 100",
        ),
        (
            ["--mutate", "--mutation-fail-under", "all"],
            "argument --mutation-fail-under: found 'all', expected a number from 0 to 100",
        ),
        (["--format", "junit", "--mutate"], "--mutate: JUnit XML has no place for it; give --output FILE"),
        (["--mutate=yes"], "argument --mutate: found 'yes', and it takes no value: use --mutate"),
        (["--cover"], "unrecognized arguments: --cover"),
        (["--stage", "prod"], "unrecognized arguments: --stage"),
    ],
)
def test_options_that_make_no_sense(execute: Execute, folder: Path, arguments: list[str], message: str) -> None:
    save(folder / "pets.execpolicy.json", READS)
    run = execute("test", *arguments)
    assert (run.code, run.out) == (2, "")
    usage, told = run.err.split("error: ", 1)
    assert usage.startswith("usage: execpolicy ")
    assert message in told
