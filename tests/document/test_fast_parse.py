"""The fast parser: the same statements as the parser, or none; places when they are needed."""

from __future__ import annotations

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Caller, Policy, PolicyKind, PolicySyntaxError, Request, Span, Target, authorize
from execpolicy.document import fast_parse
from execpolicy.document.fast_parse import parse_fast, plain_copy
from execpolicy.document.model import Statement
from execpolicy.document.parse import parse_objects, parse_text
from execpolicy.document.syntax.nodes import MAX_STRING, NOWHERE
from execpolicy.literals import PolicyKindName
from tests.document.documents import documents, placeless

ALLOW = '{"Effect": "Allow", "Action": "a:b", "Resource": "*"}'
PETS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"


def without_sids(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return tuple(each._replace(sid=None) for each in statements)


def bare_or_left(text: str, kind: PolicyKind) -> bool:
    """Whether a text is read without places, which then differ from the parser's statements in nothing else."""
    bare = parse_fast(text, kind)
    try:
        parsed, _ = parse_text(text, "p", kind)
    except PolicySyntaxError:
        assert bare is None
        return False
    if bare is None:
        return False
    # A decision reads no Sid: it is checked, and not kept.
    assert bare.statements == without_sids(placeless(parsed.statements))
    assert bare.version == (parsed.version_text.value if parsed.version_text else "2008-10-17")
    assert bare.id == (parsed.id_text.value if parsed.id_text else None)
    return True


def has_a_number(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return type(value) is int or any(map(has_a_number, inside))


def has_an_empty_condition(document: dict[str, Any]) -> bool:
    found = document["Statement"]
    elements = [each["Condition"] for each in (found if isinstance(found, list) else [found]) if "Condition" in each]
    return any(not block or {} in block.values() for block in elements)


@pytest.mark.rule("POL-1", "POL-2", "POL-9", "POL-13")
@given(documents(), st.sampled_from([None, 1]))
def test_sound_documents(drawn: tuple[PolicyKind, dict[str, Any]], indent: int | None) -> None:
    kind, document = drawn
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    plain = not (kind is PolicyKind.RCP or "\\" in text or "${" in text or "NotPrincipal" in text)
    assert bare_or_left(text, kind) is (plain and not has_a_number(document) and not has_an_empty_condition(document))


@pytest.mark.rule("POL-1", "POL-2", "POL-9", "POL-13")
@given(documents())
def test_objects_are_read_as_the_parser_reads_them(drawn: tuple[PolicyKind, dict[str, Any]]) -> None:
    kind, document = drawn
    policy, parsed = Policy.parse(document, kind=kind), parse_objects(document, "<policy>", kind)
    event("plain" if plain_copy(document) is not None else "left")
    assert without_sids(policy.statements_without_places) == without_sids(parsed.statements)
    assert (policy.version, policy.id) == (
        parsed.version_text.value if parsed.version_text else "2008-10-17",
        parsed.id_text.value if parsed.id_text else None,
    )
    before = copy.deepcopy(document)
    document.clear()
    assert (policy.to_document(), policy.statements) == (before, parsed.statements)


class Word(str):
    """Not a plain text: it can be compared, and shown, otherwise."""

    __slots__ = ()


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(
    "document",
    [
        {"Statement": [], 1: "a"},
        {"Statement": ()},
        {"Statement": [], "Id": 1},
        {"Statement": [], "Id": 1.5},
        {"Statement": [], "Id": None},
        {"Statement": [], "Id": Word("a")},
        {"Statement": [], Word("Id"): "a"},
        {"Id": [[[[[[[]]]]]]]},
        type("Document", (dict,), {})({"Statement": []}),
        ["Statement"],
    ],
)
def test_objects_that_json_would_change_are_left_to_the_parser(document: object) -> None:
    assert plain_copy(document) is None


def test_objects_that_contain_themselves_are_left_to_the_parser() -> None:
    document: dict[str, Any] = {}
    document["Statement"] = [document]
    assert plain_copy(document) is None
    with pytest.raises(PolicySyntaxError, match="levels of nesting"):
        Policy.parse(document, kind="identity")


@pytest.mark.parametrize(
    "text", ["\0", "\n", "\u00e9", "\ud800", "\ufdd0", "x" * (MAX_STRING + 1), "a\\b", "${aws:username}"]
)
def test_texts_in_objects_that_are_not_plain_are_left_to_the_parser(text: str) -> None:
    assert plain_copy({"Statement": {"Sid": text}}) is None
    assert plain_copy({"Statement": {text: "a"}}) is None


def test_objects_with_too_many_values_are_left_to_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {"Statement": [{"Sid": "a"}, {"Sid": "b"}]}
    assert plain_copy(document) == document
    monkeypatch.setattr(fast_parse, "MAX_VALUES", 3)
    assert plain_copy(document) is None


@pytest.mark.rule("POL-11")
@given(documents(), st.data())
def test_documents_with_something_changed(drawn: tuple[PolicyKind, dict[str, Any]], data: st.DataObject) -> None:
    kind, document = drawn
    text = json.dumps(document, ensure_ascii=False)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        pieces = ["", "null", "true", "[]", "{}", '""', '"*"', ",", "}", '"Effect": "Allow",', "NaN", " ", "Not"]
        text = text[:start] + data.draw(st.sampled_from(pieces)) + text[start + data.draw(st.integers(0, 6)) :]
    event("bare" if bare_or_left(text, data.draw(st.just(kind) | st.sampled_from(PolicyKind))) else "left")


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (ALLOW, "identity"),
        (ALLOW, "session"),
        (ALLOW, "authorizer"),
        ('{"Effect": "Deny", "NotAction": [], "NotResource": []}', "boundary"),
        ('{"Sid": "", "Effect": "Deny", "Action": ["*", "a:?"], "Resource": [""]}', "session"),
        (
            '{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"x": [true, "false"]}}}',
            "session",
        ),
        ('{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}', "resource"),
        ('{"Effect": "Allow", "Principal": {"AWS": ["111122223333"]}, "Action": "*", "Resource": "*"}', "vpc_endpoint"),
        ('{"Effect": "Deny", "Principal": {}, "Action": "*", "Resource": "*"}', "domain_name"),
    ],
)
def test_what_is_read_without_places(statement: str, kind: str) -> None:
    for text in (
        f'{{"Statement": {statement}}}',
        f' {{"Id": "", "Version": "2012-10-17", "Statement": [{statement}]}}',
    ):
        assert bare_or_left(text, PolicyKind(kind))


