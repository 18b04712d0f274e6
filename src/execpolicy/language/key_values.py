"""The values that a request has for each key: given, derived from the request itself, absent, or unknown (KEY)."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.principal_name import PrincipalNameError, read_principal_name
from execpolicy.errors import RequestError
from execpolicy.language import principal as kinds
from execpolicy.language.arn import Arn, read_resource
from execpolicy.language.context import Context
from execpolicy.language.context_keys import (
    ENDPOINT_KEYS,
    NEEDS_CHECK,
    PRINCIPAL_TAG,
    RESOURCE_KEYS,
    TIME_KEYS,
    ExecuteApi,
    KeyType,
    Presence,
    find_context_key,
)
from execpolicy.language.operators import read_date
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from decimal import Decimal

#: The values of a key: none when it is absent, None when that is not known.
Values = tuple[str, ...] | None

ABSENT: tuple[str, ...] = ()
#: Stands for a key that was not asked for yet.
_NOT_ASKED: tuple[str, ...] = ("not asked",)


class Facts:
    """All that is known of one request as one principal makes it. ``values`` is what conditions and variables ask.

    ``authenticated`` says whether the service checks who calls: where it does not, no key tells of the principal
    (GW-22). ``private`` says whether the API can be reached through VPC endpoints alone, or not at all through one;
    None leaves that to the context.

    ``known`` keeps what was found. Facts that differ in nothing but the resource may share it. ``arn`` may be the text
    of one that was read before: it is read again when its fields are asked for.
    """

    __slots__ = ("_arn", "_known", "account", "action", "authenticated", "context", "principal", "private", "resource")

    def __init__(
        self,
        principal: Principal,
        action: str,
        arn: Arn | str,
        account: str,
        context: Context,
        *,
        authenticated: bool = True,
        private: bool | None = None,
        known: dict[str, Values] | None = None,
    ) -> None:
        # A context that needs no check has no aws:PrincipalArn.
        self.principal = _told_path(principal, context) if NEEDS_CHECK[context.key_flags] else principal
        self.action = action
        self._arn: Arn | None
        self.resource, self._arn = (arn, None) if isinstance(arn, str) else (arn.text, arn)
        #: The account that owns the resource.
        self.account = account
        self.context = context
        self.authenticated = authenticated
        self.private = private
        self._known: dict[str, Values] = {} if known is None else known

    @property
    def arn(self) -> Arn:
        """The ARN of the resource, field by field."""
        arn = self._arn
        if arn is None:
            self._arn = arn = read_resource(self.resource)
        return arn

    @property
    def is_execute_api(self) -> bool:
        return self.action.lower().startswith("execute-api:")

    @property
    def through_endpoint(self) -> bool:
        """Whether the call came through a VPC endpoint, as far as it says so."""
        if self.private is not None:
            return self.private
        return any(self.context.given(key) for key in ENDPOINT_KEYS)

    def values(self, key: str) -> Values:
        """The values of a key by its lower-case name."""
        found: Values = self._known.get(key, _NOT_ASKED)
        if found is not _NOT_ASKED:
            return found
        trait = _traits.get(key) or _trait(key)
        found = self.context.given(key)
        if self._withholds(trait):
            found = ABSENT
        elif found is None:
            found = self._find(key, trait)
        if key not in RESOURCE_KEYS:
            self._known[key] = found
        return found

    def withheld(self, key: str) -> bool:
        """Whether API Gateway does not supply the key here, whatever the client says (GW-19, GW-22)."""
        return self._withholds(_trait(key))

    def _withholds(self, trait: _Trait) -> bool:
        if (
            trait.of_caller
            and (not self.authenticated or self.principal.kind == kinds.ANONYMOUS)
            and self.is_execute_api
        ):
            return True
        private = self.private
        return private is not None and (trait.of_internet if private else trait.of_endpoint)

    def _find(self, key: str, trait: _Trait) -> Values:
        told, value = self.derived(key)
        if told:
            return value
        carried = self._carries(trait)
        if carried is None:
            return ABSENT if self.context.complete else None
        return None if carried else ABSENT

    def surely_there(self, key: str) -> bool:
        """Whether the request carries the key, though its value is not known."""
        return self.values(key) is None and self._carries(_trait(key)) is True

    def forgetting(self, key: str) -> Facts:
        """The same request, as if the values of one key were not known."""
        other = Facts(
            self.principal,
            self.action,
            self._arn or self.resource,
            self.account,
            self.context,
            authenticated=self.authenticated,
            private=self.private,
        )
        other._known[key] = None
        return other

    def derived(self, key: str) -> tuple[bool, Values]:
        """Whether the request itself decides the key, and with which values."""
        if key.startswith(PRINCIPAL_TAG):
            return _tag(self, key)
        derive = _DERIVED.get(key)
        return derive(self) if derive is not None else (False, None)

    def _carries(self, trait: _Trait) -> bool | None:
        """Whether such requests carry the key: all do, so that it is unknown if not given (KEY-4); none does; some do.

        Rules GW-19, GW-23.
        """
        if trait.never and self.is_execute_api:
            return False
        return None if trait.carried is None else trait.carried(self)

    @property
    def _came_by_internet(self) -> bool:
        """Whether the call has a source address, which none has that came through a VPC endpoint (GW-19)."""
        return bool(self.context.given("aws:sourceip"))

    @property
    def _made_by_service(self) -> bool:
        via = self.context.get("aws:viaawsservice") or ("false",)
        return self.principal.kind == kinds.SERVICE or via[0].lower() == "true"

    def check(self) -> None:
        """Refuse a context that says other things of the request than the request itself.

        Raises RequestError.
        """
        if not self.context.needs_check:
            return
        self._check_clocks()
        self._check_what_cannot_come()
        for name, given in self.context.values.items():
            key = name.lower()
            told, value = _NOT_TOLD if key in _DEFAULTS else self.derived(key)
            if told and value is not None and not _same(key, value, given):
                raise _contradiction(name, given, value)
            if key in _ORG_ID_OF_PATHS and given:
                _, org = self.derived(_ORG_ID_OF_PATHS[key])
                if org != _org_ids(given):
                    raise _contradiction(name, given, org or ABSENT)

    def _check_what_cannot_come(self) -> None:
        """Keys that no such request carries (GW-19, GW-23): believing one would decide a call that cannot be made."""
        if self._came_by_internet and any(self.context.get(key) for key in ENDPOINT_KEYS):
            raise RequestError(
                "the context has aws:SourceIp and tells of a VPC endpoint; no call has both",
                advice="through a VPC endpoint the caller's address is aws:VpcSourceIp, and there is no aws:SourceIp",
                rule="GW-19",
            )
        for name, given in self.context.values.items():
            record = find_context_key(name)
            if given and record is not None and record.execute_api is ExecuteApi.NEVER and self.is_execute_api:
                raise RequestError(
                    f"the context has {name}, which API Gateway supplies to no policy",
                    advice="leave it out: a condition on it finds no value",
                    rule="GW-23",
                )

    def _check_clocks(self) -> None:
        told = [read_date(given[0]) for key in TIME_KEYS if (given := self.context.get(key)) and len(given) == 1]
        if len(told) == len(TIME_KEYS) and len({int(seconds or 0) for seconds in told}) > 1:
            raise RequestError(
                "the context says two times: aws:CurrentTime and aws:EpochTime differ",
                advice="give one of them: the other follows",
                rule="KEY-3",
            )


#: The key of an organization's id, which its paths begin with.
_ORG_ID_OF_PATHS = {"aws:principalorgpaths": "aws:principalorgid", "aws:resourceorgpaths": "aws:resourceorgid"}


def _contradiction(name: str, given: tuple[str, ...], told: tuple[str, ...]) -> RequestError:
    """The error for a key of the context that says another thing than the request."""
    found = ", ".join(given) or "no value"
    return RequestError(
        f"the context says {name} is {found}, the request itself says {', '.join(told) or 'it has none'}",
        advice="leave the key out of the context, or correct the caller, the resource or the key",
        rule="KEY-3",
    )


def _same(key: str, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lists of values mean the same: the order of several counts for nothing, nor the case of a Bool."""
    record = find_context_key(key)
    if record is not None and record.type is KeyType.BOOL:
        return {value.lower() for value in one} == {value.lower() for value in other}
    return set(one) == set(other)


