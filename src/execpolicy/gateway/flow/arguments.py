"""The arguments of ``Api.invoke``: each is read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from execpolicy.arguments import described, finite_number, one_among, text, text_or_none, texts
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.gateway.arn.call_path import decoded
from execpolicy.gateway.authorizers.cache import AuthorizerCache
from execpolicy.gateway.authorizers.claims import check_claims
from execpolicy.gateway.authorizers.incoming_call import NOT_GIVEN, IncomingCall, SentHeaders, read_sent_values
from execpolicy.gateway.flow.call_state import CallArguments
from execpolicy.gateway.flow.routing import is_verb
from execpolicy.gateway.flow.signature import sent_regions
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.language import principal as kinds
from execpolicy.language.context import Context
from execpolicy.language.context_keys import TIME_FLAGS, TIME_KEYS, UNCATALOGUED_FLAG
from execpolicy.language.dates import read_date
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.literals import CallLimits, ClientCertificate, Signature

_VALID: Signature = "valid"
SIGNATURES: tuple[Signature, ...] = ("valid", "invalid", "expired")
CLIENT_CERTIFICATES: tuple[ClientCertificate, ...] = ("valid", "absent")
LIMITS: tuple[CallLimits, ...] = ("within", "throttled", "quota_exceeded")

_WEBSOCKET = ApiType.WEBSOCKET


def read_arguments(
    api: ApiDefinition,
    method: str,
    path: str,
    *,
    caller: Caller | Principal | str | None,
    headers: Mapping[str, Any] | None,
    query: Mapping[str, Any] | None,
    context: Context | Mapping[str, Any] | None,
    vpc_endpoint_policy: Policy | None,
    domain_name: str | None,
    authorizer_output: Any,
    claims: Mapping[str, object] | None,
    cache: AuthorizerCache | None,
    at: object,
    signature: Signature,
    client_certificate: ClientCertificate | None,
    limits: CallLimits,
    signature_regions: str | Iterable[str] | None,
) -> tuple[IncomingCall, CallArguments]:
    """The call and the other arguments of ``Api.invoke``, each read and checked.

    Raises:
        RequestError: UTF-8 cannot encode a text, or the context has a key that no policy names.
        UsageError: an argument is of the wrong type, or does not fit this type of API.
    """
    given_context = context if isinstance(context, Context) else Context(context)
    signed: Signature | None = _VALID if signature is _VALID else one_among(signature, SIGNATURES)
    if signed is None:
        raise UsageError(f"signature is {', '.join(SIGNATURES)}, found {signature!r}", rule="GW-18")
    policy = vpc_endpoint_policy
    if policy is not None and not (isinstance(policy, Policy) and policy.kind is PolicyKind.VPC_ENDPOINT):
        raise UsageError("vpc_endpoint_policy is a policy of kind vpc_endpoint", rule="POL-8")
    if cache is not None and not isinstance(cache, AuthorizerCache):
        raise UsageError("cache is an AuthorizerCache", rule="AUT-5")
    who = caller if caller is None or isinstance(caller, Caller) else Caller(caller)
    if who is not None and who.principal.kind == kinds.ANONYMOUS:
        who = None
    key_check = None
    if given_context.key_flags & UNCATALOGUED_FLAG:
        from execpolicy.gateway.flow.unrecognized_keys import refuse_unrecognized_keys

        key_check = refuse_unrecognized_keys(
            api, given_context, caller=who, vpc_endpoint_policy=policy, authorizer_output=authorizer_output, cache=cache
        )
        given_context = given_context.with_accepted_names()
    now = _moment(at) if at is not None else _clock_of(given_context) if given_context.key_flags & TIME_FLAGS else None
    # Most calls have ASCII text only, which needs no check.
    if type(method) is not str or type(path) is not str or not method.isascii() or not path.isascii():
        method, path = _texts(api, method, path)
    if api.type is _WEBSOCKET:
        _check_socket_call(api, method, path)
    if claims is not None:
        check_claims(claims)
    if domain_name is not None:
        domain_name = text_or_none(domain_name, "domain_name")
    call = IncomingCall(
        method,
        path or ("" if api.type is _WEBSOCKET else "/"),
        NOT_GIVEN if headers is None else SentHeaders(read_sent_values(headers, "headers")),
        NOT_GIVEN if query is None else read_sent_values(query, "query"),
    )
    return call, CallArguments(
        who,
        given_context,
        policy,
        domain_name,
        authorizer_output,
        claims,
        cache,
        now,
        signed,
        key_check,
        None if client_certificate is None else _certificate(client_certificate),
        limits if type(limits) is str and limits == "within" else _limits(limits),
        None if signature_regions is None else _regions(signature_regions, who, call),
    )


def _texts(api: ApiDefinition, method: object, path: object) -> tuple[str, str]:
    """The method and the path, which must be text that UTF-8 can encode."""
    path_name, method_name = ("path", "the route key") if api.type is _WEBSOCKET else ("the path", "the method")
    path = text(path, path_name)
    return text(method, method_name), path


def _check_socket_call(api: ApiDefinition, method: str, path: str) -> None:
    """Refuse a call that is neither a route key without a path nor a method with the path of a connection."""
    sent = decoded(path)
    if sent and not sent.startswith("/"):
        found = f"the path {path!r}"
    elif is_verb(api, method) and "@connections" not in sent:
        found = f"{method} with the path {path!r}" if path else f"{method} as a route key"
    else:
        return
    raise UsageError(
        f"a WebSocket API is called by a route key, or by a verb and the path of a connection; found {found}",
        advice='pass the route key alone, such as invoke("$connect"), or invoke("POST", "/@connections/ID")',
        rule="GW-21",
    )


def _certificate(given: object) -> ClientCertificate:
    """The client certificate of a call (GW-31)."""
    found = one_among(given, CLIENT_CERTIFICATES)
    if found is None:
        raise UsageError(
            f"client_certificate is valid or absent, found {given!r}",
            advice="a certificate that has expired or is not trusted is refused like none: write absent",
            rule="GW-31",
        )
    return found


def _regions(given: object, caller: Caller | None, call: IncomingCall) -> tuple[str, ...]:
    """The regions of a SigV4a signature (GW-18)."""
    found = texts(given, "signature_regions")
    if caller is None:
        raise UsageError(
            "signature_regions are those of a signature, and the call is not signed",
            advice="give the caller, or leave them out",
            rule="GW-18",
        )
    sent = sent_regions(call)
    if sent is not None and set(sent) != set(found):
        raise UsageError(
            f"signature_regions are {', '.join(found) or 'none'}, and the call sends {', '.join(sent) or 'none'}",
            advice="leave signature_regions out: they follow from X-Amz-Region-Set",
            rule="GW-18",
        )
    return found


def _limits(given: object) -> CallLimits:
    """Which limits a call exceeds (GW-35)."""
    found = one_among(given, LIMITS)
    if found is None:
        raise UsageError(f"limits is within, throttled or quota_exceeded, found {given!r}", rule="GW-35")
    return found


def _moment(at: object) -> float:
    """A time in seconds since 1970; a number is in seconds already."""
    if isinstance(at, (int, float)) and not isinstance(at, bool):
        found = finite_number(at)
        if found is None:
            shown = "a number out of range" if isinstance(at, int) else repr(at)
            raise UsageError(f"at is a time, found {shown}", rule="AUT-5")
        return found
    if isinstance(at, Iterable) and not isinstance(at, str):
        raise UsageError(f"at is one time, found {described(at)}", rule="AUT-5")
    seconds = read_date(next(iter(Context({"aws:CurrentTime": at}).values.values()))[0])
    assert seconds is not None, "the context refuses what is no date"
    return float(seconds)


def _clock_of(context: Context) -> float | None:
    for key in TIME_KEYS:
        given = context.given(key)
        if given is not None and len(given) == 1:
            return _moment(given[0])
    return None