def a(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "a:b", "Resource": "*", **members}


@pytest.mark.rule("POL-1", "POL-3", "POL-5", "POL-7", "POL-8", "POL-9", "ACT-1", "CND-5", "PRN-1")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"x"',
        "{}",
        '{"Statement": null}',
        '{"Statement": "x"}',
        '{"Statement": ["x"]}',
        '{"Statement": [], "Version": null}',
        '{"Statement": [], "Version": ["2012-10-17"]}',
        '{"Statement": [], "Version": "2012-10-18"}',
        '{"Statement": [], "Id": null}',
        '{"Statement": [], "Extra": 1}',
        '{"Statement": [], "Statement": []}',
        '{"Statement": []} x',
        '{"Statement": [NaN]}',
        '{"Statement": [' + "[" * 2000 + "]" * 2000 + "]}",
        '{"Statement": "\0"}',
        *(
            json.dumps({"Statement": statement})
            for statement in (
                a(Effect="allow"),
                a(Effect=["Allow"]),
                a(Sid=None),
                a(Extra="x"),
                a(NotAction="a:b"),
                a(NotResource="*"),
                a(Action="ab"),
                a(Action=["a:b", ""]),
                a(Action=None),
                a(Action={"a:b": ""}),
                a(Action=[["a:b"]]),
                a(Resource=True),
                a(Resource=["*", None]),
                a(Condition=None),
                a(Condition="{}"),
                a(Condition={"Bool": "x"}),
                a(Condition={"Bools": {}}),
                a(Condition={"Bool": {"": "true"}}),
                a(Condition={"Bool": {"x": "true", "X": "true"}}),
                a(Condition={"Bool": {"x": None}}),
                a(Condition={"Bool": {"x": [["true"]]}}),
                a(Principal="*"),
                {"Effect": "Allow", "Action": "a:b"},
                {"Effect": "Allow", "Resource": "*"},
                {"Action": "a:b", "Resource": "*"},
            )
        ),
    ],
)
def test_what_is_wrong_is_left_to_the_parser(text: str) -> None:
    assert parse_fast(text, PolicyKind.IDENTITY) is None
    with pytest.raises(PolicySyntaxError):
        Policy.parse(text, kind="identity")


@pytest.mark.rule("POL-8", "PRN-1", "PRN-3")
@pytest.mark.parametrize(
    "principal", [None, "Ann", {"AWS": "Ann"}, {"aws": "*"}, {"AWS": None}, {"AWS": ["*", {}]}, {"Service": "*"}, ["*"]]
)
def test_whom_nobody_can_name_is_left_to_the_parser(principal: Any) -> None:
    text = json.dumps({"Statement": a(Principal=principal)})
    assert parse_fast(text, PolicyKind.RESOURCE) is None
    with pytest.raises(PolicySyntaxError):
        Policy.parse(text, kind="resource")


@pytest.mark.rule("POL-8")
def test_documents_that_need_the_current_version() -> None:
    statement = '"Statement": {"Effect": "Deny", %s"Action": "a:b", "Resource": "*"}'
    current, old = '{"Version": "2012-10-17", %s}', '{"Version": "2008-10-17", %s}'
    assert bare_or_left(current % statement % "", PolicyKind.SCP)
    for text in ("{%s}", old):
        assert bare_or_left(text % statement % "", PolicyKind.SESSION)
        assert parse_fast(text % statement % "", PolicyKind.SCP) is None
        with pytest.raises(PolicySyntaxError):
            Policy.parse(text % statement % "", kind="scp")
    # The parser reads all RCPs.
    rcp = current % statement % '"Principal": "*", '
    assert parse_fast(rcp, PolicyKind.RCP) is None
    assert len(Policy.parse(rcp, kind="rcp").statements) == 1


