"""Invariants in case files: how they are read, what a run says of each, and counterexamples as cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from execpolicy import PolicySyntaxError
from execpolicy.testing import CaseResult, InvariantCase, load_cases, parse_cases, run_invariant, run_item
from execpolicy.testing.coverage import StatementCoverage
from execpolicy.testing.mutation import mutate
from execpolicy.testing.report.as_text import failure_text
from tests.document.marks import unmarked
from tests.testing import invariant_files
from tests.testing.invariant_files import SOUND_INVARIANTS
from tests.testing.malformed import Malformed

HEAD = """\
schema: execpolicy/cases/1
title: What holds for all calls
api:
  id: a1b2c3
  type: REST
  region: eu-west-1
  account: "111122223333"
  stages: [prod, test]
  authorizers:
    tokens: {type: TOKEN, identity_sources: method.request.header.Authorization}
  routes:
    GET /orders: {auth: AWS_IAM}
    GET /lists: {authorizer: tokens}
    GET /health: {auth: NONE}
  resource_policy:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/*/GET/health"}
      - {Effect: Allow, Principal: {AWS: "arn:aws:iam::444455556666:role/Reader"}, Action: execute-api:Invoke,
         Resource: "execute-api:/*/GET/orders", Condition: {IpAddress: {aws:SourceIp: 203.0.113.0/24}}}
"""
HTTP = """\
schema: execpolicy/cases/1
title: Tokens
api:
  id: d4e5f6
  type: HTTP
  region: eu-west-1
  account: "111122223333"
  authorizers:
    tokens: {type: JWT, identity_sources: $request.header.Authorization,
             issuers: [{url: "https://id.example.com/", audiences: [orders]}]}
  routes:
    GET /orders: {authorizer: tokens, scopes: [read]}
"""
BY_DOMAIN = """\
schema: execpolicy/cases/1
title: A custom domain
api:
  id: a1b2c3
  type: REST
  region: eu-west-1
  account: "111122223333"
  stages: [prod]
  disable_execute_api_endpoint: true
  routes:
    GET /health: {auth: NONE}
  domains:
    api.example.com:
      mutual_tls: true
      routing_mode: ROUTING_RULE_ONLY
      routing_rules: [{priority: 1, stage: prod, headers: {X-Version: beta*}, base_path: shop, strip_base_path: true}]
"""
SOCKET = """\
schema: execpolicy/cases/1
title: Connections
api:
  id: a1b2c3
  type: WEBSOCKET
  region: eu-west-1
  account: "111122223333"
  stages: [prod]
  routes:
    $connect: {auth: AWS_IAM}
"""
POLICY = """\
schema: execpolicy/cases/1
title: A resource policy by itself
policies:
  shop:
    Version: "2012-10-17"
    Statement:
      - {Effect: Allow, Principal: {AWS: ["arn:aws:iam::111122223333:user/Ann", "444455556666"]},
         Action: execute-api:Invoke, Resource: "*/GET/*"}
      - {Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: "execute-api:*", Resource: "*"}
      - {Effect: Deny, Principal: "*", Action: execute-api:Invoke, Resource: "*",
         Condition: {StringEquals: {"aws:SourceVpce": vpce-0a1b2c3d}}}
