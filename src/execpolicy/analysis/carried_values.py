"""Which values of a context key the requests of a kind may carry: by caller, action, and how they reach the service.

The functions that derive, withhold and refuse keys in a request are called for requests of the kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.bounded_cache import store
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions.network import DIRECT, ENDPOINT, KEYS_OF_NETWORKS, network_of
from execpolicy.errors import RequestError
from execpolicy.language.context import Context
from execpolicy.language.context_check import check_context
from execpolicy.language.context_keys import (
    CALLED_VIA_KEYS,
    DOUBTFUL_KEYS,
    ENDPOINT_KEYS,
    SIGNED_FLAG,
    VIA_MCP_SERVICE,
)
from execpolicy.language.derived_keys import DEFAULTS, derived
from execpolicy.language.key_presence import Carried, carried, is_withheld, traits_of
from execpolicy.language.key_values import KeyValues
from execpolicy.language.request_details import FALSE_OR_ABSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from execpolicy.engine.request import Visibility
    from execpolicy.language.principal import Principal

EXECUTE_API_ACTION = "execute-api:Invoke"
#: Actions of other services. The keys of some differ: those of sts have more keys of identity providers, and those of
#: ebs no account of the resource (KEY-3).
OTHER_ACTIONS = ("s3:GetObject", "sts:AssumeRoleWithSAML", "ebs:GetSnapshotBlock")

_ACCOUNT, _OTHER_ACCOUNT = "111122223333", "999988887777"
_SOURCE_IP = {"aws:sourceip": ("203.0.113.9",)}
#: What shows that the credentials of a user are temporary.
ISSUED: Mapping[str, tuple[str, ...]] = {"aws:tokenissuetime": ("2026-01-01T00:00:00Z",)}
#: Values of the keys that show how a call reaches the service.
_SHOWING: Mapping[str, str] = {
    **dict.fromkeys(CALLED_VIA_KEYS, "athena.amazonaws.com"),
    "aws:sourcevpce": "vpce-0a1b2c3d4e5f60718",
    "aws:sourcevpc": "vpc-0a1b2c3d4e5f60718",
    "aws:vpcsourceip": "10.0.0.5",
    VIA_MCP_SERVICE: "true",
}


class RequestKind(NamedTuple):
    """The requests of one caller for one action, which reach the service in one way, as the service sees them."""

    principal: Principal
    action: str
    way: int
    visibility: Visibility


class CarriedValues(NamedTuple):
    """The values of a key that requests may carry.

    Attributes:
        may_be_absent: whether requests may lack the key.
        values: the values that it may have; None for any.
        may_be_either: whether requests may have it as false or absent, without saying which (KEY-7).

    >>> CarriedValues(True, ("a",)).or_these(CarriedValues(False, ()))
    CarriedValues(may_be_absent=True, values=('a',), may_be_either=False)
    >>> CarriedValues(False, ("a",)).or_these(CarriedValues(False, ("b",)))
    CarriedValues(may_be_absent=False, values=None, may_be_either=False)
    """

    may_be_absent: bool
    values: tuple[str, ...] | None
    may_be_either: bool = False

    def or_these(self, other: CarriedValues) -> CarriedValues:
        """The values that requests of either kind may carry."""
        values: tuple[str, ...] | None = None
        if () in (self.values, other.values):
            values = other.values if self.values == () else self.values
        elif self.values == other.values:
            values = self.values
        return CarriedValues(
            self.may_be_absent or other.may_be_absent, values, self.may_be_either or other.may_be_either
        )


ANYTHING = CarriedValues(True, None)
_ABSENT, _PRESENT = CarriedValues(True, ()), CarriedValues(False, None)


_possible: dict[RequestKind, bool] = {}
_carried: dict[tuple[str, RequestKind], CarriedValues] = {}


def is_possible(kind: RequestKind) -> bool:
    """Whether there are requests of a kind."""
    found = _possible.get(kind)
    if found is None:
        found = any(_is_possible(details, kind.way) for details in _requests(kind, KEYS_OF_NETWORKS[kind.way]))
        store(_possible, kind, found)
    return found


def carried_values(key: str, kind: RequestKind) -> CarriedValues:
    """The values of a key, by its lower-case name, that the requests of a kind may carry."""
    found = _carried.get((key, kind))
    if found is not None:
        return found
    own, foreign = (_carried_by(key, kind, details) for details in _requests(kind, _context_for(key, kind.way)))
    found = own.or_these(foreign)._replace(may_be_either=key in DOUBTFUL_KEYS and _may_be_either(key, kind))
    return store(_carried, (key, kind), found)


def _context_for(key: str, way: int) -> Mapping[str, tuple[str, ...]]:
    """A context that shows how a request reaches the service, without the key."""
    if way == ENDPOINT:
        other = next(each for each in ENDPOINT_KEYS if each != key)
        return {other: (_SHOWING[other],)}
    return _SOURCE_IP if way == DIRECT and key not in _SOURCE_IP else KEYS_OF_NETWORKS[way]


def _requests(kind: RequestKind, keys: Mapping[str, tuple[str, ...]]) -> Iterator[KeyValues]:
    """Requests of a kind: for a resource in the caller's account, and in another one."""
    authenticated, private = kind.visibility
    context = Context({key: list(values) for key, values in keys.items()})
    if not authenticated:
        context = context.with_flags(context.key_flags | SIGNED_FLAG)
    for account in (kind.principal.account or _ACCOUNT, _OTHER_ACCOUNT):
        arn = f"arn:aws:execute-api:eu-west-1:{account}:a1b2c3/prod/GET/"
        if kind.action != EXECUTE_API_ACTION:
            arn = "arn:aws:s3:::orders/1"
        yield KeyValues(
            kind.principal, kind.action, arn, account, context, authenticated=authenticated, private=private
        )


def _is_possible(details: KeyValues, way: int) -> bool:
    if network_of(details) != way:
        return False
    try:
        check_context(details)
    except RequestError:
        return False
    return True


def _carried_by(key: str, kind: RequestKind, details: KeyValues) -> CarriedValues:
    traits = traits_of(key)
    if is_withheld(details, traits):
        return _ABSENT
    if key in _SHOWING and _shows_another_way(key, kind, details):
        return CarriedValues(True, ("false",)) if key == VIA_MCP_SERVICE else _ABSENT
    is_derived, values = derived(details, key)
    if is_derived:
        if values is None:
            return ANYTHING
        return _PRESENT if key in DEFAULTS else CarriedValues(not values, values)
    how = carried(details, traits)
    return _ABSENT if how is Carried.NEVER else _PRESENT if how is Carried.SURELY else ANYTHING


def _may_be_either(key: str, kind: RequestKind) -> bool:
    """Whether requests without the key, among them those of temporary credentials, may have it as false (KEY-7)."""
    context = _context_for(key, kind.way)
    contexts = (context, {**context, **ISSUED})
    return any(each.values(key) is FALSE_OR_ABSENT for keys in contexts for each in _requests(kind, keys))


def _shows_another_way(key: str, kind: RequestKind, details: KeyValues) -> bool:
    """Whether a request with the key reaches the service in another way."""
    keys = {**details.context.values, key: (_SHOWING[key],)}
    return any(network_of(each) != kind.way for each in _requests(kind, keys))
