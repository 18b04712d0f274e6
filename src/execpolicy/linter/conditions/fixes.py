"""What is meant by conditions whose operator or value does not fit, where there is one answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from execpolicy.language.context_keys import ContextKey, KeyType
from execpolicy.language.operators import OPERATORS, read_network
from execpolicy.linter.conditions.tested import Tested
from execpolicy.linter.finding import Fix

#: Operators with wildcards, by those that compare whole texts.
_LIKE: Final = {"StringEquals": "StringLike", "StringNotEquals": "StringNotLike"}
#: The operators that are meant by others, by the type of the key.
_MEANT: Final = {
    (type_of_key, f"{family}{name}"): meant
    for type_of_key, positive, negative in (
        (KeyType.IP, "IpAddress", "NotIpAddress"),
        (KeyType.BOOL, "Bool", ""),
        (KeyType.DATE, "DateEquals", "DateNotEquals"),
        (KeyType.NUMERIC, "NumericEquals", "NumericNotEquals"),
    )
    for family in ("String", "Arn")
    for name, meant in (("Equals", positive), ("Like", positive), ("NotEquals", negative), ("NotLike", negative))
    if meant
}
_BOOLEANS: Final = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
_OCTETS: Final = re.compile(r"((?:[0-9]{1,3}\.){1,3})\*(?:\.\*)*")


def _boolean_of(value: str) -> str | None:
    return _BOOLEANS.get(value.lower())


def _range_of(value: str) -> str | None:
    """The range of an address whose last octets are wildcards, such as 198.51.100.*."""
    match = _OCTETS.fullmatch(value)
    if match is None or value.count(".") > 3:
        return None
    octets = match[1].split(".")[:-1]
    found = f"{'.'.join([*octets, *['0'] * (4 - len(octets))])}/{8 * len(octets)}"
    return found if read_network(found) is not None else None


#: What is meant by a value that the operators of a family cannot read.
MEANT_VALUES: Final[Mapping[str, Callable[[str], str | None]]] = {"Bool": _boolean_of, "IpAddress": _range_of}


def meant_value(family: str, value: str) -> str | None:
    """What is meant by a value that the operators of a family cannot read; None if that is not clear."""
    meant = MEANT_VALUES.get(family)
    return meant(value) if meant is not None else None


def operator_with_wildcards(tested: Tested) -> Fix | None:
    """The fix that writes the operator that has wildcards."""
    operator = tested.condition.operator
    like = _LIKE.get(operator.base)
    return tested.operator_fix(str(operator).replace(operator.base, like)) if like is not None else None


def fitting_operator(tested: Tested, record: ContextKey) -> Fix | None:
    """The fix that writes the operator that compares the same with values of the type of the key."""
    operator = tested.condition.operator
    base = _MEANT.get((record.type, operator.base))
    known = tested.known_values
    if base is None or len(known) != len(tested.condition.values):
        return None
    reads = OPERATORS[base].read_policy_value
    if any(reads((text.value,)) is None for text in known):
        return None
    return tested.operator_fix(str(operator).replace(operator.base, base))
