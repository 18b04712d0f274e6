"""The rules of APIs: what is found, with what is underlined, and near misses that are not."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from execpolicy import Api, ExecPolicyError, Policy, Route
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint, lint_file, lint_text
from execpolicy.linter.severity import Severity

TESTS = Path(__file__).parents[1]
AUTHORIZER = "authorizers:\n  tokens: {type: TOKEN, identity_sources: [method.request.header.Authorization], ttl: 0}\n"
CONTEXT = "authorizers:\n  who: {type: REQUEST, identity_sources: [%s]%s}\n"
BOTH = "  GET /a: {authorizer: who}\n  GET /b: {authorizer: who}\n"
DOMAIN = "domains:\n  api.example.com: {mutual_tls: true, mappings: {'': prod}}\n"
RULE = """domains:
  api.example.com:
    mappings: {'': prod}
    routing_mode: ROUTING_RULE_THEN_API_MAPPING
    routing_rules: [{priority: 1, stage: %s, headers: {X-Version: beta}}]
"""


def api_text(routes: str, extra: str = "", policy: str = "", *, type: str = "REST") -> str:
    stages = "stages: [prod, beta]\nstage: prod\n" if type == "REST" else ""
    text = f"""schema: execpolicy/api/1
id: a1b2c3d4e5
type: {type}
region: eu-west-1
account: "111122223333"
{stages}{extra}routes:
{routes}"""
    if policy:
        text += 'resource_policy:\n  Version: "2012-10-17"\n  Statement:\n' + policy
    return text


def statement(principal: str, condition: str = "", effect: str = "Allow", resource: str = "execute-api:/*") -> str:
    text = f"    - {{Effect: {effect}, Principal: {principal}, Action: execute-api:Invoke, Resource: {resource}"
    return text + (f", Condition: {{{condition}}}}}\n" if condition else "}\n")


def marked(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    found = []
    for finding in findings:
        source, span = finding.source, finding.span
        if finding.rule.family != "API":
            continue
        assert source is not None
        assert span is not None
        text = source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]
        found.append((finding.rule.id.removeprefix("EP-API-"), text.strip('"')))
    return found


OPEN, SIGNED, CUSTOM = "  GET /a: {auth: NONE}\n", "  GET /a: {auth: AWS_IAM}\n", "  GET /a: {authorizer: tokens}\n"
EVERYBODY, ACCOUNT = statement('"*"'), statement('{AWS: "111122223333"}')
PRIVATE = "endpoint: PRIVATE\n"
OTHER_ORG = statement('"*"', "StringNotEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}", "Deny")
FROM_VPCE = statement('"*"', "StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}")


@pytest.mark.parametrize(
    ("routes", "extra", "policy", "expected"),
    [
        (SIGNED, PRIVATE, "", [("001", "PRIVATE")]),
        (SIGNED, PRIVATE, ACCOUNT, []),
        (OPEN, PRIVATE, EVERYBODY, [("002", "*")]),
        (OPEN, PRIVATE, FROM_VPCE, []),
        (OPEN, PRIVATE, statement('"*"', "", resource="execute-api:/prod/GET/b"), [("017", "GET /a")]),
        (CUSTOM, AUTHORIZER, EVERYBODY, [("003", "*")]),
        (CUSTOM, AUTHORIZER, statement('"*"', "IpAddress: {aws:SourceIp: 192.0.2.0/24}"), []),
        (CUSTOM, AUTHORIZER, EVERYBODY + statement('"*"', "NotIpAddress: {aws:SourceIp: 192.0.2.0/24}", "Deny"), []),
        (CUSTOM, AUTHORIZER, "", []),
        (SIGNED, "", EVERYBODY, [("004", "*")]),
        (SIGNED, "", EVERYBODY + OTHER_ORG, []),
        (SIGNED, "", ACCOUNT, []),
        (OPEN, "", EVERYBODY, []),
        (OPEN, "", ACCOUNT, [("005", "111122223333")]),
        (OPEN, "", statement("{Service: states.amazonaws.com}"), [("005", "states.amazonaws.com")]),
        (OPEN, "", EVERYBODY + statement('{AWS: "111122223333"}', "", "Deny"), []),
        (OPEN + "  GET /b: {auth: AWS_IAM}\n", "", ACCOUNT, []),
        (SIGNED + "  OPTIONS /a: {auth: AWS_IAM}\n", "", "", [("010", "OPTIONS /a")]),
        (SIGNED + "  OPTIONS /a: {api_key_required: true}\n", "", "", [("010", "OPTIONS /a")]),
        (SIGNED + "  OPTIONS /a: {auth: NONE}\n", "", "", []),
        (OPEN, "", "", [("011", "GET /a")]),
        (OPEN + "  GET /b: {auth: NONE}\n", "", "", [("011", "GET /a")]),
        (OPEN, "disable_execute_api_endpoint: true\n" + DOMAIN, "", []),
        (OPEN + "  GET /b: {auth: AWS_IAM}\n", "", "", [("012", "GET /a")]),
        ("  GET /a: {api_key_required: true}\n", "", "", [("013", "GET /a")]),
        ("  GET /a: {api_key_required: true, auth: AWS_IAM}\n", "", "", []),
        (BOTH, CONTEXT % ("method.request.header.A", ""), "", [("014", "who")]),
        (BOTH, CONTEXT % ("method.request.header.A", ", ttl: 0"), "", []),
        (BOTH, CONTEXT % ("context.httpMethod, context.path", ""), "", []),
        (BOTH, CONTEXT % ("context.path", ""), "", [("014", "who")]),
        ("  GET /a: {authorizer: who}\n", CONTEXT % ("method.request.header.A", ""), "", []),
        (SIGNED, DOMAIN, "", [("015", "api.example.com")]),
        (SIGNED, "disable_execute_api_endpoint: true\n" + DOMAIN, "", []),
        (SIGNED, DOMAIN.replace("mutual_tls: true, ", ""), "", []),
        (SIGNED, RULE % "beta", "", [("016", "api.example.com")]),
        (SIGNED, RULE % "prod", "", []),
    ],
)
def test_a_rest_api(routes: str, extra: str, policy: str, expected: list[tuple[str, str]]) -> None:
    assert marked(lint_text(api_text(routes, extra, policy), "a.api.yaml")) == expected


@pytest.mark.parametrize(
    ("routes", "extra", "expected"),
    [
        ("  $default: {auth: AWS_IAM}\n", "cors: true\n", [("010", "$default")]),
        ("  ANY /a: {auth: AWS_IAM}\n", "cors: true\n", [("010", "ANY /a")]),
        ("  ANY /a: {auth: AWS_IAM}\n", "", []),
        ("  GET /a: {auth: AWS_IAM}\n", "cors: true\n", []),
        ("  ANY /a: {auth: AWS_IAM}\n  OPTIONS /a: {auth: NONE}\n", "cors: true\n", []),
    ],
)
def test_an_http_api(routes: str, extra: str, expected: list[tuple[str, str]]) -> None:
    assert marked(lint_text(api_text(routes, extra, type="HTTP"), "a.api.yaml")) == expected


def test_the_route_and_its_authorizer_are_related_places() -> None:
    (finding,) = lint_text(api_text(CUSTOM, AUTHORIZER, EVERYBODY), "a.api.yaml", rules=["EP-API-003"])
    assert [(each.label, each.place) for each in finding.related] == [
        ("the route GET /a", "a.api.yaml:11:3"),
        ("the authorizer tokens", "a.api.yaml:9:3"),
    ]


def test_an_api_without_a_file_has_findings_in_words() -> None:
    api = Api(
        id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages="prod", routes=[Route("GET", "/a")]
    )
    (finding,) = lint(api)
    assert (finding.span, finding.message) == (None, "everybody can call GET /a")


def test_what_the_findings_say_happens() -> None:
    """The claims of the messages, replayed on calls."""
    api = Api.parse(api_text(CUSTOM, AUTHORIZER, EVERYBODY))
    nothing = {
        "principalId": "ann",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:x/*"}
            ],
        },
    }
    call = {"Authorization": "token"}
    assert api.invoke("GET", "/a", headers=call, authorizer_output=nothing).allowed
    alone = Api.parse(api_text(CUSTOM, AUTHORIZER))
    assert not alone.invoke("GET", "/a", headers=call, authorizer_output=nothing).allowed
    context = {"aws:SourceVpce": "vpce-0123456789abcdef0"}
    assert not Api.parse(api_text(SIGNED, PRIVATE)).invoke("GET", "/a", context=context).allowed
    assert Api.parse(api_text(OPEN, PRIVATE, EVERYBODY)).invoke("GET", "/a", context=context).allowed
    assert not Api.parse(api_text(OPEN, "", ACCOUNT)).invoke("GET", "/a").allowed
    origin = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    http = api_text("  ANY /a: {auth: AWS_IAM}\n", "cors: true\n", type="HTTP")
    assert not Api.parse(http).invoke("OPTIONS", "/a", headers=origin).allowed


def test_findings_of_apis_of_other_tests() -> None:
    """Only real faults: CORS beside an ANY route with AWS_IAM, and an Allow for everybody beside an authorizer."""
    folders = (TESTS / "loaders" / "three_apis", TESTS.parent / "examples" / "gateway")
    found = set()
    for path in sorted(file for folder in folders for file in folder.glob("*.*")):
        with contextlib.suppress(ExecPolicyError):  # a file of another kind
            findings = [each for each in lint_file(path) if each.rule.family == "API"]
            found |= {
                (path.name.partition(".")[0], each.rule.id)
                for each in findings
                if each.severity is not Severity.SUGGESTION
            }
    assert found == {("http", "EP-API-010"), ("orders", "EP-API-003")}


def test_a_policy_alone_has_no_findings_about_apis() -> None:
    policy = Policy.parse(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", '
        '"Resource": "execute-api:/*"}}',
        kind="resource",
    )
    assert lint(policy) == ()


@pytest.mark.parametrize(
    ("policy", "extra", "is_found"),
    [
        ("", "", True),
        (statement('"*"'), "", True),
        (statement('"*"', resource="execute-api:/prod/GET/b"), "", True),
        (statement('"*"') + statement('"*"', "IpAddress: {aws:SourceIp: 198.51.100.0/24}", "Deny"), "", True),
        (statement('"*"'), "disable_execute_api_endpoint: true\n", False),
        (statement('"*"', resource="execute-api:/prod/GET/c"), "", False),
        (statement('"*"', "IpAddress: {aws:SourceIp: 198.51.100.0/24}"), "", False),
        (statement('"*"') + statement('"*"', "NotIpAddress: {aws:SourceIp: 198.51.100.0/24}", "Deny"), "", False),
        (statement('"*"') + statement('"*"', effect="Deny"), "", False),
        (statement('{AWS: "111122223333"}'), "", False),
    ],
)
def test_the_default_endpoint_is_open_where_the_policy_lets_everybody_pass(
    policy: str, extra: str, is_found: bool
) -> None:
    routes = "  GET /a: {auth: NONE}\n  GET /b: {auth: NONE}\n"
    findings = lint_text(api_text(routes, extra + DOMAIN, policy), "api.yaml", rules=["EP-API-015"])
    assert marked(findings) == ([("015", "api.example.com")] if is_found else [])
    called = "GET /b" if "/b" in policy else "GET /a"
    assert all(f"check {called} --api api.yaml" in each.request for each in findings)


def test_the_default_endpoint_of_a_private_api_is_not_for_everybody() -> None:
    text = api_text("  GET /a: {auth: NONE}\n", f"endpoint: PRIVATE\n{DOMAIN}", statement('"*"'))
    assert lint_text(text, "api.yaml", rules=["EP-API-015"]) == ()
