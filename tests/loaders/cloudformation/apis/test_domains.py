"""Custom domains of templates, and what leads from them to stages (SRC-2)."""

from __future__ import annotations

from textwrap import dedent

import pytest

from execpolicy import Api
from execpolicy.gateway.model.domain import Domain, Mapped
from execpolicy.gateway.model.routing_rule import RoutingRule
from tests.loaders.cloudformation.apis.reading import HTTP, OPTIONS, REST, api_of, problems_of, unknown_in

PUBLIC = dedent("""
    Domain:
      Type: AWS::ApiGateway::DomainName
      Properties:
        DomainName: api.example.com
        EndpointConfiguration: {Types: [REGIONAL], IpAddressType: dualstack}
        RegionalCertificateArn: arn
        SecurityPolicy: TLS_1_2
        MutualTlsAuthentication: {TruststoreUri: "s3://b/k"}
    Mapping:
      Type: AWS::ApiGateway::BasePathMapping
      Properties: {DomainName: !Ref Domain, BasePath: v1, RestApiId: !Ref Api, Stage: !Ref Prod}
    Elsewhere:
      Type: AWS::ApiGateway::BasePathMapping
      Properties: {DomainName: api.example.com, BasePath: stock, RestApiId: f6g7h8, Stage: live}
""")
PRIVATE_API = REST.replace("[REGIONAL]", "[PRIVATE]")
PRIVATE = dedent("""
    Domain:
      Type: AWS::ApiGateway::DomainNameV2
      Properties:
        DomainName: orders.internal.example
        EndpointConfiguration: {Types: [PRIVATE]}
        Policy:
          Version: "2012-10-17"
          Statement: {Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/*}
    Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: vpc-1, ServiceName: s}}
    Association:
      Type: AWS::ApiGateway::DomainNameAccessAssociation
      Properties:
        DomainNameArn: !GetAtt Domain.DomainNameArn
        AccessAssociationSource: !Ref Endpoint
        AccessAssociationSourceType: VPCE
    Mapping:
      Type: AWS::ApiGateway::BasePathMappingV2
      Properties: {DomainNameArn: !Ref Domain, RestApiId: !Ref Api, Stage: prod}
""")


@pytest.mark.rule("SRC-2")
def test_a_public_domain() -> None:
    assert api_of(REST, beside=PUBLIC).domains == (
        Domain(
            "api.example.com",
            [Mapped("v1", "prod"), Mapped("stock", "live", "f6g7h8")],
            mutual_tls=True,
            ip_address_type="dualstack",
        ),
    )
    assert "the API of Elsewhere" in unknown_in(REST, beside=PUBLIC)


@pytest.mark.rule("SRC-2")
def test_a_private_domain() -> None:
    (domain,) = api_of(PRIVATE_API, beside=PRIVATE).domains
    (endpoint,) = domain.associated_endpoints
    assert endpoint.startswith("vpce-")
    assert domain.mappings == (Mapped("", "prod"),)
    assert domain.is_private
    policy = domain.policy
    assert policy is not None
    assert policy.source is not None
    (statement,) = policy.statements
    assert policy.source.text[statement.start : statement.end] == (
        '{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/*}'
    )


@pytest.mark.rule("SRC-2")
def test_a_private_domain_without_an_endpoint_is_listed() -> None:
    beside = PRIVATE.replace("DomainNameArn: !GetAtt Domain.DomainNameArn", "DomainNameArn: !ImportValue Arn")
    assert api_of(PRIVATE_API, beside=beside).domains == ()
    assert {"the VPC endpoints of the domain Domain", "the domain of Association"} <= {
        *unknown_in(PRIVATE_API, beside=beside)
    }


@pytest.mark.rule("SRC-2")
def test_a_domain_of_another_stack_is_listed() -> None:
    beside = PUBLIC.replace("!Ref Domain", "other.example.com")
    (domain,) = [each for each in unknown_in(REST, beside=beside).items() if each[0] == "the domain of Mapping"]
    reason = 'DomainName is "other.example.com", which is no resource of this template: read the template that has it'
    assert domain == ("the domain of Mapping", (reason, 21))


@pytest.mark.rule("SRC-2")
def test_a_mapping_without_a_stage_leads_to_every_stage() -> None:
    beside = PUBLIC.replace(", Stage: !Ref Prod", "") + (
        "Test: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: test}}"
    )
    api = api_of(REST, OPTIONS._replace(stage="test"), beside=beside)
    (domain,) = api.domains
    assert domain.mappings[:2] == (Mapped("v1/prod", "prod"), Mapped("v1/test", "test"))
    call = Api.from_definition(api).invoke(
        "GET", "/v1/test/", domain_name="api.example.com", client_certificate="valid"
    )
    assert call.arn == "arn:aws:execute-api:eu-west-1:111122223333:api/test/GET/"


RULES = dedent("""
    Domain:
      Type: AWS::ApiGateway::DomainName
      Properties:
        DomainName: api.example.com
        RoutingMode: ROUTING_RULE_THEN_BASE_PATH_MAPPING
    Rule:
      Type: AWS::ApiGatewayV2::RoutingRule
      Properties:
        DomainNameArn: !GetAtt Domain.DomainNameArn
        Priority: 10
        Conditions:
          - MatchHeaders: {AnyOf: [{Header: X-Version, ValueGlob: "beta*"}]}
          - MatchBasePaths: {AnyOf: [cats]}
        Actions: [{InvokeApi: {ApiId: !Ref Api, Stage: prod, StripBasePath: true}}]
    CatchAll:
      Type: AWS::ApiGatewayV2::RoutingRule
      Properties:
        DomainNameArn: arn:aws:apigateway:eu-west-1::/domainnames/api.example.com
        Priority: "20"
        Conditions: []
        Actions: [{InvokeApi: {ApiId: z9, Stage: live}}]
""")


