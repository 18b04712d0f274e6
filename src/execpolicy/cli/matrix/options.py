"""The options of ``execpolicy matrix``."""

from __future__ import annotations

from execpolicy.cli.only_callers import add_only_callers
from execpolicy.cli.options import (
    StoreOnce,
    add_allow_outside,
    add_colour_and_debug,
    add_option,
    add_repeatable,
    add_template_options,
)
from execpolicy.cli.paths_parser import VerbParser, paths_last

COMMAND = "execpolicy matrix"
TEXT, CSV, JSON, MARKDOWN, HTML = "text", "csv", "json", "markdown", "html"

_USAGE = "execpolicy matrix FILE [--call 'METHOD PATH'] [--callers FILE] [--expect FILE] [option ...]"
_DESCRIPTION = (
    "Show who can make which calls: each call of each caller, simulated. Without --call these are one call to each "
    "route, with a sample value for each parameter; without --callers the callers of the file, and one who does not "
    "sign the calls."
)
_EPILOG = (
    "FILE is a template or an API file; - is standard input. "
    "Exit code: 0 shown, 1 different from --expect, 2 unusable input, 3 a cell is indeterminate, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.reorder = paths_last
    parser.add_argument(
        "api", metavar="FILE", help="a template (docs/templates.md), or an API file (docs/api-files.md)"
    )
    group = parser.add_argument_group("more about the file")
    add_option(group, "--stage", "NAME", "the stage, if the API has several, or its name, if the file does not say it")
    add_template_options(group)
    add_allow_outside(group)
    calls = parser.add_argument_group("the calls")
    add_repeatable(calls, "--call", "CALL", "a call, such as 'GET /orders/7', or the route key of a WebSocket API")
    add_repeatable(calls, "--as", "ARN", "a caller without policies of its own; anonymous for one who does not sign")
    add_only_callers(calls, "the callers, besides one who does not sign the calls (default: those of the file)")
    add_repeatable(
        calls,
        "--context",
        "KEY=VALUE|FILE",
        "the value of a condition key of all calls, or a JSON file with several",
    )
    add_repeatable(calls, "--allow-unknown-key", "KEY", "accept a condition key that the catalogue does not have")
    calls.add_argument(
        "--partial", action="store_true", help="condition keys that are not given are unknown (default: absent)"
    )
    add_option(calls, "--at", "TIME", "the time of all calls: ISO 8601, epoch seconds or the word now")
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format",
        action=StoreOnce,
        choices=(TEXT, CSV, JSON, MARKDOWN, HTML),
        help="text for people; csv: a line for each cell; json; markdown; html: a page of its own (default: text)",
    )
    add_option(
        output, "--expect", "FILE", "a matrix that --format json wrote: show what differs from it, with exit code 1"
    )
    output.add_argument("-v", "--verbose", action="store_true", help="list what decides each cell")
    output.add_argument("-q", "--quiet", action="store_true", help="write no output; the exit code gives the result")
    add_colour_and_debug(output)
