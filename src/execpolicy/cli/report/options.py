"""The options of ``execpolicy report``."""

from __future__ import annotations

from execpolicy.cli.only_callers import add_only_callers
from execpolicy.cli.options import (
    add_allow_outside,
    add_budget,
    add_colour_and_debug,
    add_files,
    add_option,
    add_repeatable,
    add_template_options,
)
from execpolicy.cli.paths_parser import VerbParser

COMMAND = "execpolicy report"

_USAGE = "execpolicy report --api FILE [FILE ...] -o FILE [--callers FILE] [--cases FILE ...] [option ...]"
_DESCRIPTION = (
    "Write a page of HTML on APIs: routes and what each asks of a caller, who can make which calls and why, who "
    "reaches each route, and what lint finds. It is one file, which loads nothing."
)
_EPILOG = "FILE is a template or an API file. Exit code: 0 written, 2 unusable input, 4 internal error."


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    files = parser.add_argument_group("the files")
    add_files(files, "--api", "extend", "templates (docs/templates.md) or API files (docs/api-files.md)")
    add_option(files, ("-o", "--output"), "FILE", "the page that is written")
    add_option(files, "--stage", "NAME", "the stage, if an API has several, or its name, if the file does not say it")
    add_template_options(files)
    add_allow_outside(files)
    calls = parser.add_argument_group("the calls")
    add_repeatable(calls, "--call", "CALL", "a call, such as 'GET /orders/7' (default: one to each route)")
    add_repeatable(calls, "--as", "ARN", "a caller whose policies are not given")
    add_only_callers(calls, "the callers, besides one who does not sign the calls (default: those of the files)")
    add_repeatable(
        calls,
        "--context",
        "KEY=VALUE|FILE",
        "the value of a condition key of all calls, or a JSON file with several",
    )
    add_repeatable(calls, "--in", "NAME=FILE", "a context of this name, with the keys of a JSON file")
    add_repeatable(calls, "--allow-unknown-key", "KEY", "accept a condition key that the catalogue does not have")
    calls.add_argument(
        "--partial", action="store_true", help="condition keys that are not given are unknown (default: absent)"
    )
    add_option(calls, "--at", "TIME", "the time of all calls: ISO 8601, epoch seconds or the word now")
    add_budget(calls)
    more = parser.add_argument_group("more parts of the page")
    add_files(more, "--cases", "extend", "case files or folders with them: their statement coverage")
    add_option(more, "--git", "REVISION", "what changed since a revision of the repository, as execpolicy diff")
    add_option(more, "--replay", "FILE", "a result of execpolicy replay, which --format json wrote")
    output = parser.add_argument_group("output")
    output.add_argument(
        "--mask",
        action="store_true",
        help="write placeholders for account ids, names of roles and users, addresses and ids of organizations",
    )
    output.add_argument("--date", action="store_true", help="write the date into the page")
    output.add_argument("-q", "--quiet", action="store_true", help="write nothing to the terminal")
    add_colour_and_debug(output)
