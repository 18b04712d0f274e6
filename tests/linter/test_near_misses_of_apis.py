"""Near misses of APIs: what a template leaves open, and what else protects an API."""

from __future__ import annotations

import pytest

from execpolicy.linter.conditions.tested import api_condition_example
from execpolicy.linter.run import lint_text
from execpolicy.loaders.contents import ReadOptions
from tests.linter.test_near_misses import underlined

TEMPLATE = """Parameters:
  Text: {Type: String}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
      EndpointConfiguration: {Types: [ENDPOINT]}
POLICY  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: METHOD
      AuthorizationType: AUTH
      ApiKeyRequired: KEY
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: STAGE}
"""
POLICY = """      Policy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: PRINCIPAL, Action: execute-api:Invoke, Resource: RESOURCE MORE}
"""
#: A template without a policy.
NO_POLICY = {"POLICY": ""}
EVERYBODY, ACCOUNT = '"*"', '{AWS: "111122223333"}'
SERVICE = "{Service: states.amazonaws.com}"
ORGANIZATION = ", Condition: {StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}}"
OF_ID = ", Condition: {{StringEquals: {{aws:PrincipalOrgID: !Sub 'o-{}${{!aws:PrincipalTag/o}}'}}}}"
FROM_ENDPOINT = ", Condition: {StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}}"
OTHERS = ", Condition: {StringNotEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}}"


@pytest.mark.parametrize(
    ("rule", "changes", "found"),
    [
        ("EP-ARN-042", {"RESOURCE": "execute-api:/test/GET/"}, ["test"]),
        ("EP-ARN-042", {"RESOURCE": "execute-api:/test/GET/", "STAGE": "!Ref Text"}, []),
        ("EP-ARN-042", {"RESOURCE": "execute-api:/test/GET/", "KEY": "!Ref Text"}, ["test"]),
        ("EP-API-001", {**NO_POLICY, "ENDPOINT": "PRIVATE"}, ["PRIVATE"]),
        ("EP-API-001", {**NO_POLICY, "ENDPOINT": "PRIVATE", "KEY": "!Ref Text"}, []),
        ("EP-API-010", {"METHOD": "OPTIONS"}, ["OPTIONS"]),
        ("EP-API-010", {"METHOD": "OPTIONS", "KEY": "!Ref Text"}, []),
        ("EP-API-011", {**NO_POLICY, "AUTH": "NONE"}, ["GET"]),
        ("EP-API-011", {**NO_POLICY, "AUTH": "!Ref Text"}, []),
        ("EP-API-011", {**NO_POLICY, "AUTH": "NONE", "KEY": "!Ref Text"}, []),
        ("EP-API-013", {**NO_POLICY, "AUTH": "NONE", "KEY": "true"}, ["GET"]),
        ("EP-API-013", {**NO_POLICY, "AUTH": "!Ref Text", "KEY": "true"}, []),
        ("EP-API-005", {"PRINCIPAL": "{AWS: !Ref Text}", "AUTH": "NONE"}, []),
        ("EP-API-004", {"PRINCIPAL": EVERYBODY}, ["*"]),
        ("EP-API-004", {"PRINCIPAL": EVERYBODY, "AUTH": "!Ref Text"}, []),
        ("EP-API-004", {"PRINCIPAL": EVERYBODY, "KEY": "!Ref Text"}, []),
        ("EP-API-005", {"AUTH": "NONE"}, ["111122223333"]),
        ("EP-API-005", {"AUTH": "!Ref Text"}, []),
        ("EP-API-005", {"AUTH": "NONE", "KEY": "!Ref Text"}, []),
        ("EP-CND-006", {"AUTH": "NONE", "MORE": ORGANIZATION}, ["aws:PrincipalOrgID"]),
        ("EP-CND-006", {"AUTH": "!Ref Text", "MORE": ORGANIZATION}, []),
        ("EP-CND-007", {"MORE": FROM_ENDPOINT}, ["aws:SourceVpce"]),
        ("EP-CND-007", {"MORE": FROM_ENDPOINT, "KEY": "!Ref Text"}, []),
        ("EP-CND-085", {"MORE": OF_ID.format("")}, ["!Sub 'o-${!aws:PrincipalTag/o}'"]),
        ("EP-CND-085", {"MORE": OF_ID.format("${Text}")}, []),
        ("EP-CND-021", {"PRINCIPAL": EVERYBODY, "MORE": OTHERS}, ["StringNotEquals"]),
    ],
)
def test_a_rule_is_silent_about_what_a_template_does_not_say(
    rule: str, changes: dict[str, str], found: list[str]
) -> None:
    text = template(changes)
    options = ReadOptions(account="111122223333")
    assert [
        underlined(each).strip('"') for each in lint_text(text, "template.yaml", rules=[rule], options=options)
    ] == found


