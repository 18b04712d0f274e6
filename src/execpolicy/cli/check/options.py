"""The options of ``execpolicy check``."""

from __future__ import annotations

import argparse

from execpolicy.cli.options import (
    OptionGroup,
    StoreOnce,
    add_allow_outside,
    add_files,
    add_option,
    add_output_options,
    add_repeatable,
    add_source_of_callers,
    add_template_options,
)
from execpolicy.cli.paths_parser import VerbParser, urls_first
from execpolicy.document.action_name import INVOKE

COMMAND = "execpolicy check"

_USAGE = (
    "execpolicy check --as ARN --on ARN [--identity FILE] [--resource FILE] [--context KEY=VALUE] [option ...]\n"
    "       execpolicy check METHOD PATH --api FILE [--as ARN] [-H 'NAME: VALUE'] [--authorizer HANDLER] "
    "[option ...]\n"
    "       execpolicy check URL [-X METHOD] {--api FILE | --as ARN --resource-account ID} [option ...]\n"
    "       execpolicy check --curl 'curl ...' {--api FILE | --as ARN --resource-account ID} [option ...]\n"
    "       execpolicy check --request FILE --api FILE [--log-format FORMAT] [option ...]"
)
_DESCRIPTION = (
    "Decide whether the policies allow one request, and explain why; or, with --api, simulate one call to an API and "
    "show API Gateway's response."
)
_EPILOG = (
    "FILE is a policy document, JSON or YAML, or the output of the AWS CLI that has one, unless the option says "
    "otherwise; - is standard input, for one option. "
    "Exit code: 0 allowed, 1 denied, 2 unusable input, 3 indeterminate, 4 internal error."
)


def add_options(parser: VerbParser) -> None:
    """Describe the verb and add its options."""
    parser.usage, parser.description, parser.epilog = _USAGE, _DESCRIPTION, _EPILOG
    parser.reorder, parser.advice_on_more = urls_first, _advice_on_more
    _add_request(parser.add_argument_group("the request"))
    _add_call(parser.add_argument_group("a call to an API"))
    more = parser.add_argument_group("more about the file of the API")
    add_template_options(more)
    add_source_of_callers(more)
    add_caller_options(parser.add_argument_group("more about the caller"))
    add_policy_options(parser.add_argument_group("the policies"))
    _add_suggestions(parser.add_argument_group("changes of the policies"))
    add_output_options(parser)
    parser.add_argument(
        "--all", action="store_true", help="show every statement, and every gate of a call (default: those that decide)"
    )
    parser.set_defaults(refuse=parser.error)


def _add_suggestions(group: OptionGroup) -> None:
    group.add_argument(
        "--suggest",
        action="store_true",
        help="for a denied request or a refused call: show the smallest changes of the given policies that let it "
        "through, each with what it opens",
    )
    group.add_argument(
        "--apply",
        action=StoreOnce,
        nargs="?",
        const="1",
        metavar="N",
        help="with --suggest: write the change with this number into the files (default: the first). As the last "
        "option, or --apply=N",
    )


def _advice_on_more(arguments: argparse.Namespace) -> str:
    from execpolicy.cli.check.slips import advice_on_more

    return advice_on_more(arguments)


def _add_request(group: OptionGroup) -> None:
    add_option(
        group,
        "--as",
        "ARN",
        "the caller: the ARN of a user, a role session, a federated user or the root user, the name of a service, or "
        "the word anonymous. Required without --api; with --api also the logical id of a caller of the template, or "
        "FILE#NAME for one of another file, and a call without --as is not signed",
    )
    add_option(
        group,
        "--on",
        "ARN",
        "the ARN of the resource: after the API's id /STAGE/METHOD/PATH, with the path as it is sent. Required without "
        "--api, unless a URL or --curl gives it",
    )
    add_option(group, "--action", "NAME", f"the action (default: {INVOKE})")
    add_option(
        group, "--resource-account", "ID", "the account that owns the resource, if its ARN has none; a URL has none"
    )
    add_repeatable(
        group,
        "--context",
        "KEY=VALUE|FILE",
        "the value of a condition key; a key that is given twice has both values. Or a JSON file: an object of keys, "
        "each with a value or a list of values",
    )
    add_repeatable(
        group,
        "--allow-unknown-key",
        "KEY",
        "accept a condition key that the catalogue does not have, such as an aws: key newer than it",
    )
    group.add_argument(
        "--partial", action="store_true", help="condition keys that are not given are unknown (default: absent)"
    )
    add_option(group, "--at", "TIME", "the time, aws:CurrentTime: ISO 8601, epoch seconds or the word now")


