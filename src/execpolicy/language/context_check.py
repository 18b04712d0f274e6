"""Refuses a context that contradicts its request, or itself (KEY-3, KEY-4, GW-19, GW-23)."""

from __future__ import annotations

from execpolicy.document.unknown_value import has_unknown, with_unknown_in_words
from execpolicy.errors import RequestError
from execpolicy.language import principal as kinds
from execpolicy.language.context_keys import (
    CALLED_VIA_KEYS,
    ENDPOINT_KEYS,
    OF_SOME_CALLERS,
    OTHER_ENDPOINT_KEYS,
    SIGNED_FLAG,
    TIME_KEYS,
    VIA_KEYS,
    ExecuteApi,
    KeyType,
    Presence,
    find_context_key,
)
from execpolicy.language.dates import read_date
from execpolicy.language.derived_keys import DEFAULTS, NOT_DERIVED, derived, organizations_of
from execpolicy.language.key_presence import Carried, carried, traits_of
from execpolicy.language.principal import Principal
from execpolicy.language.request_details import ABSENT, RequestDetails

#: For the keys of organization paths, the key of the organization's id, with which each path begins.
_ORG_ID_OF_PATHS = {"aws:principalorgpaths": "aws:principalorgid", "aws:resourceorgpaths": "aws:resourceorgid"}


def check_context(request: RequestDetails) -> None:
    """Check that a context contradicts neither its request nor itself.

    Raises RequestError: it does.
    """
    if not request.context.needs_check:
        return
    _check_times(request)
    _check_impossible_keys(request)
    for name, given in request.context.values.items():
        key = name.lower()
        overridable = key in DEFAULTS and not (key == "aws:viaawsservice" and request.is_forwarded)
        is_derived, value = NOT_DERIVED if overridable else derived(request, key)
        if is_derived and value is not None and not _same(key, value, given):
            raise _contradiction(name, given, value)
        _check_known_part(request, key, name, given)
        if key in _ORG_ID_OF_PATHS and given:
            _, org = derived(request, _ORG_ID_OF_PATHS[key])
            if org != organizations_of(given):
                raise _contradiction(name, given, org or ABSENT)


def _check_impossible_keys(request: RequestDetails) -> None:
    """Refuse keys that no such request has (KEY-4, GW-19, GW-23): they would decide a call that is not possible."""
    if request.is_forwarded:
        _check_forwarded(request)
    of_endpoint = [key for key in (*ENDPOINT_KEYS, *OTHER_ENDPOINT_KEYS) if request.context.given(key)]
    if of_endpoint and request.is_forwarded:
        raise RequestError(
            f"the context has {_as_given(request, of_endpoint[0])}, and a service makes the call for its caller; such "
            "a call has no keys of a VPC endpoint",
            advice="leave it out: nothing is kept of the endpoint that the first call came through",
            rule="KEY-4",
        )
    if of_endpoint and request.has_source_ip:
        raise RequestError(
            "the context has aws:SourceIp and keys of a VPC endpoint; no call has both",
            advice="through a VPC endpoint the caller's address is aws:VpcSourceIp, and there is no aws:SourceIp",
            rule="GW-19",
        )
    for name, given in request.context.values.items():
        record = find_context_key(name)
        if given and record is not None and record.execute_api is ExecuteApi.NEVER and request.is_execute_api:
            raise RequestError(
                f"the context has {name}, which API Gateway supplies to no policy",
                advice="leave it out: a condition on it finds no value",
                rule="GW-23",
            )
        if given and record is not None and record.presence in OF_SOME_CALLERS:
            _check_caller_has(request, name, record.presence)


