"""The rules of ARNs: entries that are found, with what is underlined, and near misses that are not."""

from __future__ import annotations

import json

import pytest

from execpolicy import Policy
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.unknown_value import unknown_text
from execpolicy.errors import Source
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint, lint_text
from execpolicy.literals import PolicyKindName

ARN = "arn:aws:execute-api:eu-west-1:111122223333:"


def found_in(
    resource: str, *, kind: PolicyKindName = "resource", effect: str = "Allow", element: str = "Resource"
) -> list[Finding]:
    statement = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", element: resource}
    if kind == "identity":
        del statement["Principal"]
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return [*lint(Policy.parse(text, kind=kind, name="policy.json"))]


def marked(finding: Finding) -> tuple[str, str]:
    source, span = finding.source, finding.span
    assert source is not None
    assert span is not None
    text = source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]
    return finding.rule.id, text.strip('"')


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("execute-api:/prod/GET/a/{b}/{c+}", [("EP-ARN-001", "{b}"), ("EP-ARN-001", "{c+}")]),
        ("execute-api:/prod/GET/a/{}", [("EP-ARN-001", "{}")]),
        ("execute-api:/prod/GET/a/${aws:username}", []),
        ("execute-api:/prod/GET/a/b", []),
        ("execute-api:/prod/GET//", [("EP-ARN-002", "//")]),
        ("execute-api:/prod/GET/a//b", []),
        ("execute-api:/prod/GET/", []),
        ("execute-api:/prod/Get/a", [("EP-ARN-003", "Get")]),
        ("execute-api:/prod/GE*/a", []),
        ("execute-api:/prod/any/a", [("EP-ARN-004", "any")]),
        ("execute-api:/prod/FETCH/a", [("EP-ARN-004", "FETCH")]),
        ("execute-api:/prod/P?T/a", []),
        ("execute-api:/prod/$connect", []),
        (f"{ARN}a1b2c3/prod/POST/@connections/*", []),
        ("execute-api:/prod/POST", [("EP-ARN-005", "POST")]),
        ("execute-api:/prod/P*", []),
        ("execute-api:/prod", [("EP-ARN-006", "prod")]),
        ("execute-api:/prod/", [("EP-ARN-006", "execute-api:/prod/")]),
        ("execute-api:/prod*", []),
        ("execute-api:/*", []),
        (f"{ARN}a1b2c3", [("EP-ARN-006", "a1b2c3")]),
        (f"{ARN}a1b2c3/", [("EP-ARN-006", f"{ARN}a1b2c3/")]),
        (f"{ARN}*", []),
        (f"{ARN}a1b2c3/*", []),
        ("execute-api:/prod/GET/a/", [("EP-ARN-007", "/")]),
        ("execute-api:/prod/GET/a/*", []),
        ("execute-api:prod/GET/a", [("EP-ARN-008", "execute-api:")]),
        ("execute-api:*", [("EP-ARN-008", "execute-api:")]),
        ("https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/a", None),
        (f"{ARN}a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/GET/a", None),
        (f"{ARN}a1b2c3/prod/GET/a?b=c&d=e", [("EP-ARN-011", "?b=c&d=e")]),
        (f"{ARN}a1b2c3/prod/GET/a?b", []),
        (f"{ARN}a1b2c3/a1b2c3/GET/a", [("EP-ARN-012", "a1b2c3/")]),
        (f"{ARN}prod/prod/*", [("EP-ARN-012", "prod/")]),
        (f"{ARN}*/*/GET/a", [("EP-ARN-013", "*/GET")]),
        ("execute-api:/*/*/a", []),
        ("arn:aws:execute-api:*", []),
        ("arn:aws:execute-api:eu-west-1:111122223333", None),
        ("arn:*:execute-api:*:*:*", []),
        ("arn:aws:execute-api::111122223333:a1b2c3/*", None),
        ("arn:aws:execute-api:eu-west-1:11112222333:a1b2c3/*", [("EP-ARN-024", "11112222333")]),
        ("arn:aws:execute-api:eu-west-1:1111*:a1b2c3/*", []),
        ("arn:aws:execute-api:ireland:111122223333:a1b2c3/*", [("EP-ARN-025", "ireland")]),
        ("arn:aws:execute-api:cn-north-1:111122223333:a1b2c3/*", [("EP-ARN-025", "cn-north-1")]),
        ("arn:aws-cn:execute-api:cn-north-1:111122223333:a1b2c3/*", []),
        ("arn:aws:execute-api:eu-*:111122223333:a1b2c3/*", []),
        ("arn:AWS:execute-api:eu-west-1:111122223333:a1b2c3/*", [("EP-ARN-026", "AWS")]),
        ("arn:aws:EXECUTE-API:eu-west-1:111122223333:a1b2c3/*", [("EP-ARN-027", "EXECUTE-API")]),
        ("arn:aws:execute-ap?:eu-west-1:111122223333:a1b2c3/*", [("EP-ARN-028", "execute-ap?")]),
        ("arn:aws:*:eu-west-1:111122223333:a1b2c3/*", []),
        ("arn:aws:s3:::bucket/*", [("EP-ARN-029", "s3")]),
        ("arn:aws:execute-api:${aws:RequestedRegion}:111122223333:a1b2c3/*", []),
        ("arn:aws:execute-api:${aws:RequestedRegion}:1111:a1b2c3/*", [("EP-ARN-024", "1111")]),
        ("*", []),
    ],
)
def test_an_entry_of_a_resource_policy(resource: str, expected: list[tuple[str, str]] | None) -> None:
    found = [marked(finding) for finding in found_in(resource)]
    if expected is None:
        assert found
        assert all(rule.startswith("EP-ARN-") for rule, _ in found)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("execute-api:/prod/GET/a", ["EP-ARN-009"]),
        ("a1b2c3/prod/GET/a", ["EP-ARN-020"]),
        ("arn:aws:execute-api:eu-west-1:a1b2c3/*", ["EP-ARN-021"]),
        ("arn:aws:execute-api:eu-west-1::a1b2c3/*", ["EP-ARN-023"]),
        (f"{ARN}a1b2c3/prod/GET/a", []),
        ("${aws:PrincipalTag/arn}", []),
    ],
)
def test_an_entry_of_an_identity_policy(resource: str, expected: list[str]) -> None:
    assert [finding.rule.id for finding in found_in(resource, kind="identity")] == expected


