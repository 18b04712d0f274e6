"""The options of ``execpolicy replay``."""

from __future__ import annotations

from execpolicy.cli.log_options import add_logs
from execpolicy.cli.only_callers import add_only_callers
from execpolicy.cli.options import (
    StoreOnce,
    add_allow_outside,
    add_colour_and_debug,
    add_option,
    add_template_options,
    positive_number,
)
from execpolicy.cli.paths_parser import VerbParser, paths_last

COMMAND = "execpolicy replay"
TEXT, JSON, MARKDOWN, HTML = "text", "json", "markdown", "html"
LAXER, STRICTER, ANY = "laxer", "stricter", "any"

_USAGE = "execpolicy replay LOG [LOG ...] --api FILE [--before FILE] [--callers FILE] [option ...]"
_DESCRIPTION = (
    "Replay the calls of access logs: which of them does a version of an API newly refuse, and which does it newly "
    "admit? Without --before the version is compared with AWS's answers in the logs."
)
_EPILOG = (
    "LOG is a file, a folder, or a pattern of names, gzip-compressed or not; - is standard input. "
    "Exit code: 0 nothing changes, 1 some calls change, 2 unusable input, 3 not known, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.reorder = paths_last
    logs = add_logs(parser)
    add_option(logs, "--rejects", "FILE", "write the lines that are not replayed to this file, as they are")
    add_option(logs, "--changed", "FILE", "write the calls that change, or may change, to this Parquet file")
    logs.add_argument(
        "--dedupe",
        action="store_true",
        help="leave out calls whose request id occurred before",
    )
    add_option(logs, "--sample", "PART", "replay a part of the lines, such as 1/100, drawn at random")
    logs.add_argument(
        "--seed", action=StoreOnce, metavar="NUMBER", type=positive_number, help="the seed of --sample (default: 1)"
    )
    add_option(logs, "--checkpoint", "DIR", "keep the counts in this folder, and go on from those of a run that ended")
    versions = parser.add_argument_group("the versions")
    add_option(versions, "--api", "FILE", "the new version: a template (docs/templates.md), or an API file")
    add_option(versions, "--before", "FILE", "the old version (default: AWS's answers in the logs)")
    versions.add_argument(
        "--score",
        action="store_true",
        help="also compare the answers of --before with AWS's answers in the logs",
    )
    add_option(versions, "--stage", "NAME", "the stage, where the files of APIs do not name one")
    add_template_options(versions)
    add_allow_outside(versions)
    add_only_callers(
        parser.add_argument_group("the callers"),
        "the callers whose policies are known (default: those of the file of --api)",
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format",
        action=StoreOnce,
        choices=(TEXT, JSON, MARKDOWN, HTML),
        help="text for people; json; markdown: for a comment on a pull request; html: a page (default: text)",
    )
    output.add_argument(
        "--fail-on",
        action=StoreOnce,
        choices=(LAXER, STRICTER, ANY),
        help="which change is a failure, with exit code 1 (default: any)",
    )
    output.add_argument(
        "--raw-values",
        action="store_true",
        help="show paths, sessions and addresses (default: routes, roles and networks)",
    )
    add_option(output, "--tz", "ZONE", "the zone of the times, such as Europe/Berlin (default: UTC)")
    output.add_argument("-v", "--verbose", action="store_true", help="show all groups, with all their examples")
    output.add_argument("-q", "--quiet", action="store_true", help="write no output; the exit code gives the result")
    add_colour_and_debug(output)
