"""The explanation of a decision: its text, its data, and its HTML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from execpolicy import Context, Decision, Explanation, Grant, Layer, Outcome, Policy, Reason, Span
from execpolicy.engine.layers import LayerOutcome
from tests.engine.making import (
    ACCOUNT,
    ANN,
    FEDERATED,
    PETS,
    ROLE,
    SERVICE,
    SESSION,
    STRANGER,
    allowing,
    decided,
    denying,
    nothing,
    policy,
    stated,
    statement_trace,
)

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "decision-1.json").read_text("utf-8"))

IDENTITY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:*/GET/*"},
    {"Sid": "NotFromOutside", "Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}},
    {"Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": "*"},
    {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:execute-api:*:*:*/prod/GET/{id}"}
  ]
}"""


def identity() -> Policy:
    return Policy.parse(IDENTITY, kind="identity", name="identity.json")


def resource(**elements: Any) -> Policy:
    return policy(
        stated(Principal={"AWS": ACCOUNT}, **elements),
        stated(Principal={"AWS": ROLE}, Sid="Clerks", **elements),
        kind="resource",
        name="resource.json",
    )


DENIED = """\
DENY (explicit): a Deny applies in the identity-based policy
  User: arn:aws:sts::111122223333:assumed-role/Clerk/ann is not authorized to perform: execute-api:Invoke on resource: \
arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets with an explicit deny in an identity-based policy
resource control policy: not applicable: RCPs do not cover execute-api (EVL-3); rcps_cover_execute_api makes them count
service control policy: does not allow
  scp: Statement[0]: Allow statement 0 (level 0) applies
  level 1 has no policy
resource-based policy: allows
  resource.json: Statement[0]: Allow statement 0 applies, and names the account: an identity-based policy must \
allow as well
  resource.json: Statement[1]: Allow Clerks applies, and names the role or user of the session: boundary and session \
policies must allow as well
identity-based policy: denies
  identity.json:4:5: Allow Reads applies
  identity.json:5:5: Deny NotFromOutside applies
    aws:SourceVpce is absent, so StringNotEquals holds: the call did not come through a VPC endpoint
  identity.json:7:5: Allow statement 2 does not apply
    identity.json:7:25: Action: expected `execute-api:ManageConnections`; the request has `execute-api:Invoke`
  identity.json:8:5: Allow statement 3 does not apply
    identity.json:8:40: Resource: matched up to `a1b2c3/prod/GET/`; `{id}` is literal text here, use `*`
permissions boundary: does not allow
  boundary has no statements
missing context keys that affected the outcome: aws:SourceVpce"""


@pytest.mark.rule("EVL-11", "EVL-2", "EVL-3", "EVL-4", "KEY-5")
def test_the_text_of_a_denial() -> None:
    decision = decided(
        caller=SESSION,
        identity=identity(),
        resource_policy=resource(),
        boundary=nothing("boundary"),
        scps=[[allowing("scp")], []],
        rcps=[[denying("rcp", Action="s3:*")]],
    )
    assert str(decision.explain().full()) == DENIED


SHUT_OUT = """\
DENY (implicit): no session policy allows execute-api:Invoke
  User: arn:aws:sts::111122223333:assumed-role/Clerk/ann is not authorized to perform: execute-api:Invoke on resource: \
arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets because no session policy allows the \
execute-api:Invoke action
resource control policy: does not deny
  rcp: Statement[0]: Deny statement 0 (level 0) does not apply
    rcp: Statement[0].Action: Action: expected `s3:*`; the request has `execute-api:Invoke`
resource-based policy: does not allow
  resource.json: Statement[0]: Allow statement 0 does not apply
    resource.json: Statement[0].Condition.NumericLessThan.custom:x: NumericLessThan custom:x: expected `many`; the \
request has `5`
      `many` of the policy is not a number (CND-15)
  resource.json: Statement[1]: Allow Clerks does not apply
    resource.json: Statement[1].Condition.NumericLessThan.custom:x: NumericLessThan custom:x: expected `many`; the \
request has `5`
      `many` of the policy is not a number (CND-15)
identity-based policy: allows
  identity.json:4:5: Allow Reads applies
  identity.json:5:5: Deny NotFromOutside does not apply
    identity.json:6:40: StringNotEquals aws:SourceVpce: expected anything but `vpce-1` or `vpce-2`; the \
request has `vpce-1`
  identity.json:7:5: Allow statement 2 does not apply
    identity.json:7:25: Action: expected `execute-api:ManageConnections`; the request has `execute-api:Invoke`
  identity.json:8:5: Allow statement 3 does not apply
    identity.json:8:40: Resource: matched up to `a1b2c3/prod/GET/`; `{id}` is literal text here, use `*`
session policy: does not allow
  session has no statements"""


