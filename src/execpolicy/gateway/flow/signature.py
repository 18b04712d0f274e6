"""The signature of a call (GW-13, GW-18)."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.engine.caller import Caller
from execpolicy.gateway.authorizers.incoming_call import IncomingCall, all_values
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import Refusal, missing_token, refuse
from execpolicy.gateway.model.names import ApiType, ResponseType

#: The algorithms of SigV4, and of SigV4a, whose signatures are valid in a set of regions.
SIGV4, SIGV4A = "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"
_ALL_REGIONS = "*"
#: The partition in which SigV4a is accepted.
_PARTITION = "aws"


class SignatureFault(NamedTuple):
    """Why a signature is not accepted, and the gateway response."""

    response_type: ResponseType
    reason: str
    #: Whether the message of the response is known.
    has_message: bool = True


def check_signature(state: CallState) -> Refusal | None:
    """5b. A method with AWS_IAM needs a valid signature."""
    api = state.api
    if state.arguments.caller is None:
        missing = missing_token(api.type, state.call)
        return state.refused("5b", "signature", missing, "the call is not signed", "GW-13", "MSG-3")
    fault = signature_fault(state)
    if fault is not None:
        return _refused(state, "5b", fault)
    state.passed("5b", "signature", (_signed_by, state.arguments.caller), "GW-18")
    return None


def _signed_by(caller: Caller) -> str:
    return f"signed by {caller.principal.arn}"


def refuse_signature(state: CallState, number: str) -> Refusal | None:
    """Refuse a signed call whose signature is not accepted (GW-18); None for any other call."""
    fault = None if state.arguments.caller is None else signature_fault(state)
    return None if fault is None else _refused(state, number, fault)


def _refused(state: CallState, number: str, fault: SignatureFault) -> Refusal:
    return state.refused(number, "signature", refusal_of(state.api.type, fault), fault.reason, "GW-18", "MSG-3")


def refusal_of(api_type: ApiType, fault: SignatureFault) -> Refusal:
    """The refusal of a call whose signature is not accepted."""
    refusal = refuse(api_type, fault.response_type)
    if fault.has_message or refusal.response_type is None:
        return refusal
    return refusal._replace(message="", body_key="")


def signature_fault(state: CallState) -> SignatureFault | None:
    """Why the signature of a call is not accepted; None if it is."""
    signature, api = state.arguments.signature, state.api
    if signature == "invalid":
        return SignatureFault(ResponseType.INVALID_SIGNATURE, "the signature is invalid")
    if signature == "expired":
        return SignatureFault(ResponseType.EXPIRED_TOKEN, "the credentials have expired")
    regions = state.arguments.signature_regions
    if regions is None:
        call = state.call
        regions = sent_regions(call) if call.headers or call.query else None
        if regions is None:
            return None
    if api.type is not ApiType.REST:
        reason = f"the signature is one of SigV4a, which {api.type} APIs do not accept"
    elif api.partition != _PARTITION:
        reason = f"the signature is one of SigV4a, which is not known to be accepted in {api.region}"
    elif _ALL_REGIONS not in regions and api.region not in regions:
        named = ", ".join(regions) or "no region"
        reason = f"the signature is valid in {named}, and {api.id} is in {api.region}"
    else:
        return None
    return SignatureFault(ResponseType.INVALID_SIGNATURE, reason, has_message=False)


def sent_regions(call: IncomingCall) -> tuple[str, ...] | None:
    """The regions of the SigV4a signature in a header or in the query string of a call; None without such a one."""
    if any(value.startswith(SIGV4A) for value in call.header("authorization")):
        sets = call.header("x-amz-region-set")
    elif SIGV4A in _parameter(call, "x-amz-algorithm"):
        sets = _parameter(call, "x-amz-region-set")
    else:
        return None
    return tuple(region.strip() for each in sets for region in each.split(",") if region.strip())


def _parameter(call: IncomingCall, name: str) -> tuple[str, ...]:
    """The values of a query parameter, whatever the case of its name."""
    return tuple(value for each, values in call.query.items() if each.lower() == name for value in all_values(values))
