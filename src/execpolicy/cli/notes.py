"""What a person should hear beside the answer: likely slips in the input, and which option would decide it."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.cli.condition_key import meant_key
from execpolicy.document.policy import Policy
from execpolicy.document.wording import printable
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.language.context_keys import lookup as catalogued
from execpolicy.language.principal import SESSION, USER

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
    asked = _asked(decision)
    for key in decision.request.context.values:
        if catalogued(key) is None and key.lower() not in asked and key.lower().startswith(("aws:", "execute-api:")):
            meant = meant_key(key)
            advice = f": did you mean {meant}?" if meant else ""
            yield f"no policy asks for {key}, and it is no key that AWS documents{advice}"


def _asked(decision: Decision) -> str:
    """The text of all policies, in lower case: what is not in it, no policy asks for."""
    caller, target = decision.request.caller, decision.target
    levels = (*caller.scps, caller.identity, caller.session, *target.rcps)
    single = (caller.boundary, target.resource, target.vpc_endpoint)
    policies = (*(policy for level in levels for policy in level), *(policy for policy in single if policy is not None))
    return "\n".join(_text(policy) for policy in policies).lower()


def _text(policy: Policy) -> str:
    return policy.source.text if policy.source is not None else ""


def how_to_tell(decision: Decision) -> str:
    """The options that would tell what an indeterminate outcome depends on; empty for any other outcome."""
    if decision.outcome is not Outcome.INDETERMINATE:
        return ""
    return " ".join(dict.fromkeys(_option(key, decision) for key in sorted(decision.missing_keys)))


def _option(key: str, decision: Decision) -> str:
    name = key.lower()
    if name.startswith(_TAG):
        return f"--tag {_assignment(key[len(_TAG) :])}"
    if name == "aws:userid" and decision.request.caller.principal.kind not in (USER, SESSION):
        return f"--context {_assignment(key)}"
    return _OPTIONS.get(name) or f"--context {_assignment(key)}"


def _assignment(key: str) -> str:
    """What to type in a shell; a key that a policy made up may hold anything."""
    from shlex import quote

    return quote(printable(f"{key}=VALUE"))
