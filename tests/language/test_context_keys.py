"""The catalogue against AWS's pages: lists copied here by hand, so that a slip in one is seen in the other."""

from __future__ import annotations

import pytest

from execpolicy.language import context_keys
from execpolicy.language.context_keys import CATALOGUE, ContextKey, ExecuteApi, KeyType, Presence, find_context_key

# The overview table of the IAM page, column by column.
PRINCIPAL = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalOrgID",
    "aws:PrincipalTag/",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
]
SESSION = [
    "aws:AssumedRoot",
    "aws:FederatedProvider",
    "aws:TokenIssueTime",
    "aws:SignInSessionArn",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:ChatbotSourceArn",
    "aws:Ec2InstanceSourceVpc",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:SourceIdentity",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "glue:RoleAssumedBy",
    "glue:CredentialIssuingService",
    "codebuild:BuildArn",
    "codebuild:ProjectArn",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
    "identitystore:UserId",
]
NETWORK = [
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
]
RESOURCE = ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:ResourceTag/"]
REQUEST = [
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:CalledViaAWSMCP",
    "aws:ViaAWSService",
    "aws:ViaAWSMCPService",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:referer",
    "aws:RequestedRegion",
    "aws:RequestTag/",
    "aws:TagKeys",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:UserAgent",
    "aws:IsMcpServiceAction",
]

# The table of the API Gateway page, which writes the family of tags without its slash.
EVERY_AUTHORIZATION_TYPE = [
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:referer",
    "aws:SecureTransport",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:UserAgent",
]
PRIVATE_APIS = ["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"]
AWS_IAM = [
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
]


def record(name: str) -> ContextKey:
    found = find_context_key(name)
    assert found is not None, f"{name} is not in the catalogue"
    return found


def names(**wanted: object) -> set[str]:
    """The names of the records whose fields are as wanted."""
    return {
        key.name for key in CATALOGUE.values() if all(getattr(key, field) == value for field, value in wanted.items())
    }


@pytest.mark.rule("KEY-1")
def test_the_catalogue_is_the_overview_table_of_the_iam_page_and_the_key_of_execute_api() -> None:
    expected = [*PRINCIPAL, *SESSION, *NETWORK, *RESOURCE, *REQUEST, "execute-api:viaDomainArn"]
    assert len(expected) == len(set(expected))
    assert {key.name for key in CATALOGUE.values()} == set(expected)


@pytest.mark.rule("KEY-1", "CND-2")
def test_every_record_stands_under_its_own_name_in_lower_case() -> None:
    assert [(name, key.name.lower()) for name, key in CATALOGUE.items() if name != key.name.lower()] == []


@pytest.mark.rule("KEY-1", "CND-2")
def test_no_two_records_differ_only_in_case() -> None:
    assert len(context_keys._KEYS) == len(CATALOGUE)


@pytest.mark.rule("KEY-1", "CND-13")
def test_exactly_these_keys_are_multivalued() -> None:
    assert names(multivalued=True) == {
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
    }


@pytest.mark.rule("KEY-1")
def test_exactly_these_keys_are_no_strings() -> None:
    assert names(type=KeyType.ARN) == {
        "aws:ChatbotSourceArn",
        "aws:PrincipalArn",
        "aws:SignInSessionArn",
        "aws:SourceArn",
        "aws:SourceVpcArn",
        "codebuild:BuildArn",
        "codebuild:ProjectArn",
        "ec2:SourceInstanceArn",
        "execute-api:viaDomainArn",
        "lambda:SourceFunctionArn",
        "ssm:SourceInstanceArn",
    }
    assert names(type=KeyType.BOOL) == {
        "aws:AssumedRoot",
        "aws:IsMcpServiceAction",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalIsAWSService",
        "aws:SecureTransport",
        "aws:ViaAWSMCPService",
        "aws:ViaAWSService",
    }
    assert names(type=KeyType.DATE) == {"aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"}
    assert names(type=KeyType.NUMERIC) == {"aws:MultiFactorAuthAge", "ec2:RoleDelivery"}
    assert names(type=KeyType.IP) == {"aws:Ec2InstanceSourcePrivateIPv4", "aws:SourceIp", "aws:VpcSourceIp"}