@pytest.mark.rule("SRC-2")
def test_routing_rules() -> None:
    (domain,) = api_of(REST, beside=RULES).domains
    assert domain.routing_mode == "ROUTING_RULE_THEN_API_MAPPING"
    assert domain.routing_rules == (
        RoutingRule(10, "prod", {"X-Version": "beta*"}, "cats", True),
        RoutingRule(20, "live", api_id="z9"),
    )


@pytest.mark.rule("SRC-2")
def test_a_domain_of_an_http_api() -> None:
    beside = """
    Domain:
      Type: AWS::ApiGatewayV2::DomainName
      Properties:
        DomainName: api.example.com
        DomainNameConfigurations: [{EndpointType: REGIONAL, IpAddressType: ipv4, CertificateArn: a}]
    Mapping:
      Type: AWS::ApiGatewayV2::ApiMapping
      Properties: {DomainName: !Ref Domain, ApiId: !Ref Api, Stage: $default, ApiMappingKey: a/b}
    """
    assert api_of(HTTP, beside=beside).domains == (
        Domain("api.example.com", [Mapped("a/b", "$default")], ip_address_type="ipv4"),
    )


WRONG = [
    (REST, PUBLIC.replace("!Ref Prod", "pro"), ("pro", 'found the stage "pro", which the API does not have')),
    (REST, PUBLIC.replace("BasePath: stock", "BasePath: v1"), ("v1", 'found the base path "v1" of Domain twice')),
    (
        REST,
        PUBLIC.replace("[REGIONAL]", "[PRIVATE]"),
        (
            "{Types: [PRIVATE], IpAddressType: dualstack}",
            "found PRIVATE as Types of the AWS::ApiGateway::DomainName Domain, expected REGIONAL or EDGE",
        ),
    ),
    (
        REST,
        PUBLIC.replace("dualstack", "ipv6"),
        ("ipv6", 'found "ipv6" as IpAddressType, expected ipv4 or dualstack'),
    ),
    (
        REST,
        PUBLIC + "Twin: {Type: AWS::ApiGateway::DomainName, Properties: {DomainName: API.example.com}}",
        ("API.example.com", 'found the domain "API.example.com" twice'),
    ),
    (
        REST,
        PRIVATE,
        (
            "orders.internal.example",
            "the private domain orders.internal.example leads to private APIs, api is REGIONAL",
        ),
    ),
    (
        PRIVATE_API,
        PRIVATE.replace("Effect: Allow", "Effect: Alow"),
        ("Alow", 'found "Alow" as Effect, expected "Allow" or "Deny"'),
    ),
    (
        PRIVATE_API,
        PRIVATE.replace("SourceType: VPCE", "SourceType: VPC"),
        ("VPC", 'found "VPC" as AccessAssociationSourceType, expected VPCE'),
    ),
    (
        REST,
        RULES.replace("        RoutingMode: ROUTING_RULE_THEN_BASE_PATH_MAPPING\n", "").replace(
            "    RoutingMode: ROUTING_RULE_THEN_BASE_PATH_MAPPING\n", ""
        ),
        ("Domain", "routing_rules of api.example.com have no effect with the routing mode API_MAPPING_ONLY"),
    ),
    (
        REST,
        PUBLIC.replace("BasePath: v1", "BasePath: /v1/"),
        ("/v1/", 'found "/v1/" as BasePath, with a slash at an end or two in a row'),
    ),
    (
        REST,
        PUBLIC.replace("BasePath: v1", "BasePath: a//b"),
        ("a//b", 'found "a//b" as BasePath, with a slash at an end or two in a row'),
    ),
    (
        REST,
        PUBLIC.replace('{TruststoreUri: "s3://b/k"}', "{TruststoreVersion: 1}"),
        (
            "{TruststoreVersion: 1}",
            'found MutualTlsAuthentication of the AWS::ApiGateway::DomainName Domain without "TruststoreUri"',
        ),
    ),
    (REST, RULES.replace("THEN_BASE", "THEN"), ("ROUTING_RULE_THEN_PATH_MAPPING", "found")),
    (REST, RULES.replace("[cats]", "[cats, dogs]"), ("{AnyOf: [cats, dogs]}", "found 2 items in AnyOf of MatchBase")),
    (REST, RULES.replace("Actions: [{InvokeApi", "Actions: [{}, {InvokeApi", 1), ("[{}, {", "found 2 actions")),
    (REST, RULES.replace('"20"', "10"), ("Domain", "routing_rules of api.example.com has the priority 10 twice")),
]


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize(("template", "beside", "expected"), WRONG)
def test_what_is_wrong_in_a_domain(template: str, beside: str, expected: tuple[str, str]) -> None:
    found = problems_of(template, beside=beside)
    assert any(place.startswith(expected[0]) and message.startswith(expected[1]) for place, message in found), found
