"""The options of ``execpolicy lint``."""

from __future__ import annotations

from execpolicy.cli.options import StoreOnce, add_colour_and_debug, add_option, add_template_options
from execpolicy.cli.paths_parser import VerbParser, paths_last
from execpolicy.linter.severity import Severity

COMMAND = "execpolicy lint"
TEXT, JSON = "text", "json"

_USAGE = "execpolicy lint FILE [FILE ...] [--select RULES] [--ignore RULES] [option ...]"
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
    parser.reorder = paths_last
    parser.add_argument("files", nargs="+", metavar="FILE", help="a policy, an API file, a template or an OpenAPI file")
    group = parser.add_argument_group("rules")
    add_option(group, "--select", "RULES", "check these rules only")
    add_option(group, "--ignore", "RULES", "do not check these rules")
    group.add_argument(
        "--fail-on",
        action=StoreOnce,
        choices=[*map(str, Severity)],
        help="the least severity of a finding that makes the exit code 1 (default: security-warning)",
    )
    group.add_argument("--exit-zero", action="store_true", help="end with 0 also if there are findings")
    files = parser.add_argument_group("how to read the files")
    add_option(
        files, "--policy-kind", "KIND", "the kind of policy files (default: resource with a principal, else identity)"
    )
    add_template_options(files)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format", action=StoreOnce, choices=(TEXT, JSON), help="text for people, JSON for programs (default: text)"
    )
    output.add_argument(
        "-v", "--verbose", action="store_true", help="show the lines of each finding, and how to mend it"
    )
    add_colour_and_debug(output)
