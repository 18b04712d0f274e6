"""The options of ``execpolicy lint``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import takewhile

from execpolicy.cli.inputs import STANDARD_INPUT
from execpolicy.cli.lint.report_formats import LINT_FORMATS
from execpolicy.cli.options import (
    OptionGroup,
    StoreOnce,
    add_colour_and_debug,
    add_option,
    add_repeatable,
    add_template_values,
)
from execpolicy.cli.paths_parser import VerbParser, paths_last
from execpolicy.document.syntax.wording import listed
from execpolicy.linter.severity import Severity
from execpolicy.render.github import GITHUB

COMMAND = "execpolicy lint"
#: The values of --fix.
SAFE, UNSAFE = "safe", "unsafe"

_USAGE = "execpolicy lint PATH [PATH ...] [--select RULES] [--ignore RULES] [option ...]"
_DESCRIPTION = (
    "Report what is wrong or dangerous in policies, API files and templates, before they are deployed. A file that "
    "does not load is a finding too."
)
_EPILOG = (
    "RULES is a list with commas of ids, names or families, such as EP-ARN; execpolicy explain RULE describes one. "
    "Exit code: 0 no finding of the severity of --fail-on or above, 1 there is one, 2 unusable input, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.reorder = lambda arguments, takes_value: _ordered(parser, paths_last(arguments, takes_value))
    parser.add_argument(
        "files",
        nargs="+",
        metavar="PATH",
        help="policies, API files, templates and OpenAPI files, and folders to search for them. - is standard input",
    )
    group = parser.add_argument_group("rules")
    add_option(group, "--select", "RULES", "check these rules only")
    add_option(group, "--ignore", "RULES", "do not check these rules")
    group.add_argument(
        "--prove",
        action="store_true",
        help="check also the rules of the family EP-RED, which need a proof over all requests",
    )
    group.add_argument(
        "--fail-on",
        action=StoreOnce,
        choices=[*map(str, Severity)],
        help="the least severity of a finding that makes the exit code 1 (default: security-warning)",
    )
    group.add_argument(
        "--report-unused-ignores", action="store_true", help="report ignores of findings that there are not"
    )
    baseline = group.add_mutually_exclusive_group()
    add_option(baseline, "--baseline", "FILE", "do not show the findings of this file, which --write-baseline wrote")
    add_option(baseline, "--write-baseline", "FILE", "write all findings to this file, as the known ones")
    group.add_argument("--exit-zero", action="store_true", help="end with 0 also if there are findings")
    _add_fixes(parser.add_argument_group("fixes"))
    settings = parser.add_argument_group("settings").add_mutually_exclusive_group()
    add_option(
        settings,
        "--config",
        "FILE",
        "read the settings of this file (default: the nearest pyproject.toml with [tool.execpolicy.lint], from the "
        "current folder upwards)",
    )
    settings.add_argument("--isolated", action="store_true", help="read no settings")
    files = parser.add_argument_group("how to read the files")
    add_option(
        files, "--policy-kind", "KIND", "the kind of policy files (default: resource with a principal, else identity)"
    )
    add_template_values(files)
    add_option(files, "--stage", "NAME", "the stage of an API whose file does not name one, such as an OpenAPI file")
    add_repeatable(
        files,
        "--exclude",
        "PATTERN",
        "do not check these files and folders of the folders that are searched: a name, or a path from the current "
        "folder with * and **",
    )
    files.add_argument(
        "--skip-unknown",
        action="store_true",
        help="pass over files of no known kind that are named, as those in folders; by default they are errors",
    )
    _add_output(parser.add_argument_group("output"))
    parser.set_defaults(refuse=parser.error)


def _ordered(parser: VerbParser, arguments: Sequence[str]) -> Sequence[str]:
    """The arguments; a value of --fix that does not exist is an error, for which argparse has no advice."""
    for argument in takewhile(lambda each: each != "--", arguments):
        if argument.startswith("--fix=") and argument != f"--fix={UNSAFE}":
            parser.error(f"{argument}: give --fix, or --fix={UNSAFE}")
    return arguments


def _add_fixes(group: OptionGroup) -> None:
    group.add_argument(
        "--fix", action="store_const", const=SAFE, help="apply the fixes that keep all decisions, and write the files"
    )
    # An option of its own: argparse would take the next path as an optional value.
    group.add_argument(
        f"--fix={UNSAFE}",
        dest="fix",
        action="store_const",
        const=UNSAFE,
        help="apply also those that change decisions, to what the rules take the author to have meant",
    )
    group.add_argument(
        "--diff", action="store_true", help="show what would be fixed, and write no file; exit code 1 if there is any"
    )


def _add_output(group: OptionGroup) -> None:
    group.add_argument(
        "--format",
        action=StoreOnce,
        choices=("text", GITHUB, *LINT_FORMATS),
        help="text for people, the text with annotations for GitHub Actions, JSON for programs, SARIF 2.1.0 for code "
        "scanning, Markdown for a summary (default: text)",
    )
    add_option(
        group,
        "--output",
        "FILE",
        "write JSON, SARIF or Markdown to a file, and create its folders; the text is written to standard output as "
        "well",
    )
    detail = group.add_mutually_exclusive_group()
    detail.add_argument("-q", "--quiet", action="store_true", help="write no text; the exit code gives the outcome")
    detail.add_argument(
        "-v", "--verbose", action="store_true", help="show the lines of each finding, and how to mend it"
    )
    add_colour_and_debug(group)


def refuse_conflicts(arguments: argparse.Namespace) -> None:
    """Exit with the usage if an option is given without the one that it needs.

    Raises:
        SystemExit: with exit code 2.
    """
    if arguments.output is not None and arguments.format not in LINT_FORMATS:
        arguments.refuse(f"--output requires --format {listed(LINT_FORMATS)}")
    if arguments.write_baseline == "-":
        arguments.refuse("--write-baseline takes the name of a file")
    if arguments.write_baseline is not None and (arguments.fix or arguments.diff):
        arguments.refuse("--write-baseline writes what is found now: omit --fix and --diff")
    if arguments.output == "-":
        arguments.refuse("--output takes the name of a file: omit it for standard output")
    is_text = arguments.format in (None, "text")
    if arguments.diff and not is_text:
        arguments.refuse("--diff writes differences: omit --format")
    if arguments.fix and not arguments.diff and STANDARD_INPUT in arguments.files and not is_text:
        arguments.refuse("--fix writes the text of standard input to standard output: omit --format")