def _add_call(group: OptionGroup) -> None:
    group.add_argument(
        "method", nargs="?", metavar="METHOD", help="the method; for a WebSocket API the route key, such as $connect"
    )
    group.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        help="the path after the stage, as it is sent; or, instead of METHOD and PATH, the whole URL, which gives the "
        "stage or the custom domain, and the query parameters",
    )
    add_option(
        group,
        "--curl",
        "COMMAND",
        "the call as a curl command in quotes, instead of METHOD and PATH; - reads it from standard input",
    )
    group.add_argument(
        "-X",
        dest="sent_method",
        action=StoreOnce,
        metavar="METHOD",
        help="the method of a URL (default: GET, or POST with -d)",
    )
    add_option(
        group,
        "--request",
        "FILE",
        "the calls as a file has them, instead of METHOD and PATH: lines of an access log, an event of a Lambda "
        "function, a HAR file, a curl command or URLs (docs/calls.md); - reads standard input. Each call gets an "
        "answer, and the exit code is the worst of them",
    )
    add_option(group, "--log-format", "FORMAT", "the format of the access log of --request, with $context variables")
    add_repeatable(group, ("-d", "--data"), "TEXT", "a body, as curl takes it: only the method depends on it")
    add_option(group, "--api", "FILE", "the API: a template (docs/templates.md), or an API file (docs/api-files.md)")
    add_allow_outside(group)
    add_option(group, "--stage", "NAME", "the stage, if the API has several, or its name, if the file does not say it")
    add_option(group, "--domain", "NAME", "the custom domain that is called; PATH is then everything after the host")
    add_facts_of_a_call(group)
    group.add_argument(
        "--show-event", action="store_true", help="write the event that the Lambda authorizer gets, and do not run it"
    )


#: What is wrong with both options for the output of the Lambda authorizer.
TWO_OUTPUTS = "--authorizer and --authorizer-output both give the output of the function: give one of them"
#: The options that say of a call what a log does not say, by their names in the parsed options.
FACTS_OF_A_CALL = (
    "header",
    "query",
    "authorizer",
    "authorizer_output",
    "claims",
    "client_certificate",
    "limits",
    "signature_region",
)


def add_facts_of_a_call(group: OptionGroup) -> None:
    """The options that say of a call what a log does not say."""
    add_repeatable(group, ("-H", "--header"), "NAME: VALUE", "a header of the call")
    add_repeatable(group, "--query", "NAME=VALUE", "a query parameter of the call, decoded")
    add_option(
        group,
        "--authorizer",
        "HANDLER",
        "the Lambda authorizer in Python, auth.py:handler or package.module:handler: it is run with the event of the "
        "call, in a process of its own and without the AWS_* variables",
    )
    add_option(
        group,
        "--authorizer-output",
        "FILE",
        "what the Lambda authorizer returns: JSON, or the word Unauthorized, the error that results in a 401",
    )
    add_option(group, "--claims", "FILE", "the verified claims of the token in the call: a JSON object")
    group.add_argument(
        "--client-certificate",
        choices=("valid", "absent"),
        help="the client certificate of the call, for a domain that requires one",
    )
    group.add_argument(
        "--limits",
        choices=("within", "throttled", "quota_exceeded"),
        help="whether the call is above a rate, or above the quota of its API key (default: within)",
    )
    group.add_argument(
        "--signature-region",
        action="append",
        metavar="REGION",
        help="a region in which the call's signature is valid, * for all: the signature is one of SigV4a. Repeatable",
    )


def add_caller_options(group: OptionGroup) -> None:
    """The options of ``read_caller`` about the caller."""
    add_option(group, "--role-path", "PATH", "the path of a session's role, such as /staff/")
    add_option(group, "--unique-id", "ID", "AIDA... of a user or AROA... of a role: the first part of aws:userid")
    group.add_argument(
        "--tag", action="append", metavar="KEY=VALUE", help="a principal tag; give all tags or none. Repeatable"
    )
    add_option(group, "--org-id", "ID", "the organization of the caller's account, o-...")
    add_option(group, "--federated-by", "ARN", "the user or root user who requested the federated user's session")
    group.add_argument(
        "--management-account",
        action="store_true",
        help="the caller's account is the management account of its organization: SCPs do not apply to it",
    )


def add_policy_options(group: OptionGroup) -> None:
    """The policies that ``read_caller`` and ``read_target`` read."""
    add_files(group, "--identity", "extend", "identity-based policies of the caller and of its groups. Repeatable")
    add_option(group, "--boundary", "FILE", "the caller's permissions boundary")
    add_files(group, "--session", "extend", "session policies of the caller's session. Repeatable")
    add_files(
        group,
        "--scp",
        "append",
        "the service control policies of one level, at least one of which must allow. Give one --scp for each level, "
        "from the organization's root to the account: all levels must allow",
    )
    add_option(group, "--resource", "FILE", "the resource policy of the API")
    add_option(
        group,
        "--vpc-endpoint",
        "FILE",
        "the policy of the VPC endpoint that the call goes through; with a template also the endpoint's logical id",
    )
    add_files(group, "--rcp", "append", "resource control policies, in levels as for --scp")
    group.add_argument(
        "--rcps-cover-execute-api",
        action="store_true",
        help="apply RCPs to execute-api, which is not in AWS's list of the services they support",
    )
