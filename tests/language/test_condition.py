"""One condition against the values of a request."""

from __future__ import annotations

import pytest

from execpolicy.language.request_details import FALSE_OR_ABSENT
from execpolicy.language.truth import Truth, kleene_all, kleene_any, kleene_not
from tests.language.conditions import OLD, assumptions, condition, holds


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize(
    ("truths", "some", "every"),
    [
        ([], False, True),
        ([True], True, True),
        ([False], False, False),
        ([None], None, None),
        ([None, True], True, None),
        ([True, None], True, None),
        ([None, False], None, False),
        ([False, None], None, False),
    ],
)
def test_logic_of_three_values(truths: list[Truth], some: Truth, every: Truth) -> None:
    assert (kleene_any(truths), kleene_all(truths)) == (some, every)


@pytest.mark.rule("KEY-4")
def test_not_of_three_values() -> None:
    assert [kleene_not(truth) for truth in (True, False, None)] == [False, True, None]


@pytest.mark.rule("CND-1", "CND-3", "CND-11", "CND-12", "CND-13", "CND-14")
@pytest.mark.parametrize(
    ("operator", "values", "absent", "empty_text", "one", "other", "several"),
    [
        # values ["a"]; of the request: no value, "", "a", "b", "a" and "b"
        ("StringEquals", ["a"], False, False, True, False, False),
        ("StringNotEquals", ["a"], True, True, False, True, False),
        ("StringEqualsIfExists", ["a"], True, False, True, False, False),
        ("StringNotEqualsIfExists", ["a"], True, True, False, True, False),
        ("ForAnyValue:StringEquals", ["a"], False, False, True, False, True),
        ("ForAnyValue:StringNotEquals", ["a"], False, False, False, True, True),
        ("ForAnyValue:StringEqualsIfExists", ["a"], False, False, True, False, True),
        ("ForAllValues:StringEquals", ["a"], True, True, True, False, False),
        ("ForAllValues:StringNotEquals", ["a"], True, True, False, True, False),
        ("ForAllValues:StringEqualsIfExists", ["a"], True, True, True, False, False),
        ("StringEquals", ["a", "b"], False, False, True, True, False),
        ("StringNotEquals", ["a", "b"], True, True, False, False, False),
        ("ForAllValues:StringEquals", ["a", "b"], True, True, True, True, True),
        # no values
        ("StringEquals", [], False, False, False, False, False),
        ("StringNotEquals", [], True, True, True, True, False),
        ("StringEqualsIfExists", [], True, False, False, False, False),
        ("StringNotEqualsIfExists", [], True, False, False, False, False),
        ("ForAnyValue:StringEquals", [], False, False, False, False, False),
        ("ForAnyValue:StringNotEquals", [], False, False, False, False, False),
        ("ForAllValues:StringEquals", [], True, True, False, False, False),
        ("ForAllValues:StringNotEquals", [], True, True, False, False, False),
    ],
)
def test_how_values_combine(
    *, operator: str, values: list[str], absent: bool, empty_text: bool, one: bool, other: bool, several: bool
) -> None:
    test = condition(operator, "colour", *values)
    found = [holds(test, {"colour": given}) for given in ((), ("",), ("a",), ("b",), ("a", "b"))]
    assert found == [absent, empty_text, one, other, several]


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "ForAllValues:StringEquals", "Null"])
def test_a_condition_over_an_unknown_key_is_unknown(operator: str) -> None:
    assert holds(condition(operator, "colour", "true"), {"colour": None}) is None


@pytest.mark.rule("CND-4", "CND-12")
@pytest.mark.parametrize(
    ("operator", "value", "absent", "present", "unknown"),
    [
        ("Null", "true", True, False, None),
        ("Null", "FALSE", False, True, None),
        ("ForAllValues:Null", "true", True, True, True),
        ("ForAllValues:Null", "false", True, True, True),
        ("ForAnyValue:Null", "true", False, False, False),
        ("ForAnyValue:Null", "false", False, False, False),
    ],
)
def test_null(operator: str, value: str, absent: bool, present: bool, unknown: Truth) -> None:
    test = condition(operator, "colour", value)
    found = [holds(test, {"colour": given}) for given in ((), ("red",), ("red", "blue"), ("",), None)]
    # A key whose one value is the empty text counts as absent.
    assert found == [absent, present, present, present if "For" in operator else absent, unknown]


@pytest.mark.rule("CND-4", "CND-15")
@pytest.mark.parametrize("values", [(), ("maybe",)])
def test_null_over_nothing_that_it_can_read_never_holds(values: tuple[str, ...]) -> None:
    test = condition("Null", "colour", *values)
    assert (holds(test, {}), holds(test, {"colour": ("red",)})) == (False, False)


