"""The requests that show what findings about conditions say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.language.operators import read_network
from execpolicy.linter.conditions.tested import Tested
from execpolicy.linter.finding import ShownRequest
from execpolicy.linter.requests.shown_requests import shown_by_policy
from execpolicy.linter.requests.typical_call import PUBLIC_ADDRESS, SOME_VPC, SOME_VPCE, TYPICAL_VALUES, typical_call
from execpolicy.linter.subject import CheckResult, PolicySubject

_IPV6_ADDRESS: Final = "2001:db8::250"
_SOME_BYTES, _SERVICE = "QmluYXJ5", "states.amazonaws.com"
#: An ARN has so many.
_FIELDS: Final = 6


def _shown(
    tested: Tested, *, applies: bool, without: str = "", values: Mapping[str, str] | None = None, caller: str = ""
) -> ShownRequest | None:
    """A call that the statement of a condition is about, without a key, or with values of some keys."""
    subject, number = tested.subject, tested.statement.number
    call = typical_call(subject, subject.statement(number), without=(without,) if without else (), values=values)
    if call is not None and caller:
        call = call._replace(caller=caller)
    return shown_by_policy(subject, call, number, applies=applies)


def show_without_key(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call without the key of a condition."""
    tested: Tested = found.about
    holds = tested.holds_without_key
    if holds is None:
        return None
    return _shown(tested, applies=holds and not tested.is_required, without=tested.key)


def show_usual_value(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call with a usual value of the key, which a value of another form does not equal."""
    tested: Tested = found.about
    value = _SOME_BYTES if tested.family == "Binary" else TYPICAL_VALUES.get(tested.key)
    return _shown(tested, applies=tested.negated, values={tested.condition.key.value: value} if value else None)


def show_service(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call of a service, or one that a service makes for the caller: its name is in lower case and has the domain."""
    tested: Tested = found.about
    if tested.key.startswith("aws:principalservice"):
        return _shown(tested, applies=tested.negated, caller=_SERVICE)
    return _shown(tested, applies=tested.negated, values={tested.condition.key.value: _SERVICE})


def show_role(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call with a session of the role that an ARN with a region is meant for."""
    tested: Tested = found.about
    for text in tested.known_values:
        fields = text.value.split(":")
        kind, _, name = fields[-1].partition("/")
        if len(fields) == _FIELDS and kind in ("role", "user") and name and fields[4].isdecimal():
            role = f"arn:aws:sts::{fields[4]}:assumed-role/{_matching(name.rpartition('/')[2])}/session"
            user = f"arn:aws:iam::{fields[4]}:user/{_matching(name)}"
            return _shown(tested, applies=tested.negated, caller=role if kind == "role" else user)
    return None


def show_through_endpoint(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call through a VPC endpoint, which has no aws:SourceIp: a Deny applies to it."""
    return _shown(found.about, applies=True, without=found.about.key, values={"aws:SourceVpce": SOME_VPCE})


def show_public_address(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call from a public address, which is in no private range."""
    tested: Tested = found.about
    return _shown(tested, applies=tested.negated, values={tested.condition.key.value: PUBLIC_ADDRESS})


def show_ipv6_address(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call from an IPv6 address, which is in no range of IPv4."""
    tested: Tested = found.about
    return _shown(tested, applies=tested.negated, values={tested.condition.key.value: _IPV6_ADDRESS})


def show_forged_header(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call whose client wrote what lets it pass into a header."""
    tested: Tested = found.about
    first = next(iter(tested.known_values), None)
    if first is None:
        return None
    wanted = "anything-else" if tested.negated and tested.allows else _matching(first.value)
    return _shown(tested, applies=tested.allows, values={tested.condition.key.value: wanted})


def show_other_vpc(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call from the same private address in another VPC."""
    tested: Tested = found.about
    first = next(iter(tested.known_values), None)
    if first is None or read_network(first.value) is None:
        return None
    address = first.value.partition("/")[0]
    values = {tested.condition.key.value: address, "aws:SourceVpce": SOME_VPCE}
    return _shown(tested, applies=tested.allows, values=values)


def show_one_of_both(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call by which one of aws:SourceVpc and aws:SourceVpce is listed, and the other is not."""
    tested: Tested = found.about
    first = next(iter(tested.known_values), None)
    if first is None:
        return None
    return _shown(tested, applies=False, values={tested.condition.key.value: first.value, "aws:SourceVpc": SOME_VPC})


def show_plain_star(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call with a value that a wildcard would match."""
    tested: Tested = found.about
    first = next((text for text in tested.known_values if "*" in text.value), None)
    if first is None:
        return None
    values = {tested.condition.key.value: _matching(first.value)}
    return _shown(tested, applies=tested.negated, values=values)


def show_stranger(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call with the id of a stranger, which a wildcard matches."""
    tested: Tested = found.about
    first = next((text for text in tested.known_values if {"*", "?"} & {*text.value}), None)
    if first is None:
        return None
    value = first.value.replace("*", "z9y8x7w6v5").replace("?", "9")
    return _shown(tested, applies=tested.allows, values={tested.condition.key.value: value})


def show_session(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call with a session whose ARN a condition compares with that of the role."""
    tested: Tested = found.about
    first = next((text for text in tested.known_values if ":assumed-role/" in text.value), None)
    if first is None:
        return None
    return _shown(tested, applies=tested.negated, caller=_matching(first.value))


def _matching(value: str) -> str:
    """A text that a value matches where its ``*`` and ``?`` are wildcards."""
    return value.replace("*", "x").replace("?", "x")