@pytest.mark.rule("EVL-11", "EVL-3", "EVL-6")
def test_the_text_of_an_implicit_denial() -> None:
    decision = decided(
        caller=SESSION,
        identity=identity(),
        resource_policy=resource(Condition={"NumericLessThan": {"custom:x": "many"}}),
        session=nothing("session"),
        context={"aws:SourceVpce": "vpce-1", "custom:x": 5},
        rcps=[[denying("rcp", Action="s3:*")]],
        target={"rcps_cover_execute_api": True},
    )
    assert str(decision.explain().full()) == SHUT_OUT


ALLOWED = """\
ALLOW: the resource-based policy allows it
  User: states.amazonaws.com is authorized to perform: execute-api:Invoke on resource: \
arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets
resource-based policy: allows
  resource: Statement[0]: Allow statement 0 applies
assumed (PRN-1): "*" names services, and {"AWS": "*"} names them where it denies, not where it allows"""


@pytest.mark.rule("EVL-11", "PRN-1")
def test_the_text_of_an_allow() -> None:
    assert str(decided(caller=SERVICE, resource_policy=allowing("resource")).explain().full()) == ALLOWED


SHUT_OUT_SESSION = """\
DENY (implicit): no session policy allows execute-api:Invoke
  User: arn:aws:sts::111122223333:federated-user/Bob is not authorized to perform: execute-api:Invoke on resource: \
arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets because no session policy allows the \
execute-api:Invoke action
resource-based policy: allows
  resource: Statement[0]: Allow statement 0 applies, and names the role or user of the session: boundary and session \
policies must allow as well
identity-based policy: does not allow
  no policy is attached
session policy: does not allow
  no policy is attached
assumed (EVL-9): an Allow for * does not name a federated user's session: its session policies must allow too"""


@pytest.mark.rule("EVL-11", "EVL-9")
def test_the_text_of_a_denial_with_an_assumed_rule() -> None:
    assert str(decided(caller=FEDERATED, resource_policy=allowing("resource")).explain().full()) == SHUT_OUT_SESSION


UNDECIDED = """\
INDETERMINATE: allowed or denied: aws:userid is not known
  Whether arn:aws:iam::111122223333:user/Ann is authorized to perform: execute-api:Invoke on resource: \
arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets depends on aws:userid
identity-based policy: is not known
  identity: Statement[0]: Allow statement 0 may apply
    identity: Statement[0].Condition.StringEquals.aws:userid: StringEquals aws:userid: expected `x`; \
aws:userid is not known
  identity: Statement[1]: Deny statement 1 does not apply
    identity: Statement[1].NotAction: NotAction: expected anything but `execute-api:*`; the request \
has `execute-api:Invoke`
  identity: Statement[2]: Allow statement 2 does not apply
    identity: Statement[2].Action: Action: expected `a:1` or `a:2` or `a:3` or `a:4` or 2 more; the request has \
`execute-api:Invoke`
  identity: Statement[3]: Allow statement 3 does not apply
    identity: Statement[3].Action: Action: expected nothing; the request has `execute-api:Invoke`
      the list of Action is empty, so the statement never applies
  identity: Statement[4]: Allow statement 4 does not apply
    identity: Statement[4].Condition.StringLike.custom:x: StringLike custom:x: expected `*`; the request has no value
      custom:x is absent
not known, and decides: aws:userid"""


@pytest.mark.rule("EVL-11", "KEY-4", "KEY-5")
def test_the_text_of_an_indeterminate_outcome() -> None:
    document = policy(
        stated(Condition={"StringEquals": {"aws:userid": "x"}}),
        stated("Deny", NotAction=["execute-api:*"]),
        stated(Action=[f"a:{number}" for number in range(1, 7)]),
        stated(Action=[]),
        stated(Condition={"StringLike": {"custom:x": "*"}}),
    )
    assert str(decided(identity=document).explain().full()) == UNDECIDED


