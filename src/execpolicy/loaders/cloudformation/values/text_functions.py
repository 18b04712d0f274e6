"""The functions of CloudFormation that make a text (SRC-2)."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, to_python
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import has_unknown
from execpolicy.loaders.cloudformation.values.function_arguments import DEPENDS, joined, malformed, text_argument
from execpolicy.loaders.cloudformation.values.scalars import in_words
from execpolicy.loaders.cloudformation.values.substitution import parts_of_sub
from execpolicy.loaders.cloudformation.values.template_values import TemplateValues
from execpolicy.loaders.json_in_text import json_of


def sub(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """A text with variables."""
    own: Mapping[str, Node] = {}
    match argument:
        case Text(text):
            pass
        case JsonArray([Text(text), JsonObject(members)]):
            own = {name: value for name, (_, _, value) in members.items()}
        case _:
            return malformed(values, node)
    found: list[str] = []
    for part in parts_of_sub(text):
        if isinstance(part, str):
            found.append(part)
            continue
        if part.name in own:
            value = values.resolve(own[part.name])
        elif "." in part.name:
            logical_id, _, attribute = part.name.partition(".")
            value = values.attribute(logical_id, attribute, node)
        else:
            value = values.reference(part.name, node)
        what = f"the variable {quoted(part.name)} of Fn::Sub"
        found.append(text_argument(values, value, what, node) or "")
    return joined(values, found, "", node)


def join(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The items of a list as one text."""
    match argument:
        case JsonArray([delimiter, items]):
            pass
        case _:
            return malformed(values, node)
    between = text_argument(values, values.resolve(delimiter), "the delimiter of Fn::Join", delimiter) or ""
    resolved = values.resolve(items)
    if isinstance(resolved, JsonArray):
        texts = [text_argument(values, item, "an item of Fn::Join", node) or "" for item in resolved.items]
        return joined(values, texts, between, node)
    if resolved is not None and has_unknown_part(resolved):
        return values.unknown(f"{in_words(resolved)} joined by {quoted(between)}", node, DEPENDS)
    values.problems.report(items, "found no list in Fn::Join, expected a list of strings", "write a list")
    return malformed(values, node)


def base64(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """A text in Base64."""
    from base64 import b64encode

    value = values.resolve(argument)
    text = text_argument(values, value, "the text of Fn::Base64", argument)
    if text is None or value is None:
        return malformed(values, node)
    if has_unknown(text):
        return values.unknown(f"{in_words(value)} in Base64", node, DEPENDS)
    return Text(b64encode(text.encode()).decode(), node.start, node.end)


def to_json_string(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The JSON text of an object or a list."""
    resolved = values.resolve(argument)
    if not isinstance(resolved, (JsonArray, JsonObject, Text)):
        message = "found no object or list in Fn::ToJsonString, expected one"
        values.problems.report(argument, message, "write an object or a list")
        return malformed(values, node)
    return Text(json_of(to_python(resolved)), node.start, node.end)