"""
PROVEN, REFUTED, WRONG = (
    "nobody may call DELETE /**",
    "only this account may call GET /orders",
    "nobody may cal DELETE /**",
)


def sentences(head: str, *texts: str, more: str = "") -> str:
    """A case file with these invariants."""
    fields = f", {more}" if more else ""
    return head + "invariants:\n" + "".join(f"  - {{invariant: {json.dumps(text)}{fields}}}\n" for text in texts)


def result_of(head: str, text: str, *, more: str = "") -> CaseResult:
    (case,) = parse_cases(sentences(head, text, more=more), name="orders.execpolicy.yaml").invariants
    return run_invariant(case)


def test_the_parts_of_an_invariant() -> None:
    file = parse_cases(SOUND_INVARIANTS, name="cases.json")
    first, second, third, fourth = file.invariants
    assert file.items == file.invariants
    assert (first.name, first.place, first.budget) == ("nobody may call DELETE /**", "cases.json:19:5", None)
    assert (second.name, second.rules, second.why) == (
        "orders need a signature",
        ("INV-1", "INV-6"),
        "they are private",
    )
    assert (second.page, second.budget, str(second.invariant)) == (
        "a page",
        100000,
        "anonymous may not call /orders/**",
    )
    assert (third.name, third.subject_fields) == ("anybody may call GET /pets", {"api": "open"})
    assert fourth.subject_fields == {"resource": "reads"}
    assert [run_item(case).passed for case in file.items] == [True, True, True, False]


@pytest.mark.parametrize(
    "bad", [pytest.param(bad, id=bad.name) for bad in (*invariant_files.OF_FORM, *invariant_files.OF_MEANING)]
)
def test_what_is_wrong_is_shown_where_it_stands(bad: Malformed) -> None:
    text, places = unmarked(bad.text)
    with pytest.raises(PolicySyntaxError) as caught:
        parse_cases(text, name="cases.json")
    assert all(any(message in error.message for error in caught.value.errors) for message in bad.messages)
    spans = [error.span for error in caught.value.errors]
    assert set(places) <= set(spans)


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("nobody may cal DELETE /**", (23, 16)),
        ("'nobody may cal DELETE /**'", (23, 17)),
        ("|\n    nobody\n    may cal /a", (25, 9)),
        (">\n    nobody\n    may cal /a", (23, 5)),
    ],
    ids=["plain", "quoted", "literal", "folded"],
)
def test_a_wrong_sentence_has_its_place_in_yaml(entry: str, place: tuple[int, int]) -> None:
    text = f"{HEAD}invariants:\n  - {entry}\n"
    line = text[: text.index("  - " + entry)].count("\n") + 1
    with pytest.raises(PolicySyntaxError) as caught:
        parse_cases(text, name="orders.yaml")
    (error,) = caught.value.errors
    assert error.message == 'found "cal", expected call'
    assert error.advice == 'did you mean "call"?'
    assert error.source is not None
    assert error.source.name == "orders.yaml"
    assert error.span is not None
    assert (error.span.line - line + 23, error.span.column) == place


def test_three_invariants_one_of_which_is_no_sentence() -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_cases(sentences(HEAD, PROVEN, WRONG, REFUTED), name="orders.execpolicy.yaml")
    (error,) = caught.value.errors
    assert 'orders.execpolicy.yaml:23:29: found "cal", expected call' in str(error)
    file = parse_cases(sentences(HEAD, PROVEN, REFUTED))
    assert [run_item(item).passed for item in file.items] == [True, False]


def test_a_proven_one_passes() -> None:
    result = result_of(HEAD, PROVEN)
    assert result.passed
    assert result.expected == result.found == ("proven",)
    assert result.counterexample is None
    assert result.proof is not None
    assert result.proof.verdict.value == "proven"


def test_an_unknown_one_fails_with_its_reason() -> None:
    result = result_of(HEAD, REFUTED, more="budget: 1")
    assert not result.passed
    assert result.found[0].startswith("unknown: the budget of 1 step")
    assert result.proof is not None
    assert result.proof.reason in result.found[0]
    assert result.counterexample is None
    assert list(result.counterexample_lines()) == []


def test_one_that_does_not_fit_its_subject_fails() -> None:
    result = result_of(POLICY, "user/Ann may call GET /a", more="resource: shop")
    assert not result.passed
    assert result.found == ("error: user/Ann is of the account of the API, which is not known",)
    assert "write" in failure_text(result)


def test_a_refuted_one_fails_with_the_case_that_shows_it() -> None:
    result = result_of(HEAD, REFUTED)
    assert not result.passed
    assert result.found[0].startswith(
        "refuted by GET /orders on prod by arn:aws:sts::444455556666:assumed-role/Reader/"
    )
    text = failure_text(result)
    assert "The counterexample as a case, which passes until the policies are changed:\n" in text
    assert '- name: "counterexample: only this account may call GET /orders"\n' in text
    assert "\nALLOW: the call reaches its integration\n" in text
    assert "\n".join(f"  {line}" for line in result.counterexample_lines()) in str(result)


#: A head, the field that names the subject, and sentences that do not hold.
REFUTED_ONES = [
    *((HEAD, "", text) for text in (
        REFUTED,
        "nobody may call /health",
        "nobody may call GET /health on test",
        "nobody may call /lists",
        "anonymous may call GET /lists",
        "anybody may call DELETE /health",
        "anybody may call GET /orders",
        "anybody may call GET /nothing",
        "every call to GET /orders comes from 203.0.113.0/25",
        "every call to GET /health has aws:SourceVpc is present",
        "no account outside o-exampleorg may call /orders",
    )),
    *((HTTP, "", text) for text in ("nobody may call /orders", "anonymous may call /orders", "anybody may call /x")),
    *((BY_DOMAIN, "", text) for text in ("nobody may call /health", "anybody may call GET /other")),
    *((SOCKET, "", f"{who} may call $connect") for who in ("nobody", "anybody")),
    (SOCKET, "", "anybody may call anything"),
    *((POLICY, "resource: shop", text) for text in (
        "nobody may call GET /a",
        "only account 444455556666 may call GET /a",
        "anybody may call GET /a",
        "user/Ann of 111122223333 may call GET /a",
        "account 444455556666 may call GET /a",
        "service apigateway.amazonaws.com may not call POST /a",
        "every call to GET /a has aws:SourceVpce is present",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("head", "more", "text"), REFUTED_ONES)
def test_a_counterexample_can_be_pasted_and_passes(head: str, more: str, text: str) -> None:
    result = result_of(head, text, more=more)
    assert not result.passed
    assert result.proof is not None
    assert result.proof.verdict.value == "refuted", result.found
    shown = failure_text(result)
    entry = shown[shown.index("- name:") :]
    pasted = parse_cases(f"{sentences(head, text, more=more)}cases:\n{entry}", name="orders.execpolicy.yaml")
    first, *_ = pasted.items
    assert first.name == f"counterexample: {text}"
    again = run_item(first)
    assert again.passed, str(again)
    assert result.proof.witness is not None
    assert again.decisions or again.response is not None
    answer = again.response if again.response is not None else again.decision
    assert answer is not None
    assert answer.allowed is result.proof.witness.after.allowed
    # In a case file in JSON it can be pasted too.
    assert result.counterexample == json.loads(json.dumps(result.counterexample))


def test_an_api_that_an_invariant_names_is_named_by_its_counterexample() -> None:
    text = json.loads(SOUND_INVARIANTS)
    text["invariants"] = [{"invariant": "nobody may call GET /pets", "api": "open"}, PROVEN]
    text["cases"] = [{"name": "a", "call": "GET /lists", "stage": "prod", "expect": 401}]
    text["invariants"].append({"invariant": "nobody may call GET /x", "resource": "reads"})
    result = run_item(parse_cases(json.dumps(text)).invariants[0])
    assert result.counterexample is not None
    assert result.counterexample["api"] == "open"
    text["cases"].append(dict(result.counterexample))
    assert run_item(parse_cases(json.dumps(text)).calls[1]).passed


#: An API with two stages whose policy depends on a parameter.
TEMPLATE = """\
Parameters:
  Open: {Type: String}
