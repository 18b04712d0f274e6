"""What a person should hear beside the answer: likely slips in the input, and which option would decide it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from execpolicy.cli.condition_key import meant_key
from execpolicy.document.policy import Policy
from execpolicy.document.wording import printable
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.engine.request import Request
from execpolicy.engine.trace import PolicyTrace
from execpolicy.language.context_keys import lookup as catalogued
from execpolicy.language.principal import SESSION, USER

if TYPE_CHECKING:
    from execpolicy.gateway.response import GatewayResponse

_TAG = "aws:principaltag/"
#: The options that tell keys, beside --context.
_OPTIONS = {
    "aws:currenttime": "--at TIME",
    "aws:epochtime": "--at TIME",
    "aws:userid": "--unique-id ID",
    "aws:principalarn": "--role-path PATH",
    "aws:principalorgid": "--org-id ID",
}

#: What people put into the ARN of a request that means nothing there (GW-2), and what to do instead.
_LITERAL = {
    "*": "name the path of one call",
    "{": "give the path as it is sent, not that of the route",
    "?": "leave the query string out, no ARN has it",
}


def notes(decision: Decision) -> Iterator[str]:
    """Slips that leave the input usable but may not be what was meant."""
    for mark, meaning in _LITERAL.items():
        if mark in decision.request.resource:
            yield f"--on has a `{mark}`, which is that character in a request: {meaning}"
    yield from _unknown_keys(decision.request, _asked(decision))


def notes_on_call(response: GatewayResponse, arguments: argparse.Namespace) -> Iterator[str]:
    """Slips in a call to an API; ``arguments`` are the options that told it."""
    if "{" in (arguments.path or ""):
        yield f"PATH has a `{{`, which is that character in a call: {_LITERAL['{']}"
    gates = {step.gate for step in response.steps}
    for option, given, asks in (
        ("--authorizer-output", arguments.authorizer_output, "authorizer"),
        ("--claims", arguments.claims, "token"),
    ):
        if given is not None and asks not in gates:
            yield f"{option} was not looked at: the call came to no gate that asks for it"
    decisions = [step.decision for step in response.steps if step.decision is not None]
    if decisions:
        asked = "\n".join([*map(_asked, decisions), *map(_met, decisions)])
        yield from _unknown_keys(decisions[0].request, asked)


def _unknown_keys(request: Request, asked: str) -> Iterator[str]:
    """Keys of the context that mean nothing to anybody; ``asked`` is the text of all policies, in lower case."""
    for key in request.context.values:
        if catalogued(key) is None and key.lower() not in asked and key.lower().startswith(("aws:", "execute-api:")):
            meant = meant_key(key)
            advice = f": did you mean {meant}?" if meant else ""
            yield f"no policy asks for {key}, and it is no key that AWS documents{advice}"


def _asked(decision: Decision) -> str:
    """The text of all policies of caller and target, in lower case: what is not in it, none of them asks for."""
    caller, target = decision.request.caller, decision.target
    levels = (*caller.scps, caller.identity, caller.session, *target.rcps)
    single = (caller.boundary, target.resource, target.vpc_endpoint)
    policies = (*(policy for level in levels for policy in level), *(policy for policy in single if policy is not None))
    return "\n".join(_text(policy) for policy in policies).lower()


def _met(decision: Decision) -> str:
    """The text of the policies that had a say, in lower case: of an endpoint, a domain or an authorizer too."""
    policies = (policy for layer in decision.explain().layers for policy in layer.policies)
    return "\n".join(_text(policy) for policy in policies).lower()


def _text(policy: Policy | PolicyTrace) -> str:
    return policy.source.text if policy.source is not None else ""


def how_to_tell(decision: Decision) -> str:
    """The options that would tell what an indeterminate outcome depends on; empty for any other outcome."""
    return " ".join(_telling(decision))


def _telling(decision: Decision) -> dict[str, None]:
    keys = sorted(decision.missing_keys) if decision.outcome is Outcome.INDETERMINATE else ()
    return dict.fromkeys(_option(key, decision) for key in keys)


def how_to_tell_of_call(response: GatewayResponse) -> str:
    """The options that would tell what becomes of a call; empty where that is known."""
    undecided = (step for step in response.steps if step.passed is None)
    return " ".join(dict.fromkeys(_option(key, step.decision) for step in undecided for key in step.deciding_keys))


def _option(key: str, decision: Decision | None) -> str:
    name = key.lower()
    if name.startswith(_TAG):
        return f"--tag {_assignment(key[len(_TAG) :])}"
    if name == "aws:userid" and (decision is None or decision.request.caller.principal.kind not in (USER, SESSION)):
        return f"--context {_assignment(key)}"
    return _OPTIONS.get(name) or f"--context {_assignment(key)}"


def _assignment(key: str) -> str:
    """What to type in a shell; a key that a policy made up may hold anything."""
    from shlex import quote

    return quote(printable(f"{key}=VALUE"))
