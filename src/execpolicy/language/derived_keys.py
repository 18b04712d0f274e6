"""Condition keys whose values follow from the request itself (KEY-3): from the caller, the resource, other keys."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy.document.unknown_value import has_unknown
from execpolicy.language import principal as kinds
from execpolicy.language.context_keys import PRINCIPAL_TAG
from execpolicy.language.dates import date_text, read_date, seconds_text
from execpolicy.language.request_details import ABSENT, ContextValues, RequestDetails
from execpolicy.language.resource_account import in_own_account, lacks_account, may_lack_account
from execpolicy.language.role_path import has_unknown_path

Derivation = tuple[bool, ContextValues]
NOT_DERIVED: Derivation = (False, None)
_UNKNOWN: Derivation = (True, None)
_NO_VALUE: Derivation = (True, ABSENT)


def derived(request: RequestDetails, key: str) -> Derivation:
    """Whether a request itself decides a key, given by its lower-case name, and with which values."""
    if key.startswith(PRINCIPAL_TAG):
        return _tag(request, key)
    derive = _FUNCTIONS.get(key)
    return NOT_DERIVED if derive is None else derive(request)


def _value(text: str) -> Derivation:
    return True, (text,)


def _principal_arn(request: RequestDetails) -> Derivation:
    caller = request.principal
    if caller.name_in_template is not None:
        return _UNKNOWN
    if caller.kind in (kinds.SESSION, kinds.ROLE):
        if has_unknown_path(caller, complete=request.context.complete):
            return _UNKNOWN
        return _value(caller.role_arn)
    if caller.is_iam:
        return _value(caller.arn)
    return NOT_DERIVED if caller.kind == kinds.SERVICE else _NO_VALUE


def _principal_account(request: RequestDetails) -> Derivation:
    caller = request.principal
    if caller.kind == kinds.ANONYMOUS:
        return _value(kinds.ANONYMOUS)
    return _value(caller.account) if caller.account else NOT_DERIVED


_TYPES = {
    kinds.ROOT: "Account",
    kinds.USER: "User",
    kinds.FEDERATED_USER: "FederatedUser",
    kinds.SESSION: "AssumedRole",
    kinds.ROLE: "AssumedRole",
    kinds.ANONYMOUS: "Anonymous",
}


def _principal_type(request: RequestDetails) -> Derivation:
    name = _TYPES.get(request.principal.kind)
    return NOT_DERIVED if name is None else _value(name)


def _username(request: RequestDetails) -> Derivation:
    caller = request.principal
    if caller.kind != kinds.USER:
        return _NO_VALUE
    return _UNKNOWN if has_unknown(caller.name) else _value(caller.name)


def _userid(request: RequestDetails) -> Derivation:
    caller = request.principal
    if caller.kind == kinds.ROOT:
        return _value(caller.account)
    if caller.kind == kinds.FEDERATED_USER:
        return _value(f"{caller.account}:{caller.name}")
    if caller.kind == kinds.ANONYMOUS:
        return _value(kinds.ANONYMOUS)
    if caller.unique_id is None or (caller.kind == kinds.ROLE):
        return NOT_DERIVED
    return _value(caller.unique_id if caller.kind == kinds.USER else f"{caller.unique_id}:{caller.session_name}")


def _tag(request: RequestDetails, key: str) -> Derivation:
    tags = request.principal.tags
    if tags is None:
        return _NO_VALUE if request.principal.kind in (kinds.ANONYMOUS, kinds.SERVICE) else NOT_DERIVED
    wanted, may_be_tag = key[len(PRINCIPAL_TAG) :], False
    for name, value in tags.items():
        if name.lower() == wanted:
            return _UNKNOWN if value is None else _value(value)
        may_be_tag = may_be_tag or (has_unknown(name) and _may_be(name, wanted))
    return _UNKNOWN if may_be_tag else _NO_VALUE


def _may_be(name: str, wanted: str) -> bool:
    """Whether the name of a tag, which holds unknown values, may be the one of a key (SRC-10)."""
    from execpolicy.language.common_text import have_a_text_in_common, without_case
    from execpolicy.language.unknown_caller import tokens_of_path

    return have_a_text_in_common((wanted,), without_case(tokens_of_path(name)))


def _caller_org_id(request: RequestDetails) -> Derivation:
    found = _org_id_of_caller(request)
    return NOT_DERIVED if found is None else (True, found)


def _resource_org_id(request: RequestDetails) -> Derivation:
    found = _org_id_of_caller(request) if in_own_account(request) else None
    if found is None:
        found = _org_id_in(request.context.given("aws:resourceorgpaths"))
    return NOT_DERIVED if found is None else (True, found)


def _org_id_of_caller(request: RequestDetails) -> ContextValues:
    """The organization of the caller, from the caller or from the context; None if neither has it."""
    caller = request.principal
    if caller.org_id is not None:
        return (caller.org_id,)
    if caller.org_paths:
        return _org_id_in(caller.org_paths)
    found = request.context.given("aws:principalorgid")
    return _org_id_in(request.context.given("aws:principalorgpaths")) if found is None else found


def _org_id_in(paths: ContextValues) -> ContextValues:
    """The organization of paths; None without paths."""
    return organizations_of(paths)[:1] if paths else None


def organizations_of(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of the organizations of paths: the first part of each path."""
    return tuple(dict.fromkeys(path.partition("/")[0] for path in paths))