Conditions:
  IsOpen: !Equals [!Ref Open, "yes"]
Resources:
  OrdersApi:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Policy:
        Version: "2012-10-17"
        Statement:
        - Effect: Allow
          Principal: !If [IsOpen, "*", {AWS: "arn:aws:iam::444455556666:role/Reader"}]
          Action: execute-api:Invoke
          Resource: execute-api:/*
      Body:
        openapi: 3.0.1
        paths:
          "/orders":
            get: {security: [{sigv4: []}], x-amazon-apigateway-integration: {type: mock}}
        components:
          securitySchemes:
            sigv4: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref OrdersApi}}
  Prod:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref OrdersApi, DeploymentId: !Ref Deployment, StageName: prod}
  Test:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref OrdersApi, DeploymentId: !Ref Deployment, StageName: test}
"""
OF_A_TEMPLATE = """\
schema: execpolicy/cases/1
title: A template
api: template.yaml
template: {account: "111122223333", region: eu-west-1%s}
invariants:
  - only role/Reader of 444455556666, this account may call /orders on test
"""


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (", parameters: {Open: 'no'}", "proven"),
        (", parameters: {Open: 'yes'}", "refuted by GET /orders on test by "),
        ("", "unknown: the API depends on the parameter Open"),
    ],
    ids=["proven", "refuted", "unknown"],
)
def test_an_api_of_a_template_with_several_stages(value: str, found: str, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE, "utf-8")
    path = tmp_path / "orders.execpolicy.yaml"
    path.write_text(OF_A_TEMPLATE % value, "utf-8")
    (item,) = load_cases(path).items
    result = run_item(item)
    assert result.found[0].startswith(found)
    assert result.passed is (found == "proven")
    if result.counterexample is not None:
        entry = "\n".join(result.counterexample_lines())
        path.write_text(f"{OF_A_TEMPLATE % value}cases:\n{entry}\n", "utf-8")
        assert run_item(load_cases(path).items[0]).passed


def test_coverage_and_mutation_leave_invariants_out() -> None:
    case = "cases:\n  - {name: health, call: GET /health, stage: prod, expect: 200}\n"
    without, beside = parse_cases(HEAD + case), parse_cases(sentences(HEAD, PROVEN, REFUTED) + case)
    reports = []
    for file in (without, beside):
        coverage = StatementCoverage()
        for item in file.items:
            coverage.add(run_item(item))
        reports.append((coverage.report().percent, len(mutate(file.items).mutants)))
    assert reports[0] == reports[1]
    assert any(isinstance(item, InvariantCase) for item in beside.items)


CALLERS = """\
policies:
  reads:
    Statement: {Effect: Allow, Action: execute-api:Invoke, Resource: "arn:aws:execute-api:*:*:a1b2c3/*/GET/orders"}
