"""Rules of the family CND about operators: those that hold without their key, and those that do not fit the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.syntax.wording import listed
from execpolicy.gateway.model.names import AuthType
from execpolicy.language.context_keys import ContextKey, ExecuteApi, KeyType, Presence
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.conditions.requests import show_forged_header, show_one_of_both, show_other_vpc, show_without_key
from execpolicy.linter.conditions.tested import (
    Tested,
    condition_example,
    identity_condition_example,
    known_tests,
    tests,
)
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_FOR_ALL: Final = "ForAllValues"
_VPC, _VPCE, _VPC_IP = "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"
_VPCS: Final = (_VPC, _VPCE, "aws:sourcevpcarn")
_FORGEABLE: Final = {"aws:referer": "Referer", "aws:useragent": "User-Agent"}
_MFA: Final = ("aws:multifactorauthpresent", "aws:multifactorauthage")

FOR_ALL_VALUES = Rule(
    id="EP-CND-020",
    name="for-all-values-of-single-valued-key",
    severity=Severity.SECURITY_WARNING,
    title="ForAllValues stands before a key that has one value.",
    why="ForAllValues holds where the key is missing. An Allow with it lets callers in that do not have the key, such "
    "as anonymous ones; a Deny with it denies them.",
    fix="remove ForAllValues:",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}', "ForAllValues:"),
    good=condition_example('"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}'),
    semantics=("CND-11", "CND-12"),
    issue_code="FORALLVALUES_WITH_SINGLE_VALUED_KEY",
)


def _for_all_values(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if tested.condition.operator.quantifier != _FOR_ALL or record.multivalued or tested.is_required:
            continue
        then = "allows" if tested.allows else "denies"
        message = f"ForAllValues holds without {tested.condition.key.value}, so this statement {then} calls without it"
        yield tested.at_operator(message, "", f"{_FOR_ALL}:")


HOLDS_WITHOUT_KEY = Rule(
    id="EP-CND-021",
    name="allow-without-the-key",
    severity=Severity.SECURITY_WARNING,
    title="An Allow has an operator that holds where its key is missing.",
    why="A negated operator and one with IfExists hold for a request without the key. Anonymous calls have no key of "
    "the caller, and some callers have none of the others.",
    fix='write an operator that names what is allowed, or add "Null" with "false" for the key',
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"StringNotEquals": {"aws:PrincipalTag/team": "guests"}', "StringNotEquals"),
    good=condition_example('"StringEquals": {"aws:PrincipalTag/team": "staff"}'),
    semantics=("CND-3", "CND-12", "KEY-2"),
)
#: Keys that other rules are about, or that some callers of every API lack rightly.
_REPORTED_ELSEWHERE: Final = frozenset({*_VPCS, _VPC_IP, "aws:sourceip", "execute-api:viadomainarn", *_FORGEABLE})
_ALWAYS: Final = (Presence.ALWAYS, Presence.RESOURCE_ACCOUNT)


def _allows_without_key(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if not tested.allows or not tested.is_about_calls or tested.condition.operator.quantifier == _FOR_ALL:
            continue
        if record.name.lower() in _REPORTED_ELSEWHERE or tested.holds_without_key is not True or tested.is_required:
            continue
        if record.execute_api is ExecuteApi.NEVER or _is_always_there(tested, record):
            continue
        key = tested.condition.key.value
        found = tested.at_operator(f"this condition holds without {key}, so calls without it are allowed")
        yield found._replace(fix=tested.null_fix())


def _is_always_there(tested: Tested, record: ContextKey) -> bool:
    """Whether every call that the other parts of the statement let pass has the key."""
    if record.presence in _ALWAYS and (record.execute_api is not ExecuteApi.AWS_IAM or _is_signed(tested)):
        return True
    if record.presence is Presence.SIGNED and _is_signed(tested):
        return True
    # Another rule reports keys of the caller where no method has AWS_IAM.
    api = tested.api
    if api is None or record.execute_api is not ExecuteApi.AWS_IAM:
        return False
    return all(api.auth_of(route) is not AuthType.AWS_IAM for route in api.routes)


def _is_signed(tested: Tested) -> bool:
    """Whether only signed calls are compared with the condition."""
    if tested.subject.policy.kind not in (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME, PolicyKind.VPC_ENDPOINT):
        return True
    principal = tested.statement.principal
    if principal is not None and not principal.negated and all(e.text.value != "*" for e in principal.entries):
        return True
    api = tested.api
    return api is not None and all(api.auth_of(route) is AuthType.AWS_IAM for route in api.routes)


FORGEABLE_KEY = Rule(
    id="EP-CND-022",
    name="key-that-callers-write",
    severity=Severity.SECURITY_WARNING,
    title="Access depends on a header that every caller can write.",
    why="aws:Referer and aws:UserAgent are the values of headers of the request. Whoever knows an accepted value can "
    "send it.",
    fix="compare a key that the caller does not choose, such as aws:SourceIp or aws:PrincipalArn",
    bad=condition_example('"StringLike": {"aws:Referer": "https://shop.example/*"}', "aws:Referer"),
    good=condition_example('"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}'),
    semantics=("GW-22",),
    issue_code="UNTRUSTWORTHY_CONDITION_KEY",
)


def _forgeable_keys(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        header = _FORGEABLE.get(tested.key)
        if header is not None and (tested.allows or tested.negated):
            message = f"{tested.condition.key.value} is the header {header}, which the caller writes"
            yield tested.at_key(message)


UNPAIRED_KEY = Rule(
    id="EP-CND-023",
    name="vpc-address-without-vpc",
    severity=Severity.SECURITY_WARNING,
    title="A condition compares aws:VpcSourceIp, and none compares the VPC or the endpoint.",
    why="Addresses inside of VPCs are private, and every VPC can have the same ones: also one of another account.",
    fix="compare aws:SourceVpc or aws:SourceVpce too",
    bad=condition_example('"IpAddress": {"aws:VpcSourceIp": "10.0.1.0/24"}', "aws:VpcSourceIp"),
    good=condition_example(
        '"IpAddress": {"aws:VpcSourceIp": "10.0.1.0/24"}, "StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}'
    ),
    semantics=("GW-22",),
    issue_code="MISSING_PAIRED_CONDITION_KEYS",
)


def _unpaired_keys(subject: PolicySubject) -> Iterator[CheckResult]:
    denied = any(not each.allows and each.negated and each.key in _VPCS for each in tests(subject))
    for tested, _ in known_tests(subject):
        if tested.key == _VPC_IP and tested.grants and not denied and not tested.others(*_VPCS):
            yield tested.at_key("the same private addresses exist in other VPCs, and this statement names no VPC")


MFA_WITHOUT_IF_EXISTS = Rule(
    id="EP-CND-024",
    name="mfa-deny-without-if-exists",
    severity=Severity.SECURITY_WARNING,
    title="A Deny of calls without MFA does not apply where the key is missing.",
    why="Calls with long-term access keys have neither aws:MultiFactorAuthPresent nor aws:MultiFactorAuthAge. The "
    "condition does not hold for them, so the Deny lets them pass.",
    fix="write the operator with IfExists",
    fix_safety=FixSafety.UNSAFE,
    bad=identity_condition_example('"Bool": {"aws:MultiFactorAuthPresent": "false"}', "Bool"),
    good=identity_condition_example('"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}'),
    semantics=("CND-3", "CND-12", "KEY-7"),
)


def _mfa_without_if_exists(subject: PolicySubject) -> Iterator[CheckResult]:
    asked = {each.key for each in tests(subject) if not each.allows and each.is_null}
    for tested, _ in known_tests(subject):
        if tested.allows or tested.key not in _MFA or asked.intersection(_MFA) or tested.holds_without_key is not False:
            continue
        if tested.condition.operator.quantifier or not _is_about_missing_mfa(tested):
            continue
        new = f"{tested.condition.operator}IfExists"
        yield tested.at_operator("calls with long-term access keys lack the key, so this Deny lets them pass", new)


def _is_about_missing_mfa(tested: Tested) -> bool:
    """Whether the Deny is for calls without MFA, or with one that is too old."""
    if tested.key == _MFA[1]:
        return tested.condition.operator.base.startswith("NumericGreater")
    return {text.value.lower() for text in tested.condition.values} == {"false"}


STRING_LIKE_ON_ARN = Rule(
    id="EP-CND-025",
    name="string-like-on-arn-key",
    severity=Severity.SECURITY_WARNING,
    title="StringLike compares a key whose value is an ARN.",
    why="A wildcard of StringLike matches colons too, so that it reaches into other fields of the ARN. ArnLike "
    "compares field by field.",
    fix="write ArnLike or ArnNotLike",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}', "StringLike"),
    good=condition_example('"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}'),
    semantics=("CND-6",),
    issue_code="STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
)


def _string_like_on_arns(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if record.type is not KeyType.ARN or not tested.condition.operator.base.endswith("Like"):
            continue
        crossing = [text.value for text in tested.known_values if {"*", "?"} & {*text.value} and text.value != "*"]
        if tested.family == "String" and crossing:
            message = f"a wildcard in {crossing[0]} also matches colons, and so other fields of an ARN"
            yield tested.at_operator(message, str(tested.condition.operator).replace("String", "Arn"))


BOTH_VPC_KEYS = Rule(
    id="EP-CND-026",
    name="vpc-and-endpoint-under-one-operator",
    severity=Severity.SUGGESTION,
    title="One operator compares aws:SourceVpc and aws:SourceVpce.",
    why="Both must hold. A Deny with StringNotEquals applies only to calls that come from another VPC and through "
    "another endpoint as well: one of the two is enough to get past it.",
    fix="use two Deny statements to require both; to accept either, two Allow statements",
    bad=condition_example(
        '"StringNotEquals": {"aws:SourceVpc": "vpc-1a2b3c4d", "aws:SourceVpce": "vpce-1a2b3c4d"}',
        "aws:SourceVpce",
        effect="Deny",
    ),
    good=condition_example('"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}', effect="Deny"),
    semantics=("CND-1", "GW-22"),
)


def _both_vpc_keys(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if tested.key != _VPCE:
            continue
        operator = tested.condition.operator
        keys = [each.condition.key for each in tested.others(_VPC) if each.condition.operator == operator]
        if not keys or not tested.grants:
            continue
        both = listed([keys[0].value, tested.condition.key.value], "and")
        message = f"this Deny applies only where {both} both differ: one of them is enough to pass it"
        if tested.allows:
            message = f"this Allow applies only where {both} are both among the values"
        yield tested.at_key(message)._replace(related=subject.related_text("the other key", keys[0]))


#: One line for each rule.
CHECKS = (
    PolicyCheck(FOR_ALL_VALUES, _for_all_values, show_without_key),
    PolicyCheck(HOLDS_WITHOUT_KEY, _allows_without_key, show_without_key),
    PolicyCheck(FORGEABLE_KEY, _forgeable_keys, show_forged_header),
    PolicyCheck(UNPAIRED_KEY, _unpaired_keys, show_other_vpc),
    PolicyCheck(MFA_WITHOUT_IF_EXISTS, _mfa_without_if_exists, show_without_key),
    PolicyCheck(STRING_LIKE_ON_ARN, _string_like_on_arns),
    PolicyCheck(BOTH_VPC_KEYS, _both_vpc_keys, show_one_of_both),
)
