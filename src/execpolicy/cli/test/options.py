"""The options of ``execpolicy test``."""

from __future__ import annotations

import argparse

from execpolicy.cli.options import OptionGroup, StoreOnce, add_allow_outside, add_colour_and_debug, add_option
from execpolicy.cli.paths_parser import VerbParser, paths_last
from execpolicy.cli.test.report_formats import REPORT_FORMATS
from execpolicy.render.github import GITHUB
from execpolicy.testing.coverage_options import COVERAGE_FILES, COVERAGE_FORMATS, percent

_USAGE = (
    "execpolicy test [PATH ...] [-k EXPRESSION] [-x] [-q | -v] [--format text|github|json|junit] [--coverage[=FORMAT]] "
    "[--mutate] [option ...]"
)
_DESCRIPTION = (
    "Run the cases of case files (docs/case-files.md). For each failure, show the explanation of the decision and the "
    "lines of the policies."
)
_EPILOG = (
    "Exit code: 0 all passed, 1 a case failed or a threshold is missed, 2 unusable input or no case to run, 4 internal "
    "error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.reorder = paths_last
    _add_selection(parser.add_argument_group("selection"))
    _add_output(parser.add_argument_group("output"))
    _add_coverage_and_mutation(parser.add_argument_group("coverage and mutation"))
    parser.set_defaults(refuse=parser.error)


def _add_selection(group: OptionGroup) -> None:
    group.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="case files, and directories to search for files whose names end in .execpolicy.yaml, .execpolicy.yml or "
        ".execpolicy.json (default: the current directory). - is standard input",
    )
    add_option(
        group,
        "-k",
        "EXPRESSION",
        "run the cases whose names or file names contain these words: -k 'orders and not (ann or \"no signature\")'",
    )
    group.add_argument("--list", action="store_true", help="write the places and names of the cases, and run none")
    add_allow_outside(group)
    group.add_argument(
        "--run-authorizers",
        action="store_true",
        help="let case files run the functions that they name as authorizer. run_authorizers = true in "
        "[tool.execpolicy] of ./pyproject.toml does so always",
    )
    stop = group.add_mutually_exclusive_group()
    stop.add_argument(
        "-x", dest="maxfail", action="store_const", const=1, help="stop at the first failure, like --maxfail 1"
    )
    stop.add_argument("--maxfail", action=StoreOnce, type=_count, metavar="N", help="stop after N failures")


def _add_output(group: OptionGroup) -> None:
    group.add_argument(
        "--format",
        action=StoreOnce,
        choices=("text", GITHUB, *REPORT_FORMATS),
        help="text for people, the text with annotations for GitHub Actions, JSON for programs, JUnit XML for CI "
        "(default: text)",
    )
    add_option(
        group,
        "--output",
        "FILE",
        "write JSON or JUnit XML to a file, and create its folders; the text is written to standard output as well",
    )
    detail = group.add_mutually_exclusive_group()
    detail.add_argument("-q", "--quiet", action="store_true", help="write a line for each failure, and the summary")
    detail.add_argument(
        "-v", "--verbose", action="store_true", help="write a line for each case; in JSON, explain passed cases too"
    )
    add_colour_and_debug(group)


def _add_coverage_and_mutation(group: OptionGroup) -> None:
    group.add_argument(
        "--coverage",
        action=StoreOnce,
        nargs="?",
        const="text",
        choices=tuple(COVERAGE_FORMATS),
        metavar="FORMAT",
        help="report which statements decided a case, and which of their clauses alone prevented a match: as text, or "
        "with --coverage=json or --coverage=html",
    )
    add_option(
        group,
        "--coverage-output",
        "FILE",
        f"write the coverage report to a file (default for html and json: {COVERAGE_FILES['html']} and .json)",
    )
    group.add_argument(
        "--coverage-fail-under", action=StoreOnce, type=percent, metavar="N", help="exit code 1 below N percent"
    )
    group.add_argument(
        "--mutate",
        action="store_true",
        help="change the policies in small ways, one at a time, and report the changes that no case detects; -v shows "
        "their diffs",
    )
    add_option(
        group, "--write-cases", "FILE", "write cases that detect the changes that no case detects to a file, as YAML"
    )
    group.add_argument(
        "--mutation-fail-under",
        action=StoreOnce,
        type=percent,
        metavar="N",
        help="exit code 1 if the cases detect less than N percent of the changes",
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number from 1")
    return int(text)


def refuse_conflicts(arguments: argparse.Namespace) -> None:
    """Exit with the usage if an option is given without the one that it needs, and set the default files.

    Raises:
        SystemExit: with exit code 2.
    """
    if arguments.list:
        _refuse_options_of_a_run(arguments)
    has_report = arguments.format in REPORT_FORMATS
    if arguments.output is not None and not has_report:
        arguments.refuse("--output requires --format json or --format junit")
    _refuse_incomplete(arguments)
    is_in_json = arguments.format == "json" and arguments.coverage == "json"
    if arguments.coverage_output is None and not is_in_json:
        arguments.coverage_output = COVERAGE_FILES.get(arguments.coverage)
    if arguments.output is not None and arguments.output == arguments.coverage_output:
        arguments.refuse("--output and --coverage-output name the same file")
    _refuse_unwritten_reports(arguments, is_alone=has_report and arguments.output is None)


def _refuse_incomplete(arguments: argparse.Namespace) -> None:
    """Options that need another one, and names that are no files."""
    for name in ("coverage_output", "coverage_fail_under"):
        if getattr(arguments, name) is not None and arguments.coverage is None:
            arguments.refuse(f"--{name.replace('_', '-')} requires --coverage")
    if arguments.mutation_fail_under is not None and not arguments.mutate:
        arguments.refuse("--mutation-fail-under requires --mutate")
    if arguments.write_cases is not None and not arguments.mutate:
        arguments.refuse("--write-cases requires --mutate")
    for name in ("output", "coverage_output", "write_cases"):
        if getattr(arguments, name) == "-":
            instead = "" if name == "write_cases" else ": omit it for standard output"
            arguments.refuse(f"--{name.replace('_', '-')} takes the name of a file{instead}")


def _refuse_options_of_a_run(arguments: argparse.Namespace) -> None:
    """``--list`` runs nothing: there is nothing to report, to measure or to stop."""
    for option, given in (
        ("--format", arguments.format not in (None, "text")),
        ("--output", arguments.output is not None),
        ("--verbose", arguments.verbose),
        ("-x and --maxfail", arguments.maxfail is not None),
        ("--coverage", arguments.coverage is not None),
        ("--mutate", arguments.mutate),
    ):
        if given:
            arguments.refuse(f"--list runs no case: {option} cannot be used with it")


def _refuse_unwritten_reports(arguments: argparse.Namespace, *, is_alone: bool) -> None:
    """Every report that is measured must be written: in the text, in JSON or to a file of its own."""
    is_junit_alone = is_alone and arguments.format == "junit"
    if is_junit_alone and arguments.mutate:
        arguments.refuse("--mutate: JUnit XML has no place for it; give --output FILE and read it in the text")
    if arguments.coverage is None or arguments.coverage_output is not None:
        return
    if is_junit_alone:
        arguments.refuse("--coverage: JUnit XML has no place for it; give --coverage-output FILE, or --output FILE")
