"""The Condition element: an object of operators, each an object of keys."""

from __future__ import annotations

from execpolicy._base.records import NamedTuple
from execpolicy.document.model import Condition, EmptyCondition, UnknownElement
from execpolicy.document.operator_name import OperatorName, OperatorNameError, read_operator_name
from execpolicy.document.parse_state import ParseState
from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNumber, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import is_unknown_text, unknown_part
from execpolicy.document.unknown_value import has_unknown
from execpolicy.document.variable_syntax import VariableSyntaxError, split_variables
from execpolicy.errors import Correction

_OPERATORS = 'an object such as {"StringEquals": {"aws:SourceVpc": "vpc-1"}}'
_TWO_CASES = "DUPLICATE_KEYS_WITH_DIFFERENT_CASE"
_KEYS = 'an object such as {"aws:SourceVpc": "vpc-1"}'
#: A whole number with at most so many digits has one text in every parser.
_EXACT_DIGITS = 15
_SCALAR = "a string, number or boolean"


class ParsedConditions(NamedTuple):
    """One condition for each operator and key (CND-1), in document order.

    ``empty`` has the empty objects (POL-13), ``unknown`` what is not known (SRC-10).
    """

    conditions: tuple[Condition, ...] = ()
    empty: tuple[EmptyCondition, ...] = ()
    unknown: tuple[UnknownElement, ...] = ()


def parse_conditions(state: ParseState, member: Member | None) -> ParsedConditions:
    """The conditions of a Condition element."""
    if member is None:
        return ParsedConditions()
    value = member[2]
    if is_unknown_text(value):
        return ParsedConditions(unknown=(unknown_part("Condition", value, member[0]),))
    if not isinstance(value, JsonObject):
        state.wrong_type(value, "Condition", _OPERATORS)
        return ParsedConditions()
    conditions: list[Condition] = []
    unknown: list[UnknownElement] = []
    empty = [] if value.members else [EmptyCondition(None, member[0], value[2])]
    for name, operator_member in value.members.items():
        start, end, keys = operator_member
        try:
            operator = read_operator_name(name)
        except OperatorNameError as error:
            is_new = error.meant is not None and error.meant not in value.members
            state.report_name(
                operator_member,
                error.message,
                error.advice,
                "CND-5",
                error.issue_code,
                correction=Correction(name, error.meant) if error.meant is not None and is_new else None,
            )
            continue
        operator_text = Text(name, start, end)
        if is_unknown_text(keys):
            unknown.append(unknown_part("Condition", keys, start, operator=name))
        elif not isinstance(keys, JsonObject):
            state.wrong_type(keys, name, _KEYS)
        elif keys.members:
            conditions.extend(_keys(state, operator, operator_text, keys))
        else:
            empty.append(EmptyCondition(operator_text, start, keys[2]))
    known = tuple(each for each in conditions if not has_unknown(each.key.value))
    if len(known) < len(conditions):
        unknown.extend(_of_unknown_key(each) for each in conditions if has_unknown(each.key.value))
    return ParsedConditions(known, tuple(empty), tuple(unknown))


def _of_unknown_key(condition: Condition) -> UnknownElement:
    operator, key = condition.operator_text.value, condition.key
    return unknown_part("Condition", key, operator=operator, more=condition.values)


def _keys(state: ParseState, operator: OperatorName, operator_text: Text, keys: JsonObject) -> list[Condition]:
    seen: dict[str, str] = {}
    conditions = []
    for key, member in keys.members.items():
        first = seen.setdefault(key.lower(), key)
        if first != key:
            message = f"found the keys {quoted(first)} and {quoted(key)} in one operator, which are the same key"
            advice = "put the values of both in one list: the case of a key does not matter"
            state.report_pair(keys, (first, key), message, advice, rule="POL-3", code=_TWO_CASES)
        if not key:
            state.report_name(member, "found an empty condition key", "name a key, such as aws:SourceIp", "POL-1")
        start, end, value = member
        values = _values(state, key, value)
        numbers = _numbers_with_other_texts(value) if operator.base.startswith("String") else ()
        if state.variables and operator.base.startswith(("String", "Arn")):
            _check_variables(state, values)
        key_text = Text(key, start, end)
        conditions.append(Condition(operator, operator_text, key_text, values, start, value[2], numbers))
    return conditions


def _items(node: Node) -> list[Node] | tuple[Node, ...]:
    return node.items if isinstance(node, JsonArray) else [node]


def _numbers_with_other_texts(node: Node) -> tuple[int, ...]:
    """The indices of the numbers that a parser may write in another way (POL-9)."""
    items = enumerate(_items(node))
    return tuple(index for index, item in items if isinstance(item, JsonNumber) and _has_other_texts(item.text))


def _has_other_texts(number: str) -> bool:
    """Whether a number ends in a zero after its point, has an exponent or more than 15 digits, or is ``-0``."""
    ends_in_zero = "." in number and number.endswith("0")
    return ends_in_zero or "e" in number.lower() or number == "-0" or sum(map(str.isdigit, number)) > _EXACT_DIGITS


def _values(state: ParseState, key: str, node: Node) -> tuple[Text, ...]:
    values: list[Text] = []
    for item in _items(node):
        if isinstance(item, Text):
            values.append(item)
        elif isinstance(item, (JsonNumber, JsonBoolean)):
            values.append(Text(*item))
        else:
            expected = _SCALAR if item is not node else f"{_SCALAR}, or a list of them"
            state.wrong_type(item, f"a value of {quoted(key)}", expected, "POL-9")
    return tuple(values)


def _check_variables(state: ParseState, values: tuple[Text, ...]) -> None:
    for text in values:
        if "${" in text.value:
            try:
                split_variables(text.value)
            except VariableSyntaxError as error:
                state.report_inside(text, error, "VAR-2")