def template(changes: dict[str, str]) -> str:
    """The template with values in place of its names; a sound one where none is given."""
    sound = {
        "POLICY": POLICY,
        "ENDPOINT": "REGIONAL",
        "METHOD": "GET",
        "PRINCIPAL": ACCOUNT,
        "RESOURCE": "execute-api:/*",
        "MORE": "",
        "AUTH": "AWS_IAM",
        "KEY": "false",
        "STAGE": "prod",
    }
    text = TEMPLATE
    for name, value in (sound | changes).items():
        text = text.replace(name, value)
    return text


#: An authorizer whose answers are cached, a route with it beside that of the template, and a domain with certificates.
MORE_RESOURCES = """  Who:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Name: who
      Type: REQUEST
      AuthorizerUri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/who/invocations
      IdentitySource: method.request.header.A
      AuthorizerResultTtlInSeconds: 300
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties:
      DomainName: shop.example
      RegionalCertificateArn: arn:aws:acm:eu-west-1:111122223333:certificate/a
      EndpointConfiguration: {Types: [REGIONAL]}
      MutualTlsAuthentication: {TruststoreUri: s3://certificates/all.pem}
  Mapping:
    Type: AWS::ApiGateway::BasePathMapping
    Properties: {DomainName: !Ref Domain, RestApiId: !Ref Api, Stage: !Ref Stage}
"""
OTHER_METHOD = """  METHOD:
    Type: AWS::ApiGateway::Method
    Properties:
      {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: METHOD, AuthorizationType: AUTH}
"""


@pytest.mark.parametrize("auth", ["AWS_IAM", "!Ref Text"])
@pytest.mark.parametrize(
    ("rule", "changes", "found"),
    [
        ("EP-API-004", {"PRINCIPAL": EVERYBODY}, "*"),
        ("EP-API-013", {**NO_POLICY, "AUTH": "NONE", "KEY": "true"}, "GET"),
        ("EP-API-014", {**NO_POLICY, "AUTH": "CUSTOM\n      AuthorizerId: !Ref Who"}, "Who"),
        ("EP-API-015", {**NO_POLICY}, "shop.example"),
    ],
)
def test_one_route_that_is_not_known_leaves_the_api_open(
    rule: str, changes: dict[str, str], found: str, auth: str
) -> None:
    custom = OTHER_METHOD.replace("METHOD", "PUT").replace(
        "AUTH", changes.get("AUTH", "AWS_IAM").replace("\n     ", ",")
    )
    other = OTHER_METHOD.replace("METHOD", "DELETE").replace("AUTH", auth)
    text = template(changes) + MORE_RESOURCES + custom + other
    findings = lint_text(text, "template.yaml", rules=[rule], options=ReadOptions(account="111122223333"))
    assert {underlined(each).strip('"') for each in findings} == ({found} if auth == "AWS_IAM" else set())