def _caller_org_paths(request: RequestDetails) -> Derivation:
    paths = request.principal.org_paths
    return NOT_DERIVED if paths is None else (True, paths)


def _resource_org_paths(request: RequestDetails) -> Derivation:
    if not in_own_account(request):
        return NOT_DERIVED
    paths = request.principal.org_paths
    if paths is None:
        paths = request.context.given("aws:principalorgpaths")
    return NOT_DERIVED if paths is None else (True, paths)


def _of_resource_account(derive: Callable[[RequestDetails], Derivation]) -> Callable[[RequestDetails], Derivation]:
    """The derivation of a key that requests for some actions lack."""

    def derived_value(request: RequestDetails) -> Derivation:
        if lacks_account(request):
            return _NO_VALUE
        return _UNKNOWN if may_lack_account(request) else derive(request)

    return derived_value


@_of_resource_account
def _resource_account(request: RequestDetails) -> Derivation:
    return _value(request.account) if request.account else NOT_DERIVED


def _is_service(request: RequestDetails) -> Derivation:
    caller = request.principal
    if caller.kind == kinds.SERVICE:
        return _value("true")
    return _value("false") if caller.is_iam else _NO_VALUE


def _service_name(request: RequestDetails) -> Derivation:
    return _value(request.principal.name) if request.principal.kind == kinds.SERVICE else _NO_VALUE


def _via_service(request: RequestDetails) -> Derivation:
    return _value("true" if request.is_forwarded else "false")


def _via_mcp_service(request: RequestDetails) -> Derivation:
    return _value("true") if request.context.given("aws:calledviaawsmcp") else NOT_DERIVED


def _called_via_first(request: RequestDetails) -> Derivation:
    chain = request.context.given("aws:calledvia")
    return _value(chain[0]) if chain else NOT_DERIVED


def _called_via_last(request: RequestDetails) -> Derivation:
    chain = request.context.given("aws:calledvia")
    return _value(chain[-1]) if chain else NOT_DERIVED


def _secure(request: RequestDetails) -> Derivation:
    # API Gateway's endpoints accept HTTPS only.
    return _value("true") if request.is_execute_api else NOT_DERIVED


def _region(request: RequestDetails) -> Derivation:
    return _value(request.arn.region) if request.arn.region else NOT_DERIVED


def _epoch(request: RequestDetails) -> Derivation:
    return _other_clock(request, "aws:currenttime")


def _time(request: RequestDetails) -> Derivation:
    return _other_clock(request, "aws:epochtime")


def _other_clock(request: RequestDetails, key: str) -> Derivation:
    """The value of aws:CurrentTime or aws:EpochTime, derived from the other one, whose lower-case name is ``key``."""
    given = request.context.get(key)
    if not given or len(given) != 1:
        return NOT_DERIVED
    seconds = read_date(given[0])
    assert seconds is not None, "the context accepts dates only"
    if key == "aws:currenttime":
        return _value(seconds_text(seconds)) if seconds >= 0 else _UNKNOWN
    return _value(date_text(seconds))


#: Defaults that a context may override, by key.
DEFAULTS: dict[str, Callable[[RequestDetails], Derivation]] = {
    "aws:currenttime": _time,
    "aws:epochtime": _epoch,
    "aws:securetransport": _secure,
    "aws:viaawsservice": _via_service,
}

_FUNCTIONS: dict[str, Callable[[RequestDetails], Derivation]] = {
    **DEFAULTS,
    "aws:principalarn": _principal_arn,
    "aws:principalaccount": _principal_account,
    "aws:principaltype": _principal_type,
    "aws:principalisawsservice": _is_service,
    "aws:principalservicename": _service_name,
    "aws:principalorgid": _caller_org_id,
    "aws:principalorgpaths": _caller_org_paths,
    "aws:userid": _userid,
    "aws:username": _username,
    "aws:resourceaccount": _resource_account,
    "aws:resourceorgid": _of_resource_account(_resource_org_id),
    "aws:resourceorgpaths": _of_resource_account(_resource_org_paths),
    "aws:calledviafirst": _called_via_first,
    "aws:calledvialast": _called_via_last,
    "aws:viaawsmcpservice": _via_mcp_service,
    "aws:requestedregion": _region,
}
