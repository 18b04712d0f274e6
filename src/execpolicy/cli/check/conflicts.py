"""Which options of ``execpolicy check`` can be combined: a request takes other options than a call to an API."""

from __future__ import annotations

import argparse

from execpolicy.cli.check.options import TWO_OUTPUTS
from execpolicy.cli.options import TEMPLATE_OPTIONS
from execpolicy.cli.paths_parser import is_url

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
    "signature_region",
    "client_certificate",
    "sent_method",
    "data",
    "curl",
    "request",
    "log_format",
    *TEMPLATE_OPTIONS,
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
    "signature_region",
)


#: No suggestion has a number of this size.
_MOST = 100
#: Options that a URL or a curl command takes without --api too.
_OF_A_URL = ("method", "path", "stage", "header", "sent_method", "data", "curl")
#: Options that describe a call which the file of --request describes.
_OF_ONE_CALL = ("method", "path", "curl", "sent_method", "data", "show_event")


def refuse_conflicts(arguments: argparse.Namespace) -> None:
    """Exit with the usage if an option is missing or cannot be combined with another one.

    Raises:
        SystemExit: with exit code 2.
    """
    _refuse_recorded_calls(arguments)
    _refuse_two_calls(arguments)
    _refuse_suggestions(arguments)
    if arguments.method is not None and arguments.path is None and ("." in arguments.method or "/" in arguments.method):
        from execpolicy.cli.check.slips import advice_on_file

        advice = advice_on_file(arguments.method)
        if advice:
            arguments.refuse(f"found a file as METHOD: {advice}")
    is_given = arguments.curl is not None or url_argument(arguments) is not None
    if arguments.api is None:
        _refuse_without_api(arguments, is_given=is_given)
    else:
        _refuse_with_api(arguments, is_given=is_given)


def _refuse_suggestions(arguments: argparse.Namespace) -> None:
    """Refuse --apply without --suggest or without a number, and --suggest where nothing is written."""
    if arguments.apply is not None:
        if not arguments.suggest:
            arguments.refuse("--apply requires --suggest: it writes one of the suggested changes")
        if not (arguments.apply.isascii() and arguments.apply.isdigit() and 0 < int(arguments.apply[:9]) < _MOST):
            arguments.refuse(
                f"--apply: found {arguments.apply!r}, expected the number of a suggestion, such as --apply=2"
            )
    if arguments.suggest and arguments.quiet and arguments.apply is None:
        arguments.refuse("--suggest cannot be used with --quiet: it writes the suggestions")
    if arguments.suggest and arguments.show_event:
        arguments.refuse("--suggest cannot be used with --show-event: no call is decided")


def _refuse_without_api(arguments: argparse.Namespace, *, is_given: bool) -> None:
    for name in _given(arguments, _OF_A_CALL):
        if not (is_given and name in _OF_A_URL):
            arguments.refuse(f"{_option_name(name)} requires --api")
    required = ("as",) if is_given else ("as", "on")
    missing = [f"--{name}" for name in required if getattr(arguments, name) is None]
    if missing:
        arguments.refuse(f"the following arguments are required: {', '.join(missing)}")


def _refuse_with_api(arguments: argparse.Namespace, *, is_given: bool) -> None:
    for name in _given(arguments, tuple(_OF_A_REQUEST)):
        arguments.refuse(f"{_option_name(name)} cannot be used with --api: {_OF_A_REQUEST[name]}")
    if arguments.authorizer is not None and arguments.authorizer_output is not None:
        arguments.refuse(TWO_OUTPUTS)
    if arguments.show_event and arguments.quiet:
        arguments.refuse("--show-event writes the event: it cannot be used with --quiet")
    if arguments.method is None and not is_given and arguments.request is None:
        # Such an option reads the arguments after it as more files.
        hint = "; they come before options that take several files" if arguments.identity or arguments.session else ""
        arguments.refuse(f"the following arguments are required with --api: METHOD, PATH{hint}")
    if getattr(arguments, "as") is None and arguments.request is None:
        for name in _given(arguments, _OF_A_SIGNER):
            arguments.refuse(f"{_option_name(name)} requires --as: without it the call is not signed")


def _refuse_recorded_calls(arguments: argparse.Namespace) -> None:
    """Refuse what a file with calls gives itself, and its options without one."""
    if arguments.request is None:
        if arguments.log_format is not None:
            arguments.refuse("--log-format requires --request: it is the format of the log there")
        return
    if arguments.request.isupper() and arguments.request.isalpha():
        arguments.refuse(f"--request takes a file with calls: give the method by -X {arguments.request}")
    for name in _given(arguments, _OF_ONE_CALL):
        arguments.refuse(f"{_option_name(name)} cannot be used with --request: the file gives the calls")


def _refuse_two_calls(arguments: argparse.Namespace) -> None:
    """Refuse a call that is described twice: by a curl command, a URL, and METHOD and PATH."""
    if arguments.curl is not None:
        for name in _given(arguments, ("method", "path", "on", "sent_method", "data")):
            arguments.refuse(f"{_option_name(name)} cannot be used with --curl: the command gives the call")
        return
    url = url_argument(arguments)
    if url is None:
        return
    if url != "on" and arguments.on is not None:
        arguments.refuse("--on cannot be used with a URL: both name what is called")
    words = [word for word in (arguments.method, arguments.path) if word is not None and not is_url(word)]
    if url == "on" and words:
        arguments.refuse("METHOD cannot be used with --on: give the method of the URL by -X")
    if any(word.startswith("/") for word in words):
        arguments.refuse("PATH cannot be used with a URL, which has the path: give the method alone, or by -X")
    if is_url(arguments.method) and is_url(arguments.path):
        arguments.refuse("found two URLs, expected one call: give one of them")


def url_argument(arguments: argparse.Namespace) -> str | None:
    """Which argument is a URL; None if none is."""
    return next((name for name in ("method", "path", "on") if is_url(getattr(arguments, name))), None)


def _given(arguments: argparse.Namespace, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if getattr(arguments, name) not in (None, False, [])]


def _option_name(name: str) -> str:
    if name == "sent_method":
        return "-X"
    return name.upper() if name in ("method", "path") else f"--{name.replace('_', '-')}"