@pytest.mark.rule("EVL-1", "EVL-11")
def test_the_headline_names_every_layer_that_blocks() -> None:
    def headline(**layers: Any) -> str:
        return str(decided(**layers).explain().full()).splitlines()[0]

    denied = headline(identity=denying(), scps=[[denying("scp")]], resource_policy=denying("resource"))
    assert denied == (
        "DENY (explicit): a Deny applies in the service control policy, in the resource-based policy and "
        "in the identity-based policy"
    )
    assert headline(caller=STRANGER) == (
        "DENY (implicit): no resource-based policy and no identity-based policy allows execute-api:Invoke"
    )


@pytest.mark.rule("EVL-11")
def test_a_long_value_is_cut() -> None:
    text = str(decided(identity=allowing(Action=f"s3:{'x' * 300}")).explain().full())
    assert f"expected `s3:{'x' * 157}…`; the request has `execute-api:Invoke`" in text


def test_control_characters_are_escaped() -> None:
    given = {"custom:x": "a\x1b[2J\r\nb\u202ec"}
    text = str(
        decided(identity=allowing(Condition={"StringEquals": {"custom:x": "y"}}), context=given).explain().full()
    )
    assert "\x1b" not in text
    assert "\r" not in text
    assert "\u202e" not in text
    assert len(text.splitlines()) == 5


# Traces


@pytest.mark.rule("EVL-11")
def test_a_statement_has_all_its_clauses() -> None:
    found = statement_trace(decided(identity=identity()), 1)
    assert (found.number, found.sid, found.effect, found.applies, found.determining) == (
        1, "NotFromOutside", "Deny", True, True,
    )  # fmt: skip
    assert (found.place, found.span, found.failed) == ("identity.json:5:5", Span(5, 5, 6, 81), None)
    assert [(each.element, each.operator, each.key, each.place) for each in found.clauses] == [
        ("Action", "", "", "identity.json:5:49"),
        ("Resource", "", "", "identity.json:5:64"),
        ("Condition", "StringNotEquals", "aws:SourceVpce", "identity.json:6:40"),
    ]
    assert [each.actual for each in found.clauses] == [("execute-api:Invoke",), (PETS,), ()]


@pytest.mark.rule("EVL-11")
def test_a_statement_has_the_first_clause_that_failed() -> None:
    document = policy(stated(Action="s3:*", Resource="arn:aws:s3:::b"), stated(Resource="arn:aws:s3:::b"))
    decision = decided(identity=document)
    failed = [statement_trace(decision, number).failed for number in (0, 1)]
    assert [each.element if each else None for each in failed] == ["Action", "Resource"]
    unknown_then_false = policy(stated(Resource="arn:aws:s3:::b", Condition={"StringEquals": {"aws:userid": "1"}}))
    trace = statement_trace(decided(identity=unknown_then_false))
    assert trace.failed == trace.clauses[1]
    unknown = policy(stated(Condition={"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:userid": "1"}}))
    last = statement_trace(decided(identity=unknown)).failed
    assert last is not None
    assert (last.key, last.reason) == ("aws:userid", Reason.UNKNOWN)


@pytest.mark.rule("EVL-4", "EVL-11")
def test_a_statement_that_applies_has_its_grant() -> None:
    found = decided(caller=SESSION, resource_policy=resource())
    assert [statement_trace(found, number).grant for number in (0, 1)] == [Grant.ACCOUNT, Grant.ROLE]
    assert statement_trace(decided(resource_policy=resource()), 1).grant is Grant.NONE


@pytest.mark.rule("EVL-3", "EVL-11")
@pytest.mark.parametrize(
    ("layer", "outcome", "verdict"),
    [
        (Layer.SCP, None, "not_applicable"),
        (Layer.SCP, LayerOutcome(True, Grant.NONE, Grant.NONE), "explicit_deny"),
        (Layer.SCP, LayerOutcome(False, Grant.NONE, Grant.NONE), "implicit_deny"),
        (Layer.SCP, LayerOutcome(False, Grant.ACCOUNT, Grant.DIRECT), "allow"),
        (Layer.SCP, LayerOutcome(False, Grant.NONE, Grant.DIRECT), "unknown"),
        (Layer.SCP, LayerOutcome(None, Grant.DIRECT, Grant.DIRECT), "unknown"),
        (Layer.RCP, LayerOutcome(False, Grant.NONE, Grant.NONE), "allow"),
        (Layer.RCP, LayerOutcome(None, Grant.NONE, Grant.NONE), "unknown"),
        (Layer.RCP, LayerOutcome(True, Grant.NONE, Grant.NONE), "explicit_deny"),
    ],
)
def test_the_verdict_of_a_layer(layer: Layer, outcome: LayerOutcome | None, verdict: str) -> None:
    trace = decided(scps=[[allowing("scp")]]).explain().layers[0]
    trace.__setstate__({**trace.__getstate__(), "layer": layer, "outcome": outcome})
    assert trace.verdict == verdict


