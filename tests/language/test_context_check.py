"""Which contexts need no check: those that can contradict neither the request nor themselves."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from execpolicy import Context, Principal, RequestError
from execpolicy.language import derived_keys
from execpolicy.language.arn import parse_arn
from execpolicy.language.context_check import check_context
from execpolicy.language.context_keys import (
    CALLER_KEYS,
    CATALOGUE,
    IAM_FLAG,
    PRINCIPAL_TAG,
    RESOURCE_KEYS,
    SIGNED_FLAG,
    TIME_KEYS,
    VIA_DERIVED_KEYS,
    ExecuteApi,
    KeyType,
)
from execpolicy.language.key_values import KeyValues

VALUES = {
    KeyType.STRING: "x",
    KeyType.ARN: "arn:aws:s3:::x",
    KeyType.BOOL: "true",
    KeyType.DATE: "2026-01-01T00:00:00Z",
    KeyType.NUMERIC: "7",
    KeyType.IP: "203.0.113.9",
}
#: Every key with a value, that of the second clock another time than that of the first.
KEYS: dict[str, Any] = {
    **{name + "x" * name.endswith("/"): VALUES[key.type] for name, key in CATALOGUE.items()},
    "aws:epochtime": "1",
    "custom:x": "1",
}
CALLERS = (
    Principal.parse("arn:aws:iam::111122223333:user/Ann", tags={"x": "y"}, org_id="o-1"),
    Principal.parse("arn:aws:sts::111122223333:assumed-role/Clerk/ann"),
    Principal.anonymous(),
)
ARN = parse_arn("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets")


def checked_in_full(caller: Principal, context: Context) -> bool:
    """Whether a full check refuses nothing and finds nothing, whatever the context says of its need for one."""
    bits = context.key_flags
    object.__setattr__(context, "key_flags", -1)
    try:
        found = KeyValues(caller, "execute-api:Invoke", ARN, "111122223333", context)
        check_context(found)
    except RequestError:
        return False
    finally:
        object.__setattr__(context, "key_flags", bits)
    return found.principal is caller


@pytest.mark.rule("KEY-3", "GW-19", "GW-23", "PRN-7")
@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: str(caller.kind))
def test_what_needs_no_check_would_pass_it(caller: Principal) -> None:
    needless = 0
    for names in (*[(name,) for name in KEYS], *combinations(KEYS, 2)):
        context = Context({name: KEYS[name] for name in names})
        if not context.needs_check:
            needless += 1
            assert checked_in_full(caller, context), names
    assert needless > 400


@pytest.mark.rule("KEY-3")
def test_every_key_that_a_request_derives_is_known_by_its_name() -> None:
    assert (
        derived_keys._FUNCTIONS.keys() - derived_keys.DEFAULTS.keys() == CALLER_KEYS | RESOURCE_KEYS | VIA_DERIVED_KEYS
    )
    assert all(Context({key: KEYS[key]}).needs_check for key in CALLER_KEYS | RESOURCE_KEYS | VIA_DERIVED_KEYS)
    assert Context({PRINCIPAL_TAG.upper() + "Team": "a"}).needs_check


@pytest.mark.rule("GW-19", "GW-23")
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, False),
        ({"aws:SourceIp": "203.0.113.9"}, False),
        ({"aws:SourceVpce": "vpce-1", "aws:VpcSourceIp": "10.0.0.1"}, False),
        ({"aws:SourceVpce": "vpce-1", "aws:SourceIp": "203.0.113.9"}, True),
        ({"aws:CurrentTime": "2026-01-01"}, False),
        ({"aws:CurrentTime": "2026-01-01", "aws:EpochTime": "1"}, True),
        ({"aws:VpceAccount": "111122223333"}, True),
        ({"aws:SourceAccount": "111122223333"}, True),
        ({"saml:sub": "ann"}, True),
        ({"aws:ViaAWSService": False}, True),
        ({"aws:UserAgent": "curl", "aws:SecureTransport": True}, False),
        ({"aws:UserAgent": "curl", "custom:x": "1"}, True),
    ],
)
def test_contexts_that_need_a_check(values: dict[str, Any], expected: bool) -> None:
    assert Context(values).needs_check is expected
    assert Context({name.upper(): value for name, value in values.items()}).needs_check is expected


@pytest.mark.rule("GW-22")
def test_keys_that_need_an_authenticated_caller() -> None:
    of_caller = {name for name, key in CATALOGUE.items() if key.execute_api is ExecuteApi.AWS_IAM}
    for name, value in KEYS.items():
        needs_caller = bool(Context({name: value}).key_flags & IAM_FLAG)
        assert needs_caller is (name.removesuffix("x" if "/x" in name else "") in of_caller)


@pytest.mark.rule("KEY-3")
def test_a_context_with_more_keys_is_one_that_was_given_them_all() -> None:
    few = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)
    more = few.with_keys({"AWS:UserAgent": "curl", "aws:CurrentTime": "2026-01-01"})
    whole = Context(
        {"aws:SourceIp": "203.0.113.9", "AWS:UserAgent": "curl", "aws:CurrentTime": "2026-01-01"}, complete=False
    )
    assert more == whole
    assert dict(more.values) == dict(whole.values)
    assert (more.key_flags, more.complete) == (whole.key_flags, False)
    assert dict(few.values) == {"aws:SourceIp": ("203.0.113.9",)}
    assert more.given(TIME_KEYS[0]) == ("2026-01-01",)


FORWARDED = (
    {"aws:ViaAWSService": True},
    {"aws:ViaAWSMCPService": "True"},
    {"aws:CalledVia": ["athena.amazonaws.com"]},
    {"aws:CalledViaFirst": "athena.amazonaws.com"},
    {"aws:CalledViaAWSMCP": "aws-mcp.amazonaws.com"},
)


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize("given", FORWARDED, ids=lambda given: str(next(iter(given))))
@pytest.mark.parametrize(
    ("caller", "who"),
    [
        (Principal.anonymous(), "an anonymous caller"),
        (Principal.service("states.amazonaws.com"), "a service that calls as itself"),
    ],
)
def test_no_service_calls_for_a_caller_without_credentials_of_iam(
    caller: Principal, who: str, given: dict[str, Any]
) -> None:
    context = Context(given)
    with pytest.raises(RequestError) as refused:
        check_context(KeyValues(caller, "execute-api:Invoke", ARN, "111122223333", context))
    assert refused.value.message == (
        f"the context has {next(iter(given))}, as if a service made the call with the credentials of a user or role; "
        f"{who} has none"
    )
    assert refused.value.rule == "KEY-4"
    # The policies of a signed call may see an anonymous caller.
    signed = context.with_flags(context.key_flags | SIGNED_FLAG)
    check_context(KeyValues(caller, "execute-api:Invoke", ARN, "111122223333", signed))


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize("given", [{"aws:ViaAWSService": "false"}, {"aws:CalledVia": []}, {"aws:CalledViaFirst": []}])
def test_a_direct_call_of_a_caller_without_credentials_is_no_contradiction(given: dict[str, Any]) -> None:
    check_context(KeyValues(Principal.anonymous(), "execute-api:Invoke", ARN, "111122223333", Context(given)))
