"""What a template allows as the value of a parameter: values, a pattern, a length, a range (SRC-5)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import Node
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.gateway.model.validation_expression.expression import Expression, ExpressionError
from execpolicy.loaders.cloudformation.values.scalars import scalar_text

_NUMBER: Final = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,4})?", re.ASCII)
_LENGTH: Final = re.compile(r"\d{1,9}", re.ASCII)
_PATTERN: Final = "AllowedPattern"
#: The fields with a limit that is a number.
_OF_LENGTH: Final = ("MinLength", "MaxLength")
_OF_VALUE: Final = ("MinValue", "MaxValue")


class ParameterLimits(NamedTuple):
    """What the value of a parameter, or each item of a list, has to be.

    Attributes:
        is_number: whether it is a number.
        allowed: the texts that it may be; empty if any.
        pattern: what the whole text has to match; None if any.
        lengths, values: the least and the greatest length and value, as they are written; None without such a limit.
    """

    is_number: bool
    allowed: tuple[str, ...]
    pattern: Expression | None
    lengths: tuple[str | None, ...]
    values: tuple[str | None, ...]

    def expected(self, text: str) -> str | None:
        """What is expected instead of a text; None if it fits."""
        if self.is_number and _NUMBER.fullmatch(text) is None:
            return "a number"
        if self.allowed and text not in self.allowed:
            return listed([quoted(each) for each in self.allowed])
        if self.pattern is not None and not self.pattern.matches(text):
            return f"a text that matches {self.pattern.text}"
        found = _expected(Decimal(len(text)), self.lengths)
        if found is not None:
            return f"{found} characters"
        return _expected(Decimal(text), self.values) if _NUMBER.fullmatch(text) is not None else None


def limits_of(fields: Fields, *, is_number: bool, is_list: bool) -> tuple[ParameterLimits, Node | None]:
    """The limits of a parameter, and a pattern that is not understood, with which no value is compared; else None.

    CloudFormation compares the length of a text and not of a list, and the value of a number.
    """
    allowed = [scalar_text(item) for item in fields.items("AllowedValues", "a list of values")]
    lengths = tuple(_limit(fields, name, _LENGTH, "a whole number") for name in _OF_LENGTH)
    values = tuple(_limit(fields, name, _NUMBER, "a number") for name in _OF_VALUE)
    written, pattern = fields.text(_PATTERN), None
    unread = fields.value(_PATTERN) if written is not None else None
    if written is not None:
        try:
            pattern, unread = Expression(written), None
        except ExpressionError:
            pattern = None
    limits = ParameterLimits(
        is_number,
        tuple(text for text in allowed if text is not None),
        pattern,
        (None, None) if is_list else lengths,
        values if is_number else (None, None),
    )
    return limits, unread


def _limit(fields: Fields, name: str, form: re.Pattern[str], expected: str) -> str | None:
    node = fields.value(name)
    text = scalar_text(node)
    if node is None or (text is not None and form.fullmatch(text) is not None):
        return text
    fields.wrong(node, name, expected)
    return None


def _expected(number: Decimal, limits: tuple[str | None, ...]) -> str | None:
    least, most = limits
    if least is not None and number < Decimal(least):
        return f"at least {least}"
    return f"at most {most}" if most is not None and number > Decimal(most) else None
