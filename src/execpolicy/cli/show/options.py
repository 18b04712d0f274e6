"""The options of ``execpolicy show``."""

from __future__ import annotations

from execpolicy.cli.options import StoreOnce, add_allow_outside, add_colour_and_debug, add_option, add_template_options
from execpolicy.cli.paths_parser import VerbParser, paths_last

COMMAND = "execpolicy show"
TEXT, JSON, YAML = "text", "json", "yaml"

_USAGE = "execpolicy show FILE [--api-name NAME] [--format text|json|yaml | --changes] [option ...]"
_DESCRIPTION = (
    "Show what a file describes as it was read: the routes of its APIs with what each asks of a caller, authorizers, "
    "policies with their places, callers, and what is not known. Or write one API as an API file (docs/api-files.md)."
)
_EPILOG = (
    "FILE is a template or an API file, JSON or YAML; - is standard input. "
    "Exit code: 0 shown, 2 unusable input, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.reorder = paths_last
    parser.add_argument("file", metavar="FILE", help="the file that describes the API")
    group = parser.add_argument_group("how to read the file")
    add_template_options(group)
    add_option(group, "--stage", "NAME", "the stage, if the API has several, or its name, if the file does not say it")
    add_allow_outside(group)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format",
        action=StoreOnce,
        choices=(TEXT, JSON, YAML),
        help="text for people; json or yaml: the API as an API file (default: text)",
    )
    output.add_argument(
        "--changes",
        action="store_true",
        help="what a plan of Terraform changes, as text; execpolicy diff --planned compares it",
    )
    output.add_argument("-v", "--verbose", action="store_true", help="list the parts of the file that were not read")
    add_colour_and_debug(output)