callers:
  clerk: {principal: "arn:aws:iam::111122223333:user/Clerk", identity: [reads]}
"""
ORDERS = ("nobody may call GET /orders", "only user/Clerk may call GET /orders", "nobody may call DELETE /orders")


@pytest.mark.rule("ANA-3")
def test_given_callers_are_all_that_there_are() -> None:
    more = "only_callers: [clerk]"
    file = parse_cases(sentences(HEAD + CALLERS, *ORDERS, more=more), name="orders.execpolicy.yaml")
    first, *others = (run_invariant(case) for case in file.invariants)
    assert [each.passed for each in (first, *others)] == [False, True, True]
    assert list(file.invariants[0].only_callers or ()) == ["clerk"]
    assert first.counterexample is not None
    # The caller has its own policies there, and is named as in the file.
    assert (first.counterexample["caller"], first.counterexample["expect"]) == ("clerk", "allow")
    pasted = HEAD + CALLERS + "cases:\n" + "".join(f"  {line}\n" for line in first.counterexample_lines())
    (case,) = parse_cases(pasted).calls
    assert run_item(case).passed
    # Without them there may be any caller.
    assert not result_of(HEAD, ORDERS[1]).passed


@pytest.mark.rule("ANA-3")
def test_callers_of_the_file_hold_for_its_invariants_about_apis(tmp_path: Path) -> None:
    template = tmp_path / "callers.yaml"
    template.write_text(
        """\
Resources:
  Clerk:
    Type: AWS::IAM::User
    Properties:
      Policies:
        - PolicyName: reads
          PolicyDocument: {Statement: {Effect: Allow, Action: "execute-api:*", Resource: "*"}}
""",
        "utf-8",
    )
    cases = tmp_path / "orders.execpolicy.yaml"
    account = 'template: {account: "111122223333"}\nonly_callers: callers.yaml\n'
    own = f'  - {{invariant: "{ORDERS[2]}", name: none, only_callers: []}}\n'
    own += '  - {invariant: "anonymous may not call /a", resource: {Statement: []}}\n'
    cases.write_text(sentences(HEAD + account, ORDERS[0], "nobody may call GET /lists") + own, "utf-8")
    reads, lists, none, alone = load_cases(cases).invariants
    assert [list(each.only_callers or ()) for each in (reads, lists, none)] == [["callers.yaml#Clerk"]] * 2 + [[]]
    assert alone.only_callers is None
    result = run_invariant(reads)
    assert not result.passed
    assert result.counterexample is not None
    assert result.counterexample["caller"] == "callers.yaml#Clerk"
    assert run_invariant(none).passed


def test_one_principal_by_two_names_is_refused() -> None:
    more = 'only_callers: [clerk, "arn:aws:iam::111122223333:user/Clerk"]'
    with pytest.raises(PolicySyntaxError, match='the same principal as "clerk"'):
        parse_cases(sentences(HEAD + CALLERS, ORDERS[0], more=more))
