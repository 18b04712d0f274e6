"""The options of ``execpolicy why``."""

from __future__ import annotations

import argparse

from execpolicy.cli.check.options import add_caller_options, add_policy_options
from execpolicy.cli.options import OptionGroup, add_option, add_output_options

_USAGE = "execpolicy why TEXT|- [--file FILE] [--identity FILE] [--resource FILE] [--context KEY=VALUE] [option ...]"
_DESCRIPTION = (
    "Say what an answer of API Gateway means: who spoke, what that proves, and what to look at next. Given policies "
    "too, say whether they deny the same call."
)
_EPILOG = (
    "FILE is a text or a JSON policy document; - is standard input, for one of them. "
    "Exit code: 0 understood, 2 not understood or unusable input, 4 internal error."
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the verb with its options."""
    parser = commands.add_parser(
        "why",
        help="an answer of API Gateway, such as a pasted 403: what it means",
        usage=_USAGE,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    answer = parser.add_argument_group("the answer that the call got")
    answer.add_argument(
        "text",
        nargs="*",
        metavar="TEXT",
        help="the body, its message, a line of a log, or the whole answer with its headers; - for standard input",
    )
    add_option(answer, "--file", "FILE", "a file that holds it")
    _add_request(parser.add_argument_group("the call, where the answer does not tell it"))
    add_caller_options(parser.add_argument_group("what else is known of the caller"))
    add_policy_options(parser.add_argument_group("policies that may have denied it"))
    add_output_options(parser)
    return parser


def _add_request(group: OptionGroup) -> None:
    add_option(group, "--as", "ARN", "who called, instead of the caller in the message")
    add_option(group, "--on", "ARN", "what was called, instead of the resource in the message")
    add_option(group, "--action", "NAME", "the action, instead of that in the message")
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
        "--partial", action="store_true", help="condition keys that are not given are unknown; without it, absent"
    )
    add_option(group, "--at", "TIME", "when: ISO 8601, epoch seconds or the word now. Gives aws:CurrentTime")
