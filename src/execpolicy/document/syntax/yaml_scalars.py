"""The values of YAML scalars without quotes, by the core schema of YAML 1.2; ambiguous ones are faults."""

from __future__ import annotations

import re

from execpolicy.document.syntax import json_faults
from execpolicy.document.syntax.nodes import Fault, JsonBoolean, JsonNull, JsonNumber, Node, Text, TwelveDigits
from execpolicy.document.syntax.wording import quoted

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {word: value for value in ("true", "false") for word in (value, value.capitalize(), value.upper())}
#: Booleans of YAML 1.1, text in YAML 1.2.
_OLD_BOOLEANS = {
    word: value
    for name, value in (("yes", "true"), ("on", "true"), ("no", "false"), ("off", "false"))
    for word in (name, name.capitalize(), name.upper())
}
_BOOLEANS_OF_1_1 = {**_BOOLEANS, **_OLD_BOOLEANS}
#: A scalar that is none of these words, and does not begin like a number, is text.
WORDS = _NULLS | _BOOLEANS_OF_1_1.keys()
FIRST_OF_A_NUMBER = frozenset("+-.0123456789")
# Compiled by ``re`` when first used.
_JSON_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?([0-9]+))?"
_ACCOUNT = r"[0-9]{12}"
_OTHER_NUMBER = (
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)


def plain_scalar(value: str, start: int, end: int, *, is_yaml_1_1: bool = False) -> tuple[Node, Fault | None]:
    """A scalar without quotes.

    Args:
        value: its text.
        start: its offset in the document.
        end: the offset after it.
        is_yaml_1_1: whether the words yes, no, on and off are booleans.

    Returns:
        Its node, and its fault or None.
    """
    if value in _NULLS:
        return JsonNull("null", start, end), None
    booleans = _BOOLEANS_OF_1_1 if is_yaml_1_1 else _BOOLEANS
    if value in booleans:
        return JsonBoolean(booleans[value], start, end), None
    if value in _OLD_BOOLEANS:
        meant = _OLD_BOOLEANS[value]
        message = f"found {quoted(value)} without quotes, which is {meant} in YAML 1.1 and text in YAML 1.2"
        advice = f"put it in quotes if it is text, else write {meant}"
        return Text(value, start, end), Fault(message, start, end, advice=advice)
    if value[0] not in FIRST_OF_A_NUMBER:
        return Text(value, start, end), None
    if re.fullmatch(_ACCOUNT, value):
        # With a zero before it, it is no number of JSON, and cannot be meant as one.
        return (Text if value[0] == "0" else TwelveDigits)(value, start, end), None
    number = re.fullmatch(_JSON_NUMBER, value)
    if number is not None:
        fault = json_faults.bad_number(value, number.group(1), start)
        return JsonNumber(value, start, end), fault and fault._replace(end=end)
    if re.fullmatch(_OTHER_NUMBER, value):
        message = f"found {quoted(value)} without quotes, expected text in quotes or a number as JSON writes it"
        advice = "put it in quotes, as an account of fewer than twelve digits, or write 10, -3 or 0.5"
        return Text(value, start, end), Fault(message, start, end, advice=advice)
    return Text(value, start, end), None
