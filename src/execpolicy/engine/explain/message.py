"""The message of an outcome, in AWS's words (MSG-1)."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.engine.combine import Verdicts
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.engine.request import Request


def message(request: Request, verdicts: Verdicts, missing: Iterable[str]) -> str:
    """AWS's message for a denied request, which names one policy type; a similar sentence for other outcomes.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    action = request.action
    about = f"perform: {action} on resource: {request.arn.text}"
    caller = f"User: {request.caller.principal.arn}"
    if verdicts.outcome is Outcome.ALLOW:
        return f"{caller} is authorized to {about}"
    if verdicts.outcome is Outcome.INDETERMINATE:
        keys = ", ".join(sorted(missing)) or "unknown context keys"
        return f"Whether {caller[6:]} is authorized to {about} depends on {keys}"
    return f"{caller} is not authorized to {about}{_ending(verdicts, action)}"


def _ending(verdicts: Verdicts, action: str) -> str:
    """Why the request is denied. Where it is not known which policy type AWS names, none is."""
    named, is_explicit = verdicts.named, verdicts.outcome is Outcome.EXPLICIT_DENY
    if named is None:
        return " with an explicit deny" if is_explicit else ""
    if is_explicit:
        return f" with an explicit deny in {_article(named)} {named.policy_type}"
    return f" because no {named.policy_type} allows the {action} action"


def _article(layer: Layer) -> str:
    return "an" if layer.policy_type[0] in "aeiou" else "a"
