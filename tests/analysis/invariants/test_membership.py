"""Which requests are in the set of an invariant: every form, every kind of caller, source and test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Caller, Context, ExecPolicyError, Principal, Request, RequestError, UsageError
from execpolicy.analysis.invariants.invariant import Invariant
from tests.analysis.invariants.strategies import INVARIANTS
from tests.refused import refused

OWN, OTHER = "111122223333", "444455556666"
CALLERS: dict[str, Principal] = {
    "anonymous": Principal.anonymous(),
    "Clerk": Principal.parse(f"arn:aws:sts::{OWN}:assumed-role/Clerk/ann", role_path="/", org_id="o-ours"),
    "TeamClerk": Principal.parse(f"arn:aws:sts::{OWN}:assumed-role/Clerk/bob", role_path="/team/", org_id="o-ours"),
    "role": Principal.parse(f"arn:aws:iam::{OWN}:role/Clerk", org_id="o-ours"),
    "OtherClerk": Principal.parse(f"arn:aws:sts::{OTHER}:assumed-role/Clerk/ann", role_path="/", org_id="o-theirs"),
    "Ann": Principal.parse(f"arn:aws:iam::{OWN}:user/x/Ann", org_id="o-ours"),
    "root": Principal.parse(f"arn:aws:iam::{OWN}:root", org_id="o-ours"),
    "federated": Principal.parse(
        f"arn:aws:sts::{OWN}:federated-user/Clerk", federated_by=f"arn:aws:iam::{OWN}:user/Ann", org_id="o-ours"
    ),
    "service": Principal.service("events.amazonaws.com"),
}
OF_OWN = {"Clerk", "TeamClerk", "role", "Ann", "root", "federated"}


def request(
    caller: str | Principal = "Clerk",
    call: str = "prod/GET/orders/7",
    context: Mapping[str, Any] | Context | None = None,
) -> Request:
    principal = CALLERS[caller] if isinstance(caller, str) else caller
    resource = f"arn:aws:execute-api:eu-west-1:{OWN}:a1b2c3/{call}"
    return Request(caller=Caller(principal), action="execute-api:Invoke", resource=resource, context=context)


@pytest.mark.rule("INV-3", "INV-6")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nobody may call anything", set(CALLERS)),
        ("anybody may call anything", set(CALLERS)),
        ("anonymous may not call anything", {"anonymous"}),
        ("role/Clerk may call anything", {"Clerk", "TeamClerk", "role"}),
        ("only role/Clerk may call anything", set(CALLERS) - {"Clerk", "TeamClerk", "role"}),
        ("anybody but role/Clerk may call anything", set(CALLERS) - {"Clerk", "TeamClerk", "role"}),
        ("role/team/Clerk may call anything", {"TeamClerk"}),
        (f"role/Clerk of {OTHER} may call anything", {"OtherClerk"}),
        (f"role/Clerk, role/Clerk of {OTHER} may call anything", {"Clerk", "TeamClerk", "role", "OtherClerk"}),
        ("user/Ann may call anything", {"Ann"}),
        ("user/x/Ann may call anything", {"Ann"}),
        ("user/y/Ann may call anything", set()),
        ("user/Clerk may call anything", set()),
        ("this account may call anything", OF_OWN),
        (f"account {OTHER} may call anything", {"OtherClerk"}),
        ("accounts inside o-ours may call anything", OF_OWN),
        ("no account outside o-ours may call anything", {"anonymous", "service", "OtherClerk"}),
        ("accounts outside o-ours may call anything", {"anonymous", "service", "OtherClerk"}),
        ("no account outside o-ours, o-theirs may call anything", {"anonymous", "service"}),
        (f"no account outside this account, {OTHER} may call anything", {"anonymous", "service"}),
        ("service events.amazonaws.com may call anything", {"service"}),
        ("service states.amazonaws.com may call anything", set()),
        (f"arn:aws:iam::{OWN}:role/Clerk may call anything", {"Clerk", "role"}),
        (f"arn:aws-cn:iam::{OWN}:role/Clerk may call anything", set()),
        (f"arn:aws:iam::{OWN}:root may call anything", {"root"}),
        (f"arn:aws:sts::{OWN}:assumed-role/Clerk/ann may call anything", {"Clerk"}),
        (f"arn:aws:sts::{OWN}:federated-user/Clerk may call anything", {"federated"}),
    ],
)
def test_callers(text: str, expected: set[str]) -> None:
    invariant = Invariant.parse(text)
    assert {name for name in CALLERS if invariant.includes(request(name))} == expected


@pytest.mark.rule("INV-1", "INV-2")
@pytest.mark.parametrize(
    ("text", "call", "expected"),
    [
        ("GET /orders/*", "prod/GET/orders/7", True),
        ("GET /orders/*", "prod/POST/orders/7", False),
        ("GET /orders/*", "prod/GET/orders/7/lines", False),
        ("POST /orders, GET /orders/**", "prod/GET/orders/7/lines", True),
        ("/", "prod/GET/", True),
        ("anything", "prod/GET/", True),
        ("anything on prod", "prod/GET/", True),
        ("anything on test, prod", "prod/GET/", True),
        ("anything on test", "prod/GET/", False),
        ("anything", "prod/$connect", True),
        ("/a, /** on prod", "prod/sendMessage", True),
        ("anything on test", "prod/$connect", False),
        ("/*, GET /**", "prod/$connect", False),
        ("anything", "prod/POST/@connections/abc=", True),
        ("POST /**", "prod/POST/@connections/abc=", False),
        ("anything", "prod/TRACE/orders", False),
    ],
)
def test_calls(text: str, call: str, *, expected: bool) -> None:
    assert Invariant.parse(f"nobody may call {text}").includes(request(call=call)) is expected


INTERNET = {"aws:SourceIp": "198.51.100.7", "aws:UserAgent": ""}
ENDPOINT = {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-2", "aws:VpcSourceIp": "10.0.0.7"}


@pytest.mark.rule("INV-4", "INV-5", "INV-6")
@pytest.mark.parametrize(
    ("text", "internet", "endpoint"),
    [
        ("nobody may call /orders/*", True, True),
        ("nobody may call /orders/* from 198.51.100.0/24", True, False),
        ("nobody may call /orders/* from 198.51.100.8", False, False),
        ("nobody may call /orders/* from ::/0", False, False),
        ("nobody may call /orders/* from 10.0.0.0/8", False, True),
        ("nobody may call /orders/* through vpce-1", False, True),
        ("nobody may call /orders/* through vpce-3", False, False),
        ("nobody may call /orders/* through vpc-2", False, True),
        ("nobody may call /orders/* from 198.51.100.7 or through vpce-1", True, True),
        ("nobody may call /orders/* unless through vpce-1", True, False),
        ("every call to /orders/* comes through vpce-1 or from 203.0.113.0/24", True, False),
        ("role/Clerk may call /orders/* unless from 198.51.100.0/24 or vpce-1".replace("or vpce", "or through vpce"),
         False, False),
        ("nobody may call /orders/* when aws:SourceVpce = vpce-1", False, True),
        ("nobody may call /orders/* when aws:SourceVpce != vpce-1", True, False),
        ("nobody may call /orders/* when aws:SourceVpce in (vpce-3, vpce-1)", False, True),
        ("nobody may call /orders/* when aws:SourceVpce not in (vpce-3, vpce-4)", True, True),
        ("nobody may call /orders/* when aws:SourceVpce is absent", True, False),
        ("nobody may call /orders/* when aws:SourceVpce is present", False, True),
        ("nobody may call /orders/* when aws:VpcSourceIp = 10.0.0.0/24", False, True),
        ("nobody may call /orders/* when aws:VpcSourceIp != 10.0.0.0/24", True, False),
        ('nobody may call /orders/* when aws:UserAgent = ""', True, False),
        ("nobody may call /orders/* when aws:PrincipalOrgID = o-ours and aws:SourceVpc = vpc-2", False, True),
        ("nobody may call /orders/* when aws:PrincipalOrgID = O-OURS", False, False),
        ("nobody may call /orders/* when aws:MultiFactorAuthPresent = true", False, False),
        ("nobody may call /orders/* when aws:MultiFactorAuthPresent != true", True, True),
        ("every call to /orders/* has aws:SourceVpc = vpc-2 and aws:PrincipalOrgID = o-ours", True, False),
        ("every call to /orders/* has aws:SourceVpc = vpc-2 and aws:PrincipalOrgID = o-x", True, True),
        ("nobody may call /orders/* unless when aws:SourceVpc = vpc-2 or from 198.51.100.0/24", False, False),
    ],
)  # fmt: skip
def test_sources_and_keys(text: str, *, internet: bool, endpoint: bool) -> None:
    invariant = Invariant.parse(text)
    assert invariant.includes(request(context=INTERNET)) is internet
    assert invariant.includes(request(context=ENDPOINT)) is endpoint


@pytest.mark.rule("INV-5")
def test_a_key_with_several_values_has_each_of_them() -> None:
    principal = Principal.parse(f"arn:aws:iam::{OWN}:user/Ann", org_id="o-a", org_paths=["o-a/r-1/", "o-a/r-2/"])
    for text, expected in (("= o-a/r-2/", True), ("!= o-a/r-2/", False), ("!= o-a/r-3/", True)):
        found = Invariant.parse(f"nobody may call anything when aws:PrincipalOrgPaths {text}")
        assert found.includes(request(principal)) is expected


UNKNOWN = "it is not known whether the invariant is about the request"


@pytest.mark.rule("INV-1")
@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("role/team/Clerk may call anything", request(Principal.parse(f"arn:aws:sts::{OWN}:assumed-role/Clerk/ann"))),
        ("only role/team/Clerk may call anything",
         request(Principal.parse(f"arn:aws:sts::{OWN}:assumed-role/Clerk/b"))),
        ("no account outside o-a may call anything",
         request(Principal.parse(f"arn:aws:iam::{OWN}:user/Ann"), context=Context({}, complete=False))),
        ("nobody may call anything from 198.51.100.0/24", request(context=Context({}, complete=False))),
        ("nobody may call anything when aws:UserAgent is absent", request(context=Context({}, complete=False))),
        ("nobody may call anything when aws:UserAgent != a", request(context=Context({}, complete=False))),
        ("nobody may call anything when aws:MultiFactorAuthPresent = false", request()),
        ("nobody may call anything when aws:MultiFactorAuthPresent is present", request()),
        ("nobody may call anything unless when aws:UserAgent = a", request(context=Context({}, complete=False))),
    ],
)  # fmt: skip
def test_what_is_not_known_of_a_request_is_refused(text: str, given: Request) -> None:
    assert refused(UsageError, lambda: Invariant.parse(text).includes(given)).message == UNKNOWN


@pytest.mark.rule("INV-1")
def test_what_is_not_known_and_does_not_matter() -> None:
    partial = request(context=Context({}, complete=False))
    assert not Invariant.parse("nobody may call /pets when aws:UserAgent = a").includes(partial)
    assert not Invariant.parse("nobody may call anything when aws:UserAgent = a and aws:PrincipalOrgID = o-x").includes(
        partial
    )


def test_only_requests_for_apis() -> None:
    other = Request(
        caller=f"arn:aws:iam::{OWN}:user/Ann", action="s3:GetObject", resource="arn:aws:s3:::a/b", resource_account=OWN
    )
    assert refused(RequestError, lambda: Invariant("none").includes(other)).message.startswith("found")
    found = refused(UsageError, lambda: Invariant("none").includes("a"))  # type: ignore[arg-type]  # a wrong type
    assert found.message == "request is a Request, found a str"


@pytest.mark.rule("INV-1")
@given(INVARIANTS, st.sampled_from(sorted(CALLERS)), st.sampled_from([INTERNET, ENDPOINT, {}]), st.booleans())
def test_a_limit_makes_the_set_smaller_and_an_exception_too(
    invariant: Invariant, caller: str, context: dict[str, Any], in_prod: bool
) -> None:
    given_request = request(caller, "prod/GET/a" if in_prod else "test/GET/", context)
    try:
        included = invariant.includes(given_request)
    except ExecPolicyError:
        return
    if included:
        for without in ({"stages": ()}, {"sources": ()}, {"when": ()}, {"unless_sources": ()}, {"unless_when": ()}):
            parts = {name: getattr(invariant, name) for name in Invariant.__slots__ if name not in ("source", "span")}
            assert Invariant(**{**parts, **without}).includes(given_request), without
