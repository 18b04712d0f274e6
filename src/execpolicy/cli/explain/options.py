"""The options of ``execpolicy explain``."""

from __future__ import annotations

from execpolicy.cli.options import add_colour_and_debug
from execpolicy.cli.paths_parser import VerbParser

COMMAND = "execpolicy explain"


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage = "execpolicy explain RULE | --list"
    parser.description = "Describe a rule of lint: what it finds, why that matters, and how to mend it."
    parser.epilog = "Exit code: 0 described, 2 there is no such rule, 4 internal error."
    parser.add_argument("rule", nargs="?", metavar="RULE", help="the id or the name of a rule, such as EP-ARN-001")
    output = parser.add_argument_group("output")
    output.add_argument("--list", action="store_true", help="list all rules")
    add_colour_and_debug(output)
