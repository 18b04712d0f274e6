"""Rules of the family CND about how a condition is written: its key, its set operator, and the types of its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from execpolicy.document.model import NEW_VERSION
from execpolicy.document.syntax.nodes import NOWHERE, JsonArray, JsonBoolean, JsonNumber, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.variable_syntax import Variable, VariableSyntaxError, split_variables
from execpolicy.language.context_keys import CATALOGUE
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.conditions.requests import show_usual_value, show_without_key
from execpolicy.linter.conditions.tested import Tested, condition_example, known_tests, tests
from execpolicy.linter.finding import Fix
from execpolicy.linter.fixes.edits import made, replacement
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

#: Names of families of keys, to which the key of a tag is missing.
FAMILIES: Final = frozenset(name[:-1] for name in CATALOGUE if name.endswith("/"))
#: An old name of aws:PrincipalArn, which AWS no longer supports.
OLD_ARN_KEY: Final = "aws:arn"
_SET_OPERATORS: Final = "ForAllValues or ForAnyValue"

NO_SERVICE = Rule(
    id="EP-CND-060",
    name="condition-key-without-service",
    severity=Severity.ERROR,
    title="A condition names a key without its service.",
    why="The name of a key is a service, a colon and a name, such as aws:SourceVpce. No request has another key.",
    fix="write the key with its service, such as aws:SourceVpce",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"StringEquals": {"SourceVpce": "vpce-1a2b3c4d"}', "SourceVpce"),
    good=condition_example('"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}'),
    semantics=("KEY-1",),
    issue_code="INVALID_CONDITION_KEY_FORMAT",
)


def _without_service(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested in tests(subject):
        service, colon, name = tested.key.partition(":")
        if colon and service and name:
            continue
        record = CATALOGUE.get(f"aws:{tested.key.strip(':')}")
        advice = f"; did you mean {record.name}?" if record is not None else ""
        message = (
            f"{quoted(tested.condition.key.value)} is not a service, a colon and a name, {tested.consequence}{advice}"
        )
        yield tested.at_key(message, record.name if record is not None else "")


NO_TAG_KEY = Rule(
    id="EP-CND-061",
    name="tag-key-missing",
    severity=Severity.ERROR,
    title="A condition on tags does not name the key of a tag.",
    why="Each tag has a condition key of its own: aws:PrincipalTag/team is the tag team. No request has "
    "aws:PrincipalTag alone.",
    fix="add a slash and the key of the tag, as in aws:PrincipalTag/team",
    bad=condition_example('"StringEquals": {"aws:PrincipalTag": "staff"}', "aws:PrincipalTag"),
    good=condition_example('"StringEquals": {"aws:PrincipalTag/team": "staff"}'),
    semantics=("KEY-1",),
    issue_code="MISSING_TAG_KEY_IN_CONDITION",
)


def _without_tag_key(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested in tests(subject):
        if tested.key.removesuffix("/") in FAMILIES:
            yield tested.at_key(f"{tested.condition.key.value} names no tag, {tested.consequence}")


OLD_KEY = Rule(
    id="EP-CND-062",
    name="unsupported-key-of-arn",
    severity=Severity.ERROR,
    title="A condition names aws:ARN, which AWS does not support.",
    why="The ARN of the caller is in aws:PrincipalArn. No request has aws:ARN.",
    fix="write aws:PrincipalArn",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"ArnEquals": {"aws:ARN": "arn:aws:iam::111122223333:role/app"}', "aws:ARN"),
    good=condition_example('"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}'),
    semantics=("KEY-1",),
    issue_code="UNSUPPORTED_GLOBAL_CONDITION_KEY",
)


def _old_keys(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested in tests(subject):
        if tested.key == OLD_ARN_KEY:
            message = f"AWS does not support {tested.condition.key.value}, {tested.consequence}"
            yield tested.at_key(message, "aws:PrincipalArn")


NO_SET_OPERATOR = Rule(
    id="EP-CND-063",
    name="set-operator-missing",
    severity=Severity.ERROR,
    title="A key with several values is compared without ForAllValues or ForAnyValue.",
    why="Without a set operator AWS does not say what an operator makes of several values. Here an Allow then does not "
    "hold, and a Deny holds if one value fits.",
    fix="write ForAnyValue: before the operator, or ForAllValues: with a Null condition beside it",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}', "StringLike"),
    good=condition_example('"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}'),
    semantics=("CND-11", "CND-13"),
    issue_code="MISSING_QUALIFIER",
)


def _without_set_operator(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if record.multivalued and not tested.condition.operator.quantifier:
            key = tested.condition.key.value
            message = f"{key} can have several values, and the operator has no {_SET_OPERATORS}"
            # What a negated operator means with several values needs a decision.
            new = f"ForAnyValue:{tested.condition.operator}" if not tested.negated and not tested.is_null else None
            yield tested.at_operator(message, new)


NULL_WITH_SET_OPERATOR = Rule(
    id="EP-CND-064",
    name="null-with-set-operator",
    severity=Severity.SUGGESTION,
    title="Null has a set operator.",
    why="Null asks whether a key is there, not for its values. ForAllValues:Null always holds, and ForAnyValue:Null "
    "never does.",
    fix="write Null",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"ForAllValues:Null": {"aws:PrincipalOrgPaths": "false"}', "ForAllValues:"),
    good=condition_example('"Null": {"aws:PrincipalOrgPaths": "false"}'),
    semantics=("CND-12",),
    issue_code="NULL_WITH_QUALIFIER",
)


def _nulls_with_set_operator(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested in tests(subject):
        quantifier = tested.condition.operator.quantifier
        if tested.is_null and quantifier:
            holds = "always" if quantifier == "ForAllValues" else "never"
            yield tested.at_operator(f"Null with {quantifier} {holds} holds", "", f"{quantifier}:")


SEVERAL_BOOLEANS = Rule(
    id="EP-CND-065",
    name="several-booleans",
    severity=Severity.ERROR,
    title="A key is compared with more than one boolean.",
    why="A boolean key has one of two values: a list of both limits nothing, and AWS reports it as an error.",
    fix="write one value",
    bad=condition_example('"Bool": {"aws:SecureTransport": ["true", "false"]}', "false"),
    good=condition_example('"Bool": {"aws:SecureTransport": "true"}'),
    semantics=("CND-10",),
    issue_code="INVALID_CONDITION_MULTIPLE_BOOLEAN",
)


def _several_booleans(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested in tests(subject):
        values = tested.condition.values
        if tested.family in ("Bool", "Null") and len(values) > 1:
            yield tested.at(values[1], f"{tested.condition.key.value} is compared with {len(values)} booleans")


MIXED_TYPES = Rule(
    id="EP-CND-066",
    name="values-of-several-types",
    severity=Severity.ERROR,
    title="The values of a condition are of several JSON types.",
    why="AWS reports a list that mixes strings, numbers and booleans as an error.",
    fix="write all values of the list in one type, such as strings",
    bad=condition_example('"NumericLessThan": {"aws:MultiFactorAuthAge": ["3600", 7200]}', "7200"),
    good=condition_example('"NumericLessThan": {"aws:MultiFactorAuthAge": ["3600", "7200"]}'),
    semantics=("POL-9",),
    issue_code="INVALID_CONDITION_DATA_TYPE",
    fix_safety=FixSafety.SAFE,
)
_TYPES: Final = {Text: "string", JsonNumber: "number", JsonBoolean: "boolean"}


def _mixed_types(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested in tests(subject):
        values = tested.condition.values
        if len(values) < 2 or values[0].start == NOWHERE:  # without a text
            continue
        found = _types_of(tested)
        for text, each in zip(values, found, strict=True):
            if each != found[0]:
                found_at = tested.at(text, f"this value is a {each}, and the first one of the list is a {found[0]}")
                yield found_at._replace(
                    related=subject.related_text("the first", values[0]), fix=_as_strings(tested, found)
                )
                break


def _types_of(tested: Tested) -> Sequence[str]:
    """The JSON types of the values, which are a list."""
    condition = tested.condition
    values = tested.subject.node(
        tested.statement.number, "Condition", condition.operator_text.value, condition.key.value
    )
    assert isinstance(values, JsonArray), "only a list has several values"
    return [next(name for of, name in _TYPES.items() if isinstance(each, of)) for each in values.items]


def _as_strings(tested: Tested, types: Sequence[str]) -> Fix | None:
    """The fix that writes all values in quotes; none of a number that has other texts too (POL-9)."""
    condition = tested.condition
    if condition.numbers:
        return None
    values = [text for text, each in zip(condition.values, types, strict=True) if each != _TYPES[Text]]
    return made(FixSafety.SAFE, *(replacement(tested.subject.policy, text, text.value) for text in values))


VARIABLE_FOR_OPERATOR = Rule(
    id="EP-CND-067",
    name="variable-under-another-operator",
    severity=Severity.ERROR,
    title="A policy variable stands under an operator that does not compare texts or ARNs.",
    why="Variables have values under String and Arn operators only. Under others `${…}` is a text that the operator "
    "cannot read, so it equals no value.",
    fix="write the value, or an operator of the family String or Arn",
    bad=condition_example(
        '"IpAddress": {"aws:SourceIp": "${aws:PrincipalTag/address}"}', "${aws:PrincipalTag/address}"
    ),
    good=condition_example('"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/unit}"}'),
    semantics=("VAR-1", "CND-15"),
    issue_code="INVALID_VARIABLE_FOR_OPERATOR",
)


def _variables_for_operator(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.version != NEW_VERSION:
        return
    for tested in tests(subject):
        if tested.family in ("String", "Arn"):
            continue
        for text in tested.condition.values:
            for variable in _variables(text):
                base = tested.condition.operator.base
                written = text.value[variable.start : variable.end]
                yield tested.at(text, f"{base} has no variables: {written} stands for these characters", written)


def _variables(text: Text) -> list[Variable]:
    """The variables that a text would have under another operator."""
    if "${" not in text.value:
        return []
    try:
        return [part for part in split_variables(text.value) if isinstance(part, Variable)]
    except VariableSyntaxError:
        return []


#: One line for each rule.
CHECKS = (
    PolicyCheck(NO_SERVICE, _without_service, show_without_key),
    PolicyCheck(NO_TAG_KEY, _without_tag_key, show_without_key),
    PolicyCheck(OLD_KEY, _old_keys, show_without_key),
    PolicyCheck(NO_SET_OPERATOR, _without_set_operator),
    PolicyCheck(NULL_WITH_SET_OPERATOR, _nulls_with_set_operator, show_without_key),
    PolicyCheck(SEVERAL_BOOLEANS, _several_booleans),
    PolicyCheck(MIXED_TYPES, _mixed_types),
    PolicyCheck(VARIABLE_FOR_OPERATOR, _variables_for_operator, show_usual_value),
)
