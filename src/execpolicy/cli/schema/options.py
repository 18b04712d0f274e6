"""The options of ``execpolicy schema``."""

from __future__ import annotations

from execpolicy.cli.options import add_colour_and_debug
from execpolicy.cli.paths_parser import VerbParser

COMMAND = "execpolicy schema"


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage = "execpolicy schema NAME | --list"
    parser.description = "Write a JSON Schema: of a file that execpolicy reads, or of an output of --format json."
    parser.epilog = "Exit code: 0 written, 2 there is no such schema, 4 internal error."
    parser.add_argument("name", nargs="?", metavar="NAME", help="the name of a schema, such as api-1 or cases-1")
    output = parser.add_argument_group("output")
    output.add_argument("--list", action="store_true", help="list all schemas")
    add_colour_and_debug(output)
