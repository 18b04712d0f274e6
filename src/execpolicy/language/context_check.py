"""Refuses a context that contradicts its request, or itself (KEY-3, GW-19, GW-23)."""

from __future__ import annotations

from execpolicy.errors import RequestError
from execpolicy.language.context_keys import ENDPOINT_KEYS, TIME_KEYS, ExecuteApi, KeyType, find_context_key
from execpolicy.language.derived_keys import DEFAULTS, NOT_DERIVED, derived, organizations_of
from execpolicy.language.operators import read_date
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
        is_derived, value = NOT_DERIVED if key in DEFAULTS else derived(request, key)
        if is_derived and value is not None and not _same(key, value, given):
            raise _contradiction(name, given, value)
        if key in _ORG_ID_OF_PATHS and given:
            _, org = derived(request, _ORG_ID_OF_PATHS[key])
            if org != organizations_of(given):
                raise _contradiction(name, given, org or ABSENT)


def _check_impossible_keys(request: RequestDetails) -> None:
    """Refuse keys that no such request has (GW-19, GW-23): they would decide a call that is not possible."""
    if request.has_source_ip and any(request.context.get(key) for key in ENDPOINT_KEYS):
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


def _same(key: str, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lists of values are equal; their order does not count, nor the case of a Bool."""
    record = find_context_key(key)
    if record is not None and record.type is KeyType.BOOL:
        return {value.lower() for value in one} == {value.lower() for value in other}
    return set(one) == set(other)
