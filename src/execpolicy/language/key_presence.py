"""Which requests carry a condition key (KEY-2, KEY-4, KEY-6, GW-19, GW-22, GW-23)."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy._base.records import NamedTuple
from execpolicy.language import principal as kinds
from execpolicy.language.context_keys import ExecuteApi, Presence, find_context_key
from execpolicy.language.request_details import RequestDetails


def _signed(request: RequestDetails) -> bool | None:
    kind = request.principal.kind
    return True if kind in kinds.IAM_KINDS or kind == kinds.SERVICE else False if kind == kinds.ANONYMOUS else None


def _temporary(request: RequestDetails) -> bool | None:
    kind = request.principal.kind
    return True if kind in kinds.TEMPORARY_KINDS else False if kind == kinds.ANONYMOUS else None


def _through_endpoint(request: RequestDetails) -> bool | None:
    if request.private is None and request.has_source_ip:
        return False
    return True if request.through_endpoint else None


def _not_through_endpoint(request: RequestDetails) -> bool | None:
    if request.through_endpoint:
        return False
    return None if request.made_by_service else True


#: Which requests carry a key, by its presence: of any other, some do.
_CARRIED_BY: dict[Presence, Callable[[RequestDetails], bool | None]] = {
    Presence.ALWAYS: lambda request: True,
    Presence.SIGNED: _signed,
    Presence.TEMPORARY: _temporary,
    Presence.SESSION: lambda request: False if request.principal.kind == kinds.ANONYMOUS else None,
    Presence.SERVICE_PRINCIPAL: lambda request: request.principal.kind == kinds.SERVICE,
    Presence.THROUGH_ENDPOINT: _through_endpoint,
    Presence.NOT_THROUGH_ENDPOINT: _not_through_endpoint,
}


class KeyTraits(NamedTuple):
    """The catalogue's record of a key, prepared so that reading it is faster than comparing enumerations.

    Attributes:
        iam_only: API Gateway supplies it only where the method's authorization is AWS_IAM.
        endpoint_only: API Gateway supplies it only for private APIs.
        not_through_endpoint: no request through a VPC endpoint carries it.
        never_execute_api: API Gateway supplies it to no policy.
        carried: whether a request carries it: True, False, or None where it may; None in place of the function: it may.
    """

    iam_only: bool
    endpoint_only: bool
    not_through_endpoint: bool
    never_execute_api: bool
    carried: Callable[[RequestDetails], bool | None] | None


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


def is_carried(request: RequestDetails, traits: KeyTraits) -> bool | None:
    """Whether a request carries a key: True, so that it is unknown where it is not given (KEY-4); False; None: it may.

    Rules GW-19, GW-23.
    """
    if traits.never_execute_api and request.is_execute_api:
        return False
    return None if traits.carried is None else traits.carried(request)


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
