"""The names of condition operators."""

from __future__ import annotations

import pytest

from execpolicy.document.operator_name import (
    OPERATOR_NAMES,
    QUANTIFIERS,
    OperatorName,
    OperatorNameError,
    read_operator_name,
)
from execpolicy.document.syntax.wording import nearest

EVERY = [
    (quantifier, base, if_exists)
    for quantifier in ("", *QUANTIFIERS)
    for base in OPERATOR_NAMES
    for if_exists in (False, True)
    if not (base == "Null" and if_exists)
]


@pytest.mark.rule("CND-5")
def test_there_are_27_operators() -> None:
    assert len(set(OPERATOR_NAMES)) == 27


@pytest.mark.rule("CND-5")
@pytest.mark.parametrize(("quantifier", "base", "if_exists"), EVERY)
def test_every_operator_is_read_and_written(quantifier: str, base: str, if_exists: bool) -> None:
    text = (f"{quantifier}:" if quantifier else "") + base + ("IfExists" if if_exists else "")
    for _ in range(2):  # the second time it is known
        name = read_operator_name(text)
        assert name == OperatorName(base, quantifier, if_exists)
        assert str(name) == text


@pytest.mark.rule("CND-5")
@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("stringequals", 'did you mean "StringEquals"?'),
        ("StringEqual", 'did you mean "StringEquals"?'),
        ("StringLikeIfexists", 'did you mean "StringLikeIfExists"?'),
        ("ForAnyValue:stringLike", 'did you mean "ForAnyValue:StringLike"?'),
        ("forallvalues:StringLike", 'did you mean "ForAllValues:StringLike"?'),
        ("ForAnyValues:ArnLikeIfExists", 'did you mean "ForAnyValue:ArnLikeIfExists"?'),
        ("Sometimes:StringLike", "before the colon, write ForAllValues or ForAnyValue"),
        (":StringLike", "before the colon, write ForAllValues or ForAnyValue"),
        ("IfExists", "see the list of condition operators in the IAM User Guide"),
        ("", "see the list of condition operators in the IAM User Guide"),
        ("x" * 100, "see the list of condition operators in the IAM User Guide"),
        ("ForAnyValue:ForAllValues:StringLike", "before the colon, write ForAllValues or ForAnyValue"),
    ],
)
def test_another_name_is_refused_with_the_nearest(text: str, advice: str) -> None:
    with pytest.raises(OperatorNameError) as caught:
        read_operator_name(text)
    shown = text if len(text) <= 60 else text[:59] + "…"
    assert caught.value.message == f'found "{shown}", which is not a condition operator'
    assert caught.value.advice == advice


@pytest.mark.rule("CND-4", "CND-5")
@pytest.mark.parametrize("text", ["NullIfExists", "ForAnyValue:NullIfExists"])
def test_null_takes_no_if_exists(text: str) -> None:
    with pytest.raises(OperatorNameError) as caught:
        read_operator_name(text)
    assert caught.value.message == f'found "{text}", and Null takes no IfExists'
    assert caught.value.advice == 'write "Null": it tests whether a key exists'


@pytest.mark.rule("CND-5")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("BinaryNotEquals", ""),
        ("BoolNot", ""),
        ("StringEqualsIfExist", "StringEqualsIfExists"),
        ("StringNotLikeIfexists", "StringNotLikeIfExists"),
        ("stringnotequal", "StringNotEquals"),
        ("StringEquasl", "StringEquals"),
        ("NumericNotGreaterThan", ""),
        ("DateGreaterThenEquals", "DateGreaterThanEquals"),
        ("NotIpAddres", "NotIpAddress"),
        ("ForAnyValues:StringLike", "ForAnyValue:StringLike"),
        ("ForAllValue:StringNotEqual", "ForAllValues:StringNotEquals"),
        ("ForValues:StringEquals", ""),
    ],
)
def test_a_suggestion_never_inverts_the_meaning(name: str, meant: str) -> None:
    with pytest.raises(OperatorNameError) as caught:
        read_operator_name(name)
    advice = caught.value.advice
    assert (advice == f'did you mean "{meant}"?') if meant else ("did you mean" not in advice)


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("NotActions", ["Action", "NotAction"], "NotAction"),
        ("Actoin", ["Action", "NotAction"], "Action"),
        ("NotCondition", ["Condition", "Effect"], None),
        ("Disallow", ["Allow", "Deny"], None),
        ("noet", ["note"], "note"),
        ("notes", ["note"], "note"),
    ],
)
def test_a_negation_is_not_taken_for_its_opposite(name: str, known: list[str], meant: str | None) -> None:
    assert nearest(name, known) == meant
