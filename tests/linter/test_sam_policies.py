"""The lists of ResourcePolicy in SAM: what is found, with what is underlined, and near misses that are not."""

from __future__ import annotations

import pytest

from execpolicy import Policy
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.rule import RuleExample
from execpolicy.linter.run import lint, lint_text
from tests.linter.test_conditions import api_of
from tests.linter.test_rules import text_of

RULES_OF_SAM = [f"EP-API-02{number}" for number in range(6)]
IAM = "        DefaultAuthorizer: AWS_IAM\n"
TOKENS = """        DefaultAuthorizer: Tokens
        Authorizers:
          Tokens: {FunctionArn: "arn:aws:lambda:eu-west-1:111122223333:function:t", Identity: {ReauthorizeEvery: 0}}
"""
ACCOUNTS = "AwsAccountWhitelist: [!Ref AWS::AccountId]"
BLOCKED = "AwsAccountBlacklist: [!Ref AWS::AccountId]"
ADDRESSES, ACCEPTED = "IpRangeBlacklist: [203.0.113.0/24]", "IpRangeWhitelist: [198.51.100.0/24]"
BOTH = "SourceVpcBlacklist: [vpc-1a2b3c4d, vpce-1a2b3c4d]"
DENY = "CustomStatements: [{Effect: Deny, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}]"
ALLOW = "CustomStatements: [{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}]"


def template(*lists: str, auth: str = "", more: str = "      OpenApiVersion: 3.0.1\n", event: str = "") -> str:
    written = "\n          ".join(lists)
    policy = f"        ResourcePolicy:\n          {written}\n" if lists else ""
    of_api = f"      Auth:\n{auth}{policy}" if auth or policy else ""
    return f"""Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
{more}{of_api}  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: orders.handler
      InlineCode: pass
      Events:
        Get: {{Type: Api, Properties: {{Path: /orders, Method: get, RestApiId: !Ref Shop{event}}}}}
"""


def found(text: str) -> list[tuple[str, str]]:
    findings = lint_text(text, "template.yaml", rules=[*RULES_OF_SAM, "EP-DOC-001"])
    assert [each.message for each in findings if each.rule.id == "EP-DOC-001"] == []
    return [(each.rule.id.removeprefix("EP-API-"), text_of(each.source, each.span)) for each in findings]


REGIONAL = "      OpenApiVersion: 3.0.1\n      EndpointConfiguration: {Type: REGIONAL}\n"
PRIVATE = "      OpenApiVersion: 3.0.1\n      EndpointConfiguration: {Type: PRIVATE}\n"


@pytest.mark.parametrize(
    ("lists", "auth", "more", "expected"),
    [
        ((ACCOUNTS, ACCEPTED), IAM, "", [("020", "AwsAccountWhitelist")]),
        ((ACCOUNTS,), IAM, "", []),
        ((BLOCKED, ACCEPTED), IAM, "", []),
        ((BLOCKED,), "", "", [("021", "AwsAccountBlacklist")]),
        ((BLOCKED,), IAM, "", []),
        ((BLOCKED, ALLOW), "", "", []),
        ((DENY,), "", "", []),
        ((ADDRESSES,), "", "", [("022", "IpRangeBlacklist")]),
        ((ADDRESSES,), IAM, "", []),
        ((ACCEPTED,), "", "", []),
        ((BOTH,), "", PRIVATE, [("023", "SourceVpcBlacklist")]),
        (("SourceVpcBlacklist: [vpc-1a2b3c4d, vpc-5e6f7a8b]",), "", PRIVATE, []),
        (
            ("IntrinsicVpcBlacklist: [vpc-1a2b3c4d]", "IntrinsicVpceBlacklist: [vpce-1a2b3c4d]"),
            "",
            PRIVATE,
            [("023", "IntrinsicVpcBlacklist")],
        ),
        (("SourceVpcWhitelist: [vpc-1a2b3c4d, vpce-1a2b3c4d]",), "", PRIVATE, []),
        ((ACCEPTED,), TOKENS, "", [("024", "IpRangeWhitelist")]),
        # Another statement refuses the calls that the list accepts.
        ((ACCEPTED, DENY), TOKENS, "", []),
        # The list accepts no address.
        (("IpRangeWhitelist: []",), TOKENS, "", []),
        # The token is in no header.
        (
            (ACCEPTED,),
            TOKENS.replace("{Reauth", "{QueryStrings: [token], Reauth").replace(
                "FunctionArn", "FunctionPayloadType: REQUEST, FunctionArn"
            ),
            "",
            [],
        ),
        ((BLOCKED,), TOKENS, "", []),
        ((ADDRESSES,), IAM, "\n", [("025", "IpRangeBlacklist")]),
        ((ACCOUNTS,), IAM, "\n", []),
        ((ACCEPTED,), "", "\n", []),
    ],
)
def test_lists_of_an_api(lists: tuple[str, ...], auth: str, more: str, expected: list[tuple[str, str]]) -> None:
    text = template(*lists, auth=auth, more=more) if more else template(*lists, auth=auth)
    assert found(text) == expected


@pytest.mark.parametrize(
    ("lists", "auth", "more", "unknown", "rule"),
    [
        ((BLOCKED,), "", REGIONAL, "REGIONAL", "021"),
        ((ACCEPTED,), TOKENS, REGIONAL, "REGIONAL", "024"),
        ((ADDRESSES,), IAM, "\n", "prod", "025"),
    ],
)
def test_of_what_a_parameter_decides_nothing_is_said(
    lists: tuple[str, ...], auth: str, more: str, unknown: str, rule: str
) -> None:
    text = template(*lists, auth=auth, more=more)
    assert rule in [each for each, _ in found(text)]
    head = "Parameters: {Given: {Type: String}}\n"
    assert rule not in [each for each, _ in found(head + text.replace(unknown, "!Ref Given"))]


def test_a_call_of_a_stage_that_is_not_known_is_not_shown() -> None:
    text = template(ACCOUNTS, ACCEPTED, auth=IAM).replace("StageName: prod", "StageName: !Ref Given")
    (finding,) = lint_text(f"Parameters: {{Given: {{Type: String}}}}\n{text}", "template.yaml", rules=["EP-API-020"])
    assert finding.shown is None


def test_the_policy_of_an_api_without_a_text_has_no_lists() -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind="resource")
    assert [each.rule.id for each in lint(api_of(policy)) if each.rule.id in RULES_OF_SAM] == []


def test_lists_of_an_event() -> None:
    event = ", Auth: {ResourcePolicy: {IpRangeBlacklist: [203.0.113.0/24]}}"
    assert found(template(event=event)) == [("022", "IpRangeBlacklist")]


def test_statements_that_are_written_out_are_no_lists() -> None:
    denies = (
        "{Effect: Deny, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*', "
        "Condition: {IpAddress: {'aws:SourceIp': 203.0.113.0/24}}}"
    )
    assert found(template(ALLOW.replace("]", f", {denies}]"), more="\n", auth=IAM)) == []


@pytest.mark.parametrize("rule", RULES_OF_SAM)
def test_the_good_examples_have_none_of_these_findings(rule: str) -> None:
    good: RuleExample = RULES[rule].good
    others = {"EP-API-025"} if rule in ("EP-API-020", "EP-API-021", "EP-API-023", "EP-API-024") else set()
    assert {f"EP-API-{each}" for each, _ in found(good.text)} <= others