@pytest.mark.parametrize(
    ("rule", "before", "after", "found"),
    [
        ("EP-CND-090", ACCOUNT, SERVICE, ["aws:PrincipalOrgID"]),
        ("EP-CND-090", ACCOUNT, "{Service: !Ref Text}", []),
        ("EP-CND-094", "Action: execute-api:Invoke", "NotAction: ['s3:*']", ["aws:ResourceTag/a"]),
        ("EP-CND-094", "Action: execute-api:Invoke", "NotAction: ['s3:*', !Ref Text]", []),
        ("EP-DOC-072", ACCOUNT, "{AWS: []}", ["Principal: {AWS: []}"]),
        ("EP-DOC-072", ACCOUNT, "!Ref Text", []),
    ],
)
def test_who_and_what_a_statement_does_not_say(rule: str, before: str, after: str, found: list[str]) -> None:
    condition = ", Condition: {StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5, aws:ResourceTag/a: b}}"
    text = template({"MORE": condition}).replace(before, after)
    findings = lint_text(text, "template.yaml", rules=[rule], options=ReadOptions(account="111122223333"))
    assert [underlined(each) for each in findings] == found


@pytest.mark.parametrize(
    ("rule", "before", "after", "found"),
    [
        ("EP-DOC-063", ACCOUNT, SERVICE, "states.amazonaws.com"),
        ("EP-DOC-070", "Action: execute-api:Invoke", "Action: []", "Action: []"),
    ],
)
def test_a_statement_whose_condition_is_not_known(rule: str, before: str, after: str, found: str) -> None:
    for condition, expected in (("", [found]), (", Condition: !Ref Text", [])):
        text = template({"MORE": condition}).replace(before, after)
        findings = lint_text(text, "template.yaml", rules=[rule], options=ReadOptions(account="111122223333"))
        assert [underlined(each) for each in findings] == expected


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("EP-CND-021", "StringNotEquals: {aws:PrincipalTag/a: b}", '"Null": {aws:SourceVpce: "true"}'),
        (
            "EP-CND-020",
            "ForAllValues:StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}",
            "Bool: {aws:SecureTransport: 'true'}",
        ),
    ],
)
def test_a_fix_of_an_operator_needs_to_know_the_others(rule: str, first: str, second: str) -> None:
    for other, has_fix in ((second, True), (f"{second.partition(':')[0]}: !Ref Text", False)):
        text = template({"MORE": f", Condition: {{{first}, {other}}}"})
        (finding,) = lint_text(text, "template.yaml", rules=[rule], options=ReadOptions(account="111122223333"))
        assert (finding.rule.id, finding.fix is not None) == (rule, has_fix)


@pytest.mark.parametrize(("rule", "more"), [("EP-API-005", ""), ("EP-CND-006", ORGANIZATION)])
def test_an_api_without_routes_is_called_by_nobody(rule: str, more: str) -> None:
    text = api_condition_example("").text.partition("    - Effect")[0].replace("  GET /orders: {auth: AWS_IAM}\n", "")
    policy = (
        f"    - {{Effect: Allow, Principal: {ACCOUNT}, Action: execute-api:Invoke, Resource: execute-api:/*{more}}}\n"
    )
    assert lint_text(text.replace("routes:", "routes: {}") + policy, "a.api.yaml", rules=[rule]) == ()


def test_the_allow_for_everybody_is_underlined_and_no_other_statement() -> None:
    statements = [
        '    - {Effect: Deny, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/prod/GET/x}\n',
        "    - {Effect: Allow, Principal: {AWS: '111122223333'}, Action: execute-api:*, Resource: execute-api:/*}\n",
        '    - {Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/*}\n',
    ]
    text = api_condition_example("").text.partition("    - Effect")[0] + "".join(statements)
    (finding,) = lint_text(text, "a.api.yaml", rules=["EP-API-004"])
    assert finding.span is not None
    assert text.splitlines()[finding.span.line - 1] == statements[2].rstrip()


