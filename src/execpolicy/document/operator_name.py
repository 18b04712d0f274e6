"""The spelling of a condition operator: ``ForAnyValue:StringLikeIfExists`` is three words in one."""

from __future__ import annotations

from execpolicy.document.wording import listed, nearest, quoted
from execpolicy.records import NamedTuple

#: Every condition operator there is, without quantifier and IfExists (CND-5).
OPERATORS: tuple[str, ...] = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
)

#: The set operators (CND-11).
QUANTIFIERS: tuple[str, ...] = ("ForAllValues", "ForAnyValue")

IF_EXISTS = "IfExists"


class OperatorName(NamedTuple):
    """``quantifier`` is empty, ``ForAllValues`` or ``ForAnyValue``; ``base`` is one of OPERATORS."""

    base: str
    quantifier: str = ""
    if_exists: bool = False

    def __str__(self) -> str:
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        return f"{prefix}{self.base}{IF_EXISTS if self.if_exists else ''}"


class OperatorNameError(ValueError):
    """A text that is the name of no condition operator."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


_READ: dict[str, OperatorName] = {}


def read_operator_name(text: str) -> OperatorName:
    """Read the name of a condition operator. Its spelling is exact.

    Args:
        text: a key of a Condition element.

    Returns:
        Its parts.

    Raises:
        OperatorNameError: there is no such operator.

    >>> from execpolicy.document.operator_name import read_operator_name
    >>> read_operator_name("ForAnyValue:StringLike")
    OperatorName(base='StringLike', quantifier='ForAnyValue', if_exists=False)

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    known = _READ.get(text)
    if known is not None:
        return known
    quantifier, colon, rest = text.rpartition(":")
    base = rest.removesuffix(IF_EXISTS)
    name = OperatorName(base, quantifier, if_exists=base != rest)
    if base not in OPERATORS or (colon and quantifier not in QUANTIFIERS):
        raise _no_operator(text, quantifier, colon, rest)
    if base == "Null" and name.if_exists:
        raise OperatorNameError(
            f"found {quoted(text)}, and Null takes no IfExists", 'write "Null": it asks whether a key exists'
        )
    _READ[text] = name  # at most every operator there is
    return name


def _no_operator(text: str, quantifier: str, colon: str, rest: str) -> OperatorNameError:
    base = rest[: -len(IF_EXISTS)] if rest.lower().endswith(IF_EXISTS.lower()) else rest
    suffix = IF_EXISTS if base != rest else ""
    near_base = nearest(base, OPERATORS)
    near_quantifier = nearest(quantifier, QUANTIFIERS) if colon else ""
    if near_base is None:
        advice = "see the list of condition operators in the IAM User Guide"
    elif near_quantifier is None:
        advice = f"before the colon stands {listed(QUANTIFIERS)}"
    else:
        advice = f'did you mean "{near_quantifier}{colon}{near_base}{suffix}"?'
    return OperatorNameError(f"found {quoted(text)}, which is no condition operator", advice)
