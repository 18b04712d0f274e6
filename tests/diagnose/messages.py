"""Texts of messages that the tests of several modules share."""

from __future__ import annotations

ANN = "arn:aws:iam::111122223333:user/Ann"
MASKED = "arn:aws:execute-api:eu-west-1:********3333:a1b2c3/prod/GET/pets/7"


def sentence(ending: str = "", *, user: str = ANN, action: str = "execute-api:Invoke", resource: str = MASKED) -> str:
    """IAM's message."""
    on = f" on resource: {resource}" if resource else ""
    return f"User: {user} is not authorized to perform: {action}{on}{ending}"


def implicit(policy_type: str, action: str = "execute-api:Invoke") -> str:
    """The ending for a missing Allow."""
    return f" because no {policy_type} allows the {action} action"