def _told_path(caller: Principal, context: Context) -> Principal:
    """A session whose role's path the context tells by ``aws:PrincipalArn`` (PRN-7)."""
    given = context.get("aws:principalarn")
    if caller.kind != kinds.SESSION or caller.path is not None or given is None or len(given) != 1:
        return caller
    try:
        named = read_principal_name("AWS", given[0])
    except PrincipalNameError:
        return caller
    role = (kinds.ROLE, caller.partition, caller.account, caller.name)
    return caller.of_path(named.path) if (named.kind, named.partition, named.account, named.name) == role else caller


def _signed(facts: Facts) -> bool | None:
    kind = facts.principal.kind
    return True if kind in kinds.IAM_KINDS or kind == kinds.SERVICE else False if kind == kinds.ANONYMOUS else None


def _temporary(facts: Facts) -> bool | None:
    kind = facts.principal.kind
    return True if kind in kinds.TEMPORARY_KINDS else False if kind == kinds.ANONYMOUS else None


def _through_endpoint(facts: Facts) -> bool | None:
    if facts.private is None and facts._came_by_internet:
        return False
    return True if facts.through_endpoint else None


def _not_through_endpoint(facts: Facts) -> bool | None:
    if facts.through_endpoint:
        return False
    return None if facts._made_by_service else True