@pytest.mark.parametrize(
    ("effect", "element", "words"),
    [
        ("Allow", "Resource", "so this Allow never applies to it"),
        ("Deny", "Resource", "so this Deny never applies to it"),
        ("Deny", "NotResource", "so it excludes nothing"),
    ],
)
def test_a_finding_says_what_follows(effect: str, element: str, words: str) -> None:
    (finding,) = found_in("execute-api:/prod/get/a", effect=effect, element=element)
    assert finding.message == f"no call has the method get in this case, {words}"


def test_a_wildcard_that_reaches_other_methods_matters_where_it_grants() -> None:
    assert [each.rule.id for each in found_in("execute-api:/*/GET/*", effect="Deny")] == []
    assert [each.rule.id for each in found_in("execute-api:/*/GET/*", effect="Deny", element="NotResource")] == [
        "EP-ARN-013"
    ]


def test_statements_about_other_services_are_left_alone() -> None:
    statement = {"Effect": "Allow", "Action": ["execute-api:Invoke", "s3:GetObject"], "Resource": "arn:aws:s3:::a/*"}
    excepting = {"Effect": "Allow", "NotAction": "execute-api:Invoke", "Resource": "arn:aws:s3:::a/*"}
    for each in (statement, {**statement, "Action": "*"}, excepting):
        assert lint(Policy.parse({"Version": "2012-10-17", "Statement": each}, kind="identity")) == ()


def test_an_entry_with_a_part_that_is_not_known_is_left_alone() -> None:
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "RESOURCE"},
        }
    )
    root, _ = read_json(text)
    assert root is not None
    problems = Problems(Source("policy.json", text))
    unknown = unknown_text("the parameter Path")
    for resource, number in ((f"execute-api:/prod/get/{unknown}", 0), ("execute-api:/prod/get/a", 1)):
        policy = Policy.from_node(_replaced(root, resource), kind="resource", name="p", source=problems.source)
        assert len(lint(policy)) == number


def _replaced(node: Node, resource: str) -> Node:
    """The nodes with another text in place of RESOURCE."""
    if isinstance(node, Text):
        return node._replace(value=resource) if node.value == "RESOURCE" else node
    assert isinstance(node, JsonObject)
    members = node.members.items()
    return node._replace(
        members={name: (start, end, _replaced(value, resource)) for name, (start, end, value) in members}
    )


API = """schema: execpolicy/api/1
id: a1b2c3d4e5
type: REST
region: eu-west-1
account: "111122223333"
stages: [prod, beta]
stage: prod
routes: {"GET /orders": {auth: AWS_IAM}}
resource_policy:
  Version: "2012-10-17"
  Statement: {Effect: Deny, Principal: "*", Action: execute-api:Invoke, Resource: "RESOURCE"}
"""


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:execute-api:us-east-1:444455556666:a1b2c3d4e5/*", [("EP-ARN-040", "us-east-1")]),
        ("arn:aws:execute-api:*:444455556666:a1b2c3d4e5/*", [("EP-ARN-040", "444455556666")]),
        ("arn:aws-cn:execute-api:*:*:a1b2c3d4e5/*", [("EP-ARN-040", "aws-cn")]),
        ("arn:aws:execute-api:*:*:a1b2c3d4e6/staging/*", [("EP-ARN-041", "a1b2c3d4e6")]),
        ("arn:aws:execute-api:*:*:a1b2c3d4e?/*", []),
        ("execute-api:/staging/*", [("EP-ARN-042", "staging")]),
        ("execute-api:/beta/*", []),
        ("execute-api:/stag*", []),
    ],
)
def test_an_entry_of_the_policy_of_an_api(resource: str, expected: list[tuple[str, str]]) -> None:
    assert [marked(finding) for finding in lint_text(API.replace("RESOURCE", resource), "api.yaml")] == expected


def test_the_stages_are_named() -> None:
    (finding,) = lint_text(API.replace("RESOURCE", "execute-api:/staging/*"), "api.yaml")
    assert finding.message == "the API has the stages prod and beta, not staging, so this Deny never applies to it"


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (
            "execute-api:/*/get/x",
            "no call has the method get in this case, so this Deny applies only to calls with it in",
        ),
        (f"{ARN}*/prod/any/x", "no call has the method any, so this Deny applies only to calls with it in the path"),
        (
            "execute-api:/*/GET",
            "the ARN of every call goes on after GET, so this Deny applies only to calls with it in",
        ),
        ("execute-api:/prod/get/*", "no call has the method get in this case, so this Deny never applies to it"),
        ("arn:aws:execute-api:*:*:a1b2c3/prod/get/*", "no call has the method get in this case, so this Deny never"),
    ],
)
def test_a_wildcard_before_the_method_takes_in_paths(resource: str, message: str) -> None:
    assert found_in(resource, effect="Deny")[0].message.startswith(message)
