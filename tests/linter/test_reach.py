"""The rules about who is reached or left out: lists of NotPrincipal, missing stages, routes and private domains."""

from __future__ import annotations

import json

import pytest

from execpolicy import Caller, Outcome, Policy, Request, Target, authorize
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint, lint_text
from tests.linter.test_apis import EVERYBODY, FROM_VPCE, OPEN, PRIVATE, SIGNED, api_text, marked, statement
from tests.linter.test_rules import text_of

ACCOUNT, ROOT = "111122223333", "arn:aws:iam::111122223333:root"
ROLE, PATH = "arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:role/team/app"
SESSION, USER = "arn:aws:sts::111122223333:assumed-role/app/one", "arn:aws:iam::111122223333:user/ann"


def found(findings: tuple[Finding, ...], rule: str) -> list[str]:
    return [text_of(each.source, each.span).strip('"') for each in findings if each.rule.id == rule]


@pytest.mark.parametrize(
    ("names", "effect", "expected"),
    [
        ([SESSION], "Deny", [SESSION]),
        ([SESSION, ROLE], "Deny", [SESSION, ROLE]),
        ([SESSION, ROOT], "Deny", [SESSION]),
        ([SESSION, ROLE, ROOT], "Deny", []),
        ([SESSION, PATH, ACCOUNT], "Deny", []),
        (
            [SESSION, "arn:aws:iam::444455556666:role/app", ROOT],
            "Deny",
            [SESSION, "arn:aws:iam::444455556666:role/app"],
        ),
        ([SESSION, "arn:aws:iam::111122223333:user/app", ROOT], "Deny", [SESSION]),
        ([USER], "Deny", [USER]),
        ([USER, ACCOUNT], "Deny", []),
        ([ROOT], "Deny", []),
        (["AROAIOSFODNN7EXAMPLE1"], "Deny", []),
    ],
)
def test_lists_of_not_principal(names: list[str], effect: str, expected: list[str]) -> None:
    one = {"Effect": effect, "NotPrincipal": {"AWS": names}, "Action": "execute-api:Invoke", "Resource": "*"}
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": one}), kind="resource", name="a.json")
    assert found(lint(policy), "EP-DOC-064") == expected


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_list_of_principals_lacks_nothing(effect: str) -> None:
    one = {"Effect": effect, "Principal": {"AWS": [SESSION, USER]}, "Action": "execute-api:Invoke", "Resource": "*"}
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": one}), kind="resource", name="a.json")
    assert found(lint(policy), "EP-DOC-064") == []


def test_what_a_list_of_not_principal_lacks() -> None:
    one = {"Effect": "Deny", "NotPrincipal": {"AWS": SESSION}, "Action": "execute-api:Invoke", "Resource": "*"}
    (finding,) = lint_text(json.dumps({"Version": "2012-10-17", "Statement": one}), "a.json")
    assert finding.message.endswith(f"{SESSION} all the same: the list lacks {ROLE} and {ACCOUNT}")
    assert finding.shown is not None
    assert (finding.shown.answer, finding.shown.applies) == ("explicit_deny", True)


def test_of_a_resource_that_nobody_can_call_no_request_is_shown() -> None:
    one = {"Effect": "Deny", "NotPrincipal": {"AWS": USER}, "Action": "execute-api:Invoke"}
    text = json.dumps({"Version": "2012-10-17", "Statement": {**one, "Resource": "execute-api:/${aws:username}"}})
    (finding,) = lint_text(text, "a.json", rules=["EP-DOC-064"])
    assert finding.shown is None


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("execute-api:/GET/orders", ["GET"]),
        ("execute-api:/get/*", ["get"]),
        ("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/POST", ["POST"]),
        ("execute-api:/GET/GET/orders", []),
        ("execute-api:/prod/GET/orders", []),
        ("execute-api:/*/orders", []),
        ("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e?/GET/orders", ["GET"]),
        ("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3*/GET/orders", []),
        ("arn:aws:execute-api:*:*:*/OPTIONS/*", []),
    ],
)
def test_a_method_in_place_of_the_stage(resource: str, expected: list[str]) -> None:
    one = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource}
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": one}), kind="resource", name="a.json")
    assert found(lint(policy), "EP-ARN-015") == expected


