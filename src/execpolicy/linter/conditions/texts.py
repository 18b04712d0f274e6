"""Rules of the family CND about single values: how they are written, and how many texts they match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.document.model import NEW_VERSION
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.document.variable_syntax import Variable, split_variables
from execpolicy.language.dates import date_text, is_seconds, read_date
from execpolicy.language.operators import read_network
from execpolicy.linter.arns.pattern import fields_of
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.conditions.requests import (
    show_role,
    show_service,
    show_session,
    show_stranger,
    show_usual_value,
)
from execpolicy.linter.conditions.tested import Tested, condition_example, known_tests
from execpolicy.linter.finding import Fix
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]")
_SERVICE_NAME: Final = re.compile(r"[a-z0-9.-]+\.amazonaws\.[a-z.]+")
#: The ARN of a role's session: partition, account and role. The path of the role is not in it.
_SESSION: Final = re.compile(r"arn:([a-z*-]+):sts::([0-9*]+):assumed-role/([^/]+)/[^/]*")
_WILDCARDS: Final = re.compile(r"[*?]")
#: Keys whose value is the name of a service as principal.
_OF_SERVICES: Final = (
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
)
#: Keys whose value is an id that AWS gives out: the ids of strangers differ in no way that a wildcard could tell.
_IDS: Final = (
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:sourceaccount",
    "aws:sourceorgid",
)
#: Keys whose value begins with what tells callers apart, and how many characters of it AWS asks for.
_NAMES: Final = ("aws:userid", "aws:username")
_PLAIN: Final = 6


NO_BASE64 = Rule(
    id="EP-CND-080",
    name="value-is-no-base64",
    severity=Severity.WARNING,
    title="A value under BinaryEquals is not base64.",
    why="BinaryEquals compares bytes that are written in base64. A value that it cannot read equals no value.",
    fix="write the bytes in base64, such as QmluYXJ5",
    bad=condition_example('"BinaryEquals": {"aws:PrincipalTag/key": "Binary?"}', "Binary?"),
    good=condition_example('"BinaryEquals": {"aws:PrincipalTag/key": "QmluYXJ5"}'),
    semantics=("CND-10", "CND-15"),
    issue_code="TYPE_MISMATCH_STRING",
)


def _no_base64(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if tested.family != "Binary":
            continue
        for text, read in tested.read_values:
            if read is None:
                yield tested.at(text, f"{quoted(text.value)} is not base64, so it equals no value")


DATE_IN_SECONDS = Rule(
    id="EP-CND-081",
    name="date-in-seconds",
    severity=Severity.WARNING,
    title="A date is written in seconds since 1970.",
    why="AWS warns of such values: they are easily read as another date. A date in ISO 8601 says the same.",
    fix="write the date in ISO 8601, such as 2027-01-01T00:00:00Z",
    fix_safety=FixSafety.SAFE,
    bad=condition_example('"DateLessThan": {"aws:CurrentTime": "1798761600"}', "1798761600"),
    good=condition_example('"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}'),
    semantics=("CND-7",),
    issue_code="INVALID_DATE_VALUE",
)


def _dates_in_seconds(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        # The name of aws:EpochTime says that its values are seconds.
        if tested.family != "Date" or record.name == "aws:EpochTime":
            continue
        for text in tested.known_values:
            seconds = read_date(text.value)
            if seconds is not None and is_seconds(text.value):
                date = date_text(seconds)
                found = tested.at(text, f"{text.value} is the time {date} in seconds since 1970")
                yield found if is_seconds(date) else found._replace(fix=tested.text_fix(text, date, "", FixSafety.SAFE))


REGION = Rule(
    id="EP-CND-082",
    name="requested-region-is-no-region",
    severity=Severity.ERROR,
    title="aws:RequestedRegion is compared with a text that is not a region.",
    why="The value of the key is the code of a region, such as eu-west-1. No other text equals it.",
    fix="write the code of the region; with wildcards, use StringLike",
    bad=condition_example('"StringEquals": {"aws:RequestedRegion": "eu-west"}', "eu-west"),
    good=condition_example('"StringEquals": {"aws:RequestedRegion": "eu-west-1"}'),
    semantics=("GW-9", "KEY-3"),
    issue_code="INVALID_REGION",
)


def _regions(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if tested.key == "aws:requestedregion" and tested.family == "String":
            for text in _whole_texts(tested):
                if _REGION.fullmatch(text.value) is None:
                    yield tested.at(text, f"{quoted(text.value)} is not a region, so it equals no value")


def _whole_texts(tested: Tested) -> Iterator[Text]:
    """The known values that stand for one text only."""
    like = tested.condition.operator.base.endswith("Like")
    for text in tested.known_values:
        if text.value and not (like and _WILDCARDS.search(text.value)):
            yield text


HOST_BITS = Rule(
    id="EP-CND-083",
    name="range-with-host-bits",
    severity=Severity.SUGGESTION,
    title="A range of addresses has bits behind its mask.",
    why="AWS ignores the bits of the address behind the mask: 198.51.100.7/24 is the range 198.51.100.0/24.",
    fix="write the first address of the range",
    fix_safety=FixSafety.SAFE,
    bad=condition_example('"IpAddress": {"aws:SourceIp": "198.51.100.7/24"}', "198.51.100.7/24"),
    good=condition_example('"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}'),
    semantics=("CND-9",),
    issue_code="IMPROVE_IP_RANGE",
)


def _host_bits(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if tested.family != "IpAddress":
            continue
        for text, network in tested.read_values:
            address, slash, bits = text.value.partition("/")
            first = read_network(address) if slash and network is not None else None
            if first is None or first.base == network.base:
                continue
            written = f"{_address(network.version, network.base)}/{bits}"
            found = tested.at(text, f"AWS reads {text.value} as {written}")
            yield found._replace(fix=tested.text_fix(text, written, "", FixSafety.SAFE))


def _address(version: int, base: int) -> str:
    from ipaddress import IPv4Address, IPv6Address  # imported with the first such range

    return str(IPv4Address(base) if version == 4 else IPv6Address(base))


WIDE_WILDCARD = Rule(
    id="EP-CND-084",
    name="wildcard-in-id",
    severity=Severity.ERROR,
    title="A wildcard stands for all of an id, or for most of it.",
    why="The ids of accounts and organizations follow no pattern, so a wildcard among their characters lets strangers "
    "in. In aws:userid and aws:username AWS asks for six characters before the first wildcard.",
    fix="write the whole id",
    bad=condition_example('"StringLike": {"aws:PrincipalOrgID": "o-*"}', "*"),
    good=condition_example('"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}'),
    semantics=("CND-5",),
    issue_code="WILDCARD_USAGE_TOO_PERMISSIVE",
)


def _wide_wildcards(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if not tested.grants or not tested.condition.operator.base.endswith("Like") or tested.family != "String":
            continue
        for text in tested.known_values:
            match = _WILDCARDS.search(text.value)
            if match is None:
                continue
            key = tested.condition.key.value
            if tested.key in _IDS:
                yield tested.at(text, f"{quoted(text.value)} matches ids of strangers in {key}", match.group())
            elif tested.key in _NAMES and match.start() < _PLAIN:
                message = f"{quoted(text.value)} has {match.start()} characters before the wildcard, and needs {_PLAIN}"
                yield tested.at(text, message, match.group())


WIDE_VARIABLE = Rule(
    id="EP-CND-085",
    name="variable-in-id",
    severity=Severity.ERROR,
    title="An id is compared with a variable whose value others choose.",
    why="Whoever sets the tag or the name that the variable stands for chooses which account or organization passes.",
    fix="write the id, or a variable that is an id itself, such as ${aws:PrincipalAccount}",
    bad=condition_example(
        '"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/org}"}', "${aws:PrincipalTag/org}"
    ),
    good=condition_example('"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}'),
    semantics=("VAR-1",),
    issue_code="VARIABLE_USAGE_TOO_PERMISSIVE",
)


def _wide_variables(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.version != NEW_VERSION:
        return
    for tested, _ in known_tests(subject):
        if not tested.grants or tested.key not in _IDS or tested.family != "String":
            continue
        for text in tested.condition.values:
            if "${" not in text.value or has_unknown(text.value):
                continue
            for part in split_variables(text.value):
                if isinstance(part, Variable) and part.key.lower() not in _IDS:
                    written = text.value[part.start : part.end]
                    yield tested.at(text, f"the value of {written} is no id that AWS gives out", written)


SERVICE_NAME = Rule(
    id="EP-CND-086",
    name="malformed-service-name",
    severity=Severity.ERROR,
    title="A key that names a service is compared with a text that is no name of a service.",
    why="The name of a service is in lower case and ends in amazonaws.com. No other text equals it.",
    fix="write the name as in states.amazonaws.com",
    bad=condition_example('"StringEquals": {"aws:PrincipalServiceName": "states"}', "states"),
    good=condition_example('"StringEquals": {"aws:PrincipalServiceName": "states.amazonaws.com"}'),
    semantics=("PRN-3", "KEY-3"),
    issue_code="INVALID_SERVICE_PRINCIPAL_FORMAT",
    fix_safety=FixSafety.UNSAFE,
)


def _service_names(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if tested.key in _OF_SERVICES and tested.family == "String":
            for text in _whole_texts(tested):
                if _SERVICE_NAME.fullmatch(text.value) is None:
                    found = tested.at(text, f"{quoted(text.value)} is no name of a service, so it equals no value")
                    yield found._replace(fix=_service_fix(tested, text))


def _service_fix(tested: Tested, text: Text) -> Fix | None:
    """The fix that writes the name in lower case, and with the domain of services if it has none."""
    lower = text.value.lower()
    name = f"{lower}.amazonaws.com" if "." not in lower else lower
    return tested.text_fix(text, name) if _SERVICE_NAME.fullmatch(name) else None


SESSION_ARN = Rule(
    id="EP-CND-087",
    name="session-arn-in-principal-arn",
    severity=Severity.ERROR,
    title="aws:PrincipalArn is compared with the ARN of a role's session.",
    why="For a call with a role's session aws:PrincipalArn is the ARN of the role: no value of it has assumed-role.",
    fix="write the ARN of the role, arn:aws:iam::ACCOUNT:role/NAME",
    bad=condition_example(
        '"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::111122223333:assumed-role/app/*"}',
        "arn:aws:sts::111122223333:assumed-role/app/*",
    ),
    good=condition_example('"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}'),
    semantics=("KEY-3",),
    fix_safety=FixSafety.UNSAFE,
)


def _session_arns(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if tested.key == "aws:principalarn":
            for text in tested.known_values:
                if ":assumed-role/" in text.value:
                    message = "aws:PrincipalArn is the ARN of the role, not of its session, so this equals no value"
                    session = _SESSION.fullmatch(text.value)
                    role = f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}" if session is not None else None
                    fix = tested.text_fix(text, role) if role is not None else None
                    yield tested.at(text, message)._replace(fix=fix)


REGION_IN_ARN = Rule(
    id="EP-CND-088",
    name="region-in-arn-of-caller",
    severity=Severity.ERROR,
    title="An ARN of iam in a condition has a region.",
    why="IAM is one service for all regions, and its ARNs have an empty region. An ARN with one equals no value.",
    fix="remove the region, as in arn:aws:iam::ACCOUNT:role/NAME",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example(
        '"ArnLike": {"aws:PrincipalArn": "arn:aws:iam:eu-west-1:111122223333:role/app"}', "eu-west-1"
    ),
    good=condition_example('"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}'),
    semantics=("KEY-3", "CND-6"),
    issue_code="ARN_REGION_NOT_ALLOWED",
)


def _regions_of_callers(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if tested.key != "aws:principalarn":
            continue
        for text in tested.known_values:
            fields = fields_of(text.value)
            if len(fields) == 6 and fields[2].text == "iam" and fields[3].text not in ("", "*"):
                message = f"ARNs of iam have no region, and this one has {fields[3].text}, so it equals no value"
                fix = tested.text_fix(text, "", fields[3].text)
                yield tested.at(text, message, fields[3].text)._replace(fix=fix)


#: One line for each rule.
CHECKS = (
    PolicyCheck(NO_BASE64, _no_base64, show_usual_value),
    PolicyCheck(DATE_IN_SECONDS, _dates_in_seconds),
    PolicyCheck(REGION, _regions, show_usual_value),
    PolicyCheck(HOST_BITS, _host_bits),
    PolicyCheck(WIDE_WILDCARD, _wide_wildcards, show_stranger),
    PolicyCheck(WIDE_VARIABLE, _wide_variables),
    PolicyCheck(SERVICE_NAME, _service_names, show_service),
    PolicyCheck(SESSION_ARN, _session_arns, show_session),
    PolicyCheck(REGION_IN_ARN, _regions_of_callers, show_role),
)
