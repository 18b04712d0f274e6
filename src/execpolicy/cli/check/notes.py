"""Notes beside the result: likely mistakes in the input, and the options that would decide the outcome."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.syntax.wording import printable
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.language.principal import SESSION, USER

if TYPE_CHECKING:
    from typing import Final

    from execpolicy.gateway.flow.response import GatewayResponse

#: What an answer depends on if calls through the VPC endpoints of a template are answered differently.
CALLED_ENDPOINT = "the VPC endpoint of the call"
_TAG = "aws:principaltag/"
#: The options that give the values of keys and details of the caller, apart from --context.
_OPTIONS = {
    "aws:currenttime": "--at TIME",
    "aws:epochtime": "--at TIME",
    "aws:userid": "--unique-id ID",
    "aws:principalarn": "--role-path PATH",
    "aws:principalorgid": "--org-id ID",
    "the caller's unique id": "--unique-id ID",
    "the path of the caller's role": "--role-path PATH",
}

#: Characters that have no special meaning in the ARN of a request (GW-2), each with what to do instead.
_LITERAL = {
    "*": "name the path of one call",
    "{": "give the path as it is sent, not that of the route",
    "?": "leave the query string out; it is not part of the ARN",
}


def notes(decision: Decision) -> Iterator[str]:
    """Likely mistakes in a request that is valid."""
    for mark, meaning in _LITERAL.items():
        if mark in decision.request.resource:
            yield f"--on has a `{mark}`, which is that character in a request: {meaning}"


def notes_on_call(response: GatewayResponse, arguments: argparse.Namespace) -> Iterator[str]:
    """Likely mistakes in a call to an API; ``arguments`` are the options that describe it."""
    if "{" in (arguments.path or ""):
        yield f"PATH has a `{{`, which is that character in a call: {_LITERAL['{']}"
    gates = {step.gate for step in response.steps}
    for option, given, gate in (
        ("--authorizer", arguments.authorizer, "authorizer"),
        ("--authorizer-output", arguments.authorizer_output, "authorizer"),
        ("--claims", arguments.claims, "token"),
    ):
        if given is not None and gate not in gates:
            yield f"{option} was not used: no gate that the call reached needs it"


def deciding_options(decision: Decision) -> str:
    """The options that would decide an indeterminate outcome; empty for any other outcome."""
    return " ".join(_deciding(decision))


def _deciding(decision: Decision) -> dict[str, None]:
    keys = sorted(decision.missing_keys) if decision.outcome is Outcome.INDETERMINATE else ()
    return dict.fromkeys(_option(key, decision) for key in keys)


_CONDITION: Final = "the condition"
#: What of a template and a call is not known, and the options that give it.
_PLACED: Final = {
    "the name of the stack": "--parameter AWS::StackName=VALUE",
    "the id of the stack": "--parameter AWS::StackId=VALUE",
    "the notification topics of the stack": "--parameter AWS::NotificationARNs=VALUE",
    "the account": "--account ID",
    "the region": "--region NAME",
    "the partition": "--region NAME",
    CALLED_ENDPOINT: "--vpc-endpoint NAME",
}
#: A part of a call that an authorizer reads, as the detail of its gate names it.
_SOURCE: Final = r"\brequest\.(?:multivalue)?(header|querystring)\.([!#$%&'*+.^_`|~0-9A-Za-z-]{1,128})"


def next_option(response: GatewayResponse, arguments: argparse.Namespace) -> str:
    """The option that a refused call lacks: a header or parameter for its authorizer, or a caller; empty if none."""
    step = response.refused_by
    if step is None:
        return ""
    if step.gate == "signature" and getattr(arguments, "as") is None:
        return "to sign the call, give --as ARN"
    if step.gate == "token" and arguments.claims is None:
        return "to send a valid token, give its claims with --claims FILE"
    match = re.search(_SOURCE, step.detail) if response.status == 401 else None
    if match is None:
        return ""
    kind, name = match.groups()
    option = f"--header '{name}: VALUE'" if kind == "header" else f"--query '{name}=VALUE'"
    return f"the authorizer reads {name}, which the call does not have: give {option}"


def deciding_options_of_call(response: GatewayResponse) -> str:
    """The options that would decide the outcome of a call; empty if it is known."""
    options: dict[str, None] = {}
    for step in response.steps:
        if step.passed is None:
            options |= dict.fromkeys(_option(key, step.decision) for key in step.deciding_keys)
            if step.gate == "mutual TLS":
                options["--client-certificate valid"] = None
    options |= dict.fromkeys(_options_of_template([value.name for value in response.unknown_values]))
    return " ".join(options)


def is_given_by_option(name: str) -> bool:
    """Whether an option gives an unknown value of a template, so that the answer names it."""
    return any(_options_of_template([name])) or name.startswith(f"{_CONDITION} ")


def _options_of_template(unknown: Sequence[str]) -> Iterator[str]:
    """The options that give values of a template that are not known; conditions where no option gives the value."""
    others = False
    for name in unknown:
        what, _, given = name.rpartition(" ")
        if what == "the parameter":
            yield f"--parameter {_assignment(given)}"
        elif name in _PLACED:
            yield _PLACED[name]
        else:
            others = others or what != _CONDITION
    conditions = [name.removeprefix(f"{_CONDITION} ") for name in unknown if name.startswith(f"{_CONDITION} ")]
    yield from (f"--condition {name}=true" for name in conditions if others)


def _option(key: str, decision: Decision | None) -> str:
    name = key.lower()
    if name.startswith(_TAG):
        return f"--tag {_assignment(key[len(_TAG) :])}"
    if name == "aws:userid" and (decision is None or decision.request.caller.principal.kind not in (USER, SESSION)):
        return f"--context {_assignment(key)}"
    return _OPTIONS.get(name) or f"--context {_assignment(key)}"


def _assignment(key: str) -> str:
    """The argument as typed in a shell. The name of a key can hold any character."""
    from shlex import quote

    return quote(printable(f"{key}=VALUE"))
