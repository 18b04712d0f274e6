"""Where a Cognito or JWT authorizer reads the token, and why a call has none there (AUT-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from execpolicy.gateway.authorizers.identity_sources import values_at
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import SIGNATURE_PREFIX
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType

#: The default identity sources.
_DEFAULTS = {
    ApiType.REST: "method.request.header.Authorization",
    ApiType.HTTP: "$request.header.Authorization",
}
_PREFIX = "Bearer"
_SIGNED = "the call is signed, and the method requires a token"


class TokenSource(NamedTuple):
    """Whether the call has a token in the identity source of an authorizer.

    ``fault`` says why it has none; empty if it has one. ``assumed`` is whether that is assumed (AUT-4).
    """

    fault: str = ""
    assumed: bool = False


def find_token(state: CallState, authorizer: Authorizer) -> TokenSource:
    """Whether the call has a token in the identity source of the authorizer.

    If neither headers nor query parameters are given, the token counts as present, and a note says so.
    """
    call, given = state.call, state.arguments
    sources = authorizer.identity_sources or (_DEFAULTS[state.api.type],)
    signed = given.caller is not None or _holds_signature(call)
    if call.knows_what_is_sent:
        by_default = not authorizer.identity_sources
        found = (_token_at(authorizer, state.api.type, call, source, signed=signed) for source in sources)
        first = next((each for each in found if each.fault), TokenSource())
        return first._replace(assumed=first.assumed or by_default)
    read = ", ".join(sources)
    if given.caller is not None and any(source.lower().endswith(".header.authorization") for source in sources):
        reason = f"{_SIGNED} in {read}, which holds the signature; give the headers of a call that has both"
        return TokenSource(reason, assumed=True)
    if given.claims is not None:
        state.notes.append(f"headers and query are not given: the token counts as present in {read} (AUT-4)")
    return TokenSource(assumed=True)


def _token_at(
    authorizer: Authorizer, api_type: ApiType, call: IncomingCall, source: str, *, signed: bool
) -> TokenSource:
    """Whether one source has a token. The reason why not does not contain the value, which is a secret."""
    values = values_at(authorizer, api_type, call, source)
    if len(values) > 1:
        return TokenSource(f"{source} is sent {len(values)} times, and a token is one value", assumed=True)
    value = values[0].strip() if values else ""
    if value.startswith(SIGNATURE_PREFIX):
        return TokenSource(f"{_SIGNED}: {source} holds a signature")
    token = "" if value == _PREFIX else value.removeprefix(f"{_PREFIX} ").strip()
    if not token:
        missing = f"{authorizer.name} reads the token from {source}, which the call does not have or has empty"
        return TokenSource(f"{_SIGNED}: {missing}" if signed else f"the authorizer {missing}")
    if "," in token or len(token.split()) > 1:
        reason = f"{source} has no token: it is sent alone or after `{_PREFIX} `, and has no space or comma"
        return TokenSource(reason, assumed=True)
    return TokenSource()


def _holds_signature(call: IncomingCall) -> bool:
    """Whether the call has a signature in a header or in a query parameter."""
    in_header = any(value.startswith(SIGNATURE_PREFIX) for value in call.header("authorization"))
    return in_header or _has(call.query, "x-amz-signature")


def _has(given: Mapping[str, Any], name: str) -> bool:
    return any(each.lower() == name for each in given)
