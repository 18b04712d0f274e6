"""The signature of a call (GW-13, GW-18)."""

from __future__ import annotations

from execpolicy.engine.caller import Caller
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import (
    Refusal,
    missing_token,
    refuse,
)
from execpolicy.gateway.model.names import ResponseType


def check_signature(state: CallState) -> Refusal | None:
    """5b. A method with AWS_IAM needs a valid signature."""
    api = state.api
    if state.arguments.caller is None:
        refusal = missing_token(api.type, state.call)
        return state.refused("5b", "signature", refusal, "the call is not signed", "GW-13", "MSG-3")
    if state.arguments.signature != "valid":
        return refuse_signature(state, "5b")
    state.passed("5b", "signature", (_signed_by, state.arguments.caller), "GW-18")
    return None


def _signed_by(caller: Caller) -> str:
    return f"signed by {caller.principal.arn}"


def refuse_signature(state: CallState, number: str) -> Refusal:
    """Refuse a call whose signature is invalid, or whose credentials have expired (GW-18)."""
    signature = state.arguments.signature
    kind = ResponseType.INVALID_SIGNATURE if signature == "invalid" else ResponseType.EXPIRED_TOKEN
    refusal = refuse(state.api.type, kind)
    what = "the signature is invalid" if signature == "invalid" else "the credentials have expired"
    return state.refused(number, "signature", refusal, what, "GW-18", "MSG-3")