@pytest.mark.rule("EVL-11")
def test_statements_come_with_layer_and_policy() -> None:
    decision = decided(identity=[identity(), allowing()], scps=[[allowing("scp")], [allowing("scp")]])
    found = [(layer, trace.name, trace.level, one.number) for layer, trace, one in decision.explain().statements()]
    assert found == [
        (Layer.SCP, "scp", 0, 0),
        (Layer.SCP, "scp", 1, 0),
        *((Layer.IDENTITY, "identity.json", 0, number) for number in range(4)),
        (Layer.IDENTITY, "identity", 0, 0),
    ]
    sources = {trace.source for _, trace, _ in decision.explain().statements()}
    assert sources == {one.source for _, _, one in decision.explain().statements()}
    assert sources == {None, identity().source}


# Data

UNNAMED = Context({"custom:x": ["a", "b"], "custom:y": []}, allow_unknown=["custom:x", "custom:y"])
DECISIONS = [
    decided(identity=identity(), scps=[[allowing("scp")]], rcps=[[denying("rcp", Action="s3:*")]]),
    decided(caller=FEDERATED, resource_policy=allowing("resource"), context=UNNAMED),
    decided(identity=allowing(Condition={"StringEquals": {"aws:userid": "1"}})),
    decided(caller="anonymous"),
    decided(identity=nothing(), resource_policy=denying("resource", NotPrincipal={"AWS": [ANN]})),
]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.outcome.value)
def test_the_data_follows_the_published_schema(decision: Decision) -> None:
    data = decision.to_dict()
    jsonschema.validate(data, SCHEMA)
    assert json.loads(json.dumps(data)) == data
    assert data == decision.explain().to_dict()


@pytest.mark.rule("EVL-11", "KEY-5")
def test_the_data_of_a_decision() -> None:
    data = DECISIONS[0].to_dict()
    layers = data.pop("layers")
    assert data == {
        "schema_version": 1,
        "outcome": "explicit_deny",
        "allowed": False,
        "message": DECISIONS[0].message,
        "request": {
            "caller": ANN,
            "action": "execute-api:Invoke",
            "resource": PETS,
            "resource_account": ACCOUNT,
            "context": {},
            "complete": True,
        },
        "blocked_by": ["identity"],
        "missing_keys": ["aws:SourceVpce"],
        "unknown_values": [],
        "assumed": [],
    }
    assert [(layer["layer"], layer["verdict"]) for layer in layers] == [
        ("rcp", "not_applicable"),
        ("scp", "allow"),
        ("identity", "explicit_deny"),
    ]
    assert layers[0]["not_applicable"] == (
        "RCPs do not cover execute-api (EVL-3); rcps_cover_execute_api makes them count"
    )
    denied = layers[2]["policies"][0]["statements"][1]
    condition = denied.pop("clauses")[-1]
    assert denied == {
        "index": 1,
        "sid": "NotFromOutside",
        "effect": "Deny",
        "applies": "yes",
        "determining": True,
        "grant": denied["grant"],
        "place": "identity.json:5:5",
        "span": {"line": 5, "column": 5, "end_line": 6, "end_column": 81},
        "failed": None,
    }
    assert condition == {
        "element": "Condition",
        "operator": "StringNotEquals",
        "key": "aws:SourceVpce",
        "expected": ["vpce-1", "vpce-2"],
        "actual": [],
        "holds": "yes",
        "reason": "holds",
        "note": "aws:SourceVpce is absent, so StringNotEquals holds: the call did not come through a VPC endpoint",
        "place": "identity.json:6:40",
        "span": {"line": 6, "column": 40, "end_line": 6, "end_column": 78},
    }


