"""Clauses: the result of each element of a statement, which clauses are one object, and how a layer evaluates them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Caller, Context, Grant, Layer, Policy, PolicyKind, Principal, Target
from execpolicy.document.model import Element
from execpolicy.document.syntax.nodes import Text
from execpolicy.engine.clause import Clause, spelled
from execpolicy.engine.clauses import ActionClause, ClauseTable, ConditionClause
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.full.layer_evaluation import evaluate_layer
from execpolicy.engine.layered_request import layered_request
from execpolicy.engine.layers import LayerOutcome
from execpolicy.engine.resource_entry import ResourceEntry, plain_patterns
from execpolicy.engine.view import View
from execpolicy.language.glob import normalised
from execpolicy.language.truth import Truth
from execpolicy.literals import PolicyKindName
from tests.engine.making import (
    ACCOUNT,
    ANN,
    API,
    FEDERATED,
    PETS,
    ROLE,
    SERVICE,
    SESSION,
    a_request,
    allowing,
    decided,
    policy,
    stated,
)
from tests.untyped import untyped


def seen(request: dict[str, Any] | None = None, *, has_boundary: bool = False) -> View:
    return View(a_request(**(request or {})).key_values(), has_boundary=has_boundary)


def compiled(*policies: Policy, table: ClauseTable | None = None) -> CompiledPolicies:
    return CompiledPolicies([policies], table if table is not None else ClauseTable())


def clause(kind: PolicyKindName, element: str, **statement: Any) -> Clause:
    """One clause of a policy of one statement, by the element or the condition key."""
    (found,) = compiled(policy(stated(**statement), kind=kind)).statements()
    return next(each.clause for each in found.occurrences if element in (each.clause.element, each.key))


def of(key: str) -> str:
    """A resource whose last part is a variable."""
    return f"{API}/prod/GET/${{{key}}}"


# Actions


@pytest.mark.rule("ACT-1", "ACT-3", "POL-13")
@pytest.mark.parametrize(
    ("element", "values", "truth"),
    [
        ("Action", "execute-api:Invoke", True),
        ("Action", "EXECUTE-API:INVOKE", True),
        ("Action", ["s3:*", "execute-api:Inv*"], True),
        ("Action", "execute-api:Invok?", True),
        ("Action", "*", True),
        ("Action", "execute-api:Invoke*d", False),
        ("Action", [], False),
        ("NotAction", "execute-api:invoke", False),
        ("NotAction", ["s3:*"], True),
        ("NotAction", [], False),
    ],
)
def test_actions(element: str, values: Any, truth: bool) -> None:
    assert clause("identity", element, **{element: values}).test(seen()) is truth


@pytest.mark.rule("POL-13")
@pytest.mark.parametrize("element", ["NotAction", "NotResource"])
def test_an_empty_list_of_what_is_excluded_counts_by_effect(element: str) -> None:
    in_allow, in_deny = (clause("identity", element, **stated(effect, **{element: []})) for effect in ("Allow", "Deny"))
    assert (in_allow.test(seen()), in_deny.test(seen())) == (False, True)
    assert in_allow != in_deny
    assert in_allow.assumptions(seen()) == in_deny.assumptions(seen()) == ("POL-13",)


@pytest.mark.rule("POL-13")
def test_an_empty_condition_counts_by_effect() -> None:
    blocks: list[dict[str, Any]] = [{}, {"StringEquals": {}}]
    for block in blocks:
        in_allow, in_deny = (
            clause("identity", "Condition", **stated(effect, Condition=block)) for effect in ("Allow", "Deny")
        )
        assert (in_allow.test(seen()), in_deny.test(seen())) == (False, True)
        assert in_allow != in_deny
        assert in_allow.assumptions(seen()) == in_deny.assumptions(seen()) == ("POL-13",)


# Resources


@pytest.mark.rule("RES-1", "RES-2", "RES-4", "GW-3", "GW-7", "ACT-3", "POL-13")
@pytest.mark.parametrize(
    ("kind", "values", "matches"),
    [
        ("identity", PETS, True),
        ("identity", "*", True),
        ("identity", f"{API}/*/GET/*", True),
        ("identity", f"{API}/prod/GET//pets", False),
        ("identity", "arn:aws:execute-api:*", True),
        ("identity", "arn:aws:execute-api", True),
        ("identity", [], False),
        ("identity", ["arn:aws:s3:::b", PETS], True),
        ("identity", "execute-api:/*", False),
        ("boundary", "arn:aws:execute-api", True),
        ("session", "arn:aws:execute-api", True),
        ("scp", "arn:aws:execute-api", True),
        ("resource", "execute-api:/prod/GET/pets", True),
        ("resource", "execute-api:/*", True),
        ("resource", "execute-api:/dev/*", False),
        ("resource", "execute-api:*", False),
        ("vpc_endpoint", "execute-api:/*", False),
    ],
)
def test_resources(kind: PolicyKindName, values: Any, matches: bool) -> None:
    principal = {"Principal": "*"} if kind in ("resource", "vpc_endpoint") else {}
    assert clause(kind, "Resource", **principal, Resource=values).test(seen()) is matches
    # In an Allow an empty list of NotResource matches nothing either (POL-13).
    excludes = clause(kind, "NotResource", **principal, NotResource=values).test(seen())
    assert excludes is (not matches and values != [])


@pytest.mark.rule("RES-2")
@pytest.mark.parametrize(
    ("kind", "text", "grants", "denies"),
    [
        ("identity", "arn:aws:exe*a1b2c3/*", False, True),
        ("identity", "arn:aws:execute-api?eu-west-1:*", False, True),
        ("identity", "arn:aws:execute-api:*:a1b2c3/*", False, True),
        ("resource", "arn:aws:execute-api:*:a1b2c3/*", True, True),
        ("resource", f"arn:aws:execute-api:eu-west-1:{ACCOUNT}", False, True),
        ("resource", "arn:aws:e*pi", False, True),
        ("resource", "arn:aws:s3", False, False),
        ("domain_name", "arn:aws:execute-api", False, True),
        ("vpc_endpoint", "arn:aws:execute-api", False, True),
        ("boundary", "arn:aws:execute-api", True, True),
        ("boundary", "arn:aws:execute-api:*:a1b2c3/*", False, True),
        ("identity", "arn:aws:execute-api:eu*:a1b2c3/prod/*", False, True),
        ("identity", "arn:aws:s3:*", False, False),
        ("identity", "*/pets", False, True),
        ("resource", "execute-api:/*/pets", True, True),
    ],
)
def test_of_two_readings_an_allow_takes_the_narrow_one_and_a_deny_the_wide_one(
    kind: PolicyKindName, text: str, grants: bool, denies: bool
) -> None:
    principal = {"Principal": "*"} if kind in ("resource", "domain_name", "vpc_endpoint") else {}
    found = [
        clause(kind, element, Effect=effect, **principal, **{element: text}).test(seen())
        for effect in ("Allow", "Deny")
        for element in ("Resource", "NotResource")
    ]
    assert found == [grants, not denies, denies, not grants]


@pytest.mark.rule("POL-14", "VAR-1", "RES-2")
@pytest.mark.parametrize(
    ("kind", "text", "denies"),
    [
        ("identity", "arn:aws:execute-api:eu-west-1:${aws:PrincipalAccount}:*", True),
        ("resource", "arn:aws:execute-api:eu-west-1:${aws:PrincipalAccount}:*", True),
        ("identity", "arn:aws:execute-api:eu-west-1:${aws:PrincipalAccount}", True),
        ("identity", "arn:aws:${aws:PrincipalTag/a}:${aws:PrincipalTag/b}:*:*/GET/*", True),
        ("identity", "arn:aws:${aws:PrincipalTag/a}:*/GET/*", True),
        ("identity", "arn:aws:${aws:PrincipalTag/a}:a1b2c3/*", False),
        ("identity", "arn:*:${aws:PrincipalTag/a}:a1b2c3/*", True),
        ("identity", "arn:aws:exec?te-api:${aws:PrincipalTag/a}/*", True),
        ("identity", "arn:*:kms:*:${aws:PrincipalAccount}:key/*", False),
        ("identity", "${aws:PrincipalTag/a}", True),
        ("identity", "execute-api:/${aws:PrincipalTag/a}", False),
        ("identity", "arn:aws:execute-api:*:${aws:PrincipalAccount}:*/${aws:username}", False),
        ("identity", "arn:aws:execute-api:*:${aws:PrincipalAccount}:*/${aws:RequestedRegion, 'x'}/*", False),
    ],
)
def test_a_variable_before_the_fifth_colon(kind: PolicyKindName, text: str, denies: bool) -> None:
    principal = {"Principal": "*"} if kind == "resource" else {}
    found = [
        clause(kind, element, Effect=effect, **principal, **{element: text})
        for effect in ("Allow", "Deny")
        for element in ("Resource", "NotResource")
    ]
    assert [each.test(seen()) for each in found] == [False, not denies, denies, True]
    assert [each.keys() for each in (found[0], found[3])] == [(), ()]
    assert all(("POL-14" in each.assumptions(seen())) is denies for each in found)


@pytest.mark.rule("VAR-1", "VAR-3", "VAR-4", "VAR-5", "KEY-4")
@pytest.mark.parametrize(
    ("values", "effect", "context", "resource", "not_resource"),
    [
        (of("custom:what"), "Allow", {"custom:what": "pets"}, True, False),
        (of("custom:what"), "Allow", {"custom:what": "cats"}, False, True),
        (of("custom:what"), "Allow", {}, False, False),
        (of("custom:what"), "Deny", {}, False, True),
        (["arn:aws:s3:::b", of("custom:what")], "Allow", {}, False, False),
        ([of("custom:what"), PETS], "Allow", {}, True, False),
        ([of("custom:what"), PETS], "Deny", {}, True, False),
        (of("custom:what") + "*", "Allow", {"custom:what": ""}, False, False),
        (of("custom:what") + "*", "Deny", {"custom:what": ""}, True, True),
        (of("custom:what, 'pets'"), "Allow", {"custom:what": ""}, False, False),
        (of("custom:what, 'pets'"), "Deny", {"custom:what": ""}, True, True),
        (of("custom:what, 'pe'") + "*", "Deny", {"custom:what": ""}, True, False),
        (of("custom:what, 'cats'"), "Allow", {"custom:what": ""}, False, True),
        ([of("custom:what"), PETS], "Deny", {"custom:what": ""}, True, False),
        (of("custom:what") + "${custom:none}", "Deny", {"custom:what": ""}, False, True),
        (of("custom:what") + "${aws:userid}", "Deny", {"custom:what": ""}, None, True),
        (of("custom:what, 'pe'") + "*", "Allow", {"custom:what": ""}, True, False),
        (of("custom:what, '*'"), "Allow", {"custom:what": ""}, False, False),
        (of("custom:what, '*'"), "Deny", {"custom:what": ""}, True, True),
        (of("aws:userid"), "Allow", {}, None, None),
        (of("aws:userid") + "/x", "Allow", {}, False, True),
        (of("aws:userid") + "/x", "Deny", {}, False, True),
        ([of("aws:userid") + "/x", of("custom:what")], "Allow", {}, False, False),
        ([of("aws:userid"), PETS], "Allow", {}, True, False),
    ],
)
def test_variables_in_resources(
    values: Any, effect: str, context: dict[str, str], resource: Truth, not_resource: Truth
) -> None:
    view = seen({"context": context})
    assert clause("identity", "Resource", Effect=effect, Resource=values).test(view) is resource
    assert clause("identity", "NotResource", Effect=effect, NotResource=values).test(view) is not_resource


@pytest.mark.rule("KEY-4", "VAR-5")
@pytest.mark.parametrize(
    ("values", "effect", "resource", "not_resource"),
    [
        (of("custom:what") + "/x", "Allow", False, None),
        (of("custom:what") + "/x", "Deny", False, True),
        (of("custom:what, 'y'") + "/x", "Allow", False, True),
        ([of("custom:what") + "/x", PETS], "Allow", True, False),
    ],
)
def test_what_an_allow_excludes_is_open_where_a_variable_may_have_no_value(
    values: Any, effect: str, resource: Truth, not_resource: Truth
) -> None:
    view = seen({"context": Context({}, complete=False)})
    assert clause("identity", "Resource", Effect=effect, Resource=values).test(view) is resource
    assert clause("identity", "NotResource", Effect=effect, NotResource=values).test(view) is not_resource


@pytest.mark.rule("KEY-4", "VAR-4", "VAR-3")
def test_what_no_value_makes_match_may_rest_on_the_other_variables() -> None:
    found = clause("identity", "Resource", Resource=of("custom:x") + "/${aws:userid}")
    assert found.assumptions(seen({"context": {"custom:x": "*"}, "resource": f"{API}/prod/GET/a/b"})) == ("VAR-4",)
    assert found.assumptions(seen({"context": {"custom:x": ""}, "resource": f"{API}/prod/GET//b"})) == ("VAR-3",)
    assert found.assumptions(seen({"context": {"custom:x": "c"}, "resource": f"{API}/prod/GET/a/b"})) == ()


@pytest.mark.rule("KEY-4", "GW-7")
def test_a_variable_that_is_not_known_in_a_short_form() -> None:
    short = clause("resource", "Resource", Principal="*", Resource="execute-api:/${aws:userid}/GET/*")
    assert short.test(seen()) is None
    assert short.test(seen({"resource": f"{API}/prod/POST/pets"})) is False
    assert (
        short.test(seen({"resource": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q/GET/x", "action": "sqs:SendMessage"})) is False
    )


@pytest.mark.rule("VAR-1", "GW-7")
def test_variables_in_a_short_form() -> None:
    short = clause("resource", "Resource", Principal="*", Resource="execute-api:/${custom:stage}/GET/*")
    assert short.test(seen({"context": {"custom:stage": "prod"}})) is True
    assert short.test(seen({"context": {"custom:stage": "dev"}})) is False


@pytest.mark.rule("GW-7")
def test_a_short_form_matches_no_other_service() -> None:
    short = clause("resource", "Resource", Principal="*", Resource="execute-api:/*")
    assert short.test(seen({"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "account": ACCOUNT})) is False


# Principals


@pytest.mark.rule("PRN-1", "PRN-4", "PRN-6")
@pytest.mark.parametrize(
    ("element", "principal", "caller", "truth"),
    [
        ("Principal", {"AWS": [ANN, ROLE]}, ANN, True),
        ("Principal", {"AWS": ROLE}, ANN, False),
        ("Principal", {"AWS": []}, ANN, False),
        ("Principal", {"AWS": SESSION}, ROLE, None),
        ("NotPrincipal", {"AWS": [ACCOUNT, ANN]}, ANN, False),
        ("NotPrincipal", {"AWS": ANN}, ANN, True),
        ("NotPrincipal", {"AWS": [ACCOUNT, ROLE, SESSION]}, ROLE, None),
    ],
)
def test_principals(element: str, principal: Any, caller: str, truth: Truth) -> None:
    found = clause("resource", element, Effect="Deny", **{element: principal})
    assert found.test(seen({"caller": caller})) is truth


@pytest.mark.rule("PRN-6")
def test_a_caller_with_a_boundary_is_never_exempted() -> None:
    found = clause("resource", "NotPrincipal", Effect="Deny", NotPrincipal={"AWS": [ACCOUNT, ANN]})
    assert found.test(seen(has_boundary=True)) is True


@pytest.mark.rule("EVL-4")
@pytest.mark.parametrize(
    ("principal", "caller", "grant"),
    [
        ({"AWS": [ACCOUNT, ROLE]}, SESSION, (Grant.ROLE, Grant.ROLE)),
        ({"AWS": [ACCOUNT, SESSION]}, ROLE, (Grant.ACCOUNT, Grant.DIRECT)),
        ({"AWS": []}, ANN, (Grant.NONE, Grant.NONE)),
    ],
)
def test_the_strongest_entry_of_a_statement_counts(principal: Any, caller: str, grant: tuple[Grant, Grant]) -> None:
    (statement,) = compiled(allowing("resource", Principal=principal)).statements()
    assert statement.grant(seen({"caller": caller})) == grant


@pytest.mark.rule("EVL-4")
def test_a_statement_without_principal_names_its_caller() -> None:
    (statement,) = compiled(allowing()).statements()
    assert statement.grant(seen()) == (Grant.DIRECT, Grant.DIRECT)


# What a clause asks for


@pytest.mark.rule("KEY-5")
@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("aws:sourcevpce", "aws:SourceVpce"),
        ("aws:principaltag/Cost Centre", "aws:PrincipalTag/Cost Centre"),
        ("aws:principaltag/", "aws:principaltag/"),
        ("custom:colour", "custom:colour"),
        ("custom:colour/shade", "custom:colour/shade"),
    ],
)
def test_keys_are_spelled_as_aws_does(key: str, name: str) -> None:
    assert spelled(key) == name


@pytest.mark.rule("KEY-4", "KEY-5")
def test_a_clause_lists_which_of_its_keys_are_absent_and_which_unknown() -> None:
    found = clause(
        "identity",
        "aws:userid",
        Condition={"StringEquals": {"aws:userid": ["${aws:PrincipalTag/Team}", "${aws:username}", "${aws:SourceIp}"]}},
    )
    view = seen()
    assert found.keys() == ("aws:userid", "aws:principaltag/team", "aws:username", "aws:sourceip")
    assert found.absent(view) == ("aws:PrincipalTag/team",)
    assert found.unknown(view) == ("aws:userid", "aws:SourceIp")


@pytest.mark.rule("KEY-5", "PRN-5")
@pytest.mark.parametrize(
    ("caller", "name", "traits"),
    [
        (ANN, "AIDACKCEVSQ6C2EXAMPLE", ("the caller's unique id",)),
        (Principal.parse(ANN, unique_id="AIDACKCEVSQ6C2EXAMPLE"), "AIDACKCEVSQ6C2EXAMPLE", ()),
        (ANN, "AROADBQP57FF2AEXAMPLE", ()),
        (SESSION, "AROADBQP57FF2AEXAMPLE", ("the caller's unique id",)),
        (ROLE, "AROADBQP57FF2AEXAMPLE:ann", ("the caller's session name", "the caller's unique id")),
        (FEDERATED, "AIDACKCEVSQ6C2EXAMPLE", ("the caller's unique id",)),
        (SERVICE, "AIDACKCEVSQ6C2EXAMPLE", ()),
    ],
    ids=str,
)
def test_a_unique_id_reads_that_of_the_caller(caller: Any, name: str, traits: tuple[str, ...]) -> None:
    for element, effect in (("Principal", "Allow"), ("NotPrincipal", "Deny")):
        named = clause("resource", element, Effect=effect, **{element: {"AWS": name}})
        assert named.unknown(seen({"caller": caller})) == traits


@pytest.mark.rule("KEY-5", "PRN-6", "PRN-7")
@pytest.mark.parametrize(
    ("element", "listed", "traits"),
    [
        ("NotPrincipal", ["role/aws-reserved/x/AWSReservedSSO_Clerk"], ("the path of the caller's role",)),
        ("NotPrincipal", ["role/AWSReservedSSO_Other", "user/AWSReservedSSO_Clerk"], ()),
        ("Principal", ["role/aws-reserved/x/AWSReservedSSO_Clerk"], ()),
    ],
)
def test_not_principal_reads_the_path_of_the_role(element: str, listed: list[str], traits: tuple[str, ...]) -> None:
    names = [f"arn:aws:iam::{ACCOUNT}:{each}" for each in listed]
    named = clause("resource", element, Effect="Deny", **{element: {"AWS": names}})
    caller = SESSION.replace("Clerk", "AWSReservedSSO_Clerk")
    assert named.unknown(seen({"caller": caller})) == traits
    view = seen({"caller": Principal.parse(caller, role_path="/aws-reserved/x/")})
    assert named.unknown(view) == ()


@pytest.mark.rule("KEY-5", "PRN-2", "PRN-4")
@pytest.mark.parametrize(
    ("caller", "traits"),
    [
        (ROLE, ("the caller's session name", "the caller's canonical user id")),
        (SESSION, ("the caller's canonical user id",)),
        (Principal.parse(ANN, canonical_user="b" * 64), ()),
        (SERVICE, ()),
    ],
    ids=str,
)
def test_a_principal_reads_traits_of_the_caller(caller: Any, traits: tuple[str, ...]) -> None:
    named = clause("resource", "Principal", Principal={"AWS": SESSION, "CanonicalUser": "a" * 64})
    assert named.unknown(seen({"caller": caller})) == traits
    assert clause("resource", "Principal", Principal={"AWS": ANN}).unknown(seen({"caller": caller})) == ()
    assert named.keys() == named.absent(seen({"caller": caller})) == ()


@pytest.mark.rule("KEY-4")
def test_null_over_a_key_that_is_surely_there_is_known() -> None:
    assert clause("identity", "aws:SourceIp", Condition={"Null": {"aws:SourceIp": "true"}}).test(seen()) is False
    assert clause("identity", "aws:SourceIp", Condition={"Null": {"aws:SourceIp": "false"}}).test(seen()) is True
    partial = seen({"context": Context(complete=False)})
    assert clause("identity", "aws:referer", Condition={"Null": {"aws:referer": "true"}}).test(partial) is None


# One object for one meaning


def every_clause(side: Caller | Target) -> list[Clause]:
    return [
        occurrence.clause
        for policies in side.compiled().values()
        for statement in policies.statements()
        for occurrence in statement.occurrences
    ]


CONDITION = {"StringEquals": {"aws:username": ["Ann", "Bob"]}}


@pytest.mark.rule("EVL-11")
def test_equal_clauses_of_a_layer_are_one_object() -> None:
    statement = stated(Resource=PETS, Condition=CONDITION)
    first, second = (
        policy(statement, name="first"),
        policy(statement, stated("Deny", Condition=CONDITION), name="second"),
    )
    clauses = every_clause(Caller(ANN, identity=[first, second]))
    by_meaning: dict[Clause, set[int]] = {}
    for each in clauses:
        by_meaning.setdefault(each, set()).add(id(each))
    assert [each for each, objects in by_meaning.items() if len(objects) > 1] == []
    names = sorted(type(each).__name__ for each in by_meaning)
    # What a Deny has is read by rules of its own.
    assert names == ["ActionClause", *["ConditionClause"] * 2, *["ResourceClause"] * 2]


@pytest.mark.rule("POL-4", "GW-7", "VAR-5")
@pytest.mark.parametrize(
    ("statement", "other", "how", "same"),
    [
        (stated(Condition=CONDITION), stated(Condition={"StringEquals": {"AWS:UserName": ["Ann", "Bob"]}}), {}, True),
        (stated(Condition=CONDITION), stated(Condition={"StringEquals": {"aws:username": ["Bob", "Ann"]}}), {}, False),
        (stated(Condition=CONDITION), stated(Condition={"StringLike": {"aws:username": ["Ann", "Bob"]}}), {}, False),
        (stated(Condition=CONDITION), stated(Condition=CONDITION), {"version": "2008-10-17"}, False),
        (stated(Condition=CONDITION), stated(Condition=CONDITION), {"kind": "boundary"}, True),
        (stated(), stated(Action=["*"]), {}, True),
        (stated(NotAction="*"), stated(Action="*"), {}, False),
    ],
)
def test_what_makes_clauses_equal(
    statement: dict[str, Any], other: dict[str, Any], how: dict[str, str], same: bool
) -> None:
    table = ClauseTable()
    (first,) = compiled(policy(statement), table=table).statements()
    (second,) = compiled(policy(other, **untyped(how)), table=table).statements()
    index = -1 if "Condition" in statement else 0
    assert (first.occurrences[index].clause is second.occurrences[index].clause) is same


@pytest.mark.rule("VAR-5", "GW-7")
def test_resources_are_read_by_effect_and_kind() -> None:
    table = ClauseTable()
    policies = [
        policy(stated(effect, NotResource=of("custom:x"), **principal), kind=PolicyKind(kind))
        for effect in ("Allow", "Deny")
        for kind, principal in (("identity", {}), ("resource", {"Principal": "*"}))
    ]
    clauses = {each.occurrences[-1].clause for each in compiled(*policies, table=table).statements()}
    assert len(clauses) == 4


@pytest.mark.rule("EVL-11")
def test_a_table_counts_meanings() -> None:
    table = ClauseTable()
    list(compiled(policy(stated(), stated(Resource=PETS)), policy(stated(Resource=PETS)), table=table).statements())
    assert len(table) == 3


PIECES = st.sampled_from(["arn:aws:execute-api:", "execute-api:", "*", "**", "?", ":", "/", "a", "eu-west-1:", "1:"])


@pytest.mark.rule("RES-2", "GW-7")
@given(st.lists(PIECES, max_size=9).map("".join), st.sampled_from(PolicyKind), st.booleans())
def test_a_value_is_indexed_as_its_entry_matches(text: str, kind: PolicyKind, strict: bool) -> None:
    """Deciding files the patterns of a text without variables without making its entry."""
    entry = ResourceEntry(text, kind=kind, version="2012-10-17", strict=strict, in_deny=strict)
    assert entry.fixed is not None
    expected = tuple(normalised(tokens) for tokens, _ in entry.fixed)
    assert plain_patterns(text, kind=kind, strict=strict) == (entry.short, expected)


def test_a_clause_is_equal_by_meaning_and_shows_it() -> None:
    action = ActionClause(Element("Action", (Text("*"),)), effect="Allow")
    assert action == ActionClause(Element("Action", (Text("*", 5, 8),), 1, 9), effect="Deny")
    assert action != ActionClause(Element("NotAction", (Text("*"),)), effect="Allow")
    assert action != ("Action", ("*",))
    assert repr(action) == "ActionClause('Action', ('*',), False)"


# Layers


@pytest.mark.rule("EVL-2", "EVL-6", "EVL-11", "KEY-4")
@pytest.mark.parametrize(
    ("levels", "outcome"),
    [
        ([], LayerOutcome(False, Grant.NONE, Grant.NONE)),
        ([[]], LayerOutcome(False, Grant.NONE, Grant.NONE)),
        ([[allowing()]], LayerOutcome(False, Grant.DIRECT, Grant.DIRECT)),
        ([[allowing()], []], LayerOutcome(False, Grant.NONE, Grant.NONE)),
        ([[allowing(Action="s3:*")]], LayerOutcome(False, Grant.NONE, Grant.NONE)),
        ([[policy(stated(), stated("Deny"))]], LayerOutcome(True, Grant.DIRECT, Grant.DIRECT)),
        ([[policy(stated(Resource=of("aws:userid")))]], LayerOutcome(False, Grant.NONE, Grant.DIRECT)),
        ([[policy(stated("Deny", Resource=of("aws:userid")))]], LayerOutcome(None, Grant.NONE, Grant.NONE)),
        (
            [
                [
                    policy(
                        stated("Deny", Resource=of("aws:userid")),
                        stated("Deny"),
                        stated("Deny", Resource=of("aws:userid")),
                    )
                ]
            ],
            LayerOutcome(True, Grant.NONE, Grant.NONE),
        ),
        ([[allowing()], [policy(stated("Deny"))]], LayerOutcome(True, Grant.NONE, Grant.NONE)),
    ],
)
def test_the_outcome_of_a_layer(levels: list[list[Policy]], outcome: LayerOutcome) -> None:
    view = seen()
    table = CompiledPolicies(levels, ClauseTable()).statement_table
    assert evaluate_layer(table, view.resource, view.cache(), view).outcome() == outcome


@pytest.mark.rule("EVL-11")
def test_clauses_are_in_the_order_principal_action_resource_conditions() -> None:
    statement = {
        "Condition": {"Null": {"custom:x": "true", "custom:y": "true"}, "Bool": {"custom:z": "true"}},
        "Resource": "*", "Action": "*", "Principal": "*", "Effect": "Allow",
    }  # fmt: skip
    (found,) = compiled(policy(statement, kind="resource")).statements()
    assert [each.path for each in found.occurrences] == [
        "Statement[0].Principal",
        "Statement[0].Action",
        "Statement[0].Resource",
        "Statement[0].Condition.Null.custom:x",
        "Statement[0].Condition.Null.custom:y",
        "Statement[0].Condition.Bool.custom:z",
    ]


@pytest.mark.rule("POL-4")
@pytest.mark.parametrize(("version", "allowed"), [("2012-10-17", False), ("2008-10-17", True)])
def test_the_version_decides_what_a_variable_is(version: str, allowed: bool) -> None:
    named = policy(stated(Condition={"StringEquals": {"custom:x": "${aws:username}"}}), version=version)
    assert decided(identity=named, context={"custom:x": "${aws:username}"}).allowed is allowed


S3: dict[str, Any] = {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "account": ACCOUNT}


@pytest.mark.rule("PRN-7", "PRN-6", "PRN-1", "EVL-9", "VAR-5", "POL-13", "RES-2", "VAR-3", "VAR-4")
@pytest.mark.parametrize(
    ("kind", "element", "statement", "request_", "rules"),
    [
        ("identity", "Action", stated(), {}, ()),
        ("identity", "NotAction", stated(NotAction=[]), {}, ("POL-13",)),
        ("identity", "NotAction", stated(NotAction=["s3:*"]), {}, ()),
        ("identity", "NotResource", stated(NotResource=[]), {}, ("POL-13",)),
        ("identity", "NotResource", stated(NotResource=[of("custom:x")]), {}, ("VAR-5",)),
        ("identity", "Resource", stated(Resource=[of("custom:x")]), {}, ()),
        ("identity", "Resource", stated(Resource=[of("aws:PrincipalArn")]), {"caller": SESSION}, ("PRN-7",)),
        ("identity", "Resource", stated(Resource=[of("aws:PrincipalArn")]), {"caller": ANN}, ()),
        ("identity", "Resource", stated(Resource=of("custom:x") + "*"), {"context": {"custom:x": ""}}, ("VAR-3",)),
        ("identity", "Resource", stated(Resource=of("custom:x")), {"context": {"custom:x": ""}}, ()),
        (
            "identity",
            "NotResource",
            stated(NotResource=of("custom:x")),
            {"context": {"custom:x": ""}},
            ("VAR-3", "VAR-5"),
        ),
        ("identity", "Resource", stated(Resource=of("custom:x, 'p*'")), {}, ("VAR-4",)),
        ("identity", "Resource", stated(Resource=of("custom:x")), {"context": {"custom:x": "p*"}}, ("VAR-4",)),
        ("identity", "Resource", stated(Resource=of("custom:x")), {"context": {"custom:x": "q*"}}, ()),
        ("identity", "Resource", stated(Resource=of("aws:userid")), {}, ()),
        ("identity", "Resource", stated(Resource="arn:aws:execute-api:eu*1:*:*"), {}, ()),
        ("identity", "Resource", stated("Deny", Resource="arn:aws:exe*a1b2c3/*"), {}, ("RES-2",)),
        ("identity", "Resource", stated(Resource="arn:aws:execute-api"), {}, ()),
        ("identity", "Resource", stated("Deny", Resource="arn:aws:execute-api"), {}, ()),
        ("identity", "Resource", stated(Resource="arn:aws:execute-api:*:a1b2c3/*"), {}, ("RES-2",)),
        *(
            (kind, "Resource", stated(effect, Resource="arn:aws:execute-api", **principal), {}, ("RES-2",))
            for kind, principal in (
                *((kind, {}) for kind in ("boundary", "session", "scp")),
                *((kind, {"Principal": "*"}) for kind in ("resource", "vpc_endpoint")),
            )
            for effect in ("Allow", "Deny")
        ),
        ("rcp", "Resource", stated("Deny", Action="s3:*", Principal="*", Resource="arn:aws:s3"), S3, ("RES-2",)),
        ("scp", "Resource", stated(Resource="arn:aws:execute-api:*"), {}, ()),
        ("scp", "NotResource", stated("Deny", NotResource="arn:aws:execute-api"), {}, ("RES-2",)),
        ("resource", "Resource", stated(Principal="*", Resource="arn:aws:execute-api:*:a1b2c3/*"), {}, ("RES-2",)),
        ("resource", "Resource", stated("Deny", Principal="*", Resource="arn:aws:s3"), {}, ()),
        ("resource", "Resource", stated(Principal="*", Resource="arn:aws:execute-api:eu*1:*:*"), {}, ()),
        ("resource", "Resource", stated(Principal="*", Resource="arn:aws:e*2222*3:a1b2c3/*:*:*"), {}, ()),
        ("identity", "Resource", stated("Deny", Resource="arn:aws:execute-api:*"), {}, ()),
        ("identity", "Resource", stated(Resource="arn:aws:exe*a1b2c3/*"), {}, ("RES-2",)),
        ("resource", "Principal", stated(Principal="*"), {"caller": FEDERATED}, ()),
        ("resource", "NotPrincipal", stated("Deny", NotPrincipal="*"), {"caller": SERVICE}, ("PRN-1",)),
        ("resource", "NotPrincipal", stated("Deny", NotPrincipal={"AWS": "*"}), {"caller": SERVICE}, ("PRN-1",)),
        (
            "resource",
            "NotPrincipal",
            stated("Deny", NotPrincipal={"AWS": "*", "Service": SERVICE}),
            {"caller": SERVICE},
            (),
        ),
        ("resource", "NotPrincipal", stated("Deny", NotPrincipal={"AWS": ACCOUNT}), {"caller": SERVICE}, ()),
        ("resource", "NotPrincipal", stated("Deny", NotPrincipal="*"), {}, ()),
        ("resource", "NotPrincipal", stated("Deny", NotPrincipal={"AWS": ANN}), {}, ("PRN-6",)),
        (
            "resource",
            "NotPrincipal",
            stated("Deny", NotPrincipal={"AWS": ROLE}),
            {"caller": SESSION},
            ("PRN-6", "PRN-7"),
        ),
        ("resource", "NotPrincipal", stated("Deny", NotPrincipal={"AWS": ROLE}), {"caller": ROLE}, ("PRN-6",)),
        (
            "identity",
            "aws:PrincipalArn",
            stated(Condition={"ArnLike": {"aws:PrincipalArn": ROLE}}),
            {"caller": SESSION},
            ("PRN-7",),
        ),
        (
            "identity",
            "aws:PrincipalArn",
            stated(Condition={"ArnLike": {"aws:PrincipalArn": ROLE}}),
            {"caller": SESSION, "context": {"aws:PrincipalArn": ROLE}},
            (),
        ),
    ],
)
def test_the_assumptions_of_a_clause(
    kind: PolicyKindName, element: str, statement: dict[str, Any], request_: dict[str, Any], rules: tuple[str, ...]
) -> None:
    (found,) = compiled(policy(statement, kind=kind)).statements()
    (clause_,) = [each.clause for each in found.occurrences if element in (each.clause.element, each.key)]
    assert clause_.assumptions(seen(request_)) == rules


@pytest.mark.rule("RES-7", "GW-7", "VAR-3")
@pytest.mark.parametrize(
    ("kind", "resource", "request_", "rests"),
    [
        ("identity", f"{API}/prod/get/*", {}, True),
        ("identity", f"{API}/prod/GET/*", {}, False),
        ("identity", f"{API}/prod/post/*", {}, False),
        ("identity", [f"{API}/prod/get/*", f"{API}/prod/GET/*"], {}, False),
        ("identity", [f"{API}/prod/get/*", "*"], {}, False),
        ("identity", "arn:*:*:*:*:a1b2c3/prod/get/*", {}, True),
        ("identity", "*/prod/get/*", {}, False),
        ("identity", "", {}, False),
        ("identity", of("custom:x"), {"context": {"custom:x": "PETS"}}, True),
        ("identity", of("custom:x"), {"context": {"custom:x": "cats"}}, False),
        ("identity", of("custom:x").replace("GET", "get"), {}, False),
        ("identity", of("aws:userid").replace("GET", "get"), {}, True),
        ("identity", "arn:*:EXECUTE-API:${aws:RequestedRegion}:*", {}, False),
        ("resource", "execute-api:/prod/get/*", {}, True),
        ("resource", "execute-api:/prod/get/*", S3, False),
        ("resource", "Execute-API:/prod/GET/*", {}, True),
        ("resource", "Execute-API:/prod/POST/*", {}, False),
        ("resource", "Execute-API:/prod/GET/*", S3, False),
        ("vpc_endpoint", "Execute-API:/prod/GET/*", {}, False),
    ],
)
def test_whether_a_resource_rests_on_case(
    kind: PolicyKindName, resource: Any, request_: dict[str, Any], rests: bool
) -> None:
    principal = {} if kind == "identity" else {"Principal": "*"}
    found = clause(kind, "Resource", Resource=resource, **principal)
    for _ in range(2):  # the second time what was made for it is used again
        assert ("RES-7" in found.assumptions(seen(request_))) is rests


@pytest.mark.rule("EVL-11")
def test_a_condition_keeps_what_was_written() -> None:
    found = clause("identity", "AWS:UserName", Condition={"StringLike": {"AWS:UserName": ["A*", 5, True]}})
    assert isinstance(found, ConditionClause)
    assert (found.key, str(found.operator), found.values) == ("aws:username", "StringLike", ("A*", "5", "true"))


@pytest.mark.rule("POL-4", "EVL-11")
def test_two_spellings_of_a_key_are_one_clause_and_each_statement_keeps_its_own() -> None:
    spellings = ("aws:UserName", "AWS:username", "custom:Team", "CUSTOM:team")
    statements = [stated(Condition={"StringEquals": {key: "a"}}, Resource=PETS) for key in spellings]
    policies = compiled(policy(*statements[:2]), policy(*statements[2:]))
    conditions = [each.occurrences[-1] for each in policies.statements()]
    first, second, third, fourth = [each.clause for each in conditions]
    assert first is second is not third is fourth
    assert tuple(each.key for each in conditions) == spellings


@pytest.mark.rule("EVL-1")
def test_a_layer_knows_the_kind_of_its_documents() -> None:
    assert [layer.kind.value for layer in Layer] == [layer.value for layer in Layer]


@pytest.mark.rule("GW-18", "PRN-6")
def test_a_layer_may_see_the_caller_otherwise_than_the_request_does() -> None:
    request, target = a_request(ANN), Target(resource=allowing("resource", Principal={"AWS": ANN}))
    anonymous = View(a_request("anonymous").key_values(), has_boundary=False)
    as_seen = Evaluation(request, target, layered_request(request, target, anonymous))
    assert Evaluation(request, target).verdicts.layers[Layer.RESOURCE].grant is Grant.DIRECT
    assert as_seen.verdicts.layers[Layer.RESOURCE].grant is Grant.NONE