WEBSOCKET = """schema: execpolicy/api/1
id: a1b2c3d4e5
type: WEBSOCKET
region: eu-west-1
account: "111122223333"
stages: [live]
routes:
"""
DOMAINS = """disable_execute_api_endpoint: true
domains:
  a.example.com: {mutual_tls: true, mappings: {'': prod}}
  b.example.com: {MUTUALmappings: {'': prod}}
routes:
  GET /orders: {auth: NONE}
"""


@pytest.mark.parametrize(
    ("rule", "text", "message"),
    [
        ("EP-API-011", f"{WEBSOCKET}  $connect: {{}}\n  say: {{}}\n", "everybody can call $connect"),
        ("EP-API-011", f"{WEBSOCKET}  $connect: {{auth: AWS_IAM}}\n  say: {{}}\n", ""),
        ("EP-API-012", f"{WEBSOCKET}  $connect: {{auth: AWS_IAM}}\n  say: {{}}\n", ""),
        ("EP-API-011", DOMAINS.replace("MUTUAL", ""), "everybody can call GET /orders"),
        ("EP-API-011", DOMAINS.replace("MUTUAL", "mutual_tls: true, "), ""),
    ],
)
def test_what_protects_an_api_without_authorization(rule: str, text: str, message: str) -> None:
    if not text.startswith("schema"):
        text = WEBSOCKET.replace("WEBSOCKET", "REST").replace("live", "prod").removesuffix("routes:\n") + text
    assert [each.message for each in lint_text(text, "a.api.yaml", rules=[rule])] == ([message] if message else [])


TWO_ROUTES = """authorizers:
  who: {AUTHORIZER}
routes:
  GET /a: {authorizer: who}
  GET /b: {authorizer: who}
"""
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Ab12Cd34E"


@pytest.mark.parametrize(
    ("kind", "authorizer", "found"),
    [
        ("REST", f"type: COGNITO_USER_POOLS, identity_sources: [method.request.header.A], user_pools: [{POOL}]", 0),
        ("REST", "type: REQUEST, ttl: 60, identity_sources: [context.httpMethod]", 1),
        ("REST", "type: REQUEST, ttl: 60, identity_sources: [context.httpMethod, method.request.header.path]", 1),
        ("REST", "type: REQUEST, ttl: 60, identity_sources: [context.httpMethod, context.resourcePath]", 0),
        ("HTTP", "type: REQUEST, ttl: 60, identity_sources: [$request.header.A], payload_format: '2.0'", 1),
        (
            "HTTP",
            "type: REQUEST, ttl: 60, identity_sources: [$request.header.A], payload_format: '2.0', "
            "simple_responses: true",
            0,
        ),
        ("HTTP", "type: REQUEST, identity_sources: [$request.header.A]", 0),
    ],
)
def test_answers_that_are_cached_for_other_routes(kind: str, authorizer: str, found: int) -> None:
    head = WEBSOCKET.replace("WEBSOCKET", kind).removesuffix("routes:\n")
    text = (head if kind == "REST" else head.replace("stages: [live]\n", "")) + TWO_ROUTES.replace(
        "AUTHORIZER", authorizer
    )
    findings = lint_text(text, "a.api.yaml", rules=["EP-API-014"])
    assert [each.message.partition("for one route ")[2] for each in findings] == [
        "is used for the other one too"
    ] * found


def test_a_cached_answer_is_used_for_all_routes_of_an_authorizer() -> None:
    authorizer = "type: REQUEST, ttl: 60, identity_sources: [method.request.header.A]"
    routes = TWO_ROUTES.replace("AUTHORIZER", authorizer) + "  GET /c: {authorizer: who}\n"
    head = WEBSOCKET.replace("WEBSOCKET", "REST").removesuffix("routes:\n")
    (finding,) = lint_text(head + routes, "a.api.yaml", rules=["EP-API-014"])
    assert finding.message.endswith("is used for the 2 other ones too")