@pytest.mark.rule("CND-13")
def test_a_multivalued_key_of_the_catalogue_needs_a_set_operator_for_one_value_too() -> None:
    given = {"aws:tagkeys": ("team",)}
    assert holds(condition("StringEquals", "aws:TagKeys", "team"), given) is False
    assert holds(condition("StringNotEquals", "aws:TagKeys", "cost"), given) is False
    assert holds(condition("ForAnyValue:StringEquals", "aws:TagKeys", "team"), given) is True
    assert holds(condition("StringNotEquals", "aws:TagKeys", "cost"), {}) is True


@pytest.mark.rule("CND-13", "CND-14")
def test_a_deny_over_several_values_holds_if_it_holds_for_one() -> None:
    given = {"aws:tagkeys": ("team", "cost")}
    for operator, value, expected in [
        ("StringEquals", "team", True),
        ("StringEquals", "floor", False),
        ("StringNotEquals", "team", True),
    ]:
        test = condition(operator, "aws:TagKeys", value, effect="Deny")
        assert holds(test, given) is expected
        assert assumptions(test, given) == (("CND-13",) if expected else ())
    empty = condition("StringNotEquals", "aws:TagKeys", effect="Deny")
    assert (holds(empty, given), assumptions(empty, given)) == (True, ("CND-13", "CND-14"))


@pytest.mark.rule("KEY-7")
@pytest.mark.parametrize(
    ("operator", "value", "allow", "deny"),
    [
        ("Bool", "false", False, True),
        ("Bool", "true", False, False),
        ("BoolIfExists", "true", False, True),
        ("BoolIfExists", "false", True, True),
        ("Null", "true", False, True),
        ("StringNotEquals", "x", True, True),
    ],
)
def test_a_key_that_is_false_or_absent(operator: str, value: str, allow: bool, deny: bool) -> None:
    given = {"aws:multifactorauthpresent": FALSE_OR_ABSENT}
    tests = [condition(operator, "aws:MultiFactorAuthPresent", value, effect=effect) for effect in ("Allow", "Deny")]
    assert [holds(test, given) for test in tests] == [allow, deny]
    expected = ("KEY-7",) if allow is not deny else ()
    assert [assumptions(test, given) for test in tests] == [expected, expected]


@pytest.mark.rule("KEY-7")
def test_a_variable_of_a_key_that_is_false_or_absent_is_unknown() -> None:
    test = condition("StringLike", "colour", "${aws:MultiFactorAuthPresent}")
    assert holds(test, {"colour": ("red",), "aws:multifactorauthpresent": FALSE_OR_ABSENT}) is None


@pytest.mark.rule("CND-2")
def test_the_name_of_a_key_has_no_case() -> None:
    assert holds(condition("StringEquals", "Aws:PrincipalTag/TEAM", "a"), {"aws:principaltag/team": ("a",)}) is True


@pytest.mark.rule("VAR-1", "VAR-3", "KEY-4")
@pytest.mark.parametrize(
    ("operator", "matching", "missing", "unknown"),
    [("StringEquals", True, False, None), ("StringNotEquals", False, True, None), ("ArnLike", False, False, None)],
)
def test_a_variable_in_a_value(operator: str, matching: Truth, missing: Truth, unknown: Truth) -> None:
    test = condition(operator, "colour", "${shade}")
    assert test.variables == ("shade",)
    assert holds(test, {"colour": ("red",), "shade": ("red",)}) is matching
    assert holds(test, {"colour": ("red",)}) is missing
    assert holds(test, {"colour": ("red",), "shade": None}) is unknown


@pytest.mark.rule("KEY-4", "VAR-3", "VAR-4", "CND-6")
@pytest.mark.parametrize(
    ("operator", "value", "actual", "truth"),
    [
        ("StringEquals", "dark ${shade}", "dark red", None),
        ("StringEquals", "dark ${shade}", "red", False),
        ("StringEquals", "* ${shade}", "dark red", False),  # a star is text under StringEquals
        ("StringLike", "* ${shade}", "dark red", None),
        ("StringLike", "* ${shade}", "red", False),
        ("StringNotEquals", "dark ${shade}", "dark red", None),
        ("StringNotEquals", "dark ${shade}", "red", True),
        ("StringEqualsIgnoreCase", "DARK ${shade}", "Dark red", None),
        ("StringEqualsIgnoreCase", "DARK ${shade}", "red", False),
        ("StringEqualsIgnoreCase", "ΑΣ${shade}", "ασκός", False),  # only A to Z have another case
        ("StringEqualsIgnoreCase", "${shade}Σ", "ΑΣ", None),
        ("ArnLike", "arn:aws:s3:::${shade}", "arn:aws:s3:::red", None),
        ("ArnLike", "arn:aws:s3:::${shade}", "arn:aws:sqs:::red", False),
        ("ArnLike", "${shade}:x", "arn:aws:s3:::x", None),  # a value may hold several fields
        ("ForAllValues:StringEquals", "dark ${shade}", "red", False),
        ("ForAnyValue:StringNotEquals", "dark ${shade}", "red", True),
        ("StringEquals", "${colour}${shade}", "redred", None),
        ("StringEquals", "${none}${shade}", "red", False),
    ],
)
def test_a_variable_that_is_not_known_matters_where_some_value_matches(
    operator: str, value: str, actual: str, truth: Truth
) -> None:
    given = {"paint": (actual,), "shade": None, "colour": ("red",)}
    assert holds(condition(operator, "paint", value), given) is truth


