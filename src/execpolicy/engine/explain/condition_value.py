"""A value of a condition key with which a condition holds, or no longer holds."""

from __future__ import annotations

from execpolicy.document.unknown_value import has_unknown
from execpolicy.engine.clauses import ConditionClause
from execpolicy.language.dates import date_text, read_date
from execpolicy.language.operators import Network, read_network, read_number

#: For the operators that compare in an order: what to add to the value of the policy so that the comparison holds, and
#: so that it does not.
_STEPS = {
    "LessThan": (-1, 0),
    "LessThanEquals": (0, 1),
    "GreaterThan": (1, 0),
    "GreaterThanEquals": (0, -1),
}
#: The digits of a number or a time that are read: longer ones are not computed with.
_MAX_DIGITS = 30


def value_for(clause: ConditionClause, *, holds: bool) -> str | None:
    """A value of the key with which a condition holds, or does not hold; None if the policy has no such value.

    It is a candidate only: the request has to be evaluated with it.
    """
    operator = clause.condition.operator
    if operator.family == "Null" or clause.condition.variables:
        return None
    for text in clause.values:
        if has_unknown(text):
            continue
        value = _value(operator.name, operator.family, text, matches=holds is not operator.negated)
        if value:
            return value
    return None


def _value(operator: str, family: str, text: str, *, matches: bool) -> str | None:
    """A value that the text of a policy matches, or one that it does not."""
    step = _STEPS.get(operator.removeprefix(family))
    if step is not None:
        return _stepped(family, text, step[0] if matches else step[1])
    if not matches:
        return {"true": "false", "false": "true"}.get(text.lower()) if family == "Bool" else None
    if family == "IpAddress":
        network = read_network(text)
        return None if network is None else _address(network)
    if family == "Arn" or operator in ("StringLike", "StringNotLike"):
        return text.replace("*", "").replace("?", "x")
    return text


def _stepped(family: str, text: str, step: int) -> str | None:
    """A number or a time next to that of the policy."""
    if len(text) > _MAX_DIGITS:
        return None
    if family == "Date":
        seconds = read_date(text)
        return date_text(seconds + step) if seconds is not None and seconds > 0 else None
    number = read_number(text)
    return None if number is None else str(number + step)


def _address(network: Network) -> str:
    """The first address of a range that a host can have."""
    from ipaddress import IPv4Address, IPv6Address

    size = 32 if network.version == 4 else 128
    base = network.base if network.mask == (1 << size) - 1 else network.base + 1
    return str(IPv4Address(base) if network.version == 4 else IPv6Address(base))