@pytest.mark.rule("KEY-1", "KEY-2", "KEY-4", "KEY-6")
@pytest.mark.parametrize(
    ("presence", "expected"),
    [
        (
            Presence.ALWAYS,
            (
                "aws:CurrentTime aws:EpochTime aws:PrincipalAccount aws:PrincipalType aws:RequestedRegion "
                "aws:SecureTransport aws:ViaAWSService aws:userid"
            ),
        ),
        (Presence.SIGNED, "aws:PrincipalArn aws:PrincipalIsAWSService"),
        (Presence.IAM_USER, "aws:username"),
        (Presence.TEMPORARY, "aws:TokenIssueTime"),
        (Presence.NOT_THROUGH_ENDPOINT, "aws:SourceIp"),
        (Presence.THROUGH_ENDPOINT, "aws:SourceVpc aws:SourceVpce aws:VpcSourceIp"),
        (Presence.SERVICE_PRINCIPAL, "aws:PrincipalServiceName aws:PrincipalServiceNamesList"),
        (Presence.SERVICE_SOURCE, "aws:SourceAccount aws:SourceOrgID aws:SourceOrgPaths"),
        (Presence.SOURCE_ARN, "aws:SourceArn"),
        (Presence.RESOURCE_ACCOUNT, "aws:ResourceAccount"),
        (Presence.MEMBER, "aws:PrincipalOrgID aws:PrincipalOrgPaths"),
        (Presence.FORWARDED, "aws:CalledVia aws:CalledViaFirst aws:CalledViaLast"),
        (Presence.FORWARDED_SOME, "aws:CalledViaAWSMCP"),
        (Presence.ENDPOINT_OF_SOME_SERVICES, "aws:SourceVpcArn aws:VpceAccount aws:VpceOrgID aws:VpceOrgPaths"),
        (Presence.SESSION, " ".join(name for name in SESSION if name != "aws:TokenIssueTime")),
        (Presence.HEADER, "aws:UserAgent aws:referer"),
    ],
)
def test_which_requests_carry_a_key(presence: Presence, expected: str) -> None:
    assert names(presence=presence) == set(expected.split())


@pytest.mark.rule("KEY-1", "KEY-4")
def test_tags_and_keys_of_the_resource_are_optional() -> None:
    assert names(presence=Presence.OPTIONAL) == {
        "aws:IsMcpServiceAction",
        "aws:PrincipalTag/",
        "aws:RequestTag/",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:ResourceTag/",
        "aws:TagKeys",
        "aws:ViaAWSMCPService",
        "execute-api:viaDomainArn",
    }


@pytest.mark.rule("GW-22")
def test_the_groups_of_the_api_gateway_table_are_complete() -> None:
    assert names(execute_api=ExecuteApi.ALL) == set(EVERY_AUTHORIZATION_TYPE)
    assert names(execute_api=ExecuteApi.AWS_IAM) == set(AWS_IAM)
    assert names(execute_api=ExecuteApi.PRIVATE) == {*PRIVATE_APIS, "execute-api:viaDomainArn"}


@pytest.mark.rule("GW-23")
def test_these_keys_never_reach_execute_api() -> None:
    assert names(execute_api=ExecuteApi.NEVER) == {
        "aws:IsMcpServiceAction",
        "aws:RequestTag/",
        "aws:ResourceTag/",
        "aws:SourceVpcArn",
        "aws:TagKeys",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
    }


@pytest.mark.rule("GW-22", "KEY-3")
def test_the_facts_of_the_request_that_the_table_leaves_out_are_unlisted_and_always_there() -> None:
    for name in ("aws:ResourceAccount", "aws:RequestedRegion", "aws:ViaAWSService"):
        assert record(name).execute_api is ExecuteApi.UNLISTED
        assert record(name).presence in (Presence.ALWAYS, Presence.RESOURCE_ACCOUNT)


@pytest.mark.rule("KEY-1")
def test_every_record_names_the_page_that_describes_it() -> None:
    assert names(page="sar:list_apigatewaymanagementapi") == {"execute-api:viaDomainArn"}
    assert {key.page for key in CATALOGUE.values()} == {
        "reference_policies_condition-keys",
        "sar:list_apigatewaymanagementapi",
    }


@pytest.mark.rule("KEY-1")
def test_the_words_of_a_record_are_plain_strings() -> None:
    key = record("aws:SourceVpce")
    assert (key.type, key.presence, key.execute_api) == ("String", "through_endpoint", "private")
    assert f"{key.type} {key.execute_api}" == "String private"


@pytest.mark.rule("CND-2")
@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("aws:SourceVpce", "aws:SourceVpce"),
        ("aws:SourceVPCE", "aws:SourceVpce"),
        ("AWS:SOURCEIP", "aws:SourceIp"),
        ("aws:Referer", "aws:referer"),
        ("aws:UserName", "aws:username"),
        ("ec2:SourceInstanceARN", "ec2:SourceInstanceArn"),
        ("EXECUTE-API:viadomainarn", "execute-api:viaDomainArn"),
    ],
)
def test_a_key_is_found_in_any_case(written: str, found: str) -> None:
    assert record(written).name == found


@pytest.mark.rule("CND-2", "KEY-1")
@pytest.mark.parametrize("family", ["aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/"])
@pytest.mark.parametrize("tag_key", ["team", "Cost Centre", "a/b/c", "/", "é", "aws:x"])
def test_a_tag_key_leads_to_its_family(family: str, tag_key: str) -> None:
    assert record(family + tag_key).name == family
    assert record(family.upper() + tag_key).name == family


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "aws:",
        "SourceIp",
        "aws:SourceIp ",
        "aws:SourceIp/x",
        "aws:SourceVpcEndpoint",
        "aws:PrincipalTag",
        "aws:PrincipalTag/",
        "PrincipalTag/team",
        "aws:TagKeys/team",
        "execute-api:SourceIp",
    ],
)
def test_what_is_no_key_is_not_found(name: str) -> None:
    assert find_context_key(name) is None
