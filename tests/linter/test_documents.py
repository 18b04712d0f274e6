"""The rules of documents: what AWS refuses to save although it loads, and near misses that are not found."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from execpolicy import Policy
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.unknown_value import unknown_text
from execpolicy.errors import Source
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint, lint_text
from execpolicy.literals import PolicyKindName
from tests.linter.test_arns import marked

ALLOW = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
CALLS = {**ALLOW, "Principal": "*", "Resource": "execute-api:/*"}
DENY = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
OLD = "2008-10-17"
USER = "arn:aws:iam::111122223333:user/Ann"


def sound(kind: str) -> dict[str, Any]:
    if kind == "rcp":
        return {**DENY, "Principal": "*"}
    if kind == "vpc_endpoint":
        return {**ALLOW, "Principal": "*"}
    return CALLS if kind in {"resource", "domain_name"} else ALLOW


def found_in(document: dict[str, Any], kind: PolicyKindName) -> list[tuple[str, str]]:
    return [marked(finding) for finding in lint_text(json.dumps(document), "policy.json", kind=kind)]


def of_statement(kind: PolicyKindName, change: dict[str, Any], version: str = "2012-10-17") -> list[tuple[str, str]]:
    return found_in({"Version": version, "Statement": {**sound(kind), **change}}, kind)


@pytest.mark.parametrize("kind", ["identity", "boundary", "session", "authorizer", "resource", "domain_name"])
def test_a_document_without_version(kind: PolicyKindName) -> None:
    assert found_in({"Statement": sound(kind)}, kind) == [("EP-DOC-040", "{")]
    assert found_in({"Version": "2008-10-17", "Statement": sound(kind)}, kind) == []


def test_a_document_without_statements() -> None:
    assert found_in({"Version": "2012-10-17", "Statement": []}, "identity") == [("EP-DOC-041", "[]")]
    assert found_in({"Version": "2012-10-17", "Statement": [ALLOW]}, "identity") == []


@pytest.mark.rule("POL-6")
@pytest.mark.parametrize(
    ("kind", "sids", "expected"),
    [
        ("identity", ["A", "B", "A", "A"], [("EP-DOC-042", "A"), ("EP-DOC-042", "A")]),
        ("rcp", ["A", "A"], [("EP-DOC-042", "A")]),
        ("identity", ["A", "a"], []),
        ("resource", ["A", "A"], [("EP-DOC-043", "A")]),
        ("authorizer", ["A", "A"], []),
        ("identity", ["", ""], [("EP-DOC-049", ""), ("EP-DOC-049", "")]),
        ("scp", ["A b"], [("EP-DOC-044", " ")]),
        ("session", ["Ä"], [("EP-DOC-044", "Ä")]),
        ("identity", ["A1b2"], []),
        ("resource", ["A b", "A-b"], []),
    ],
)
def test_sids(kind: PolicyKindName, sids: list[str], expected: list[tuple[str, str]]) -> None:
    statements = [{"Sid": sid, **sound(kind)} for sid in sids]
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, ensure_ascii=False)
    assert [marked(finding) for finding in lint_text(text, "policy.json", kind=kind)] == expected


def test_the_second_sid_names_the_first() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "A", **ALLOW}, {"Sid": "A", **ALLOW}]})
    (finding,) = lint_text(text, "policy.json", kind="identity")
    assert (finding.path, finding.place) == ("Statement[1].Sid", "policy.json:1:131")
    assert [(each.label, each.place) for each in finding.related] == [("the first", "policy.json:1:49")]
    assert finding.message == 'the Sid "A" is that of an earlier statement too'
    (without_text,) = lint(Policy.parse(json.loads(text), kind="identity"))
    assert (without_text.span, without_text.related) == (None, ())


def with_sid(sid: str, kind: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": {"Sid": sid, **sound(kind)}}


@pytest.mark.rule("POL-10")
@pytest.mark.parametrize(
    ("kind", "quota", "rule"),
    [
        ("identity", 6144, "EP-DOC-045"),
        ("boundary", 6144, "EP-DOC-045"),
        ("session", 2048, "EP-DOC-045"),
        ("resource", 8192, "EP-DOC-046"),
        ("vpc_endpoint", 20480, "EP-DOC-046"),
        ("scp", 10240, "EP-DOC-047"),
        ("rcp", 5120, "EP-DOC-048"),
    ],
)
def test_the_size_of_a_document(kind: PolicyKindName, quota: int, rule: str) -> None:
    def of_size(size: int) -> list[tuple[str, str]]:
        counts_space = kind not in {"identity", "boundary"}
        short = len(json.dumps(with_sid("", kind), separators=None if counts_space else (",", ":")))
        text = json.dumps(with_sid("a" * (size - short), kind))
        return [marked(finding) for finding in lint_text(f"\n{text}\n", "policy.json", kind=kind)]

    assert of_size(quota) == []
    assert of_size(quota + 1) == [(rule, "{")]


@pytest.mark.rule("POL-10")
@pytest.mark.parametrize(("kind", "words"), [("identity", "characters without white space;"), ("scp", "characters;")])
def test_what_counts_is_named(kind: PolicyKindName, words: str) -> None:
    (finding,) = lint_text(json.dumps(with_sid("a" * 11_000, kind)), "policy.json", kind=kind)
    assert words in finding.message


@pytest.mark.rule("POL-10")
@pytest.mark.parametrize(("length", "found"), [(9_000, []), (11_000, ["EP-DOC-047"])])
def test_of_a_policy_in_yaml_the_shortest_json_counts(length: int, found: list[str]) -> None:
    document = with_sid("a" * length, "scp")
    text = yaml.safe_dump(document).replace("Effect:", "Effect:" + " " * 3_000)
    assert [each.rule.id for each in lint_text(text, "policy.yaml", kind="scp")] == found


@pytest.mark.rule("POL-10")
@pytest.mark.parametrize(("resource", "found"), [("*", ["EP-DOC-045"]), ({"Ref": "Text"}, [])])
def test_the_size_of_a_document_with_unknown_values_is_not_known(resource: object, found: list[str]) -> None:
    document = with_sid("a" * 7_000, "identity")
    document["Statement"]["Resource"] = resource
    assert [each.rule.id for each in found_in_template(document, "EP-DOC-045")] == found


def found_in_template(document: object, rule: str) -> tuple[Finding, ...]:
    """What a rule finds in a managed policy of a template, which has the parameter Text."""
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    template = {"Parameters": {"Text": {"Type": "String"}}, "Resources": {"Policy": policy}}
    return lint_text(json.dumps(template), "template.json", rules=[rule])


@pytest.mark.parametrize(
    ("rule", "version", "variable"),
    [
        ("EP-DOC-055", "2008-10-17", "${!aws:username}"),
        ("EP-DOC-056", "2012-10-17", "${!aws:PrincipalTag/cost center}"),
    ],
)
def test_variables_beside_unknown_values_are_not_read(rule: str, version: str, variable: str) -> None:
    for method, found in (("GET", [rule]), ("${Text}", [])):
        entry = {"Fn::Sub": f"arn:aws:execute-api:*:*:*/prod/{method}/{variable}"}
        document = {"Version": version, "Statement": {**sound("identity"), "Resource": entry}}
        assert [each.rule.id for each in found_in_template(document, rule)] == found


def test_a_statement_of_unknown_effect_is_one_statement() -> None:
    document = with_sid("Or-ders", "identity")
    document["Statement"]["Effect"] = {"Ref": "Text"}
    assert [each.rule.id for each in found_in_template(document, "EP-DOC-044")] == ["EP-DOC-044"]


@pytest.mark.parametrize(("resource", "has_fix"), [("*", True), ({"Ref": "Text"}, False)])
def test_a_version_is_added_if_all_values_are_known(resource: object, has_fix: bool) -> None:
    document = {"Statement": {**sound("identity"), "Resource": resource}}
    (finding,) = found_in_template(document, "EP-DOC-040")
    assert (finding.fix is not None) is has_fix


@pytest.mark.parametrize(("sid", "has_fix"), [("-a", True), ("-", False)])
def test_a_sid_keeps_a_character(sid: str, has_fix: bool) -> None:
    (finding,) = lint_text(json.dumps(with_sid(sid, "identity")), "policy.json", rules=["EP-DOC-044"], kind="identity")
    assert (finding.fix is not None) is has_fix


@pytest.mark.rule("POL-10")
def test_what_is_counted() -> None:
    def message(kind: PolicyKindName, sid: str, indent: int | None = None) -> list[str]:
        policy = Policy.parse(json.dumps(with_sid(sid, kind), indent=indent, ensure_ascii=False), kind=kind)
        return [finding.message for finding in lint(policy) if "document has" in finding.message]

    (found,) = message("resource", "ä" * 4100)
    assert found == "the document has 8,350 bytes; the resource policy of an API has at most 8,192"
    assert message("vpc_endpoint", "ä" * 11000) == []
    assert message("identity", "a" * 6000, indent=40) == []
    assert message("resource", "a" * 7800, indent=40) != []


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("identity", {"Action": "execute-api:Invok"}, [("EP-DOC-050", "execute-api:Invok")]),
        ("identity", {"Action": ["EXECUTE-API:invoke", "execute-api:Inv*", "execute-api:*", "*"]}, []),
        ("identity", {"Action": "execute-api:Get*"}, [("EP-DOC-050", "execute-api:Get*")]),
        ("identity", {"Action": "executeapi:Invoke"}, [("EP-DOC-051", "executeapi")]),
        ("identity", {"Action": "execute-apis:Invoke"}, [("EP-DOC-051", "execute-apis")]),
        ("identity", {"Action": "apigateway:Invoke"}, [("EP-DOC-051", "apigateway")]),
        ("identity", {"Action": ["apigateway:GET", "lambda:Invoke", "lambda:InvokeFunction", "s3:*"]}, []),
        ("resource", {"Action": "apigateway:GET"}, [("EP-DOC-052", "apigateway:GET")]),
        ("resource", {"Action": "executeapi:Invoke"}, [("EP-DOC-051", "executeapi")]),
        ("vpc_endpoint", {"Action": "s3:GetObject"}, []),
        ("rcp", {"Action": ["s3:GetObject", "execute-api:Inv*"]}, [("EP-DOC-053", "execute-api:Inv*")]),
        ("rcp", {"Action": "s3:*"}, []),
        ("identity", {"Action": "execute-api:${name}"}, [("EP-DOC-054", "${name}")]),
        (
            "identity",
            {"Condition": {"StringEquals": {"aws:PrincipalTag/${aws:username}": "a"}}},
            [("EP-DOC-054", "${aws:username}")],
        ),
        ("identity", {"Resource": "arn:aws:s3:::a/${aws:username}", "Action": "s3:GetObject"}, []),
        (
            "resource",
            {"Resource": "execute-api:/a/GET/${aws:PrincipalTag/cost center}"},
            [("EP-DOC-056", "${aws:PrincipalTag/cost center}")],
        ),
        ("resource", {"Resource": "execute-api:/a/GET/${aws:PrincipalTag/cost-center, 'a b'}"}, []),
    ],
)
def test_actions_and_variables(kind: PolicyKindName, change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [found for found in of_statement(kind, change) if found[0].startswith("EP-DOC")] == expected


@pytest.mark.rule("POL-4", "VAR-1")
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"Resource": "execute-api:/a/GET/${aws:username}"}, True),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/a": "${aws:username}"}}}, True),
        ({"Condition": {"DateLessThan": {"aws:CurrentTime": "${aws:username}"}}}, False),
        ({"Resource": "execute-api:/a/GET/${*}"}, False),
        ({"Resource": "execute-api:/a/GET/{name}"}, False),
    ],
)
def test_variables_of_an_old_document(change: dict[str, Any], found: bool) -> None:
    expected = [("EP-DOC-055", "${aws:username}")] if found else []
    assert [each for each in of_statement("resource", change, OLD) if each[0] == "EP-DOC-055"] == expected
    assert [each for each in of_statement("resource", change) if each[0] == "EP-DOC-055"] == []


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("execute-api:Invok", 'execute-api has no action "Invok"; did you mean execute-api:Invoke?'),
        ("execute-api:X", 'execute-api has no action "X", which has Invoke, ManageConnections and InvalidateCache'),
    ],
)
def test_an_unknown_action_names_the_nearest(action: str, message: str) -> None:
    policy = Policy.parse({"Version": "2012-10-17", "Statement": {**ALLOW, "Action": action}}, kind="identity")
    assert [finding.message for finding in lint(policy)] == [message]


SOURCE = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
STATES = {"Service": "states.amazonaws.com"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Principal": {"Federated": "accounts.google.com"}}, [("EP-DOC-060", "accounts.google.com")]),
        ({"Principal": {"AWS": USER}}, []),
        ({"Principal": {"AWS": [USER, "AROA0123456789ABCDEF"]}}, [("EP-DOC-061", "AROA0123456789ABCDEF")]),
        ({"Principal": {"AWS": "AROA0123456789ABCDEF:a"}}, [("EP-DOC-061", "AROA0123456789ABCDEF:a")]),
        ({"Principal": {"AWS": "AIDA0123456789ABCDEF"}}, [("EP-DOC-062", "AIDA0123456789ABCDEF")]),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:user/AIDA0123456789ABCDEF"}}, []),
        ({"Principal": STATES}, [("EP-DOC-063", "states.amazonaws.com")]),
        ({"Principal": STATES, "Condition": SOURCE}, []),
        ({"Principal": STATES, "Condition": {"ArnLike": {"AWS:sourcearn": "arn:aws:states:*:1:*"}}}, []),
        (
            {"Principal": STATES, "Condition": {"Null": {"aws:SourceAccount": "false"}}},
            [("EP-DOC-063", "states.amazonaws.com")],
        ),
        (
            {"Principal": STATES, "Condition": {"StringNotEquals": {"aws:SourceAccount": "1"}}},
            [("EP-DOC-063", "states.amazonaws.com")],
        ),
        ({"Principal": STATES, "Effect": "Deny"}, []),
    ],
)
def test_principals(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [found for found in of_statement("resource", change) if found[0].startswith("EP-DOC")] == expected


@pytest.mark.rule("POL-13")
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"Action": []}, "EP-DOC-070"),
        ({"Resource": []}, "EP-DOC-071"),
        ({"Principal": {"AWS": [], "Service": []}}, "EP-DOC-072"),
        ({"Principal": {}}, "EP-DOC-073"),
        ({"Principal": {"AWS": [], "Service": STATES["Service"]}, "Effect": "Deny"}, None),
        ({"Condition": {}}, "EP-DOC-074"),
        ({"Condition": {"StringEquals": {}}}, "EP-DOC-074"),
        ({"Condition": {"StringEquals": {"aws:PrincipalArn": []}}}, "EP-DOC-075"),
        ({"Condition": {"ForAllValues:StringEquals": {"aws:PrincipalArn": []}}}, "EP-DOC-076"),
        ({"Condition": {"ForAnyValue:StringEqualsIfExists": {"aws:PrincipalArn": []}}}, "EP-DOC-077"),
        ({"Condition": {"StringEqualsIfExists": {"aws:PrincipalArn": []}}}, "EP-DOC-078"),
        ({"Condition": {"StringEquals": {"aws:PrincipalArn": ""}}}, None),
    ],
)
def test_empty_elements(change: dict[str, Any], rule: str | None) -> None:
    found = [each for each, _ in of_statement("resource", change) if each.startswith("EP-DOC")]
    assert found == ([rule] if rule is not None else [])


def replaced(node: Node, new: str) -> Node:
    """The nodes with another text in place of NAME."""
    if isinstance(node, Text):
        return node._replace(value=node.value.replace("NAME", new))
    if isinstance(node, JsonArray):
        return node._replace(items=[replaced(item, new) for item in node.items])
    if isinstance(node, JsonObject):
        members = node.members.items()
        return node._replace(
            members={name: (start, end, replaced(value, new)) for name, (start, end, value) in members}
        )
    return node


def test_what_is_not_known_is_left_alone() -> None:
    statement = {**CALLS, "Sid": "A-NAME", "Action": "execute-api:NAME", "Principal": {"AWS": "AROANAME"}}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement, statement]})
    root, _ = read_json(text)
    assert root is not None
    for value, number in ((unknown_text("the parameter Name"), 0), ("ABCDEFABCDEFABCDEF", 5)):
        source = Source("policy.json", text)
        policy = Policy.from_node(replaced(root, value), kind="resource", name="p", source=source)
        assert len(lint(policy)) == number


def test_a_document_in_a_larger_text_counts_without_white_space() -> None:
    text = json.dumps({"policy": {"Version": "2012-10-17", "Statement": CALLS}}, indent=8000)
    root, _ = read_json(text)
    assert isinstance(root, JsonObject)
    node = root.members["policy"][2]
    assert node[2] - node[1] > 8192
    assert lint(Policy.from_node(node, kind="resource", name="part", source=Source("template.json", text))) == ()
