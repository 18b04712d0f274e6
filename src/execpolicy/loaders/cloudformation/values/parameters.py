"""The parameters of a template: their values, and what is not known of them (SRC-5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.errors import UsageError
from execpolicy.loaders.cloudformation.values.pseudo_parameters import UNKNOWN_PSEUDO
from execpolicy.loaders.cloudformation.values.scalars import scalar_text

_FIELDS: Final = (
    *("Type", "Default", "AllowedValues", "AllowedPattern", "ConstraintDescription", "Description", "MaxLength"),
    *("MaxValue", "MinLength", "MinValue", "NoEcho"),
)
_TYPE = re.compile(r"(?P<ssm>AWS::SSM::Parameter::Value<)?(?P<list>CommaDelimitedList|List<[\w:]+>)?[\w:]*>?")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")


class Parameter(NamedTuple):
    """A parameter.

    Attributes:
        name: the name in the template.
        value: the text that is given, else the default; None if it is not known.
        is_list: whether the text is a list with commas.
        allowed: the values that it may have; empty if any.
        reason: why the value is not known.
    """

    name: str
    value: str | None
    is_list: bool
    allowed: tuple[str, ...]
    reason: str

    @property
    def unknown_name(self) -> str:
        return f"the parameter {self.name}"

    def items(self) -> list[str]:
        """The items of the value of a list."""
        return split_list(self.value or "")


def split_list(value: str) -> list[str]:
    """The items of the text of a list: CloudFormation removes space around each.

    >>> split_list("a, b,c")
    ['a', 'b', 'c']
    """
    return [item.strip() for item in value.split(",")] if value else []


def read_parameters(problems: Problems, section: JsonObject, given: Mapping[str, str]) -> dict[str, Parameter]:
    """The parameters of a template.

    Args:
        problems: collects what is wrong in the section.
        section: the section Parameters.
        given: the values that the user gives.

    Raises:
        UsageError: a value is given that the template has no parameter for, or does not allow.
    """
    for name in given:
        if name not in section.members and name not in UNKNOWN_PSEUDO:
            known = (*section.members, *UNKNOWN_PSEUDO)
            raise UsageError(f"the template has no parameter {quoted(name)}", advice=did_you_mean(name, known))
    found: dict[str, Parameter] = {}
    for name, (_, _, node) in section.members.items():
        fields = entry(problems, node, "a parameter", _FIELDS)
        if fields is not None:
            found[name] = _parameter(fields, name, given.get(name))
    return found


def _parameter(fields: Fields, name: str, given: str | None) -> Parameter:
    fields.must("Type")
    written = fields.text("Type") or "String"
    match = _TYPE.fullmatch(written)
    if match is None:
        fields.wrong(fields.node.members["Type"][2], "Type", "a type of parameters such as String")
    is_list = match is not None and match["list"] is not None
    is_stored = match is not None and match["ssm"] is not None
    allowed = _allowed(fields)
    default = _default(fields, is_list=is_list)
    is_number = written in ("Number", "List<Number>")
    if given is not None:
        fault = _fault(given, allowed, is_list=is_list, is_number=is_number)
        if fault is not None:
            raise UsageError(
                f"the parameter {name} has the value {quoted(given)}, expected {fault}", advice="correct it"
            )
    elif default is not None:
        fault = _fault(default, allowed, is_list=is_list, is_number=is_number)
        if fault is not None:
            node = fields.node.members["Default"][2]
            fields.problems.report(node, f"found {quoted(default)} as Default, expected {fault}", "correct it")
    if is_stored and (given is None or given == default or given.startswith("/")):
        reason = "its value is stored in AWS Systems Manager: give the stored value with --parameter"
        return Parameter(name, None, is_list, (), reason)
    value = given if given is not None else default
    if value is None and len(allowed) == 1 and not is_list:
        value = allowed[0]
    reason = "" if value is not None else f"it has no Default: give it with --parameter {name}=…"
    return Parameter(name, value, is_list, () if is_list else allowed, reason)


def _allowed(fields: Fields) -> tuple[str, ...]:
    found = [scalar_text(item) for item in fields.items("AllowedValues", "a list of values")]
    return tuple(text for text in found if text is not None)


def _default(fields: Fields, *, is_list: bool) -> str | None:
    node = fields.value("Default")
    if node is None:
        return None
    text = scalar_text(node)
    if text is None and is_list and isinstance(node, JsonArray):
        items = [scalar_text(item) for item in node.items]
        text = ",".join(item for item in items if item is not None) if None not in items else None
    if text is None:
        fields.wrong(node, "Default", "a string")
    return text


def _fault(value: str, allowed: tuple[str, ...], *, is_list: bool, is_number: bool) -> str | None:
    """What is expected instead of a value; None if it fits."""
    for item in split_list(value) if is_list else (value,):
        if is_number and _NUMBER.fullmatch(item) is None:
            return "a number"
        if allowed and item not in allowed:
            return listed([quoted(each) for each in allowed])
    return None


def parameters_from(document: Node, problems: Problems) -> dict[str, str]:
    """The values of a file of parameters, in one of the forms of AWS.

    A list of ``ParameterKey`` and ``ParameterValue``, an object with ``Parameters``, or a plain object of values.

    Args:
        document: the whole file.
        problems: collects what is wrong in it.
    """
    if isinstance(document, JsonArray):
        return _of_list(document, problems)
    fields = None
    if isinstance(document, JsonObject) and "Parameters" in document.members:
        fields = entry(problems, document, "a file of parameters", ("Parameters", "Tags", "StackPolicy"))
    values = fields.value("Parameters") if fields is not None else document
    if isinstance(values, JsonArray):
        return _of_list(values, problems)
    if not isinstance(values, JsonObject):
        problems.report(
            values if values is not None else document,
            "found no object of parameters",
            'write an object such as {"Parameters": {"Stage": "prod"}}, or a list of ParameterKey and ParameterValue',
        )
        return {}
    found: dict[str, str] = {}
    for name, (_, _, value) in values.members.items():
        _add(found, Text(name, value.start, value.end), value, problems)
    return found


def _of_list(document: JsonArray, problems: Problems) -> dict[str, str]:
    found: dict[str, str] = {}
    known = ("ParameterKey", "ParameterValue", "UsePreviousValue", "ResolvedValue")
    for item in document.items:
        if isinstance(item, Text) and "=" in item.value:  # as aws cloudformation deploy takes them
            name, _, value = item.value.partition("=")
            _add(found, Text(name, item.start, item.end), Text(value, item.start, item.end), problems)
            continue
        fields = entry(problems, item, "a parameter", known)
        if fields is None or not fields.must("ParameterKey"):
            continue
        name_node, value_node = fields.value("ParameterKey"), fields.value("ParameterValue")
        if not isinstance(name_node, Text):
            fields.text("ParameterKey")
        elif value_node is not None:
            _add(found, name_node, value_node, problems)
    return found


def _add(found: dict[str, str], name: Text, value: Node, problems: Problems) -> None:
    text = scalar_text(value)
    if text is None and isinstance(value, JsonArray):
        items = [scalar_text(item) for item in value.items]
        text = None if None in items else ",".join(item or "" for item in items)
    if text is None:
        problems.report(value, f"found no text as the value of {quoted(name.value)}", "write a string")
    elif name.value in found:
        problems.report(name, f"found the parameter {quoted(name.value)} twice", "remove one of them")
    else:
        found[name.value] = text