def test_the_data_of_unknown_clauses_and_of_a_policy_without_source() -> None:
    statement = DECISIONS[2].to_dict()["layers"][0]["policies"][0]["statements"][0]
    assert (statement["applies"], statement["failed"], statement["span"]) == ("unknown", 2, None)
    condition = statement["clauses"][2]
    assert (condition["holds"], condition["actual"], condition["span"]) == ("unknown", None, None)
    assumed = DECISIONS[1].to_dict()["assumed"]
    assert assumed == [
        {
            "rule": "EVL-9",
            "reading": "an Allow for * does not name a federated user's session: its session policies must allow too",
        }
    ]


# Notebooks


def test_html_is_escaped() -> None:
    sneaky = policy(stated("Deny", Condition={"StringNotEquals": {"custom:<b>": "<script>&\"'"}}), name="<i>.json")
    decision = decided(identity=sneaky, context={"custom:<b>": "<script>alert(1)</script>"})
    html = decision._repr_html_()
    assert "<script>" not in html
    assert "<i>" not in html
    assert "<b>" not in html
    assert "&lt;i&gt;.json: Statement[0]: Deny statement 0 applies" in html
    assert html == decision.explain()._repr_html_() == decision.explain().html()


@pytest.mark.parametrize("decision", DECISIONS)
def test_the_line_of_a_statement_is_about_its_trace(decision: Decision) -> None:
    explanation = decision.explain()
    about = [line.about for line in explanation.full().lines() if line.about is not None]
    assert about == [statement for _, _, statement in explanation.statements()]
    assert all(one is other for one, (*_, other) in zip(about, explanation.statements(), strict=True))


def test_html_has_an_element_for_each_line() -> None:
    explanation = decided(caller=FEDERATED, resource_policy=allowing("resource")).explain().full()
    html = explanation.html()
    assert html.startswith(
        '<div class="execpolicy" style="font-family:monospace;white-space:pre-wrap">'
        '<div class="execpolicy-implicit_deny"'
    )
    assert html.count("<div ") == len(str(explanation).splitlines()) + 1
    assert html.count("<div ") == html.count("</div>")
    styles = [line.style for line in explanation.lines()]
    assert styles == [
        "implicit_deny", "fact", "allow", "applies", "implicit_deny", "fact", "implicit_deny", "fact", "assumed",
    ]  # fmt: skip


def test_lines_have_styles() -> None:
    assert [line.style for line in DECISIONS[0].explain().full().lines()] == [
        *("explicit_deny", "fact", "not_applicable", "allow", "applies", "explicit_deny", "applies", "determining"),
        *("note", "passed_over", "failed", "passed_over", "failed", "missing"),
    ]
    document = policy(
        stated(Condition={"StringEquals": {"aws:userid": "1"}}), stated(Action="s3:*"), stated("Deny", Action="s3:*")
    )
    found = [line.style for line in decided(identity=document).explain().full().lines()]
    assert found == [
        "indeterminate", "fact", "unknown", "undecided", "failed", "passed_over", "failed", "passed_over", "failed",
        "missing",
    ]  # fmt: skip


def test_explanations_are_values() -> None:
    first, second = (decided(identity=identity()).explain() for _ in range(2))
    assert isinstance(first, Explanation)
    assert first == second
    assert hash(first) == hash(second)
    assert first != decided().explain()
    assert first.outcome is Outcome.EXPLICIT_DENY
    assert repr(first).startswith("Explanation(")


@pytest.mark.rule("EVL-4")
def test_only_an_allow_of_a_resource_policy_requires_other_layers() -> None:
    named = {"AWS": ACCOUNT}
    decision = decided(
        identity=allowing(),
        resource_policy=policy(stated(Principal=named), stated("Deny", Principal=named), kind="resource"),
        vpc_endpoint=allowing("vpc_endpoint", Principal=named),
    )
    told_lines = [
        line.text for line in decision.explain().full().lines() if line.depth == 1 and "statement" in line.text
    ]
    assert told_lines == [
        "vpc_endpoint: Statement[0]: Allow statement 0 applies",
        "resource: Statement[0]: Allow statement 0 applies, and names the account: "
        "an identity-based policy must allow as well",
        "resource: Statement[1]: Deny statement 1 applies",
        "identity: Statement[0]: Allow statement 0 applies",
    ]
