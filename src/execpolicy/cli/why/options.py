"""The options of ``execpolicy why``."""

from __future__ import annotations

from execpolicy.cli.check.options import add_caller_options, add_facts_of_a_call, add_policy_options
from execpolicy.cli.options import (
    OptionGroup,
    add_allow_outside,
    add_option,
    add_output_options,
    add_template_options,
)
from execpolicy.cli.paths_parser import VerbParser

_USAGE = (
    "execpolicy why TEXT|- [--file FILE] [--api FILE] [--identity FILE] [--resource FILE] [--context KEY=VALUE] "
    "[option ...]"
)
_DESCRIPTION = (
    "Explain a response of API Gateway: what produced it, what it proves, and what to check next. With policies, "
    "decide whether they deny the same call."
)
_EPILOG = (
    "FILE is a text or a policy document, JSON or YAML; - is standard input, for one option. "
    "Exit code: 0 understood, 2 not understood or unusable input, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    answer = parser.add_argument_group("the response to the call")
    answer.add_argument(
        "text",
        nargs="*",
        metavar="TEXT",
        help="the body, its message, a log line, or the whole response with its headers; - for standard input",
    )
    add_option(answer, "--file", "FILE", "a file with the response")
    add_option(answer, "--log-format", "FORMAT", "the format of the access log, if the response is a line of one")
    _add_api(parser.add_argument_group("the API that was called"))
    _add_request(parser.add_argument_group("the call, if the response does not describe it"))
    add_facts_of_a_call(
        parser.add_argument_group("more about the call of a log line or an event, which --api simulates")
    )
    add_caller_options(parser.add_argument_group("more about the caller"))
    add_policy_options(parser.add_argument_group("policies that may have denied it"))
    add_output_options(parser)


def _add_api(group: OptionGroup) -> None:
    add_option(
        group,
        "--api",
        "FILE",
        "the API: a template (docs/templates.md), or an API file (docs/api-files.md). Causes that it excludes are left "
        "out; the call of a log line or an event is simulated, and AWS's answer compared",
    )
    add_template_options(group)
    add_allow_outside(group)
    add_option(group, "--stage", "NAME", "the stage, if the API has several, or its name, if the file does not say it")
    add_option(group, "--domain", "NAME", "the custom domain that was called, if the response does not name it")


def _add_request(group: OptionGroup) -> None:
    add_option(group, "--as", "ARN", "the caller, instead of the one in the message")
    add_option(group, "--on", "ARN", "the resource, instead of the one in the message")
    add_option(group, "--action", "NAME", "the action, instead of the one in the message")
    add_option(
        group,
        "--resource-account",
        "ID",
        "the account of the API, whose first digits API Gateway masks in its messages",
    )
    group.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="KEY=VALUE|FILE",
        help="the value of a condition key, or a JSON file of keys. Repeatable",
    )
    group.add_argument(
        "--allow-unknown-key",
        action="append",
        default=[],
        metavar="KEY",
        help="accept a condition key that the catalogue does not have. Repeatable",
    )
    group.add_argument(
        "--partial", action="store_true", help="condition keys that are not given are unknown (default: absent)"
    )
    add_option(group, "--at", "TIME", "the time, aws:CurrentTime: ISO 8601, epoch seconds or the word now")
