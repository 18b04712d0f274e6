"""Which requests carry a condition key (KEY-2, KEY-4, KEY-6, GW-19, GW-22, GW-23)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy._base.records import NamedTuple
from execpolicy.language import principal as kinds
from execpolicy.language.context_keys import (
    MULTI_FACTOR,
    VIA_MCP_SERVICE,
    ExecuteApi,
    Presence,
    find_context_key,
    is_of_provider,
)
from execpolicy.language.request_details import RequestDetails
from execpolicy.language.resource_account import lacks_account, may_lack_account


class Carried(Enum):
    """Whether a request carries a key that is neither given nor derived from the request (KEY-4)."""

    #: It does: the key is unknown.
    SURELY = "surely"
    #: It may: the key is unknown, in a complete context too.
    POSSIBLY = "possibly"
    #: It may: the key is unknown in a partial context, and absent in a complete one.
    OPTIONALLY = "optionally"
    #: No such request does: the key is absent.
    NEVER = "never"


_SURELY, _POSSIBLY, _OPTIONALLY, _NEVER = Carried.SURELY, Carried.POSSIBLY, Carried.OPTIONALLY, Carried.NEVER


def _signed(request: RequestDetails) -> Carried:
    kind = request.principal.kind
    if kind in kinds.IAM_KINDS or kind == kinds.SERVICE:
        return _SURELY
    return _NEVER if kind == kinds.ANONYMOUS else _OPTIONALLY


def _resource_account(request: RequestDetails) -> Carried:
    if lacks_account(request):
        return _NEVER
    return _POSSIBLY if may_lack_account(request) else _SURELY


def _temporary(request: RequestDetails) -> Carried:
    kind = request.principal.kind
    if kind in kinds.TEMPORARY_KINDS:
        return _SURELY
    return _NEVER if kind == kinds.ANONYMOUS else _OPTIONALLY


def _through_endpoint(request: RequestDetails) -> Carried:
    if request.is_forwarded or (request.private is None and request.has_source_ip):
        return _NEVER
    return _SURELY if request.through_endpoint else _OPTIONALLY


def _endpoint_of_some_services(request: RequestDetails) -> Carried:
    carried = _through_endpoint(request)
    return _POSSIBLY if carried is _SURELY else carried


def _not_through_endpoint(request: RequestDetails) -> Carried:
    if request.through_endpoint:
        return _NEVER
    if request.is_forwarded:
        return _POSSIBLY
    return _OPTIONALLY if request.principal.kind == kinds.SERVICE else _SURELY


def _service_source(request: RequestDetails) -> Carried:
    return _OPTIONALLY if request.principal.kind == kinds.SERVICE else _NEVER


def _source_arn(request: RequestDetails) -> Carried:
    return _OPTIONALLY if request.is_execute_api else _service_source(request)


def _member(request: RequestDetails) -> Carried:
    return _NEVER if request.principal.kind in (kinds.ANONYMOUS, kinds.SERVICE) else _OPTIONALLY


def _forwarded(request: RequestDetails) -> Carried:
    carried = _member(request)
    return _SURELY if carried is _OPTIONALLY and request.is_forwarded else carried


def _federated(request: RequestDetails) -> Carried:
    return _OPTIONALLY if request.principal.kind in (kinds.SESSION, kinds.ROLE) else _NEVER


def _federated_sts(request: RequestDetails) -> Carried:
    return _federated(request) if request.action.lower().startswith("sts:") else _NEVER


#: Which requests carry a key, by its presence: of any other, some do.
_CARRIED_BY: dict[Presence, Callable[[RequestDetails], Carried]] = {
    Presence.ALWAYS: lambda request: _SURELY,
    Presence.RESOURCE_ACCOUNT: _resource_account,
    Presence.SIGNED: _signed,
    Presence.TEMPORARY: _temporary,
    Presence.SESSION: lambda request: _NEVER if request.principal.kind == kinds.ANONYMOUS else _OPTIONALLY,
    Presence.SERVICE_PRINCIPAL: lambda request: _SURELY if request.principal.kind == kinds.SERVICE else _NEVER,
    Presence.SERVICE_SOURCE: _service_source,
    Presence.SOURCE_ARN: _source_arn,
    Presence.MEMBER: _member,
    Presence.FORWARDED: _forwarded,
    Presence.FORWARDED_SOME: _member,
    Presence.FEDERATED: _federated,
    Presence.FEDERATED_STS: _federated_sts,
    Presence.THROUGH_ENDPOINT: _through_endpoint,
    Presence.ENDPOINT_OF_SOME_SERVICES: _endpoint_of_some_services,
    Presence.NOT_THROUGH_ENDPOINT: _not_through_endpoint,
}


class KeyTraits(NamedTuple):
    """The catalogue's record of a key, prepared so that reading it is faster than comparing enumerations.

    Attributes:
        iam_only: API Gateway supplies it only where the method's authorization is AWS_IAM.
        endpoint_only: API Gateway supplies it only for private APIs.
        not_through_endpoint: no request through a VPC endpoint carries it.
        never_execute_api: API Gateway supplies it to no policy.
        carried: whether a request carries it; None in place of the function: optionally.
    """

    iam_only: bool
    endpoint_only: bool
    not_through_endpoint: bool
    never_execute_api: bool
    carried: Callable[[RequestDetails], Carried] | None


_UNCATALOGUED = KeyTraits(False, False, False, False, None)
_traits: dict[str, KeyTraits] = {}


def traits_of(key: str) -> KeyTraits:
    """The traits of a key, by its lower-case name."""
    traits = _traits.get(key)
    if traits is not None:
        return traits
    record = find_context_key(key)
    if record is None:
        return _UNCATALOGUED
    traits = KeyTraits(
        record.execute_api is ExecuteApi.AWS_IAM,
        record.execute_api is ExecuteApi.PRIVATE,
        record.presence is Presence.NOT_THROUGH_ENDPOINT,
        record.execute_api is ExecuteApi.NEVER,
        _CARRIED_BY.get(record.presence),
    )
    return store(_traits, key, traits) if len(key) <= MAX_KEY_LENGTH else traits


def carried(request: RequestDetails, traits: KeyTraits) -> Carried:
    """Whether a request carries a key that is neither given nor derived from the request (KEY-4, GW-19, GW-23)."""
    if traits.never_execute_api and request.is_execute_api:
        return _NEVER
    return _OPTIONALLY if traits.carried is None else traits.carried(request)


def may_be_false(request: RequestDetails, key: str) -> bool:
    """Whether a key that is not given may be ``false`` instead of absent (KEY-7)."""
    if key == VIA_MCP_SERVICE:
        return True
    if key != MULTI_FACTOR or any(request.context.given(name) for name in _names_of_providers(request)):
        return False
    kind = request.principal.kind
    temporary = kind == kinds.USER and (request.is_forwarded or bool(request.context.given("aws:tokenissuetime")))
    return kind in (kinds.SESSION, kinds.ROLE) or temporary


def _names_of_providers(request: RequestDetails) -> Iterable[str]:
    """The keys of the context that show a session which began with an identity provider, in lower case."""
    yield "aws:federatedprovider"
    for name in request.context.values:
        record = find_context_key(name)
        if record is not None and is_of_provider(record):
            yield name.lower()


def is_withheld(request: RequestDetails, traits: KeyTraits) -> bool:
    """Whether API Gateway does not supply a key to policies, whatever the client sends (GW-19, GW-22)."""
    if (
        traits.iam_only
        and (not request.authenticated or request.principal.kind == kinds.ANONYMOUS)
        and request.is_execute_api
    ):
        return True
    private = request.private
    return private is not None and (traits.not_through_endpoint if private else traits.endpoint_only)
