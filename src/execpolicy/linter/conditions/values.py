"""Rules of the family CND about values: those that no call has, or not what the operator compares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.language.context_keys import ContextKey, KeyType
from execpolicy.language.operators import PRIVATE_RANGES, Network, in_network
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.conditions.fixes import MEANT_VALUES, fitting_operator, meant_value, operator_with_wildcards
from execpolicy.linter.conditions.requests import (
    show_ipv6_address,
    show_plain_star,
    show_public_address,
    show_usual_value,
)
from execpolicy.linter.conditions.tested import (
    Tested,
    api_condition_example,
    condition_example,
    known_tests,
)
from execpolicy.linter.finding import Fix
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_Find: TypeAlias = Callable[[PolicySubject], Iterator[CheckResult]]
_IDS: Final = {
    "aws:sourcevpc": ("vpc", re.compile(r"vpc-(?:[0-9a-z]{8}|[0-9a-z]{17})")),
    "aws:sourcevpce": ("vpce", re.compile(r"vpce-(?:[0-9a-z]{8}|[0-9a-z]{17})")),
}
_SOURCE_IP: Final = "aws:sourceip"

WILDCARD = Rule(
    id="EP-CND-040",
    name="wildcard-without-like",
    severity=Severity.WARNING,
    title="A value with a wildcard stands under an operator that compares whole texts.",
    why="Under StringEquals and its relatives `*` is a character like others: no value of a call has it.",
    fix="write StringLike or StringNotLike",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"StringEquals": {"aws:PrincipalTag/team": "web-*"}', "*"),
    good=condition_example('"StringLike": {"aws:PrincipalTag/team": "web-*"}'),
    semantics=("CND-5",),
    issue_code="WILDCARD_WITHOUT_LIKE_OPERATOR",
)


def _wildcards(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        base = tested.condition.operator.base
        if tested.family != "String" or base.endswith("Like") or tested.key in _IDS:
            continue
        for text in tested.known_values:
            if "*" in text.value:
                found = tested.at(text, f"under {base} the * of {quoted(text.value)} is no wildcard", "*")
                yield found._replace(fix=operator_with_wildcards(tested))


def _wrong_ids(key: str) -> _Find:
    """The check of the ids that a key is compared with."""
    prefix, shape = _IDS[key]

    def find(subject: PolicySubject) -> Iterator[CheckResult]:
        for tested, _ in known_tests(subject):
            base = tested.condition.operator.base
            if tested.key != key or tested.family != "String":
                continue
            fix = _id_fix(tested)
            for text in tested.known_values:
                value = text.value.lower() if base.endswith("IgnoreCase") else text.value
                wild = base.endswith("Like") and bool({"*", "?"} & {*value})
                if not wild and shape.fullmatch(value) is None:
                    message = f"{quoted(text.value)} is no id: expected {prefix}- and 8 or 17 letters and digits"
                    yield tested.at(text, message)._replace(fix=fix)

    return find


def _id_fix(tested: Tested) -> Fix | None:
    """The fix that writes the operator with wildcards, or the other key if all values are ids of its kind."""
    values = tested.condition.values
    if any("*" in text.value for text in values):
        return operator_with_wildcards(tested)
    other = "aws:SourceVpce" if tested.key == "aws:sourcevpc" else "aws:SourceVpc"
    are_others = all(_IDS[other.lower()][1].fullmatch(text.value) for text in values)
    return tested.key_fix(other) if are_others else None


VPC_ID = Rule(
    id="EP-CND-041",
    name="malformed-vpc-id",
    severity=Severity.ERROR,
    title="aws:SourceVpc is compared with a text that is no id of a VPC.",
    why="The value of the key is the id of a VPC, such as vpc-0a1b2c3d4e5f60718. No other text equals it.",
    fix="write the id of the VPC; with wildcards, use StringLike",
    bad=condition_example('"StringEquals": {"aws:SourceVpc": "vpce-1a2b3c4d"}', "vpce-1a2b3c4d"),
    good=condition_example('"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}'),
    semantics=("GW-22",),
    issue_code="INVALID_VPC_FORMAT",
    fix_safety=FixSafety.UNSAFE,
)

VPCE_ID = Rule(
    id="EP-CND-042",
    name="malformed-vpc-endpoint-id",
    severity=Severity.ERROR,
    title="aws:SourceVpce is compared with a text that is no id of a VPC endpoint.",
    why="The value of the key is the id of a VPC endpoint, such as vpce-0a1b2c3d4e5f60718. No other text equals it.",
    fix="write the id of the endpoint; with wildcards, use StringLike",
    bad=condition_example('"StringEquals": {"aws:SourceVpce": "vpce-*"}', "vpce-*"),
    good=condition_example('"StringLike": {"aws:SourceVpce": "vpce-*"}'),
    semantics=("GW-22",),
    issue_code="INVALID_VPCE_FORMAT",
    fix_safety=FixSafety.UNSAFE,
)


def _is_private(network: Network) -> bool:
    return any(in_network(network, each) and network.mask & each.mask == each.mask for each in PRIVATE_RANGES)


def _private_values(subject: PolicySubject) -> tuple[tuple[Tested, tuple[Text, ...]], ...]:
    """The conditions on aws:SourceIp with their private values, except for calls through endpoints only."""
    found = []
    for tested, _ in known_tests(subject):
        if tested.key == _SOURCE_IP and tested.family == "IpAddress" and not tested.only_through_endpoints:
            values = tested.read_values
            private = tuple(text for text, network in values if network is not None and _is_private(network))
            found.append((tested, private))
    return tuple(found)


def _private(*, negated: bool, every: bool) -> _Find:
    """The check of private ranges under IpAddress or NotIpAddress: where all values are, or where only some are."""

    def find(subject: PolicySubject) -> Iterator[CheckResult]:
        for tested, private in subject.once(_private_values):
            all_are = len(private) == len(tested.condition.values)
            if tested.negated is not negated or all_are is not every:
                continue
            for text in private:
                found = tested.at(text, _of_private(tested, text, all_are=all_are))
                yield found._replace(fix=None if all_are else tested.value_removal(text))

    return find


def _of_private(tested: Tested, text: Text, *, all_are: bool) -> str:
    message = f"no call comes from the private address {text.value}"
    if not all_are:
        return f"{message}: the value has no effect"
    effect = tested.statement.effect
    if not tested.negated:
        return f"{message}, so this {effect} never applies"
    return f"{message}, so " + ("the condition limits nothing" if tested.allows else "this Deny applies to every call")


def _private_rule(number: int, name: str, code: str) -> Rule:
    """The rule of an issue code such as PRIVATE_NOT_IP_ADDRESS_SUBSET."""
    operator = "NotIpAddress" if "_NOT_" in code else "IpAddress"
    subset = code.endswith("_SUBSET")
    values = '["10.0.0.0/8", "198.51.100.0/24"]' if subset else '"10.0.0.0/8"'
    return Rule(
        id=f"EP-CND-{number:03}",
        name=name,
        severity=Severity.SUGGESTION if subset else Severity.ERROR,
        title=f"{'Some values' if subset else 'All values'} of aws:SourceIp under {operator} are private ranges.",
        why="aws:SourceIp is the public address from which a call reaches API Gateway. Addresses inside of a VPC are "
        "in aws:VpcSourceIp.",
        fix="write the public addresses of the callers",
        bad=condition_example(f'"{operator}": {{"aws:SourceIp": {values}}}', "10.0.0.0/8", effect="Deny"),
        good=condition_example(f'"{operator}": {{"aws:SourceIp": "198.51.100.0/24"}}', effect="Deny"),
        semantics=("KEY-8",),
        issue_code=code,
        fix_safety=FixSafety.UNSAFE if subset else FixSafety.NONE,
    )


PRIVATE_IP = _private_rule(43, "private-source-ip", "PRIVATE_IP_ADDRESS")
PRIVATE_NOT_IP = _private_rule(44, "private-source-ip-negated", "PRIVATE_NOT_IP_ADDRESS")
SOME_PRIVATE_IP = _private_rule(45, "some-private-source-ip", "PRIVATE_IP_ADDRESS_SUBSET")
SOME_PRIVATE_NOT_IP = _private_rule(46, "some-private-source-ip-negated", "PRIVATE_NOT_IP_ADDRESS_SUBSET")

ONLY_IPV4 = Rule(
    id="EP-CND-047",
    name="ipv4-list-on-dual-stack-api",
    severity=Severity.WARNING,
    title="A list of IPv4 addresses stands in the policy of an API that has IPv6 addresses too.",
    why="A dual-stack API is called from IPv6 addresses too. None of them is in a range of IPv4 addresses, so that a "
    "list of accepted addresses refuses them, and a list of refused ones lets them pass.",
    fix="add the IPv6 ranges, or set the IP address type to ipv4",
    bad=api_condition_example(
        "IpAddress: {aws:SourceIp: 198.51.100.0/24}", "198.51.100.0/24", api="ip_address_type: dualstack"
    ),
    good=api_condition_example(
        "IpAddress: {aws:SourceIp: [198.51.100.0/24, '2001:db8::/32']}", api="ip_address_type: dualstack"
    ),
    semantics=("GW-34", "CND-9"),
)


ONLY_IPV4_OF_VPC = Rule(
    id="EP-CND-053",
    name="ipv4-list-on-private-api",
    severity=Severity.SUGGESTION,
    title="A list of IPv4 addresses of a VPC stands in the policy of a private API.",
    why="Private APIs are dual-stack: callers in a VPC that has IPv6 addresses can call from them. None of these is in "
    "a range of IPv4 addresses.",
    fix="add the IPv6 ranges of the VPC, if it has some",
    bad=api_condition_example(
        "IpAddress: {aws:VpcSourceIp: 10.0.0.0/16}, StringEquals: {aws:SourceVpc: vpc-1a2b3c4d}",
        "10.0.0.0/16",
        api="endpoint: PRIVATE",
    ),
    good=api_condition_example(
        "IpAddress: {aws:VpcSourceIp: [10.0.0.0/16, '2001:db8::/56']}, StringEquals: {aws:SourceVpc: vpc-1a2b3c4d}",
        api="endpoint: PRIVATE",
    ),
    semantics=("GW-34", "CND-9"),
)


def _only_ipv4(subject: PolicySubject) -> Iterator[CheckResult]:
    return _ipv4_lists(subject, _SOURCE_IP)


def _only_ipv4_of_vpc(subject: PolicySubject) -> Iterator[CheckResult]:
    return _ipv4_lists(subject, "aws:vpcsourceip")


def _ipv4_lists(subject: PolicySubject, key: str) -> Iterator[CheckResult]:
    """The lists of IPv4 addresses only, of the key that calls of the API have."""
    for tested, _ in known_tests(subject):
        api = tested.api
        if api is None or api.is_private is (key == _SOURCE_IP) or tested.key != key or tested.family != "IpAddress":
            continue
        # Private APIs are dual-stack, whatever is set.
        if (not api.is_private and api.ip_address_type != "dualstack") or api.ip_address_type == "ipv4":
            continue
        values = tested.read_values
        if not values or len(values) != len(tested.condition.values):
            continue
        if all(network is not None and network.version == 4 for _, network in values):
            then = "refuses callers with" if tested.grants else "lets pass callers with"
            message = f"this list has IPv4 ranges only, and {then} IPv6 addresses"
            related = subject.related_part("the IP address type", "ip_address_type")
            yield tested.at(tested.condition.values[0], message)._replace(related=related)


WRONG_TYPE = Rule(
    id="EP-CND-048",
    name="operator-of-another-type",
    severity=Severity.WARNING,
    title="An operator does not compare values of the type of its key.",
    why="Each operator reads values of one type. Another type is compared as text, or not at all.",
    fix="write an operator of the type of the key",
    bad=condition_example('"StringEquals": {"aws:SourceIp": "198.51.100.0/24"}', "StringEquals"),
    good=condition_example('"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}'),
    semantics=("CND-15",),
    issue_code="TYPE_MISMATCH",
    fix_safety=FixSafety.UNSAFE,
)
#: The families of operators that fit the keys of a type; BinaryEquals fits none of the catalogue.
_FITTING: Final = {
    KeyType.STRING: ("String",),
    KeyType.ARN: ("Arn", "String"),
    KeyType.BOOL: ("Bool",),
    KeyType.DATE: ("Date", "Numeric"),
    KeyType.NUMERIC: ("Numeric",),
    KeyType.IP: ("IpAddress",),
}
#: Keys with values of two types.
_OF_TWO_TYPES: Final = ("aws:federatedprovider", "aws:resourcetag/", "aws:requesttag/", "aws:principaltag/")


def _wrong_types(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if not _fits(tested, record):
            operator, key = tested.condition.operator.base, tested.condition.key.value
            message = f"{operator} does not fit {key}, whose values are of the type {record.type}"
            yield tested.at_operator(message)._replace(fix=fitting_operator(tested, record))


def _fits(tested: Tested, record: ContextKey) -> bool:
    if record.name.lower() in _OF_TWO_TYPES or tested.family in _FITTING[record.type]:
        return True
    # Only String and Arn operators read variables (CND-5), so a key is compared with another one as text.
    return tested.family == "String" and all("${" in text.value for text in tested.condition.values)


def _unreadable(family: str) -> _Find:
    """The check of values that an operator of a family cannot read."""

    def find(subject: PolicySubject) -> Iterator[CheckResult]:
        for tested, record in known_tests(subject):
            if tested.family != family or not _fits(tested, record):
                continue
            operator = tested.operator
            for text, read in tested.read_values:
                if read is None:
                    found = quoted(text.value)
                    message = f"{found} is not {operator.expected}, which {operator.name} compares: it equals no value"
                    new = meant_value(family, text.value)
                    fix = tested.text_fix(text, new) if new is not None else None
                    yield tested.at(text, message)._replace(fix=fix)

    return find


class _Readable(NamedTuple):
    """A family of operators whose values have a form: what it is called, and a wrong and a right value of a key."""

    family: str
    what: str
    code: str
    condition: str
    wrong: str
    right: str


_READABLE: Final = (
    _Readable("Bool", "boolean", "BOOLEAN", '"Bool": {"aws:SecureTransport": "?"}', "yes", "true"),
    _Readable("Date", "date", "DATE", '"DateLessThan": {"aws:CurrentTime": "?"}', "next week", "2027-01-01T00:00:00Z"),
    _Readable("Numeric", "number", "NUMBER", '"NumericLessThan": {"aws:MultiFactorAuthAge": "?"}', "1 hour", "3600"),
    _Readable("IpAddress", "ip-range", "IP_RANGE", '"IpAddress": {"aws:SourceIp": "?"}', "1.2.3.*", "198.51.100.0/24"),
)


def _unreadable_rule(number: int, of: _Readable) -> Rule:
    return Rule(
        id=f"EP-CND-{number:03}",
        name=f"value-is-no-{of.what}",
        severity=Severity.ERROR if of.family == "IpAddress" else Severity.WARNING,
        title=f"A value cannot be read as a {of.what}, and its operator compares nothing else.",
        why="A value that the operator cannot read equals no value of a call.",
        fix=f"write a {of.what}, such as {of.right}",
        bad=condition_example(of.condition.replace("?", of.wrong), of.wrong),
        good=condition_example(of.condition.replace("?", of.right)),
        semantics=("CND-15",),
        issue_code=f"TYPE_MISMATCH_{of.code}",
        fix_safety=FixSafety.UNSAFE if of.family in MEANT_VALUES else FixSafety.NONE,
    )


_UNREADABLE: Final = tuple(
    PolicyCheck(_unreadable_rule(number, each), _unreadable(each.family), show_usual_value)
    for number, each in enumerate(_READABLE, 49)
)

#: One line for each rule.
CHECKS = (
    PolicyCheck(WILDCARD, _wildcards, show_plain_star),
    PolicyCheck(VPC_ID, _wrong_ids("aws:sourcevpc")),
    PolicyCheck(VPCE_ID, _wrong_ids("aws:sourcevpce")),
    PolicyCheck(PRIVATE_IP, _private(negated=False, every=True), show_public_address),
    PolicyCheck(PRIVATE_NOT_IP, _private(negated=True, every=True), show_public_address),
    PolicyCheck(SOME_PRIVATE_IP, _private(negated=False, every=False)),
    PolicyCheck(SOME_PRIVATE_NOT_IP, _private(negated=True, every=False)),
    PolicyCheck(ONLY_IPV4, _only_ipv4, show_ipv6_address),
    PolicyCheck(ONLY_IPV4_OF_VPC, _only_ipv4_of_vpc, show_ipv6_address),
    PolicyCheck(WRONG_TYPE, _wrong_types),
    *_UNREADABLE,
)