#: Which requests carry a key, by its presence: of any other, some do.
_CARRIED: dict[Presence, Callable[[Facts], bool | None]] = {
    Presence.ALWAYS: lambda facts: True,
    Presence.SIGNED: _signed,
    Presence.TEMPORARY: _temporary,
    Presence.SESSION: lambda facts: False if facts.principal.kind == kinds.ANONYMOUS else None,
    Presence.SERVICE_PRINCIPAL: lambda facts: facts.principal.kind == kinds.SERVICE,
    Presence.THROUGH_ENDPOINT: _through_endpoint,
    Presence.NOT_THROUGH_ENDPOINT: _not_through_endpoint,
}


class _Trait(NamedTuple):
    """What the catalogue says of a key, as facts ask for it: quicker than to compare the members of enumerations.

    ``of_caller``: it tells who calls, and reaches API Gateway's policies where the method is AWS_IAM. ``of_endpoint``:
    only for private APIs; ``of_internet``: never through a VPC endpoint. ``never``: it never reaches execute-api.
    ``carried``: which requests carry it.
    """

    of_caller: bool
    of_endpoint: bool
    of_internet: bool
    never: bool
    carried: Callable[[Facts], bool | None] | None


_OF_NO_CATALOGUE = _Trait(False, False, False, False, None)
_traits: dict[str, _Trait] = {}


def _trait(key: str) -> _Trait:
    record = find_context_key(key)
    if record is None:
        return _OF_NO_CATALOGUE
    trait = _Trait(
        record.execute_api is ExecuteApi.AWS_IAM,
        record.execute_api is ExecuteApi.PRIVATE,
        record.presence is Presence.NOT_THROUGH_ENDPOINT,
        record.execute_api is ExecuteApi.NEVER,
        _CARRIED.get(record.presence),
    )
    return store(_traits, key, trait) if len(key) <= MAX_KEY_LENGTH else trait


Derivation = tuple[bool, Values]
_NOT_TOLD: Derivation = (False, None)
_UNKNOWN: Derivation = (True, None)
_NO_VALUE: Derivation = (True, ABSENT)


def _value(text: str) -> Derivation:
    return True, (text,)


def _principal_arn(facts: Facts) -> Derivation:
    caller = facts.principal
    if caller.kind in (kinds.SESSION, kinds.ROLE):
        if caller.path is None and not facts.context.complete:
            return _UNKNOWN
        return _value(caller.role_arn)
    if caller.is_iam:
        return _value(caller.arn)
    return _NOT_TOLD if caller.kind == kinds.SERVICE else _NO_VALUE


def _principal_account(facts: Facts) -> Derivation:
    caller = facts.principal
    if caller.kind == kinds.ANONYMOUS:
        return _value(kinds.ANONYMOUS)
    return _value(caller.account) if caller.account else _NOT_TOLD


_TYPES = {
    kinds.ROOT: "Account",
    kinds.USER: "User",
    kinds.FEDERATED_USER: "FederatedUser",
    kinds.SESSION: "AssumedRole",
    kinds.ROLE: "AssumedRole",
    kinds.ANONYMOUS: "Anonymous",
}


def _principal_type(facts: Facts) -> Derivation:
    name = _TYPES.get(facts.principal.kind)
    return _NOT_TOLD if name is None else _value(name)


def _username(facts: Facts) -> Derivation:
    return _value(facts.principal.name) if facts.principal.kind == kinds.USER else _NO_VALUE


def _userid(facts: Facts) -> Derivation:
    caller = facts.principal
    if caller.kind == kinds.ROOT:
        return _value(caller.account)
    if caller.kind == kinds.FEDERATED_USER:
        return _value(f"{caller.account}:{caller.name}")
    if caller.kind == kinds.ANONYMOUS:
        return _value(kinds.ANONYMOUS)
    if caller.unique_id is None or (caller.kind == kinds.ROLE):
        return _NOT_TOLD
    return _value(caller.unique_id if caller.kind == kinds.USER else f"{caller.unique_id}:{caller.session_name}")


def _tag(facts: Facts, key: str) -> Derivation:
    tags = facts.principal._tags
    if tags is None:
        return _NO_VALUE if facts.principal.kind in (kinds.ANONYMOUS, kinds.SERVICE) else _NOT_TOLD
    for name, value in tags:
        if name.lower() == key[len(PRINCIPAL_TAG) :]:
            return _value(value)
    return _NO_VALUE