@pytest.mark.rule("POL-4", "POL-8", "POL-9", "POL-13")
@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (a(Resource="a\\b"), "identity"),
        (a(Resource="${aws:username}"), "identity"),
        (a(Condition={"NumericEquals": {"x": 1}}), "identity"),
        (a(Condition={"NumericEquals": {"x": 1.5}}), "identity"),
        (a(Sid="x" * MAX_STRING), "identity"),
        (a(Condition={}), "identity"),
        (a(Condition={"Null": {"x": "true"}, "Bool": {}}), "identity"),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Action": "a:b", "Resource": "*"}, "resource"),
    ],
)
def test_what_is_sound_and_left_all_the_same(statement: dict[str, Any], kind: PolicyKindName) -> None:
    text = json.dumps({"Statement": statement})
    assert parse_fast(text, PolicyKind(kind)) is None
    assert Policy.parse(text, kind=kind).statements_without_places == Policy.parse(text, kind=kind).statements


@pytest.mark.parametrize(("length", "read"), [(MAX_STRING - 1, True), (MAX_STRING, False)])
def test_long_strings_are_left_to_the_parser_wherever_they_stand(length: int, read: bool) -> None:
    for before in (0, 1, 40_000, MAX_STRING - 20):
        statements = [a(Sid="y" * before), a(Sid="x" * length), a(Sid="z" * 10)]
        assert bare_or_left(json.dumps({"Statement": statements}), PolicyKind.IDENTITY) is read


def test_a_list_is_not_taken_for_the_text_that_shows_it() -> None:
    statements = [a(Action=["a:b"]), a(Action="['a:b']"), a(Condition={"Bool": {"x": "True"}})]
    assert bare_or_left(json.dumps({"Statement": statements}), PolicyKind.IDENTITY)
    assert bare_or_left(json.dumps({"Statement": statements[::-1]}), PolicyKind.IDENTITY)


def test_elements_that_are_alike_are_one_object() -> None:
    condition = {"StringEquals": {"aws:UserAgent": "curl"}}
    text = json.dumps({"Statement": [a(Principal="*", Condition=condition), a(Principal="*", Condition=condition)]})
    first, second = Policy.parse(text, kind="resource").statements_without_places
    assert first.action is second.action
    assert first.conditions is second.conditions
    assert first.principal is second.principal


TEXT = f'\n{{"Version": "2012-10-17",\n "Statement": [{ALLOW}]}}'


def test_places_are_read_when_they_are_needed() -> None:
    policy = Policy.parse(TEXT, kind="identity")
    assert policy.statements_without_places[0].start == NOWHERE
    assert policy.span(policy.statements[0]) == Span(3, 16, 3, 69)
    assert policy.statements_without_places == without_sids(placeless(policy.statements))
    assert policy.version_text == ("2012-10-17", 13, 25)
    assert policy.to_document() == json.loads(TEXT)


def test_a_policy_is_the_same_before_and_after_its_places_are_read() -> None:
    policy, other = Policy.parse(TEXT, kind="identity"), Policy.parse(TEXT, kind="identity")
    assert other.statements
    assert policy == other
    assert hash(policy) == hash(other)
    for again in (pickle.loads(pickle.dumps(policy)), copy.deepcopy(policy), pickle.loads(pickle.dumps(other))):
        assert again == policy == other
        assert again.statements == other.statements


def test_eight_threads_get_the_same_places() -> None:
    policy = Policy.parse(json.dumps({"Statement": [a(Sid=f"S{number}") for number in range(50)]}), kind="identity")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: policy.statements, range(16)))
    assert found == [policy.statements] * 16


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [({"Null": {"aws:UserAgent": "true"}}, True), ({"StringEquals": {"aws:UserAgent": "curl"}}, False)],
)
def test_a_decision_needs_no_places_and_its_explanation_has_them(condition: dict[str, Any], allowed: bool) -> None:
    document = json.dumps({"Statement": a(Action="execute-api:Invoke", Condition=condition)})
    policy = Policy.parse(document, kind="identity", name="reads.json")
    everybody = json.dumps({"Statement": a(Principal="*", Action="execute-api:Invoke", Condition=condition)})
    target = Target(resource=Policy.parse(everybody, kind="resource", name="open.json"))
    caller = Caller("arn:aws:iam::111122223333:user/Ann", identity=policy)
    decision = authorize(Request(caller=caller, action="execute-api:Invoke", resource=PETS), target)
    assert decision.allowed is allowed
    assert policy._parsed is None
    places = [each.place for _, _, each in decision.explain().statements()]
    assert places == ["open.json:1:15", "reads.json:1:15"]
