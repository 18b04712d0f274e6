"""Files with the values of parameters, as the AWS CLI takes and prints them (SRC-5)."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.syntax.fields import Problems, entry
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.cloudformation.values.scalars import scalar_text


class GivenValue(NamedTuple):
    """The value of a parameter in a file: the name, the text of the value, and the place of the value."""

    name: Text
    value: str
    at: Node


def parameters_from(document: Node, problems: Problems) -> list[GivenValue]:
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
        return []
    found: dict[str, GivenValue] = {}
    for name, (start, end, value) in values.members.items():
        _add(found, Text(name, start, end), value, problems)
    return [*found.values()]


def _of_list(document: JsonArray, problems: Problems) -> list[GivenValue]:
    found: dict[str, GivenValue] = {}
    known = ("ParameterKey", "ParameterValue", "UsePreviousValue", "ResolvedValue")
    for item in document.items:
        if isinstance(item, Text) and "=" in item.value:  # as aws cloudformation deploy takes them
            name, _, value = item.value.partition("=")
            _add(found, Text(name, item.start, item.end), Text(value, item.start, item.end), problems)
            continue
        fields = entry(problems, item, "a parameter", known)
        if fields is None or not fields.must("ParameterKey"):
            continue
        name_node = fields.value("ParameterKey")
        # Of a parameter that is stored in Systems Manager, AWS prints the name and the stored value.
        value_node = fields.value("ResolvedValue") or fields.value("ParameterValue")
        if not isinstance(name_node, Text):
            fields.text("ParameterKey")
        elif value_node is not None:
            _add(found, name_node, value_node, problems)
        elif scalar_text(fields.value("UsePreviousValue")) == "true":
            message = f"found the previous value of {quoted(name_node.value)}, which only the stack has"
            problems.report(
                item, message, 'write its "ParameterValue", as aws cloudformation describe-stacks prints it'
            )
        else:
            fields.must("ParameterValue")
    return [*found.values()]


def _add(found: dict[str, GivenValue], name: Text, value: Node, problems: Problems) -> None:
    text = scalar_text(value)
    if text is None and isinstance(value, JsonArray):
        items = [scalar_text(item) for item in value.items]
        text = None if None in items else ",".join(item or "" for item in items)
    if text is None:
        problems.report(value, f"found no text as the value of {quoted(name.value)}", "write a string")
    elif name.value in found:
        problems.report(name, f"found the parameter {quoted(name.value)} twice", "remove one of them")
    else:
        found[name.value] = GivenValue(name, text, value)
