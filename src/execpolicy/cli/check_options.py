"""The options of ``execpolicy check``."""

from __future__ import annotations

import argparse

from execpolicy.cli.options import Group, add_output_options, files, once

DEFAULT_ACTION = "execute-api:Invoke"

_USAGE = "execpolicy check --as ARN --on ARN [--identity FILE] [--resource FILE] [--context KEY=VALUE] [option ...]"
_DESCRIPTION = "Say whether one request is allowed by the policies that apply to it, and why."
_EPILOG = (
    "FILE is a JSON policy document; - is standard input, for one of them. "
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
    _add_caller(parser.add_argument_group("what else is known of the caller"))
    _add_policies(parser.add_argument_group("the policies"))
    add_output_options(parser)
    return parser


def _add_request(group: Group) -> None:
    once(
        group,
        "--as",
        "ARN",
        "who calls: the ARN of a user, a role session, a federated user or the root user, the name of a service, or "
        "the word anonymous",
        required=True,
    )
    once(
        group,
        "--on",
        "ARN",
        "the ARN of what is called; after the API's id come /STAGE/METHOD/PATH, the path as it is sent",
        required=True,
    )
    once(group, "--action", "NAME", f"the action (default: {DEFAULT_ACTION})")
    once(group, "--resource-account", "ID", "the account that owns the resource, where its ARN names none")
    group.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="KEY=VALUE|FILE",
        help="the value of a condition key; a key given twice has both values. Or a JSON file: an object of keys, each "
        "with a value or a list of values. Repeatable",
    )
    group.add_argument(
        "--partial", action="store_true", help="condition keys that are not given are unknown; without it, absent"
    )
    once(group, "--at", "TIME", "when: ISO 8601, epoch seconds or the word now. Gives aws:CurrentTime")


def _add_caller(group: Group) -> None:
    once(group, "--role-path", "PATH", "the path of a session's role, such as /staff/")
    once(group, "--unique-id", "ID", "AIDA... of a user or AROA... of a role, which aws:userid is made of")
    group.add_argument(
        "--tag", action="append", metavar="KEY=VALUE", help="a principal tag; if any, give all. Repeatable"
    )
    once(group, "--org-id", "ID", "the organization of the caller's account, o-...")
    once(group, "--federated-by", "ARN", "the user who made a federated user's session")
    group.add_argument(
        "--management-account",
        action="store_true",
        help="the caller's account manages its organization: no SCP binds it",
    )


def _add_policies(group: Group) -> None:
    files(group, "--identity", "extend", "identity policies of the caller, those of its groups too. Repeatable")
    once(group, "--boundary", "FILE", "the caller's permissions boundary")
    files(group, "--session", "extend", "session policies of the caller's session. Repeatable")
    files(
        group,
        "--scp",
        "append",
        "the service control policies of one level, of which one must allow. One --scp for each level, from the "
        "organization's root to the account: all levels must allow",
    )
    once(group, "--resource", "FILE", "the resource policy of the API")
    once(group, "--vpc-endpoint", "FILE", "the policy of the VPC endpoint that the call comes through")
    files(group, "--rcp", "append", "resource control policies, in levels as --scp")
    group.add_argument(
        "--rcps-cover-execute-api",
        action="store_true",
        help="let RCPs bind execute-api, which is not on AWS's list of what they cover",
    )
