"""The model judged by hand: each expected outcome is worked out from the rule that the test names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.model.evaluator import Document, Principal, World, decide

HOME, AWAY = "111122223333", "444455556666"
GET_PETS = f"arn:aws:execute-api:eu-west-1:{HOME}:a1b2c3d4e5/prod/GET/pets"
ANN_ARN = f"arn:aws:iam::{HOME}:user/staff/Ann"
CLERK_ARN = f"arn:aws:iam::{HOME}:role/desk/Clerk"
CLERK_SESSION = f"arn:aws:sts::{HOME}:assumed-role/Clerk/ann"
ROOT_ARN = f"arn:aws:iam::{HOME}:root"

ANN = Principal("user", account=HOME, name="Ann", path="/staff/", unique_id="AIDAEXAMPLE", tags={"Team": "sales"})
CLERK = Principal("role_session", account=HOME, name="Clerk", path="/desk/", session="ann", unique_id="AROAEXAMPLE")
FED = Principal("federated_user", account=HOME, name="Fay", federated_by=ANN_ARN)
STATES = Principal("service", partition=None, service="states.amazonaws.com")
ANONYMOUS = Principal("anonymous", partition=None)


def statement(effect: str, **elements: Any) -> Document:
    parts = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*", **elements}
    if "NotAction" in parts:
        del parts["Action"]
    if "NotResource" in parts:
        del parts["Resource"]
    return parts


def policy(*statements: Document, version: str = "2012-10-17") -> Document:
    return {"Version": version, "Statement": list(statements)}


def allow(**elements: Any) -> Document:
    return policy(statement("Allow", **elements))


def deny(**elements: Any) -> Document:
    return policy(statement("Deny", **elements))


def ask(
    principal: Principal = ANN, *, action: str = "execute-api:Invoke", resource: str = GET_PETS, **rest: Any
) -> str:
    return decide(World(principal, action, resource, **rest))


def allowed_if(condition: Document, **rest: Any) -> bool:
    """Whether an Allow with this condition applies."""
    outcome = ask(identity=[allow(Condition=condition)], **rest)
    assert outcome in ("allow", "implicit_deny")
    return outcome == "allow"


def named(principal: Principal, name: Any, **rest: Any) -> str:
    """The outcome where a resource policy allows this principal, and nothing else does."""
    return ask(principal, resource_policy=allow(Principal=name), **rest)


# ---- actions and resources


@pytest.mark.rule("ACT-1")
@pytest.mark.parametrize("action", ["EXECUTE-API:invoke", "execute-api:Inv*", "*", "execute-api:?nvoke"])
def test_an_action_matches_without_regard_to_case(action: str) -> None:
    assert ask(identity=[allow(Action=action)]) == "allow"


@pytest.mark.rule("ACT-1")
@pytest.mark.parametrize("action", ["execute-api:Invok", "execute-api:?Invoke", "execute-api", "xecute-api:Invoke"])
def test_an_action_is_anchored_at_both_ends(action: str) -> None:
    assert ask(identity=[allow(Action=action)]) == "implicit_deny"


@pytest.mark.rule("ACT-3", "POL-13")
def test_what_is_not_listed_matches_and_an_empty_list_of_actions_does_nothing() -> None:
    assert ask(identity=[allow(NotAction=["s3:*"])]) == "allow"
    assert ask(identity=[allow(NotAction=["s3:*", "execute-api:*"])]) == "implicit_deny"
    assert ask(identity=[allow(NotAction=[])]) == ask(identity=[allow(NotResource=[])]) == "implicit_deny"
    assert ask(identity=[allow(), deny(NotAction=[])]) == "explicit_deny"
    assert ask(identity=[allow(), deny(NotResource=[])]) == "explicit_deny"
    assert ask(identity=[allow(Action=[])]) == "implicit_deny"
    assert ask(identity=[allow(), deny(Resource=[])]) == "allow"


@pytest.mark.rule("POL-13")
@pytest.mark.parametrize("block", [{}, {"Bool": {}}, {"Bool": {}, "StringEquals": {"aws:username": "Ann"}}])
def test_an_empty_condition_limits_an_allow_to_nothing(block: dict[str, object]) -> None:
    assert ask(identity=[allow(Condition=block)]) == "implicit_deny"
    assert ask(identity=[allow(), deny(Condition=block)]) == "explicit_deny"
    assert ask(identity=[allow(), deny(Condition={**block, "Null": {"aws:username": "true"}})]) == "allow"


@pytest.mark.rule("RES-1", "RES-2", "RES-4")
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (GET_PETS, "allow"),
        ("*", "allow"),
        ("arn:aws:execute-api:*", "allow"),
        ("arn:aws:execute-api:*:*:*/prod/GET/*", "allow"),
        ("arn:aws:execute-api:*/GET/pets", "implicit_deny"),  # this star stays within the region
        ("arn:aws:execute-api:eu-*-1:*:*", "allow"),
        ("arn:aws:execute-api:eu*1:*:*", "allow"),
        ("arn:aws:execute-api:e*3:*", "implicit_deny"),  # nor can this one reach the account
        ("arn:aws:execute-api:eu-west-1?111122223333:*", "implicit_deny"),
        (GET_PETS[:-1] + "?", "allow"),
        (GET_PETS + "?", "implicit_deny"),
        (GET_PETS.replace("GET", "get"), "implicit_deny"),
        (GET_PETS.replace("pets", "[p]ets"), "implicit_deny"),
        (GET_PETS[:-1], "implicit_deny"),
    ],
)
def test_resource_patterns(pattern: str, expected: str) -> None:
    assert ask(identity=[allow(Resource=pattern)]) == expected


@pytest.mark.rule("RES-2")
def test_only_policies_of_the_caller_are_padded() -> None:
    short = "arn:aws:execute-api"
    assert ask(identity=[allow(Resource=short)]) == "allow"
    assert ask(identity=[allow()], scps=[[allow(Resource=short)]]) == "allow"
    assert ask(resource_policy=allow(Principal="*", Resource=short)) == "implicit_deny"
    assert ask(resource_policy=allow(Principal="*", Resource=short + ":*")) == "allow"


@pytest.mark.rule("RES-2")
@pytest.mark.parametrize("layer", ["resource_policy", "vpc_endpoint"])
@pytest.mark.parametrize(
    ("pattern", "denies"),
    [
        (f"arn:aws:execute-api:eu-west-1:{HOME}", True),
        ("arn:aws:execute-api:eu-west-*", True),
        ("arn:aws:e?ecute-api", True),
        ("arn:aws:execute-api:*:a1b2c3d4e5/prod/*", True),
        (f"arn:aws:execute-api:eu-west-2:{HOME}", False),
        ("arn:aws:s3", False),
        ("execute-api", False),
    ],
)
def test_what_denies_on_the_resources_side_matches_by_either_reading(layer: str, pattern: str, denies: bool) -> None:
    def outcome(*statements: Document) -> str:
        layers: dict[str, Any] = {layer: policy(*statements)}
        return ask(identity=[allow()], **layers)

    everything = statement("Allow", Principal="*")
    outside = statement("Deny", Principal="*", NotResource=pattern)
    assert outcome(everything, statement("Deny", Principal="*", Resource=pattern)) == (
        "explicit_deny" if denies else "allow"
    )
    written = "*" in pattern  # as it is written it matches too: the star ends its field, so that it runs on
    assert outcome(everything, outside) == ("allow" if written else "explicit_deny")


@pytest.mark.rule("RES-1", "RES-2")
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:execute-api:eu-west-1:*", "allow"),
        ("arn:aws:e*:eu-west-1:*", "allow"),
        ("arn:aws:e*1:*:*", "implicit_deny"),  # the first star would have to cross a colon
        ("arn:aws:execute-api?eu-west-1:*", "implicit_deny"),
    ],
)
def test_before_the_fifth_colon_only_a_last_star_crosses_colons(pattern: str, expected: str) -> None:
    assert ask(resource_policy=allow(Principal="*", Resource=pattern)) == expected


@pytest.mark.rule("GW-7")
def test_the_short_form_means_the_part_after_the_api_id_in_resource_policies() -> None:
    def resource_policy(pattern: str) -> str:
        return ask(ANONYMOUS, resource_policy=allow(Principal="*", Resource=pattern))

    assert resource_policy("execute-api:/prod/GET/pets") == "allow"
    assert resource_policy("execute-api:/*") == "allow"
    assert resource_policy("execute-api:/prod/GET/pet") == "implicit_deny"
    assert resource_policy("execute-api:*") == "implicit_deny"
    assert resource_policy("execute-api:prod/GET/pets") == "implicit_deny"
    assert ask(identity=[allow(Resource="execute-api:/*")]) == "implicit_deny"
    assert ask(identity=[allow()], vpc_endpoint=allow(Principal="*", Resource="execute-api:/*")) == "implicit_deny"


# ---- variables


@pytest.mark.rule("VAR-1", "VAR-2", "POL-4")
def test_a_variable_stands_for_its_value_in_version_2012_only() -> None:
    own = f"arn:aws:execute-api:eu-west-1:{HOME}:a1b2c3d4e5/prod/GET/${{AWS:UserName}}"
    ann_only = GET_PETS.replace("pets", "Ann")
    assert ask(resource=ann_only, identity=[allow(Resource=own)]) == "allow"
    assert ask(resource=ann_only, identity=[policy(statement("Allow", Resource=own), version="2008-10-17")]) == (
        "implicit_deny"
    )
    early = f"arn:aws:execute-api:eu-west-1:${{aws:PrincipalAccount}}:{GET_PETS.split(':', 5)[5]}"
    assert ask(identity=[allow(Resource=early)]) == "implicit_deny"  # VAR-1: not before the fifth colon


@pytest.mark.rule("POL-14", "VAR-1")
@pytest.mark.parametrize(
    ("pattern", "denies"),
    [
        ("arn:*:kms:*:${aws:PrincipalAccount}:key/*", False),
        (f"arn:aws:execute-api:eu-west-1:${{aws:PrincipalAccount}}:{GET_PETS.split(':', 5)[5]}", True),
        ("arn:aws:${aws:PrincipalTag/service}:eu-west-1:111122223333:a1b2c3d4e5/dev/*", False),
        ("arn:aws:${aws:PrincipalTag/service}:a1b2c3d4e5/*", False),  # it stays within its field
        ("arn:*:${aws:PrincipalTag/service}:a1b2c3d4e5/*", True),  # a wildcard before it: no field is known
        ("${aws:PrincipalTag/resource}", True),
        ("arn:aws:${*}:*", False),
    ],
)
def test_a_variable_before_the_fifth_colon_grants_nothing_and_denies_any_text_of_its_field(
    pattern: str, denies: bool
) -> None:
    assert ask(identity=[allow(Resource=pattern)]) == "implicit_deny"
    assert ask(identity=[allow(), deny(NotResource=pattern)]) == "explicit_deny"
    assert ask(identity=[allow(), deny(Resource=pattern)]) == ("explicit_deny" if denies else "allow")
    assert ask(identity=[allow(NotResource=pattern)]) == ("implicit_deny" if denies else "allow")


@pytest.mark.rule("VAR-2", "VAR-4")
def test_what_a_variable_brings_is_literal_text() -> None:
    pattern = "arn:aws:execute-api:*:*:*/prod/GET/${aws:PrincipalTag/dept}"
    star = ANN._replace(tags={"dept": "*"})
    assert ask(star, identity=[allow(Resource=pattern)]) == "implicit_deny"
    assert ask(star, resource=GET_PETS.replace("pets", "*"), identity=[allow(Resource=pattern)]) == "allow"
    assert ask(identity=[allow(Resource=GET_PETS.replace("pets", "${*}"))]) == "implicit_deny"
    assert ask(identity=[allow(Resource=GET_PETS.replace("pets", "${aws:Nothing, 'pets'}"))]) == "allow"


@pytest.mark.rule("VAR-3", "VAR-5")
def test_an_unresolved_variable_matches_no_resource() -> None:
    unresolved = GET_PETS.replace("pets", "${aws:PrincipalTag/none}")
    other = GET_PETS.replace("pets", "cats")
    assert ask(identity=[allow(Resource=[unresolved, GET_PETS])]) == "allow"
    assert ask(identity=[allow(Resource=unresolved)]) == "implicit_deny"
    assert ask(identity=[allow(NotResource=[other])]) == "allow"
    assert ask(identity=[allow(NotResource=[other, unresolved])]) == "implicit_deny"
    assert ask(identity=[allow(), deny(NotResource=[other, unresolved])]) == "explicit_deny"
    assert ask(identity=[allow(), deny(NotResource=[GET_PETS, unresolved])]) == "allow"


@pytest.mark.rule("VAR-3", "VAR-4")
def test_an_empty_value_is_none_and_gives_way_to_a_default() -> None:
    pattern = "arn:aws:execute-api:*:*:*/prod/GET/${aws:PrincipalTag/dept}*"
    empty, star = ANN._replace(tags={"dept": ""}), ANN._replace(tags={"dept": "pe"})
    assert ask(empty, identity=[allow(Resource=pattern)]) == "implicit_deny"
    assert ask(star, identity=[allow(Resource=pattern)]) == "allow"
    assert ask(empty, identity=[allow(Resource=pattern.replace("}", ", 'pe'}"))]) == "allow"
    assert ask(empty, identity=[allow(Resource=pattern.replace("}", ", 'ca'}"))]) == "implicit_deny"
    assert ask(empty, identity=[allow(Resource=pattern.replace("}*", ", 'pets'}"))]) == "implicit_deny"
    assert ask(empty, identity=[allow(Resource=pattern.replace("}*", ", '*'}"))]) == "implicit_deny"
    same = {"StringEquals": {"stage": "${aws:PrincipalTag/dept}"}}
    assert not allowed_if(same, principal=empty, context={"stage": ""})


@pytest.mark.rule("VAR-3", "VAR-5")
def test_an_empty_value_is_read_both_ways_where_it_denies() -> None:
    pattern, other = GET_PETS.replace("pets", "${aws:PrincipalTag/dept}*"), GET_PETS.replace("pets", "cats")
    empty, defaulted = ANN._replace(tags={"dept": ""}), GET_PETS.replace("pets", "${aws:PrincipalTag/dept, 'pets'}")
    assert ask(empty, identity=[allow(), deny(Resource=pattern)]) == "explicit_deny"
    assert ask(ANN._replace(tags={}), identity=[allow(), deny(Resource=pattern)]) == "allow"
    assert ask(empty, identity=[allow(), deny(Resource=defaulted)]) == "explicit_deny"
    assert ask(empty, resource=other, identity=[allow(), deny(Resource=defaulted)]) == "allow"
    assert ask(empty, identity=[allow(), deny(NotResource=defaulted)]) == "explicit_deny"
    assert ask(empty, identity=[allow(), deny(NotResource=defaulted + "*")]) == "allow"
    assert ask(empty, identity=[allow(NotResource=defaulted)]) == "implicit_deny"
    assert ask(empty, resource=other, identity=[allow(NotResource=defaulted)]) == "allow"
    assert not allowed_if(
        {"StringNotEquals": {"stage": "${aws:PrincipalTag/dept}"}}, principal=empty, context={"stage": ""}
    )


@pytest.mark.rule("VAR-3")
def test_an_unresolved_variable_in_a_condition_drops_out_of_its_list() -> None:
    stage = {"stage": "prod"}
    assert allowed_if({"StringEquals": {"stage": ["${none}", "prod"]}}, context=stage)
    assert not allowed_if({"StringEquals": {"stage": "${none}"}}, context=stage)
    assert allowed_if({"StringNotEquals": {"stage": "${none}"}}, context=stage)
    assert not allowed_if({"StringNotEquals": {"stage": ["${none}", "prod"]}}, context=stage)


# ---- conditions


@pytest.mark.rule("CND-1")
def test_operators_and_keys_and_values_or_and_negated_values_nor() -> None:
    context = {"a": "1", "b": "2"}
    assert allowed_if({"StringEquals": {"a": ["0", "1"], "b": "2"}}, context=context)
    assert not allowed_if({"StringEquals": {"a": "1", "b": "3"}}, context=context)
    assert not allowed_if({"StringEquals": {"a": "1"}, "StringLike": {"b": "3*"}}, context=context)
    assert not allowed_if({"StringNotEquals": {"a": ["0", "1"]}}, context=context)
    assert allowed_if({"StringNotEquals": {"a": ["0", "2"]}}, context=context)


@pytest.mark.rule("CND-2", "CND-5")
def test_key_names_have_no_case_and_values_have() -> None:
    assert allowed_if({"StringEquals": {"AWS:principaltag/TEAM": "sales"}})
    assert not allowed_if({"StringEquals": {"aws:PrincipalTag/Team": "Sales"}})
    assert allowed_if({"StringEqualsIgnoreCase": {"aws:PrincipalTag/Team": "Sales"}})
    assert not allowed_if({"StringEquals": {"aws:PrincipalTag/Team": "sale*"}})
    assert allowed_if({"StringLike": {"aws:PrincipalTag/Team": "s?le*"}})


@pytest.mark.rule("CND-3", "CND-11", "CND-12", "CND-14")
@pytest.mark.parametrize(
    ("operator", "missing", "present_and_no_values"),
    [
        ("StringEquals", False, False),
        ("StringNotEquals", True, True),
        ("StringEqualsIfExists", True, False),
        ("StringNotEqualsIfExists", True, False),
        ("ForAllValues:StringEquals", True, False),
        ("ForAllValues:StringNotEquals", True, False),
        ("ForAnyValue:StringEquals", False, False),
        ("ForAnyValue:StringNotEquals", False, False),
        ("ForAnyValue:StringEqualsIfExists", False, False),
    ],
)
def test_a_missing_key_and_an_empty_list_of_values(operator: str, missing: bool, present_and_no_values: bool) -> None:
    assert allowed_if({operator: {"key": "x"}}) == missing
    assert allowed_if({operator: {"key": "x"}}, context={"key": []}) == missing
    assert allowed_if({operator: {"key": []}}, context={"key": "x"}) == present_and_no_values


@pytest.mark.rule("CND-11")
@pytest.mark.parametrize(
    ("operator", "both", "first", "neither"),
    [
        ("ForAllValues:StringEquals", True, False, False),
        ("ForAnyValue:StringEquals", True, True, False),
        ("ForAllValues:StringNotEquals", False, False, True),
        ("ForAnyValue:StringNotEquals", False, True, True),
    ],
)
def test_set_operators(operator: str, both: bool, first: bool, neither: bool) -> None:
    context = {"aws:TagKeys": ["a", "b"]}
    assert allowed_if({operator: {"aws:TagKeys": ["a", "b"]}}, context=context) == both
    assert allowed_if({operator: {"aws:TagKeys": ["a", "z"]}}, context=context) == first
    assert allowed_if({operator: {"aws:TagKeys": ["y", "z"]}}, context=context) == neither


@pytest.mark.rule("CND-13")
def test_several_values_without_a_set_operator_never_match() -> None:
    for operator in ("StringEquals", "StringNotEquals", "StringNotEqualsIfExists"):
        assert not allowed_if({operator: {"key": "a"}}, context={"key": ["a", "b"]})
        assert not allowed_if({operator: {"aws:TagKeys": "z"}}, context={"aws:TagKeys": "a"})
    assert allowed_if({"StringEquals": {"key": "a"}}, context={"key": ["a"]})
    assert allowed_if({"Null": {"aws:TagKeys": "false"}}, context={"aws:TagKeys": ["a", "b"]})


@pytest.mark.rule("CND-4", "CND-12", "POL-9")
def test_null_asks_whether_the_key_is_there() -> None:
    assert allowed_if({"Null": {"key": True}})
    assert not allowed_if({"Null": {"key": "true"}}, context={"key": "x"})
    assert allowed_if({"Null": {"key": "false"}}, context={"key": "x"})
    assert allowed_if({"Null": {"key": "true"}}, context={"key": []})
    assert allowed_if({"ForAllValues:Null": {"key": "false"}})
    assert not allowed_if({"ForAnyValue:Null": {"key": "true"}})


@pytest.mark.rule("CND-6")
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:sns:*:111122223333:finance/*", False),
        ("arn:aws:sns:us-east-2:999999999999:store/abc:*:finance/*", True),
        ("arn:aws:sns:us-east-?:*:store/*", True),
        ("arn:aws:SNS:us-east-2:*:store/*", False),
        ("arn:aws:sns:*", False),
        ("*", False),
    ],
)
def test_arn_operators_go_component_by_component(pattern: str, expected: bool) -> None:
    source = {"aws:SourceArn": "arn:aws:sns:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"}
    assert allowed_if({"ArnEquals": {"aws:SourceArn": pattern}}, context=source) == expected
    assert allowed_if({"ArnLike": {"aws:SourceArn": pattern}}, context=source) == expected
    assert allowed_if({"ArnNotLike": {"aws:SourceArn": pattern}}, context=source) != expected


@pytest.mark.rule("CND-6")
def test_what_is_no_arn_matches_no_arn_operator() -> None:
    short = {"key": "arn:aws:sns"}
    assert not allowed_if({"ArnEquals": {"key": "arn:aws:sns"}}, context=short)
    assert allowed_if({"ArnNotEquals": {"key": "arn:aws:sns"}}, context=short)


@pytest.mark.rule("CND-7")
@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("DateEquals", "2024-02-29T12:00Z", True),
        ("DateEquals", "2024-02-29T14:00:00+02:00", True),
        ("DateEquals", "2024-02-29T12:00:00", True),  # no zone: UTC
        ("DateEquals", "1709208000", True),
        ("DateEquals", 1709208000, True),
        ("DateEquals", "1709208000.5", False),
        ("DateGreaterThan", "2024", False),
        ("DateGreaterThan", "2024-03", False),
        ("DateLessThan", "2024-02-29T12:00:00.1Z", True),
        ("DateLessThanEquals", "2024-02-29T12:00:00Z", True),
        ("DateGreaterThan", "20240101", True),  # eight digits: epoch seconds, in 1970
        ("DateGreaterThan", "2024-1-1", False),  # no date of the profile
        ("DateNotEquals", "2024-02-30", True),  # no date, so compares false, so negated true (CND-15)
    ],
)
def test_dates(operator: str, value: str | int, expected: bool) -> None:
    assert allowed_if({operator: {"when": value}}, context={"when": "2024-02-29T12:00:00Z"}) == expected


@pytest.mark.rule("CND-8", "CND-15")
@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("NumericEquals", "0.3", True),
        ("NumericEquals", "+3e-1", True),
        ("NumericEquals", 0.3, True),
        ("NumericEquals", "0.30000000000000001", False),
        ("NumericLessThan", "0.31", True),
        ("NumericGreaterThanEquals", "0.30", True),
        ("NumericEquals", "00.3", False),
        ("NumericEquals", ".3", False),
        ("NumericNotEquals", "three", True),
    ],
)
def test_numbers(operator: str, value: str | float, expected: bool) -> None:
    assert allowed_if({operator: {"size": value}}, context={"size": "0.3"}) == expected


@pytest.mark.rule("CND-9", "CND-15")
@pytest.mark.parametrize(
    ("address", "ranges", "expected"),
    [
        ("203.0.113.7", "203.0.113.0/24", True),
        ("203.0.113.7", "203.0.113.99/24", True),  # host bits are ignored
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.114.7", "203.0.113.0/24", False),
        ("2001:db8::7", ["203.0.113.0/24", "2001:DB8::/32"], True),
        ("::ffff:203.0.113.7", "203.0.113.0/24", False),
        ("203.0.113.7", "0.0.0.0/0", True),
        ("203.0.113.7", "203.0.113.*", False),
        ("203.0.113.7", "203.0.113.0/255.255.255.0", False),
    ],
)
def test_addresses(address: str, ranges: str | list[str], expected: bool) -> None:
    context = {"aws:SourceIp": address}
    assert allowed_if({"IpAddress": {"aws:SourceIp": ranges}}, context=context) == expected
    assert allowed_if({"NotIpAddress": {"aws:SourceIp": ranges}}, context=context) != expected


@pytest.mark.rule("CND-10", "CND-15")
def test_booleans_and_bytes() -> None:
    assert allowed_if({"Bool": {"aws:MultiFactorAuthPresent": "TRUE"}}, context={"aws:MultiFactorAuthPresent": "true"})
    assert not allowed_if({"Bool": {"flag": "yes"}}, context={"flag": "yes"})
    assert allowed_if({"BinaryEquals": {"blob": "QQ=="}}, context={"blob": "QQ=="})
    assert not allowed_if({"BinaryEquals": {"blob": "QQ"}}, context={"blob": "QQ"})


# ---- principals and the strength of a grant


@pytest.mark.rule("EVL-4", "PRN-2", "PRN-3", "PRN-4")
@pytest.mark.parametrize(
    ("principal", "name", "bare", "limited"),
    [  # the outcome with the resource policy alone, and with a boundary that allows nothing of this
        (ANN, ANN_ARN, "allow", "allow"),
        (ANN, "*", "allow", "allow"),
        (ANN, ROOT_ARN, "implicit_deny", "implicit_deny"),
        (ANN, HOME, "implicit_deny", "implicit_deny"),
        (ANN, ANN_ARN.replace("Ann", "ann"), "implicit_deny", "implicit_deny"),
        (CLERK, CLERK_SESSION, "allow", "allow"),
        (CLERK, CLERK_SESSION + "e", "implicit_deny", "implicit_deny"),
        (CLERK, CLERK_ARN, "allow", "implicit_deny"),
        (CLERK, f"arn:aws:iam::{HOME}:role/Clerk", "allow", "implicit_deny"),  # the path does not matter
        (CLERK, f"arn:aws:iam::{HOME}:role/desk/HeadClerk", "implicit_deny", "implicit_deny"),
        (CLERK, f"arn:aws:iam::{AWAY}:role/Clerk", "implicit_deny", "implicit_deny"),
        (CLERK, "AROAEXAMPLE", "allow", "implicit_deny"),  # PRN-5
        (CLERK, "AROAEXAMPLE:ann", "allow", "allow"),
        (CLERK, "AROAEXAMPLE:bob", "implicit_deny", "implicit_deny"),
        (CLERK, "AROAEXAMPLES", "implicit_deny", "implicit_deny"),
        (CLERK._replace(unique_id="AIDAEXAMPLE"), "AIDAEXAMPLE", "implicit_deny", "implicit_deny"),
        (ANN, "AIDAEXAMPLE", "allow", "allow"),
        (ANN, "AIDAEXAMPLES", "implicit_deny", "implicit_deny"),
        (ANN._replace(unique_id="AROAEXAMPLE"), "AROAEXAMPLE", "implicit_deny", "implicit_deny"),
        (ANN._replace(unique_id=None), "AIDAEXAMPLE", "indeterminate", "indeterminate"),
        (ANN._replace(unique_id=None), "AROAEXAMPLE", "implicit_deny", "implicit_deny"),
        (FED, f"arn:aws:sts::{HOME}:federated-user/Fay", "allow", "allow"),
        (FED, ANN_ARN, "implicit_deny", "implicit_deny"),  # EVL-9: the session policy is an empty one
        (FED, "*", "implicit_deny", "implicit_deny"),  # EVL-9: it names the user, not the session
    ],
)
def test_whom_a_resource_policy_names_decides_what_still_blocks(
    principal: Principal, name: str, bare: str, limited: str
) -> None:
    assert named(principal, {"AWS": name}) == bare
    assert named(principal, {"AWS": name}, boundary=allow(Action="s3:*")) == limited


@pytest.mark.rule("EVL-4", "EVL-6")
def test_the_strongest_grant_counts() -> None:
    both = policy(statement("Allow", Principal={"AWS": ROOT_ARN}), statement("Allow", Principal={"AWS": CLERK_SESSION}))
    assert ask(CLERK, resource_policy=both, session=[allow(Action="s3:*")]) == "allow"
    assert named(CLERK, {"AWS": CLERK_ARN}, session=[allow(Action="s3:*")]) == "implicit_deny"
    assert named(CLERK, {"AWS": CLERK_ARN}, session=[allow(Action="s3:*"), allow()]) == "allow"


@pytest.mark.rule("EVL-9")
def test_a_federated_user_needs_a_session_policy() -> None:
    assert ask(FED, identity=[allow()]) == "implicit_deny"
    assert ask(FED, identity=[allow()], session=[allow()]) == "allow"
    assert named(FED, {"AWS": ANN_ARN}, session=[allow()]) == "allow"
    assert named(FED, {"AWS": "*"}, session=[allow()]) == "allow"
    assert named(FED, {"AWS": "*"}, session=[allow(Action="s3:*")]) == "implicit_deny"
    assert named(FED._replace(federated_by=None), {"AWS": ANN_ARN}, session=[allow()]) == "implicit_deny"


@pytest.mark.rule("PRN-1", "EVL-8")
def test_for_services_and_anonymous_callers_the_resource_policy_alone_counts() -> None:
    assert named(STATES, {"Service": ["sns.amazonaws.com", "states.amazonaws.com"]}) == "allow"
    assert named(STATES, {"Service": "sns.amazonaws.com"}) == "implicit_deny"
    assert named(STATES, {"AWS": HOME}) == "implicit_deny"
    assert named(ANONYMOUS, {"AWS": "*"}, boundary=allow(Action="s3:*"), scps=[[]]) == "allow"
    assert ask(ANONYMOUS, identity=[allow()]) == "implicit_deny"
    assert named(CLERK, {"Federated": f"arn:aws:iam::{HOME}:saml-provider/Clerk"}) == "implicit_deny"
    assert named(STATES, {"Federated": "states.amazonaws.com"}) == "implicit_deny"


@pytest.mark.rule("PRN-6")
def test_notprincipal_exempts_only_whose_every_arn_is_listed() -> None:
    def unless(names: Any, principal: Principal = CLERK, **rest: Any) -> str:
        both = policy(statement("Allow", Principal="*"), statement("Deny", NotPrincipal=names))
        return ask(principal, resource_policy=both, **rest)

    assert unless({"AWS": [HOME, CLERK_ARN, CLERK_SESSION]}) == "allow"
    assert unless({"AWS": [ROOT_ARN, CLERK_ARN]}) == "explicit_deny"
    assert unless({"AWS": [CLERK_ARN, CLERK_SESSION]}) == "explicit_deny"
    assert unless({"AWS": [HOME, CLERK_ARN.replace("/desk", ""), CLERK_SESSION]}) == "explicit_deny"
    assert unless({"AWS": [HOME, CLERK_ARN, CLERK_SESSION]}, boundary=allow()) == "explicit_deny"
    assert unless({"AWS": [HOME, ANN_ARN]}, ANN) == "allow"
    assert unless({"Service": "states.amazonaws.com"}, STATES) == "allow"
    assert unless({"AWS": HOME}, ANONYMOUS) == "explicit_deny"
    assert unless("*", ANONYMOUS) == "allow"
    assert unless({"AWS": []}, ANN) == "explicit_deny"


@pytest.mark.rule("PRN-5", "PRN-6")
def test_notprincipal_may_list_unique_ids() -> None:
    def unless(names: list[str], principal: Principal = CLERK) -> str:
        both = policy(statement("Allow", Principal="*"), statement("Deny", NotPrincipal={"AWS": names}))
        return ask(principal, resource_policy=both)

    without_id = CLERK._replace(unique_id=None)
    assert unless([HOME, "AROAEXAMPLE", "AROAEXAMPLE:ann"]) == "allow"
    assert unless([HOME, "AROAEXAMPLE", CLERK_SESSION]) == "allow"
    assert unless([HOME, "AROAEXAMPLE"]) == "explicit_deny"
    assert unless([HOME, "AROAEXAMPLE", "AROAEXAMPLE:bob"]) == "explicit_deny"
    assert unless([HOME, "AROAEXAMPLE", "AROAEXAMPLE:ann"], without_id) == "indeterminate"
    assert unless([HOME, CLERK_ARN, CLERK_SESSION, "AROAEXAMPLE"], without_id) == "allow"
    assert unless([HOME, "AIDAEXAMPLE"], ANN) == "allow"
    assert unless(["AIDAEXAMPLE"], ANN) == "explicit_deny"


@pytest.mark.rule("PRN-7", "KEY-3")
def test_principal_arn_of_a_session_is_the_role_with_its_path() -> None:
    pathless = CLERK._replace(path=None)
    condition = {"ArnEquals": {"aws:PrincipalArn": CLERK_ARN}}
    assert allowed_if(condition, principal=CLERK)
    assert not allowed_if(condition, principal=pathless)
    assert allowed_if({"ArnEquals": {"aws:PrincipalArn": CLERK_ARN.replace("/desk", "")}}, principal=pathless)
    assert ask(pathless, identity=[allow(Condition=condition)], complete=False) == "indeterminate"
    of_identity_center = pathless._replace(name="AWSReservedSSO_Desk_0123456789abcdef")
    assert ask(of_identity_center, identity=[allow(Condition=condition)]) == "indeterminate"
    arn = of_identity_center._replace(path="/desk/").arns()[1]
    spared = {"AWS": [HOME, arn, of_identity_center.arns()[2]]}
    assert ask(of_identity_center, identity=[allow()], resource_policy=deny(NotPrincipal=spared)) == "indeterminate"


@pytest.mark.rule("PRN-2", "KEY-2")
def test_the_root_arn_in_principalarn_means_the_root_user() -> None:
    root = Principal("root", account=HOME)
    condition = {"ArnEquals": {"aws:PrincipalArn": ROOT_ARN}}
    only_root = allow(Principal="*", Condition=condition)
    assert ask(resource_policy=only_root) == "implicit_deny"
    assert ask(root, resource_policy=deny(Principal="*", Condition=condition)) == "explicit_deny"
    userid = {"StringEquals": {"aws:userid": HOME, "aws:PrincipalType": "Account"}}
    assert ask(root, resource_policy=deny(Principal="*", Condition=userid)) == "explicit_deny"


# ---- layers


@pytest.mark.rule("EVL-1")
@pytest.mark.parametrize("layer", ["identity", "boundary", "session", "scps", "resource_policy", "vpc_endpoint"])
def test_an_explicit_deny_in_any_layer_wins(layer: str) -> None:
    both = policy(statement("Allow"), statement("Deny"))
    wrapped: dict[str, Any] = {"identity": [both], "session": [both], "scps": [[both]]}
    layers = {"identity": [allow()], "resource_policy": allow(Principal="*"), layer: wrapped.get(layer, both)}
    if layer == "resource_policy":
        layers[layer] = policy(statement("Allow", Principal="*"), statement("Deny", Principal="*"))
    assert ask(CLERK, **layers) == "explicit_deny"


@pytest.mark.rule("EVL-2", "EVL-8")
def test_every_level_of_scps_must_allow() -> None:
    no, yes = allow(Action="s3:*"), allow()
    assert ask(identity=[yes], scps=[[yes], [no, yes]]) == "allow"
    assert ask(identity=[yes], scps=[[yes], [no]]) == "implicit_deny"
    assert named(ANN, {"AWS": ANN_ARN}, scps=[[no]]) == "implicit_deny"
    root = Principal("root", account=HOME)
    assert ask(root) == "allow"
    assert ask(root, scps=[[no]]) == "implicit_deny"
    assert ask(root._replace(management_account=True), scps=[[no]]) == "allow"
    linked = CLERK._replace(path="/aws-service-role/x.amazonaws.com/")
    assert ask(linked, identity=[yes], scps=[[no]]) == "allow"


@pytest.mark.rule("EVL-3")
def test_rcps_deny_only_and_not_at_execute_api() -> None:
    everything = deny(Principal="*", Action=["execute-api:*", "s3:*"])
    assert ask(identity=[allow()], rcps=[[everything]]) == "allow"
    s3: dict[str, Any] = {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account": HOME}
    assert ask(identity=[allow(Action="*")], rcps=[[everything]], **s3) == "explicit_deny"
    assert ask(identity=[allow(Action="*")], rcps=[[]], **s3) == "allow"


@pytest.mark.rule("EVL-5")
def test_across_accounts_both_sides_must_allow() -> None:
    away = ANN._replace(account=AWAY)
    direct = {"AWS": f"arn:aws:iam::{AWAY}:user/staff/Ann"}
    assert named(away, direct) == "implicit_deny"
    assert ask(away, identity=[allow()]) == "implicit_deny"
    assert named(away, direct, identity=[allow()]) == "allow"
    assert named(away, {"AWS": AWAY}, identity=[allow()]) == "allow"
    assert named(away, {"AWS": HOME}, identity=[allow()]) == "implicit_deny"
    assert named(away, direct, identity=[allow()], boundary=allow(Action="s3:*")) == "implicit_deny"
    assert named(Principal("root", account=AWAY), {"AWS": AWAY}) == "allow"


@pytest.mark.rule("PRN-8")
def test_nothing_is_delegated_across_partitions() -> None:
    china = GET_PETS.replace("arn:aws:", "arn:aws-cn:")
    assert ask(resource=china, identity=[allow()]) == "implicit_deny"
    assert ask(resource=china, identity=[allow()], resource_policy=deny(Principal="*")) == "explicit_deny"
    assert named(ANN, {"AWS": ANN_ARN.replace("arn:aws:", "arn:aws-cn:")}) == "implicit_deny"


@pytest.mark.rule("EVL-7")
def test_an_endpoint_policy_is_one_more_filter() -> None:
    assert ask(identity=[allow()], vpc_endpoint=allow(Principal={"AWS": HOME})) == "allow"
    assert ask(identity=[allow()], vpc_endpoint=allow(Principal={"AWS": AWAY})) == "implicit_deny"
    assert ask(vpc_endpoint=allow(Principal="*")) == "implicit_deny"


# ---- what is not known


@pytest.mark.rule("KEY-4")
def test_an_unknown_key_is_neither_there_nor_absent() -> None:
    night = deny(Condition={"DateLessThan": {"aws:CurrentTime": "2024-01-01"}})
    assert ask(identity=[allow(), night]) == "indeterminate"
    assert ask(identity=[allow(), night], context={"aws:EpochTime": "1709208000"}) == "allow"
    assert ask(identity=[night]) == "indeterminate"  # implicitly or explicitly denied
    assert ask(identity=[allow(), night, deny()]) == "explicit_deny"
    optional = deny(Condition={"Null": {"aws:Referer": "true"}})
    assert ask(identity=[allow(), optional]) == "explicit_deny"
    assert ask(identity=[allow(), optional], complete=False) == "indeterminate"


@pytest.mark.rule("KEY-4", "GW-19", "GW-23")
def test_source_ip_and_the_endpoint_keys() -> None:
    def absent(key: str, principal: Principal = ANN, **rest: Any) -> str:
        return ask(principal, resource_policy=allow(Principal="*", Condition={"Null": {key: "true"}}), **rest)

    through: dict[str, Any] = {"context": {"aws:SourceVpce": "vpce-1"}, "complete": False}
    assert absent("aws:SourceIp") == "implicit_deny"  # it is there, whatever it is
    assert absent("aws:SourceIp", **through) == "allow"
    assert absent("aws:SourceIp", STATES) == "allow"
    assert absent("aws:SourceVpc") == "allow"
    assert absent("aws:SourceVpc", **through) == "implicit_deny"
    assert absent("aws:SourceVpc", context={"aws:VpcSourceIp": "10.0.0.1"}) == "implicit_deny"
    assert absent("aws:SourceVpc", complete=False) == "indeterminate"
    assert absent("aws:ResourceTag/team", complete=False) == "allow"
    assert absent("aws:TokenIssueTime") == "allow"
    assert absent("aws:TokenIssueTime", CLERK) == "implicit_deny"


@pytest.mark.rule("KEY-2", "KEY-3", "KEY-4")
def test_user_ids() -> None:
    user_id = "aws:userid"
    assert allowed_if({"StringEquals": {user_id: "AIDAEXAMPLE", "aws:username": "Ann", "aws:PrincipalType": "User"}})
    assert allowed_if({"StringEquals": {user_id: "AROAEXAMPLE:ann"}}, principal=CLERK)
    assert ask(ANN._replace(unique_id=None), identity=[allow(Condition={"Null": {user_id: "true"}})]) == "implicit_deny"
    fed = {"StringEquals": {user_id: f"{HOME}:Fay", "aws:PrincipalType": "FederatedUser"}}
    assert allowed_if(fed, principal=FED, session=[allow()])


@pytest.mark.rule("KEY-4", "VAR-3")
def test_an_unknown_variable_leaves_the_other_values_in_effect() -> None:
    context = {"name": "x"}
    assert ask(identity=[allow(Condition={"StringEquals": {"name": ["${aws:Referer}", "x"]}})], context=context) == (
        "allow"
    )
    unknown = allow(Condition={"StringEquals": {"name": ["${aws:Referer}", "y"]}})
    assert ask(identity=[unknown], context=context) == "implicit_deny"
    assert ask(identity=[unknown], context=context, complete=False) == "indeterminate"


@pytest.mark.rule("KEY-4", "VAR-5")
def test_an_unknown_variable_matters_where_some_text_in_its_place_matches() -> None:
    unknown = ANN._replace(unique_id=None)
    home = GET_PETS.replace("pets", "home/${aws:userid}")
    reed = GET_PETS.replace("pets", "home/reed")
    assert ask(unknown, identity=[allow(), deny(Resource=home)]) == "allow"
    assert ask(unknown, resource=reed, identity=[allow(), deny(Resource=home)]) == "indeterminate"
    assert ask(unknown, identity=[allow(NotResource=home)]) == "allow"
    assert ask(unknown, resource=reed, identity=[allow(NotResource=home)]) == "indeterminate"
    tag = home.replace("aws:userid", "aws:PrincipalTag/dept")
    assert ask(unknown._replace(tags=None), identity=[allow(NotResource=tag)], complete=False) == "indeterminate"
    for operator, value in (("StringEquals", "a-${aws:userid}"), ("StringEqualsIgnoreCase", "A-${aws:userid}")):
        denied = [allow(), deny(Condition={operator: {"name": value}})]
        assert ask(unknown, identity=denied, context={"name": "b-1"}) == "allow"
        assert ask(unknown, identity=denied, context={"name": "a-1"}) == "indeterminate"


@pytest.mark.rule("PRN-4", "KEY-4")
def test_a_bare_role_may_be_any_session_of_it() -> None:
    bare = CLERK._replace(kind="role", session=None)
    assert named(bare, {"AWS": CLERK_SESSION}) == "indeterminate"
    assert named(bare, {"AWS": CLERK_SESSION.replace("Clerk", "Clerks")}) == "implicit_deny"
    assert named(bare, {"AWS": CLERK_ARN}) == "allow"
    both = {"AWS": [CLERK_ARN, CLERK_SESSION]}
    assert named(bare, both, boundary=allow(Action="s3:*")) == "indeterminate"


@pytest.mark.rule("PRN-1", "KEY-4")
def test_a_canonical_user_may_be_any_account() -> None:
    canonical = {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
    both = policy(statement("Allow", Principal="*"), statement("Deny", Principal=canonical))
    assert ask(resource_policy=both) == "indeterminate"
    assert ask(ANONYMOUS, resource_policy=both) == "allow"
    assert named(ANN, canonical) == "implicit_deny"  # naming the account is delegation only


# ---- keys by their presence, and what grants or denies


def denied_if(condition: Document, **rest: Any) -> bool:
    """Whether a Deny with this condition applies, beside an Allow of everything."""
    outcome = ask(identity=[allow(), deny(Condition=condition)], **rest)
    assert outcome in ("allow", "explicit_deny")
    return outcome == "explicit_deny"


@pytest.mark.rule("KEY-3")
def test_a_time_is_a_date_or_seconds_by_its_key_and_not_as_it_is_given() -> None:
    for given in ({"aws:CurrentTime": "1767225600"}, {"aws:EpochTime": "2026-01-01T00:00:00Z"}):
        assert allowed_if({"StringEquals": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, context=given)
        assert not allowed_if({"StringEquals": {"aws:CurrentTime": "1767225600"}}, context=given)
        assert allowed_if({"StringEquals": {"aws:EpochTime": "1767225600"}}, context=given)
    assert allowed_if({"StringEquals": {"aws:CurrentTime": "2026"}}, context={"aws:CurrentTime": "2026"})  # a year


@pytest.mark.rule("KEY-3", "KEY-4")
def test_a_service_that_calls_for_a_user_keeps_the_address_and_no_endpoint() -> None:
    own = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    forwarded = {"aws:CalledVia": ["athena.amazonaws.com", "s3.amazonaws.com"]}
    assert ask(identity=[allow(), deny(Condition=own)], context=forwarded) == "indeterminate"
    assert denied_if({"Bool": {"aws:ViaAWSService": "true"}}, context=forwarded)
    assert denied_if({"StringEquals": {"aws:CalledViaLast": "s3.amazonaws.com"}}, context=forwarded)
    assert denied_if({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, context=forwarded, complete=False)


@pytest.mark.rule("KEY-4")
def test_keys_that_a_caller_never_has_are_absent_in_a_partial_context() -> None:
    for key in ("aws:SourceAccount", "saml:sub", "accounts.google.com:sub", "aws:RequestTag/a"):
        assert not allowed_if({"StringLike": {key: "*"}}, complete=False)
    by_saml = allow(Condition={"StringLike": {"saml:sub": "*"}})
    assert ask(CLERK, identity=[by_saml], complete=False) == "indeterminate"
    assert named(STATES, "*") == "allow"


@pytest.mark.rule("KEY-7")
def test_a_key_that_is_false_or_absent_is_read_as_it_denies() -> None:
    for condition, denies in (({"Bool": {"aws:ViaAWSMCPService": "false"}}, True), ({"Null": {"app:x": "true"}}, True)):
        assert denied_if(condition) is denies
    assert not allowed_if({"Bool": {"aws:ViaAWSMCPService": "false"}})
    assert not allowed_if({"Null": {"aws:ViaAWSMCPService": "true"}})
    assert allowed_if({"Null": {"aws:MultiFactorAuthPresent": "true"}})  # a user with long-term keys


@pytest.mark.rule("CND-9", "CND-13", "CND-16", "CND-17")
def test_what_grants_is_read_narrowly_and_what_denies_widely() -> None:
    address, near = {"IpAddress": {"aws:SourceIp": "2001:db8::1"}}, {"aws:SourceIp": "2001:db8:ffff::9"}
    assert (allowed_if(address, context=near), denied_if(address, context=near)) == (False, True)
    day, noon = {"DateLessThanEquals": {"aws:CurrentTime": "2026-06-30"}}, {"aws:CurrentTime": "2026-06-30T12:00:00Z"}
    assert (allowed_if(day, context=noon), denied_if(day, context=noon)) == (False, True)
    month = {"DateGreaterThan": {"aws:CurrentTime": "2026-06"}}
    assert (allowed_if(month, context=noon), denied_if(month, context=noon)) == (False, True)
    plain, several = {"StringEquals": {"app:x": "a"}}, {"app:x": ["a", "b"]}
    assert (allowed_if(plain, context=several), denied_if(plain, context=several)) == (False, True)
