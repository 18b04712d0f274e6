"""The options of ``execpolicy narrow``."""

from __future__ import annotations

from execpolicy.cli.log_options import add_logs
from execpolicy.cli.only_callers import add_only_callers
from execpolicy.cli.options import (
    StoreOnce,
    add_allow_outside,
    add_colour_and_debug,
    add_option,
    add_template_options,
)
from execpolicy.cli.paths_parser import VerbParser, paths_last

COMMAND = "execpolicy narrow"
TEXT, JSON = "text", "json"

_USAGE = "execpolicy narrow LOG [LOG ...] --api FILE [--policy FILE [--of ARN]] [--callers FILE] [-o FILE] [option ...]"
_DESCRIPTION = (
    "Narrow a policy to the Allow statements and the resources that the admitted calls of access logs need. The result "
    "is compared with the policy, and the logs are replayed: it allows nothing more, and refuses none of these calls."
)
_EPILOG = (
    "LOG is a file, a folder, or a pattern of names, gzip-compressed or not; the logs are read twice. "
    "Exit code: 0 a narrowed policy, 2 unusable input, 3 it is not shown to be right, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.reorder = paths_last
    # What a replay may have besides: there is one version of the API here.
    parser.set_defaults(before=None)
    logs = add_logs(parser)
    add_option(logs, "--sample", "PART", "refused: calls that a sample lacks may need a statement")
    policy = parser.add_argument_group("the policy")
    add_option(policy, "--api", "FILE", "the API: a template (docs/templates.md), or an API file")
    add_option(policy, "--policy", "FILE", "the policy (default: the resource policy of the API)")
    add_option(policy, "--of", "ARN", "the user or role that has the policy, if it is an identity-based one")
    policy.add_argument(
        "--sources", action="store_true", help="add conditions with the networks from which the calls come"
    )
    add_option(policy, "--stage", "NAME", "the stage, where the file of the API does not name one")
    add_template_options(policy)
    add_allow_outside(policy)
    add_only_callers(
        parser.add_argument_group("the callers"),
        "the callers whose policies are known (default: those of the file of --api)",
    )
    output = parser.add_argument_group("output")
    add_option(output, "-o", "FILE", "write the narrowed policy to this file, as JSON or YAML as the policy is written")
    output.add_argument(
        "--format", action=StoreOnce, choices=(TEXT, JSON), help="text for people; json (default: text)"
    )
    output.add_argument(
        "--raw-values",
        action="store_true",
        help="show sessions, and write single addresses with --sources (default: roles and networks)",
    )
    add_option(output, "--tz", "ZONE", "the zone of the times, such as Europe/Berlin (default: UTC)")
    output.add_argument("-q", "--quiet", action="store_true", help="write no output; -o still writes its file")
    add_colour_and_debug(output)