def _caller_org_id(facts: Facts) -> Derivation:
    found = _org_id_of_caller(facts)
    return _NOT_TOLD if found is None else (True, found)


def _resource_org_id(facts: Facts) -> Derivation:
    found = _org_id_of_caller(facts) if _is_at_home(facts) else None
    if found is None:
        found = _org_id_in(facts.context.given("aws:resourceorgpaths"))
    return _NOT_TOLD if found is None else (True, found)


def _org_id_of_caller(facts: Facts) -> Values:
    """The organization of the caller, as it is told of the caller or by the context."""
    caller = facts.principal
    if caller.org_id is not None:
        return (caller.org_id,)
    if caller.org_paths:
        return _org_id_in(caller.org_paths)
    found = facts.context.given("aws:principalorgid")
    return _org_id_in(facts.context.given("aws:principalorgpaths")) if found is None else found


def _org_id_in(paths: Values) -> Values:
    """The organization that paths begin with; None where none are told."""
    return _org_ids(paths)[:1] if paths else None


def _org_ids(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The organizations of paths: the first part of each is the id of one."""
    return tuple(dict.fromkeys(path.partition("/")[0] for path in paths))


def _caller_org_paths(facts: Facts) -> Derivation:
    paths = facts.principal.org_paths
    return _NOT_TOLD if paths is None else (True, paths)


def _resource_org_paths(facts: Facts) -> Derivation:
    if not _is_at_home(facts):
        return _NOT_TOLD
    paths = facts.principal.org_paths
    if paths is None:
        paths = facts.context.given("aws:principalorgpaths")
    return _NOT_TOLD if paths is None else (True, paths)


def _is_at_home(facts: Facts) -> bool:
    """Whether caller and resource are of one account, and so of one organization."""
    return bool(facts.account) and facts.principal.account == facts.account


def _is_service(facts: Facts) -> Derivation:
    caller = facts.principal
    if caller.kind == kinds.SERVICE:
        return _value("true")
    return _value("false") if caller.is_iam else _NO_VALUE


def _service_name(facts: Facts) -> Derivation:
    return _value(facts.principal.name) if facts.principal.kind == kinds.SERVICE else _NO_VALUE


def _secure(facts: Facts) -> Derivation:
    # API Gateway's endpoints take no plain HTTP.
    return _value("true") if facts.is_execute_api else _NOT_TOLD


def _region(facts: Facts) -> Derivation:
    return _value(facts.arn.region) if facts.arn.region else _NOT_TOLD


def _epoch(facts: Facts) -> Derivation:
    return _other_clock(facts, "aws:currenttime")


def _time(facts: Facts) -> Derivation:
    return _other_clock(facts, "aws:epochtime")


def _other_clock(facts: Facts, key: str) -> Derivation:
    """Each of the two clocks tells the other: seconds for the one, a date for the other."""
    given = facts.context.get(key)
    if not given or len(given) != 1:
        return _NOT_TOLD
    seconds = read_date(given[0])
    assert seconds is not None, "the context refuses what is no date"
    if key == "aws:currenttime":
        # Four digits would be read as a year.
        text = f"{seconds:f}" if abs(seconds) >= 10_000 else f"{seconds:.1f}"
        return _value(text) if seconds >= 0 else _UNKNOWN
    return _value(_iso(seconds))


def _iso(seconds: Decimal) -> str:
    from datetime import UTC, datetime, timedelta

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))
    except OverflowError:
        return str(seconds)
    return moment.isoformat().replace("+00:00", "Z")


#: Facts of the request, and defaults that a context may override, by key.
_DEFAULTS: dict[str, Callable[[Facts], Derivation]] = {
    "aws:currenttime": _time,
    "aws:epochtime": _epoch,
    "aws:securetransport": _secure,
    "aws:viaawsservice": lambda facts: _value("false"),
}

_DERIVED: dict[str, Callable[[Facts], Derivation]] = {
    **_DEFAULTS,
    "aws:principalarn": _principal_arn,
    "aws:principalaccount": _principal_account,
    "aws:principaltype": _principal_type,
    "aws:principalisawsservice": _is_service,
    "aws:principalservicename": _service_name,
    "aws:principalorgid": _caller_org_id,
    "aws:principalorgpaths": _caller_org_paths,
    "aws:userid": _userid,
    "aws:username": _username,
    "aws:resourceaccount": lambda facts: _value(facts.account) if facts.account else _NOT_TOLD,
    "aws:resourceorgid": _resource_org_id,
    "aws:resourceorgpaths": _resource_org_paths,
    "aws:requestedregion": _region,
}
