"""The names of condition operators: ``ForAnyValue:StringLikeIfExists`` has three parts."""

from __future__ import annotations

from execpolicy._base.records import NamedTuple
from execpolicy.document.syntax.wording import listed, nearest, quoted

#: Every condition operator, without set operator and IfExists (CND-5).
OPERATOR_NAMES: tuple[str, ...] = (
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
    """The parts of a name. ``quantifier`` is empty, ForAllValues or ForAnyValue; ``base`` is one of OPERATOR_NAMES."""

    base: str
    quantifier: str = ""
    if_exists: bool = False

    def __str__(self) -> str:
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        return f"{prefix}{self.base}{IF_EXISTS if self.if_exists else ''}"


class OperatorNameError(ValueError):
    """A text that is not the name of a condition operator; ``issue_code`` is that of IAM Access Analyzer.

    ``meant`` is the name that is meant, if there is one.
    """

    def __init__(
        self, message: str, advice: str, issue_code: str = "INVALID_CONDITION_OPERATOR", *, meant: str | None = None
    ) -> None:
        super().__init__(message)
        self.meant = meant
        self.issue_code = issue_code
        self.message = message
        self.advice = advice


_READ: dict[str, OperatorName] = {}


def read_operator_name(text: str) -> OperatorName:
    """Read the name of a condition operator. The case of its letters counts.

    Args:
        text: a key of a Condition element.

    Returns:
        Its parts.

    Raises:
        OperatorNameError: no operator has that name.

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
    if base not in OPERATOR_NAMES or (colon and quantifier not in QUANTIFIERS):
        raise _no_operator(text, quantifier, colon, rest)
    if base == "Null" and name.if_exists:
        raise OperatorNameError(
            f"found {quoted(text)}, and Null takes no IfExists",
            'write "Null": it tests whether a key exists',
            "NULL_WITH_IF_EXISTS",
            meant=f"{quantifier}{colon}Null",
        )
    _READ[text] = name  # at most as many entries as there are names
    return name


#: The beginnings of the operators' names: the types that they compare.
_FAMILIES = ("String", "Numeric", "Date", "Bool", "Binary", "Arn", "Null")


def _of_family(base: str) -> list[str]:
    """The operators that may be meant: those of the type and the comparison that the name mentions."""
    family = next((each for each in _FAMILIES if each.lower() in base.lower()), "")
    compared = next((each for each in ("Less", "Greater") if each.lower() in base.lower()), "")
    return [name for name in OPERATOR_NAMES if name.startswith(family) and compared in name]


def _of_extent(quantifier: str) -> list[str]:
    """The set operators that may be meant: a name with "all" never means ForAnyValue, nor "any" ForAllValues."""
    return [name for name in QUANTIFIERS if name[3:6].lower() in quantifier.lower()]


def _no_operator(text: str, quantifier: str, colon: str, rest: str) -> OperatorNameError:
    at = rest.lower().rfind("if")
    is_suffix = at > 0 and nearest(rest[at:], (IF_EXISTS,)) is not None
    base, suffix = (rest[:at], IF_EXISTS) if is_suffix else (rest, "")
    near_base = nearest(base, _of_family(base))
    near_quantifier = nearest(quantifier, _of_extent(quantifier)) if colon else ""
    meant = None
    if near_base is None:
        advice = "see the list of condition operators in the IAM User Guide"
    elif near_quantifier is None:
        advice = f"before the colon, write {listed(QUANTIFIERS)}"
    else:
        near = f"{near_quantifier}{colon}{near_base}{suffix}"
        advice = f'did you mean "{near}"?'
        meant = near if any(each.lower() in base.lower() for each in _FAMILIES) else None
    return OperatorNameError(f"found {quoted(text)}, which is not a condition operator", advice, meant=meant)