def test_a_wildcard_in_place_of_the_api_takes_in_the_stage() -> None:
    one = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:*:*:*/GET/*",
    }
    policy = Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": one}), kind="resource")
    called = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders"
    request = Request(caller=Caller(USER), action="execute-api:Invoke", resource=called)
    assert authorize(request, Target(resource=policy)).outcome is Outcome.EXPLICIT_DENY
    assert not [finding.message for finding in lint(policy) if "never applies" in finding.message]


ONLY_GET = statement('"*"', "", "Allow", "execute-api:/*/GET/*")
OTHERS = "  POST /a: {auth: NONE}\n  GET /a/{id}: {auth: NONE}\n  GET /c: {auth: AWS_IAM}\n"


@pytest.mark.parametrize(
    ("routes", "policy", "expected"),
    [
        (OPEN + OTHERS, ONLY_GET, [("017", "POST /a")]),
        (OPEN + OTHERS, EVERYBODY, []),
        (OPEN + OTHERS, ONLY_GET + statement('"*"', "", "Allow", "execute-api:/beta/POST/*"), []),
        (OPEN + OTHERS, ONLY_GET + statement('"*"', "", "Deny", "execute-api:/*/POST/*"), [("017", "POST /a")]),
        ("  ANY /b: {auth: NONE}\n  POST /a/{id}: {auth: NONE}\n  POST /b: {auth: AWS_IAM}\n", ONLY_GET, []),
        (OPEN + OTHERS, "", []),
    ],
)
def test_routes_that_a_policy_allows_to_nobody(routes: str, policy: str, expected: list[tuple[str, str]]) -> None:
    findings = lint_text(api_text(routes, "", policy), "api.yaml")
    assert [each for each in marked(findings) if each[0] == "017"] == expected


TEMPLATE = """Parameters:
  Given: {Type: String}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
      Policy:
        Version: '2012-10-17'
        Statement: {Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: RESOURCE}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      AuthorizationType: AUTH
  Live: {Type: AWS::ApiGateway::Deployment, DependsOn: Post, Properties: {RestApiId: !Ref Api, StageName: prod}}
"""


@pytest.mark.parametrize(
    ("resource", "auth", "expected"),
    [
        ("execute-api:/*/GET/*", "NONE", ["EP-API-017"]),
        ("execute-api:/*/POST/*", "NONE", []),
        ("!Sub 'execute-api:/*/${Given}/*'", "NONE", []),
        ("execute-api:/*/GET/*", "!Ref Given", []),
    ],
)
def test_of_what_is_not_known_nothing_is_said(resource: str, auth: str, expected: list[str]) -> None:
    text = TEMPLATE.replace("RESOURCE", resource).replace("AUTH", auth)
    ids = [each.rule.id for each in lint_text(text, "template.yaml")]
    assert [each for each in ids if each in ("EP-DOC-001", "EP-API-017")] == expected


DOMAIN = """domains:
  shop.example:
    id: pd12cl34ms
    associated_endpoints: vpce-1a2b3c4d
    mappings: {'': prod}
"""
OF_DOMAIN = "    policy:\n      Version: '2012-10-17'\n      Statement:\n    " + EVERYBODY.replace("    - ", "      - ")
BY_DOMAIN = statement('"*"', "ArnLike: {execute-api:viaDomainArn: 'arn:aws:execute-api:*:*:/domainnames/*'}")


@pytest.mark.parametrize(
    ("extra", "policy", "expected"),
    [
        (PRIVATE + DOMAIN + OF_DOMAIN, EVERYBODY, [("018", "shop.example")]),
        (PRIVATE + DOMAIN, EVERYBODY, []),
        (PRIVATE + "disable_execute_api_endpoint: true\n" + DOMAIN + OF_DOMAIN, EVERYBODY, []),
        (PRIVATE + DOMAIN + OF_DOMAIN, FROM_VPCE, []),
        (PRIVATE + DOMAIN + OF_DOMAIN, BY_DOMAIN, []),
    ],
)
def test_private_domains_beside_the_default_endpoint(extra: str, policy: str, expected: list[tuple[str, str]]) -> None:
    findings = lint_text(api_text(SIGNED, extra, policy), "api.yaml")
    assert [each.rule.id for each in findings if each.rule.id == "EP-DOC-001"] == []
    assert [each for each in marked(findings) if each[0] == "018"] == expected


@pytest.mark.parametrize(
    ("condition", "extra", "expected"),
    [
        ("IpAddress: {aws:VpcSourceIp: 10.0.0.0/16}", PRIVATE, ["10.0.0.0/16"]),
        ("IpAddress: {aws:VpcSourceIp: [10.0.0.0/16, '2001:db8::/56']}", PRIVATE, []),
        ("IpAddress: {aws:VpcSourceIp: 10.0.0.0/16}", "ip_address_type: dualstack\n", []),
        ("IpAddress: {aws:SourceIp: 198.51.100.0/24}", PRIVATE, []),
    ],
)
def test_ipv4_lists_of_private_apis(condition: str, extra: str, expected: list[str]) -> None:
    findings = lint_text(api_text(SIGNED, extra, statement('"*"', condition)), "api.yaml")
    assert found(findings, "EP-CND-053") == expected
