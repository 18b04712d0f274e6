"""Which options of ``execpolicy check`` can be combined: a request takes other options than a call to an API."""

from __future__ import annotations

import argparse

#: Options of a request, each with the reason why a call to an API does not take it.
_OF_A_REQUEST = {
    "on": "METHOD and PATH give the resource",
    "action": "the call determines the action",
    "resource_account": "the file of the API has the account",
    "resource": "the file of the API has the resource policy",
    "rcp": "RCPs do not apply to execute-api",
    "rcps_cover_execute_api": "RCPs do not apply to execute-api",
}
_OF_A_CALL = (
    "method",
    "path",
    "stage",
    "domain",
    "header",
    "query",
    "authorizer",
    "authorizer_output",
    "show_event",
    "claims",
    "limits",
    "client_certificate",
)
_OF_A_SIGNER = (
    "role_path",
    "unique_id",
    "tag",
    "org_id",
    "federated_by",
    "management_account",
    "identity",
    "boundary",
    "session",
    "scp",
)


def refuse_conflicts(arguments: argparse.Namespace) -> None:
    """Exit with the usage if an option is missing or cannot be combined with another one.

    Raises:
        SystemExit: with exit code 2.
    """
    if arguments.api is None:
        for name in _given(arguments, _OF_A_CALL):
            arguments.refuse(f"{_option_name(name)} requires --api")
        missing = [f"--{name}" for name in ("as", "on") if getattr(arguments, name) is None]
        if missing:
            arguments.refuse(f"the following arguments are required: {', '.join(missing)}")
        return
    for name in _given(arguments, tuple(_OF_A_REQUEST)):
        arguments.refuse(f"{_option_name(name)} cannot be used with --api: {_OF_A_REQUEST[name]}")
    if arguments.authorizer is not None and arguments.authorizer_output is not None:
        arguments.refuse("--authorizer and --authorizer-output both give the output of the function: give one of them")
    if arguments.show_event and arguments.quiet:
        arguments.refuse("--show-event writes the event: it cannot be used with --quiet")
    if arguments.method is None:
        # Such an option reads the arguments after it as more files.
        hint = "; they come before options that take several files" if arguments.identity or arguments.session else ""
        arguments.refuse(f"the following arguments are required with --api: METHOD, PATH{hint}")
    if getattr(arguments, "as") is None:
        for name in _given(arguments, _OF_A_SIGNER):
            arguments.refuse(f"{_option_name(name)} requires --as: without it the call is not signed")


def _given(arguments: argparse.Namespace, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if getattr(arguments, name) not in (None, False, [])]


def _option_name(name: str) -> str:
    return name.upper() if name in ("method", "path") else f"--{name.replace('_', '-')}"
