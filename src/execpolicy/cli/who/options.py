"""The options of ``execpolicy who``."""

from __future__ import annotations

from execpolicy.cli.only_callers import add_only_callers
from execpolicy.cli.options import (
    add_allow_outside,
    add_budget,
    add_option,
    add_output_options,
    add_template_options,
)
from execpolicy.cli.paths_parser import VerbParser

COMMAND = "execpolicy who"

_USAGE = "execpolicy who {METHOD PATH | $connect} --api FILE [--stage NAME] [option ...]"
_DESCRIPTION = (
    "Show who gets through to a method and path of an API: callers, sources and other conditions, and whether a caller "
    "without any credentials does."
)
_EPILOG = (
    "FILE is a template or an API file; - is standard input. PATH has * for one segment and ** for any number of them. "
    "Exit code: 0 shown, 2 unusable input, 3 not known, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    calls = parser.add_argument_group("the calls")
    calls.add_argument("method", metavar="METHOD", help="GET, POST, ...; ANY; $connect of a WebSocket API")
    calls.add_argument(
        "path", metavar="PATH", nargs="?", default="", help="the path after the stage, such as /orders/* or /admin/**"
    )
    add_option(calls, "--stage", "NAME", "the stage (default: every stage)")
    add_option(calls, "--api", "FILE", "the API: a template (docs/templates.md), or an API file (docs/api-files.md)")
    add_template_options(parser.add_argument_group("more about the file of the API"))
    add_only_callers(parser.add_argument_group("who calls"))
    search = parser.add_argument_group("the search")
    add_budget(search)
    add_allow_outside(search)
    add_output_options(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="show an example of each group, and assumptions")