@pytest.mark.rule("KEY-4", "VAR-3", "VAR-4")
def test_what_no_value_makes_match_may_rest_on_the_other_variables() -> None:
    starred = condition("StringLike", "paint", "${colour}${shade}")
    given = {"paint": ("dark red",), "shade": None}
    assert assumptions(starred, {**given, "colour": ("*",)}) == ("VAR-4",)
    assert assumptions(starred, {**given, "colour": ("light",)}) == ()
    assert assumptions(starred, {**given, "colour": ("",)}) == ("VAR-3",)
    assert assumptions(condition("ArnLike", "paint", "${colour}"), {"paint": ("red",)}) == ()
    assert assumptions(condition("ArnLike", "paint", "x${shade}"), given) == ()


@pytest.mark.rule("VAR-3")
def test_only_the_value_without_a_variable_drops_out() -> None:
    test = condition("StringEquals", "colour", "${shade}", "red")
    assert holds(test, {"colour": ("red",)}) is True
    assert holds(test, {"colour": ("red",), "shade": None}) is True
    assert holds(test, {"colour": ("blue",), "shade": None}) is None


@pytest.mark.rule("POL-4", "VAR-1")
def test_in_the_old_version_and_under_other_types_a_variable_is_text() -> None:
    given = {"colour": ("${shade}",), "shade": ("red",)}
    assert holds(condition("StringEquals", "colour", "${shade}", version=OLD), given) is True
    assert condition("NumericEquals", "count", "${shade}").variables == ()


@pytest.mark.rule("CND-15")
@pytest.mark.parametrize(
    ("operator", "value", "truth"),
    [
        ("NumericEquals", "many", False),
        ("NumericNotEquals", "many", True),
        ("DateLessThan", "tomorrow", False),
        ("NotIpAddress", "10.0.0.*", True),
        ("ArnNotLike", "*", True),
        ("ArnLike", "*", False),
        ("Bool", "1", False),
    ],
)
def test_a_value_of_the_policy_that_does_not_fit_matches_nothing(operator: str, value: str, truth: bool) -> None:
    fitting = {"Numeric": "5", "Date": "2026", "NotIp": "10.0.0.1", "Arn": "arn:aws:s3:::b", "Bool": "true"}
    given = next(text for start, text in fitting.items() if operator.startswith(start))
    assert holds(condition(operator, "x", value), {"x": (given,)}) is truth


@pytest.mark.rule("CND-15")
def test_a_value_of_the_request_that_does_not_fit_is_unknown_unless_its_key_is_catalogued() -> None:
    assert holds(condition("NumericEquals", "x", "5"), {"x": ("five",)}) is None
    assert holds(condition("NumericNotEquals", "x", "5"), {"x": ("five",)}) is None
    assert holds(condition("NumericEquals", "x", "many"), {"x": ("five",)}) is False
    assert holds(condition("NumericEquals", "aws:username", "5"), {"aws:username": ("Ann",)}) is False
    assert holds(condition("NumericNotEquals", "aws:username", "5"), {"aws:username": ("Ann",)}) is True


@pytest.mark.rule("CND-15")
def test_the_values_that_an_operator_cannot_read() -> None:
    given = {"x": ("5", "five", "6", "six")}
    assert condition("NumericEquals", "x", "5").unfit(lambda key: given[key]) == ("five", "six")
    assert condition("StringEquals", "x", "5").unfit(lambda key: given[key]) == ()
    assert condition("Null", "x", "true").unfit(lambda key: given[key]) == ()
    assert condition("NumericEquals", "x", "5").unfit(lambda key: None) == ()


