"""The options of ``execpolicy check``."""

from __future__ import annotations

import argparse

from execpolicy.cli.options import (
    OptionGroup,
    add_allow_outside,
    add_files,
    add_option,
    add_output_options,
    add_repeatable,
)

DEFAULT_ACTION = "execute-api:Invoke"

_USAGE = (
    "execpolicy check --as ARN --on ARN [--identity FILE] [--resource FILE] [--context KEY=VALUE] [option ...]\n"
    "       execpolicy check METHOD PATH --api FILE [--as ARN] [--header 'NAME: VALUE'] [--authorizer-output FILE] "
    "[option ...]"
)
_DESCRIPTION = (
    "Say whether one request is allowed by the policies that apply to it, and why; or, with --api, what becomes of a "
    "call on its way through API Gateway."
)
_EPILOG = (
    "FILE is a JSON policy document, unless told otherwise; - is standard input, for one of them. "
    "Exit code: 0 allowed, 1 denied, 2 unusable input, 3 indeterminate, 4 internal error."
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the verb with its options."""
    parser = commands.add_parser(
        "check",
        help="one request: is it allowed, and why",
        usage=_USAGE,
        description=_DESCRIPTION,
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    _add_request(parser.add_argument_group("the request"))
    _add_call(parser.add_argument_group("a call to an API"))
    add_caller_options(parser.add_argument_group("what else is known of the caller"))
    add_policy_options(parser.add_argument_group("the policies"))
    add_output_options(parser)
    parser.set_defaults(refuse=parser.error)
    return parser


def _add_request(group: OptionGroup) -> None:
    add_option(
        group,
        "--as",
        "ARN",
        "who calls: the ARN of a user, a role session, a federated user or the root user, the name of a service, or "
        "the word anonymous. Needed without --api; with it, a call without --as is not signed",
    )
    add_option(
        group,
        "--on",
        "ARN",
        "the ARN of what is called; after the API's id come /STAGE/METHOD/PATH, the path as it is sent. Needed without "
        "--api",
    )
    add_option(group, "--action", "NAME", f"the action (default: {DEFAULT_ACTION})")
    add_option(group, "--resource-account", "ID", "the account that owns the resource, where its ARN names none")
    add_repeatable(
        group,
        "--context",
        "KEY=VALUE|FILE",
        "the value of a condition key; a key given twice has both values. Or a JSON file: an object of keys, each "
        "with a value or a list of values",
    )
    add_repeatable(
        group,
        "--allow-unknown-key",
        "KEY",
        "accept a condition key that the catalogue does not have, such as an aws: key newer than it",
    )
    group.add_argument(
        "--partial", action="store_true", help="condition keys that are not given are unknown; without it, absent"
    )
    add_option(group, "--at", "TIME", "when: ISO 8601, epoch seconds or the word now. Gives aws:CurrentTime")


def _add_call(group: OptionGroup) -> None:
    group.add_argument(
        "method", nargs="?", metavar="METHOD", help="the verb; of a WebSocket API the route key, such as $connect"
    )
    group.add_argument("path", nargs="?", metavar="PATH", help="the path behind the stage, as it is sent")
    add_option(group, "--api", "FILE", "what is called: an *.api.json or *.api.yaml file (docs/api-files.md)")
    add_allow_outside(group)
    add_option(group, "--stage", "NAME", "the stage that is called, where the API has several")
    add_option(
        group, "--domain", "NAME", "the host that is called, where it is a custom domain; PATH is all behind it then"
    )
    add_repeatable(group, "--header", "NAME: VALUE", "a header of the call")
    add_repeatable(group, "--query", "NAME=VALUE", "a query parameter of the call, decoded")
    add_option(
        group,
        "--authorizer-output",
        "FILE",
        "what the Lambda authorizer answers: the JSON that it returns, or Unauthorized alone, the error that is a 401",
    )
    add_option(group, "--claims", "FILE", "the verified claims of the token that the call brings: a JSON object")


def add_caller_options(group: OptionGroup) -> None:
    """What ``read_caller`` asks for, beside who it is."""
    add_option(group, "--role-path", "PATH", "the path of a session's role, such as /staff/")
    add_option(group, "--unique-id", "ID", "AIDA... of a user or AROA... of a role, which aws:userid is made of")
    group.add_argument(
        "--tag", action="append", metavar="KEY=VALUE", help="a principal tag; if any, give all. Repeatable"
    )
    add_option(group, "--org-id", "ID", "the organization of the caller's account, o-...")
    add_option(group, "--federated-by", "ARN", "the user who made a federated user's session")
    group.add_argument(
        "--management-account",
        action="store_true",
        help="the caller's account manages its organization: no SCP binds it",
    )


def add_policy_options(group: OptionGroup) -> None:
    """The policies that ``read_caller`` and ``read_target`` read."""
    add_files(group, "--identity", "extend", "identity policies of the caller, those of its groups too. Repeatable")
    add_option(group, "--boundary", "FILE", "the caller's permissions boundary")
    add_files(group, "--session", "extend", "session policies of the caller's session. Repeatable")
    add_files(
        group,
        "--scp",
        "append",
        "the service control policies of one level, of which one must allow. One --scp for each level, from the "
        "organization's root to the account: all levels must allow",
    )
    add_option(group, "--resource", "FILE", "the resource policy of the API")
    add_option(group, "--vpc-endpoint", "FILE", "the policy of the VPC endpoint that the call comes through")
    add_files(group, "--rcp", "append", "resource control policies, in levels as --scp")
    group.add_argument(
        "--rcps-cover-execute-api",
        action="store_true",
        help="let RCPs bind execute-api, which is not on AWS's list of what they cover",
    )
