"""The values that a request has for each key: given, derived from itself, absent or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Context, Principal, RequestError
from execpolicy.language.arn import parse_arn
from execpolicy.language.context_check import check_context
from execpolicy.language.key_values import KeyValues
from execpolicy.language.request_details import FALSE_OR_ABSENT
from tests.refused import Refusal, refused

ACCOUNT = "111122223333"
PETS = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1b2c3/prod/GET/pets"
BUCKET = "arn:aws:s3:::bucket/key"
ANN = f"arn:aws:iam::{ACCOUNT}:user/staff/Ann"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/staff/Clerk"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Clerk/ann"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
SERVICE = "states.amazonaws.com"


def key_values(
    caller: str = ANN,
    context: dict[str, Any] | None = None,
    *,
    complete: bool = True,
    resource: str = PETS,
    account: str = ACCOUNT,
    action: str = "execute-api:Invoke",
    **details: Any,
) -> KeyValues:
    who = Principal.parse(caller, **details)
    return KeyValues(who, action, parse_arn(resource), account, Context(context, complete=complete))


@pytest.mark.rule("KEY-2", "KEY-3")
@pytest.mark.parametrize(
    ("caller", "type_", "arn", "account", "username", "is_service"),
    [
        (ROOT, ("Account",), (ROOT,), (ACCOUNT,), (), ("false",)),
        (ANN, ("User",), (ANN,), (ACCOUNT,), ("Ann",), ("false",)),
        (SESSION, ("AssumedRole",), (ROLE.replace("/staff", ""),), (ACCOUNT,), (), ("false",)),
        (ROLE, ("AssumedRole",), (ROLE,), (ACCOUNT,), (), ("false",)),
        (FEDERATED, ("FederatedUser",), (FEDERATED,), (ACCOUNT,), (), ("false",)),
        (SERVICE, None, None, None, (), ("true",)),
        ("anonymous", ("Anonymous",), (), ("anonymous",), (), ()),
    ],
)
def test_keys_of_the_principal(
    *,
    caller: str,
    type_: tuple[str, ...] | None,
    arn: tuple[str, ...] | None,
    account: tuple[str, ...] | None,
    username: tuple[str, ...],
    is_service: tuple[str, ...],
) -> None:
    found = key_values(caller, action="s3:GetObject", resource=BUCKET)
    keys = ("principaltype", "principalarn", "principalaccount", "username", "principalisawsservice")
    assert [found.values(f"aws:{key}") for key in keys] == [type_, arn, account, username, is_service]


@pytest.mark.rule("KEY-2", "KEY-4")
@pytest.mark.parametrize(
    ("caller", "unique_id", "userid"),
    [
        (ROOT, None, (ACCOUNT,)),
        (ANN, "AIDAEXAMPLE", ("AIDAEXAMPLE",)),
        (ANN, None, None),
        (SESSION, "AROAEXAMPLE", ("AROAEXAMPLE:ann",)),
        (SESSION, None, None),
        (ROLE, "AROAEXAMPLE", None),
        (FEDERATED, None, (f"{ACCOUNT}:Bob",)),
        (SERVICE, None, None),
    ],
)
def test_the_user_id(caller: str, unique_id: str | None, userid: tuple[str, ...] | None) -> None:
    assert key_values(caller, unique_id=unique_id).values("aws:userid") == userid


@pytest.mark.rule("KEY-2")
def test_the_user_id_of_an_anonymous_caller() -> None:
    assert key_values("anonymous", action="s3:GetObject", resource=BUCKET).values("aws:userid") == ("anonymous",)


@pytest.mark.rule("PRN-7", "KEY-4")
@pytest.mark.parametrize(
    ("complete", "role_path", "arn"),
    [
        (True, None, (f"arn:aws:iam::{ACCOUNT}:role/Clerk",)),
        (True, "/staff/", (ROLE,)),
        (False, "/staff/", (ROLE,)),
        (False, None, None),
    ],
)
def test_the_arn_of_a_session_is_that_of_its_role(
    complete: bool, role_path: str | None, arn: tuple[str, ...] | None
) -> None:
    assert key_values(SESSION, complete=complete, role_path=role_path).values("aws:principalarn") == arn


@pytest.mark.rule("PRN-7")
@pytest.mark.parametrize("complete", [True, False])
def test_the_path_of_a_role_of_identity_center_is_not_assumed(complete: bool) -> None:
    role = "AWSReservedSSO_Orders_0123456789abcdef"
    session = SESSION.replace("Clerk", role)
    assert key_values(session, complete=complete).values("aws:principalarn") is None
    path = "/aws-reserved/sso.amazonaws.com/"
    given = key_values(session, complete=complete, role_path=path)
    assert given.values("aws:principalarn") == (f"arn:aws:iam::{ACCOUNT}:role{path}{role}",)


@pytest.mark.rule("PRN-7", "KEY-3")
def test_a_context_may_have_the_path_of_the_role() -> None:
    found = key_values(SESSION, {"aws:PrincipalArn": ROLE})
    check_context(found)
    assert found.values("aws:principalarn") == (ROLE,)


@pytest.mark.rule("KEY-3", "KEY-4", "CND-2")
def test_given_tags_are_all_tags() -> None:
    found = key_values(tags={"Team": "blue"}, complete=False)
    assert found.values("aws:principaltag/team") == ("blue",)
    assert found.values("aws:principaltag/cost") == ()
    assert key_values(complete=False).values("aws:principaltag/team") is None
    assert key_values().values("aws:principaltag/team") == ()
    assert key_values(SERVICE, complete=False).values("aws:principaltag/team") == ()
    assert key_values("anonymous", complete=False).values("aws:principaltag/team") == ()


@pytest.mark.rule("KEY-3", "KEY-4")
def test_the_given_organization() -> None:
    found = key_values(org_id="o-1", org_paths=["o-1/r-1/", "o-1/r-2/"])
    assert found.values("aws:principalorgid") == ("o-1",)
    assert found.values("aws:principalorgpaths") == ("o-1/r-1/", "o-1/r-2/")
    assert key_values().values("aws:principalorgid") == ()
    assert key_values(complete=False).values("aws:principalorgpaths") is None


@pytest.mark.rule("KEY-3", "KEY-4")
def test_the_organization_of_a_resource_is_the_callers_in_one_account() -> None:
    org: dict[str, Any] = {"org_id": "o-1", "org_paths": ["o-1/r-1/", "o-1/r-1/ou-1/"]}
    keys = ("aws:resourceorgid", "aws:resourceorgpaths")
    away = ANN.replace(ACCOUNT, "444455556666")
    assert [key_values(ANN, **org).values(key) for key in keys] == [("o-1",), ("o-1/r-1/", "o-1/r-1/ou-1/")]
    assert [key_values(away, **org).values(key) for key in keys] == [(), ()]
    assert [key_values(ANN).values(key) for key in keys] == [(), ()]
    assert key_values(away, {"aws:ResourceOrgID": "o-2"}, **org).values("aws:resourceorgid") == ("o-2",)
    check_context(key_values(away, {"aws:ResourceOrgID": "o-2"}, **org))


ORG_KEYS = ("aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:resourceorgpaths")
PATHS = ("o-1/r-1/", "o-1/r-1/ou-1/")


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize(
    ("context", "details", "found", "found_away"),
    [
        ({"aws:PrincipalOrgID": "o-1"}, {}, [("o-1",), (), ("o-1",), ()], [("o-1",), (), (), ()]),
        ({"aws:PrincipalOrgPaths": PATHS}, {}, [("o-1",), PATHS, ("o-1",), PATHS], [("o-1",), PATHS, (), ()]),
        ({}, {"org_paths": PATHS}, [("o-1",), PATHS, ("o-1",), PATHS], [("o-1",), PATHS, (), ()]),
        ({"aws:PrincipalOrgPaths": PATHS}, {"org_id": "o-1"}, [("o-1",), PATHS, ("o-1",), PATHS],
         [("o-1",), PATHS, (), ()]),
        ({"aws:ResourceOrgPaths": PATHS}, {}, [(), (), ("o-1",), PATHS], [(), (), ("o-1",), PATHS]),
        ({"aws:PrincipalOrgID": []}, {}, [(), (), (), ()], [(), (), (), ()]),
        ({"aws:PrincipalOrgPaths": []}, {}, [(), (), (), ()], [(), (), (), ()]),
    ],
)  # fmt: skip
def test_the_organization_follows_from_the_context_and_from_paths(
    context: dict[str, Any], details: dict[str, Any], found: list[Any], found_away: list[Any]
) -> None:
    for caller, expected in ((ANN, found), (ANN.replace(ACCOUNT, "444455556666"), found_away)):
        call = key_values(caller, context, **details)
        check_context(call)
        assert [call.values(key) for key in ORG_KEYS] == expected
    partial = key_values(context={"aws:PrincipalOrgID": []}, complete=False)
    assert partial.values("aws:resourceorgid") == ()


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize(
    ("context", "details", "key", "found", "own"),
    [
        ({"aws:PrincipalOrgID": "o-1", "aws:ResourceOrgID": "o-2"}, {}, "aws:ResourceOrgID", "o-2", "o-1"),
        ({"aws:PrincipalOrgID": "o-1", "aws:ResourceOrgPaths": "o-2/r-1/"}, {}, "aws:ResourceOrgPaths", "o-2/r-1/",
         "o-1"),
        ({"aws:PrincipalOrgPaths": "o-2/r-1/"}, {"org_id": "o-1"}, "aws:PrincipalOrgPaths", "o-2/r-1/", "o-1"),
        ({"aws:PrincipalOrgPaths": ["o-1/r-1/", "o-2/r-1/"]}, {}, "aws:PrincipalOrgPaths", "o-1/r-1/, o-2/r-1/", "o-1"),
        ({"aws:PrincipalOrgPaths": "o-1/r-1/", "aws:PrincipalOrgID": []}, {}, "aws:PrincipalOrgPaths", "o-1/r-1/",
         "it has none"),
        ({"aws:ResourceOrgID": "o-2"}, {"org_paths": "o-1/r-1/"}, "aws:ResourceOrgID", "o-2", "o-1"),
        ({"aws:PrincipalOrgID": "o-2"}, {"org_paths": "o-1/r-1/"}, "aws:PrincipalOrgID", "o-2", "o-1"),
    ],
)  # fmt: skip
def test_two_organizations_of_one_account_are_refused(
    *, context: dict[str, Any], details: dict[str, Any], key: str, found: str, own: str
) -> None:
    assert refused(RequestError, lambda: check_context(key_values(ANN, context, **details))) == Refusal(
        f"the context says {key} is {found}, the request itself says {own}",
        advice="leave the key out of the context, or correct the caller, the resource or the key",
        rule="KEY-3",
    )


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize("org", [{"org_id": "o-1", "org_paths": "o-2/r-1/"}, {"org_paths": ["o-1/r-1/", "o-2/r-1/"]}])
def test_a_principal_is_in_one_organization(org: dict[str, Any]) -> None:
    assert refused(RequestError, lambda: Principal.parse(ANN, **org)) == Refusal(
        "the path o-2/r-1/ is in the organization o-2, the account is in o-1",
        advice="an account is in one organization, and its paths begin with the organization's id",
        rule="KEY-3",
    )


@pytest.mark.rule("KEY-3")
def test_keys_of_the_resource_and_the_connection() -> None:
    call = key_values()
    assert call.values("aws:resourceaccount") == (ACCOUNT,)
    assert call.values("aws:requestedregion") == ("eu-west-1",)
    assert call.values("aws:securetransport") == ("true",)
    assert call.values("aws:viaawsservice") == ("false",)
    other = key_values(action="s3:GetObject", resource=BUCKET, account="")
    assert other.values("aws:resourceaccount") is None
    assert other.values("aws:requestedregion") is None
    assert other.values("aws:securetransport") is None


@pytest.mark.rule("KEY-2", "KEY-3", "KEY-4")
def test_the_names_of_a_service() -> None:
    assert key_values(SERVICE).values("aws:principalservicename") == (SERVICE,)
    assert key_values(SERVICE).values("aws:principalservicenameslist") is None
    assert key_values(complete=False).values("aws:principalservicename") == ()
    assert key_values(complete=False).values("aws:principalservicenameslist") == ()


@pytest.mark.rule("KEY-3", "CND-7")
@pytest.mark.parametrize(
    ("given", "key", "values"),
    [
        ({"aws:CurrentTime": "2026-01-01T00:00:00.9Z"}, "aws:epochtime", ("1767225600.9",)),
        ({"aws:CurrentTime": "2026-01-01"}, "aws:epochtime", ("1767225600",)),
        ({"aws:CurrentTime": "1970-01-01T01:00:00Z"}, "aws:epochtime", ("3600.0",)),
        ({"aws:CurrentTime": "1960-01-01"}, "aws:epochtime", None),
        ({"aws:EpochTime": 1767225600}, "aws:currenttime", ("2026-01-01T00:00:00Z",)),
        ({"aws:EpochTime": "1767225600.5"}, "aws:currenttime", ("2026-01-01T00:00:00.500000Z",)),
        ({"aws:EpochTime": 10**30}, "aws:currenttime", (str(10**30),)),
        ({"aws:EpochTime": 10**13}, "aws:currenttime", (str(10**13),)),
        ({"aws:EpochTime": [1, 2]}, "aws:currenttime", None),
        ({"aws:EpochTime": []}, "aws:currenttime", None),
        ({}, "aws:epochtime", None),
        ({}, "aws:currenttime", None),
    ],
)
def test_each_time_key_follows_from_the_other(given: dict[str, Any], key: str, values: tuple[str, ...] | None) -> None:
    assert key_values(context=given).values(key) == values


@pytest.mark.rule("KEY-4", "KEY-6", "GW-19", "GW-23")
@pytest.mark.parametrize(
    ("caller", "context", "key", "complete", "partial"),
    [
        (ANN, {}, "aws:sourceip", None, None),
        (ANN, {"aws:SourceVpce": "vpce-1"}, "aws:sourceip", (), ()),
        (ANN, {"aws:SourceVpce": "vpce-1"}, "aws:vpcsourceip", None, None),
        (ANN, {"aws:SourceVpce": "vpce-1"}, "aws:sourcevpc", None, None),
        (ANN, {"aws:SourceVpce": []}, "aws:sourcevpc", (), None),
        (ANN, {}, "aws:sourcevpce", (), None),
        (ANN, {"aws:ViaAWSService": True}, "aws:sourceip", None, None),
        (ANN, {"aws:ViaAWSService": False}, "aws:sourceip", None, None),
        (ANN, {"aws:ViaAWSService": True}, "aws:sourcevpce", (), ()),
        (ANN, {"aws:ViaAWSService": True}, "aws:calledvia", None, None),
        (ANN, {"aws:ViaAWSService": True}, "aws:calledviaawsmcp", (), None),
        (ANN, {}, "aws:calledvia", (), None),
        (SERVICE, {}, "aws:calledvialast", (), ()),
        ("anonymous", {}, "aws:calledviafirst", (), ()),
        (ANN, {}, "aws:sourceaccount", (), ()),
        (SERVICE, {}, "aws:sourceaccount", (), None),
        (SERVICE, {}, "aws:principalorgid", (), ()),
        (ANN, {}, "saml:sub", (), ()),
        (SESSION, {}, "saml:sub", (), None),
        (SESSION, {}, "saml:aud", (), ()),
        (SESSION, {}, "accounts.google.com:aud", (), None),
        (ANN, {"aws:ViaAWSService": []}, "aws:sourceip", None, None),
        (SERVICE, {}, "aws:sourceip", (), None),
        (ANN, {}, "aws:tokenissuetime", (), None),
        (SESSION, {}, "aws:tokenissuetime", None, None),
        (FEDERATED, {}, "aws:tokenissuetime", None, None),
        ("anonymous", {}, "aws:tokenissuetime", (), ()),
        ("anonymous", {}, "aws:multifactorauthpresent", (), ()),
        ("anonymous", {}, "aws:principalarn", (), ()),
        (ANN, {}, "aws:multifactorauthpresent", (), None),
        (ANN, {}, "aws:useragent", (), None),
        (ANN, {}, "aws:vpceaccount", (), ()),
        (ANN, {}, "aws:resourcetag/team", (), ()),
        (ANN, {}, "custom:colour", (), None),
        (ANN, {"custom:Colour": "red"}, "custom:colour", ("red",), ("red",)),
        (ANN, {"custom:Colour": []}, "custom:colour", (), ()),
    ],
)
def test_absent_or_unknown(
    caller: str,
    context: dict[str, Any],
    key: str,
    complete: tuple[str, ...] | None,
    partial: tuple[str, ...] | None,
) -> None:
    assert key_values(caller, context).values(key) == complete
    assert key_values(caller, context, complete=False).values(key) == partial


@pytest.mark.rule("KEY-4")
def test_only_services_have_names_of_a_service() -> None:
    assert key_values("anonymous", complete=False).values("aws:principalservicenameslist") == ()


@pytest.mark.rule("GW-23", "KEY-4")
def test_keys_that_never_reach_execute_api_reach_other_services() -> None:
    assert key_values(action="s3:GetObject", resource=BUCKET, complete=False).values("aws:vpceaccount") is None


@pytest.mark.rule("KEY-4")
def test_a_key_may_surely_be_there_without_a_known_value() -> None:
    call = key_values()
    assert [call.surely_present(key) for key in ("aws:sourceip", "aws:username", "aws:referer")] == [True, False, False]


SSO = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Orders_0123456789abcdef/ann"
SSO_ROLE = (
    "arn:aws:iam::111122223333:role/AWSReservedSSO_Orders_0123456789abcdef, or the same with a path before the name"
)
OF_ANN = "the unique id of the role and :ann"


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize(
    ("caller", "details", "key", "value", "found", "own"),
    [
        (ANN, {}, "aws:username", "Bob", "Bob", "Ann"),
        (ANN, {}, "AWS:PrincipalArn", SESSION, SESSION, ANN),
        (ANN, {}, "aws:PrincipalAccount", ["1", "2"], "1, 2", ACCOUNT),
        (ANN, {}, "aws:PrincipalType", [], "no value", "User"),
        (ANN, {"tags": {"a": "1"}}, "aws:PrincipalTag/b", "2", "2", "it has none"),
        (ANN, {"org_id": "o-1"}, "aws:PrincipalOrgID", "o-2", "o-2", "o-1"),
        (ANN, {}, "aws:ResourceAccount", "444455556666", "444455556666", ACCOUNT),
        (ANN, {"org_id": "o-1"}, "aws:ResourceOrgID", "o-2", "o-2", "o-1"),
        (ANN, {"org_paths": ["o-1/r-1/"]}, "aws:ResourceOrgPaths", "o-1/r-2/", "o-1/r-2/", "o-1/r-1/"),
        (ANN, {}, "aws:RequestedRegion", "eu-north-1", "eu-north-1", "eu-west-1"),
        (SESSION, {}, "aws:username", "ann", "ann", "it has none"),
        (SESSION, {}, "aws:PrincipalArn", SESSION, SESSION, ROLE.replace("/staff", "")),
        (SESSION, {}, "aws:PrincipalArn", "arn:aws:s3:::b", "arn:aws:s3:::b", ROLE.replace("/staff", "")),
        (SESSION, {}, "aws:PrincipalArn", [ROLE, ROLE], f"{ROLE}, {ROLE}", ROLE.replace("/staff", "")),
        (SESSION, {}, "aws:PrincipalArn", ROLE.replace("Clerk", "Boss"), ROLE.replace("Clerk", "Boss"),
         ROLE.replace("/staff", "")),
        (SESSION, {"role_path": "/staff/"}, "aws:PrincipalArn", ROLE.replace("/staff", ""), ROLE.replace("/staff", ""),
         ROLE),
        (SSO, {}, "aws:PrincipalArn", ROLE, ROLE, SSO_ROLE),
        (SSO, {}, "aws:PrincipalArn", SSO, SSO, SSO_ROLE),
        (SSO, {}, "aws:PrincipalArn", [], "no value", SSO_ROLE),
        (SESSION, {"complete": False}, "aws:PrincipalArn", SSO, SSO,
         f"{ROLE.replace('/staff', '')}, or the same with a path before the name"),
        (SESSION, {}, "aws:userid", "AROAEXAMPLEROLEEXAMPL:bob", "AROAEXAMPLEROLEEXAMPL:bob", OF_ANN),
        (SESSION, {}, "aws:userid", "AROAEXAMPLEROLEEXAMPL", "AROAEXAMPLEROLEEXAMPL", OF_ANN),
        (SESSION, {}, "aws:userid", [], "no value", OF_ANN),
        (SERVICE, {}, "aws:PrincipalServiceName", "x", "x", SERVICE),
        ("anonymous", {}, "aws:PrincipalIsAWSService", False, "false", "it has none"),
    ],
)  # fmt: skip
def test_a_context_that_contradicts_the_request_is_refused(
    *, caller: str, details: dict[str, Any], key: str, value: Any, found: str, own: str
) -> None:
    contradicting = key_values(caller, {key: value}, **details)
    assert refused(RequestError, lambda: check_context(contradicting)) == Refusal(
        f"the context says {key} is {found}, the request itself says {own}",
        advice="leave the key out of the context, or correct the caller, the resource or the key",
        rule="KEY-3",
    )


@pytest.mark.rule("KEY-3", "PRN-7")
@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("caller", [SESSION, SSO])
def test_a_context_may_have_the_path_of_the_role_and_its_unique_id(caller: str, complete: bool) -> None:
    name = caller.split("/")[1]
    given = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/a/b/{name}", "aws:userid": "AROAEXAMPLEROLEEXAMPL:ann"}
    found = key_values(caller, given, complete=complete)
    check_context(found)
    assert found.values("aws:principalarn") == (given["aws:PrincipalArn"],)
    assert found.values("aws:userid") == (given["aws:userid"],)


@pytest.mark.rule("GW-19", "GW-23")
@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (
            {"aws:SourceIp": "203.0.113.9", "aws:SourceVpc": "vpc-1"},
            Refusal(
                "the context has aws:SourceIp and keys of a VPC endpoint; no call has both",
                advice="through a VPC endpoint the caller's address is aws:VpcSourceIp, and there is no aws:SourceIp",
                rule="GW-19",
            ),
        ),
        (
            {"AWS:VpceAccount": ACCOUNT},
            Refusal(
                "the context has AWS:VpceAccount, which API Gateway supplies to no policy",
                advice="leave it out: a condition on it finds no value",
                rule="GW-23",
            ),
        ),
    ],
)
def test_keys_that_no_call_carries_are_refused(context: dict[str, Any], expected: Refusal) -> None:
    assert refused(RequestError, lambda: check_context(key_values(context=context))) == expected


@pytest.mark.rule("GW-19", "GW-23")
def test_keys_that_other_services_carry_and_keys_without_values_are_taken() -> None:
    check_context(key_values(context={"aws:VpceAccount": ACCOUNT}, action="s3:GetObject", resource=BUCKET))
    check_context(key_values(context={"aws:VpceAccount": [], "aws:SourceIp": "203.0.113.9", "aws:SourceVpc": []}))


@pytest.mark.rule("GW-19", "KEY-4")
def test_a_call_with_a_source_address_came_through_no_endpoint() -> None:
    partial = key_values(context={"aws:SourceIp": "203.0.113.9"}, complete=False)
    assert [partial.values(key) for key in ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip")] == [(), (), ()]


def on_api(private: bool | None, context: dict[str, Any], *, authenticated: bool = True) -> KeyValues:
    who, given = Principal.parse(ANN), Context(context)
    return KeyValues(
        who, "execute-api:Invoke", parse_arn(PETS), ACCOUNT, given, authenticated=authenticated, private=private
    )


@pytest.mark.rule("GW-19", "KEY-4")
@pytest.mark.parametrize(
    ("private", "context", "source_ip", "vpce"),
    [
        (True, {"aws:SourceIp": "203.0.113.9"}, (), None),
        (True, {"aws:SourceVpce": "vpce-1"}, (), ("vpce-1",)),
        (False, {"aws:SourceVpce": "vpce-1"}, None, ()),
        (False, {"aws:SourceIp": "203.0.113.9"}, ("203.0.113.9",), ()),
        (None, {"aws:SourceVpce": "vpce-1"}, (), ("vpce-1",)),
    ],
)
def test_a_private_api_is_called_through_an_endpoint(
    private: bool | None, context: dict[str, Any], source_ip: tuple[str, ...] | None, vpce: tuple[str, ...] | None
) -> None:
    call = on_api(private, context)
    assert (call.values("aws:sourceip"), call.values("aws:sourcevpce")) == (source_ip, vpce)


@pytest.mark.rule("GW-22")
def test_without_authentication_no_key_describes_the_principal() -> None:
    context = {"aws:PrincipalTag/team": "blue", "aws:UserAgent": "curl", "custom:x": "1"}
    keys = ("aws:principalarn", "aws:username", "aws:principaltag/team", "aws:useragent", "custom:x")
    assert [on_api(None, context).values(key) for key in keys] == [(ANN,), ("Ann",), ("blue",), ("curl",), ("1",)]
    open_ = on_api(None, context, authenticated=False)
    assert [open_.values(key) for key in keys] == [(), (), (), ("curl",), ("1",)]
    assert key_values("anonymous").values("aws:userid") == ()


@pytest.mark.rule("KEY-5")
def test_a_key_can_be_forgotten() -> None:
    call = key_values(context={"custom:x": "1"})
    assert call.with_unknown("aws:username").values("aws:username") is None
    assert call.with_unknown("aws:username").values("custom:x") == ("1",)
    assert call.values("aws:username") == ("Ann",)


@pytest.mark.rule("KEY-3")
def test_two_different_times_are_refused() -> None:
    contradicting = key_values(context={"aws:CurrentTime": "2026-01-01", "aws:EpochTime": 1767225601})
    assert refused(RequestError, lambda: check_context(contradicting)) == Refusal(
        "aws:CurrentTime and aws:EpochTime of the context are different times",
        advice="give one of them: the other follows",
        rule="KEY-3",
    )


@pytest.mark.rule("KEY-3", "CND-7", "CND-10")
@pytest.mark.parametrize(
    ("caller", "context", "details"),
    [
        (ANN, {"aws:CurrentTime": "2026-01-01", "aws:EpochTime": "1767225600.5"}, {}),
        (ANN, {"aws:CurrentTime": ["2026-01-01", "2026-01-02"], "aws:EpochTime": 1}, {}),
        (ANN, {"aws:SecureTransport": False, "aws:ViaAWSService": True}, {}),
        (ANN, {"aws:username": "Ann", "aws:PrincipalAccount": int(ACCOUNT)}, {}),
        (ANN, {"aws:PrincipalIsAWSService": "FALSE"}, {}),
        (ANN, {"aws:PrincipalOrgPaths": ["o-1/r-2/", "o-1/r-1/"]}, {"org_paths": ["o-1/r-1/", "o-1/r-2/"]}),
        (SERVICE, {"aws:PrincipalArn": "arn:aws:s3:::b", "aws:PrincipalType": "x"}, {}),
        (ANN, {"aws:PrincipalTag/a": "1"}, {}),
    ],
)
def test_a_context_that_agrees_or_adds_is_taken(caller: str, context: dict[str, Any], details: dict[str, Any]) -> None:
    call = key_values(caller, context, **details)
    check_context(call)
    for key, value in call.context.values.items():
        assert call.values(key.lower()) == value


@pytest.mark.rule("GW-19", "GW-22")
def test_keys_that_api_gateway_withholds() -> None:
    call = KeyValues(
        Principal.parse(ANN),
        "execute-api:Invoke",
        parse_arn(PETS),
        ACCOUNT,
        Context(),
        authenticated=False,
        private=True,
    )
    keys = ("aws:username", "aws:sourceip", "aws:sourcevpce", "aws:useragent", "custom:x")
    assert [call.withheld(key) for key in keys] == [True, True, False, False, False]


@pytest.mark.rule("KEY-3")
def test_actions_without_the_account_of_the_resource() -> None:
    arn = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc-endpoint/vpce-1"
    for key in ("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"):
        assert key_values(resource=arn, action="ec2:CreateVpcEndpoint", org_id="o-1").values(key) == ()
        assert key_values(resource=arn, action="ebs:GetSnapshotBlock", org_paths=["o-1/r-1/"]).values(key) == ()
    bus = f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/x"
    own = key_values(resource=bus, action="events:PutEvents")
    other = key_values(resource=bus, action="events:PutEvents", caller=ANN.replace(ACCOUNT, "444455556666"))
    assert (own.values("aws:resourceaccount"), other.values("aws:resourceaccount")) == ((ACCOUNT,), None)
    assert not other.surely_present("aws:resourceaccount")
    unknown = key_values(resource=arn, action="ec2:CreateVpcEndpoint").with_unknown("aws:resourceaccount")
    assert not unknown.surely_present("aws:resourceaccount")


@pytest.mark.rule("KEY-3")
def test_the_chain_of_calls_gives_its_ends() -> None:
    found = key_values(context={"aws:CalledVia": ["athena.amazonaws.com", "s3.amazonaws.com"]})
    assert found.values("aws:calledviafirst") == ("athena.amazonaws.com",)
    assert found.values("aws:calledvialast") == ("s3.amazonaws.com",)
    assert found.values("aws:viaawsservice") == ("true",)
    assert key_values(context={"aws:CalledViaAWSMCP": "aws-mcp.amazonaws.com"}).values("aws:viaawsmcpservice") == (
        "true",
    )


@pytest.mark.rule("KEY-7")
@pytest.mark.parametrize(
    ("caller", "context", "doubtful"),
    [
        (SESSION, {}, True),
        (ROLE, {}, True),
        (ANN, {}, False),
        (ANN, {"aws:TokenIssueTime": "2026-11-29T08:00:00Z"}, True),
        (ANN, {"aws:ViaAWSService": True}, True),
        (ROOT, {}, False),
        (FEDERATED, {}, False),
        (SESSION, {"aws:FederatedProvider": "accounts.google.com"}, False),
        (SESSION, {"accounts.google.com:sub": "1"}, False),
        (SESSION, {"aws:UserAgent": "curl"}, True),
    ],
)
def test_multi_factor_authentication_may_be_false_or_absent(
    caller: str, context: dict[str, Any], doubtful: bool
) -> None:
    found = key_values(caller, context)
    assert found.values("aws:multifactorauthpresent") == ()
    assert (found.values("aws:multifactorauthpresent") is FALSE_OR_ABSENT) is doubtful
    assert found.values("aws:viaawsmcpservice") is FALSE_OR_ABSENT
    assert key_values(caller, context, complete=False).values("aws:viaawsmcpservice") is None