def _check_forwarded(request: RequestDetails) -> None:
    """Refuse a forward access session of a caller without credentials of IAM (KEY-4)."""
    kind = request.principal.kind
    if kind not in (kinds.ANONYMOUS, kinds.SERVICE) or request.context.key_flags & SIGNED_FLAG:
        return
    shown = next(
        key for key in (*CALLED_VIA_KEYS, *VIA_KEYS) if request.context.given(key) not in (None, (), ("false",))
    )
    who = "an anonymous caller" if kind == kinds.ANONYMOUS else "a service that calls as itself"
    raise RequestError(
        f"the context has {_as_given(request, shown)}, as if a service made the call with the credentials of a user or "
        f"role; {who} has none",
        advice="leave it out, or give the user or role as the caller",
        rule="KEY-4",
    )


def _check_caller_has(request: RequestDetails, name: str, presence: Presence) -> None:
    """Refuse a key that the caller cannot have (KEY-4)."""
    if carried(request, traits_of(name.lower())) is not Carried.NEVER:
        return
    who = {
        Presence.SERVICE_SOURCE: "only calls that an AWS service makes as itself have",
        Presence.FEDERATED: "only role sessions have",
        Presence.FEDERATED_STS: "only role sessions have, and only for actions of sts",
    }[presence]
    raise RequestError(
        f"the context has {name}, which {who}",
        advice="leave it out, or correct the caller",
        rule="KEY-4",
    )


def _as_given(request: RequestDetails, key: str) -> str:
    return next(name for name in request.context.values if name.lower() == key)


def _check_times(request: RequestDetails) -> None:
    times = [read_date(given[0]) for key in TIME_KEYS if (given := request.context.get(key)) and len(given) == 1]
    if len(times) == len(TIME_KEYS) and len({int(seconds or 0) for seconds in times}) > 1:
        raise RequestError(
            "aws:CurrentTime and aws:EpochTime of the context are different times",
            advice="give one of them: the other follows",
            rule="KEY-3",
        )


def _contradiction(name: str, given: tuple[str, ...], derived_values: tuple[str, ...]) -> RequestError:
    """The error for a key of the context that contradicts the request."""
    found = ", ".join(given) or "no value"
    return RequestError(
        f"the context says {name} is {found}, the request itself says {', '.join(derived_values) or 'it has none'}",
        advice="leave the key out of the context, or correct the caller, the resource or the key",
        rule="KEY-3",
    )


def _check_known_part(request: RequestDetails, key: str, name: str, given: tuple[str, ...]) -> None:
    """Refuse the ARN of another role, and the id of another session, where only a part of the key is known (KEY-3)."""
    caller = request.principal
    if caller.name_in_template is not None:
        _check_name_is_known(caller, key, name, given)
    if caller.kind != kinds.SESSION:
        return
    if key == "aws:principalarn" and caller.path is None:  # the ARN of the caller's role would give the path
        raise _contradiction(name, given, (f"{caller.role_arn}, or the same with a path before the name",))
    if key == "aws:userid" and caller.unique_id is None and _session_names(given) != [caller.session_name]:
        raise _contradiction(name, given, (f"the unique id of the role and :{caller.session_name}",))


def _check_name_is_known(caller: Principal, key: str, name: str, given: tuple[str, ...]) -> None:
    """Refuse a key that the name of the caller decides, where this has values that are not known (SRC-10)."""
    from execpolicy.language.unknown_caller import partly_known_value

    partly_known = partly_known_value(caller, key)
    if partly_known is not None and has_unknown(partly_known.text):
        raise RequestError(
            f"the context says {name} is {', '.join(given)}, the caller's name has values that are not known: "
            f"{with_unknown_in_words(partly_known.text)}",
            advice="leave the key out of the context, and give the values as parameters of the template",
            rule="SRC-10",
        )


def _session_names(ids: tuple[str, ...]) -> list[str]:
    return [each.partition(":")[2] for each in ids]


def _same(key: str, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lists of values are equal; their order does not count, nor the case of a Bool."""
    record = find_context_key(key)
    if record is not None and record.type is KeyType.BOOL:
        return {value.lower() for value in one} == {value.lower() for value in other}
    return set(one) == set(other)