@pytest.mark.rule("CND-6", "CND-13", "CND-14", "CND-15", "VAR-4")
@pytest.mark.parametrize(
    ("operator", "values", "given", "rules"),
    [
        ("StringEquals", ["a"], ("a",), ()),
        ("StringEquals", ["a"], (), ()),
        ("StringEquals", ["a"], None, ()),
        ("StringEquals", ["a"], ("a", "b"), ("CND-13",)),
        ("ForAnyValue:StringEquals", ["a"], ("a", "b"), ()),
        ("StringEquals", [], ("a",), ("CND-14",)),
        ("StringNotEquals", [], ("a",), ("CND-14",)),
        ("StringEqualsIfExists", [], ("a",), ()),
        ("ForAllValues:StringEquals", [], ("a",), ()),
        ("NumericEquals", ["many"], ("5",), ("CND-15",)),
        ("NumericEquals", ["5"], ("5",), ()),
        ("NumericEquals", ["5", "many"], ("5",), ()),
        ("NumericEquals", ["6", "many"], ("5",), ("CND-15",)),
        ("ArnLike", ["*"], ("arn:aws:s3:::b",), ("CND-6",)),
        ("ArnLike", ["arn:aws:s3:::b"], ("b",), ("CND-6",)),
        ("ArnLike", ["arn:aws:s3:::b"], ("arn:aws:s3:::b",), ()),
        ("Null", ["true"], ("a",), ()),
        ("Null", ["maybe"], ("a",), ("CND-15",)),
        ("Null", ["maybe"], (), ("CND-15",)),
        ("Null", [], (), ("CND-14",)),
        ("ForAllValues:Null", ["maybe"], ("a",), ()),
        ("ForAnyValue:NumericEquals", ["5"], ("",), ()),
        ("ForAnyValue:ArnLike", ["arn:aws:s3:::b"], ("",), ()),
        ("StringLike", ["${shade}"], ("re-d",), ("VAR-4",)),
        ("StringLike", ["${shade}"], ("re*d",), ()),
        ("StringLike", ["${shade}"], ("blue",), ()),
        ("StringEquals", ["${shade}"], ("re*d",), ()),
    ],
)
def test_the_assumptions_of_a_condition(
    operator: str, values: list[str], given: tuple[str, ...] | None, rules: tuple[str, ...]
) -> None:
    assert assumptions(condition(operator, "x", *values), {"x": given, "shade": ("re*d",)}) == rules


@pytest.mark.rule("CND-15", "VAR-4")
def test_the_assumptions_of_a_catalogued_key_and_of_a_value_without_wildcards() -> None:
    assert assumptions(condition("NumericEquals", "aws:username", "5"), {"aws:username": ("Ann",)}) == ("CND-15",)
    given = {"x": ("red",), "shade": ("red",), "unknown": None}
    assert assumptions(condition("StringLike", "x", "${shade}", "${unknown}"), given) == ()


@pytest.mark.rule("CND-14", "KEY-4")
@pytest.mark.parametrize(
    ("operator", "key", "expected"),
    [
        ("StringEquals", "colour", False),
        ("NumericLessThan", "aws:multifactorauthage", False),
        ("StringEquals", "aws:tagkeys", False),
        ("StringNotEquals", "colour", True),
        ("StringNotEquals", "aws:tagkeys", None),  # true where it is absent, false where it has values (CND-13)
        ("StringEqualsIfExists", "colour", None),
        ("StringNotEqualsIfExists", "colour", None),
        ("ForAllValues:StringEquals", "aws:tagkeys", None),
        ("ForAnyValue:StringEquals", "aws:tagkeys", False),
        ("ForAnyValue:StringEqualsIfExists", "aws:tagkeys", False),
        ("Null", "colour", False),
    ],
)
def test_an_empty_list_over_an_unknown_key(operator: str, key: str, expected: Truth) -> None:
    """The result is known if it is the same whether or not the key is present."""
    test = condition(operator, key)
    assert holds(test, {key: None}) is expected
    if expected is not None and key != "aws:tagkeys":
        assert {holds(test, {key: given}) for given in ((), ("a",))} == {expected}


@pytest.mark.rule("CND-14")
def test_an_empty_list_over_an_unknown_key_rests_on_the_assumption() -> None:
    assert assumptions(condition("StringEquals", "colour"), {"colour": None}) == ("CND-14",)
    assert assumptions(condition("ForAnyValue:StringEquals", "colour"), {"colour": None}) == ()


@pytest.mark.rule("VAR-3")
def test_the_keys_of_variables_without_a_value() -> None:
    test = condition("StringEquals", "colour", "${aws:username}", "${aws:UserName}", "${custom:x}", "${custom:y}")
    values = {"custom:x": ("1",), "custom:y": None}
    assert test.without_value(lambda key: values.get(key, ())) == ("aws:username",)
