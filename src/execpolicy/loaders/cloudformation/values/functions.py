"""The functions of CloudFormation that give values (SRC-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonNumber, JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.loaders.cloudformation.values.scalars import in_words, is_unknown, scalar_text
from execpolicy.loaders.cloudformation.values.substitution import parts_of_sub
from execpolicy.loaders.cloudformation.values.template_values import TemplateValues

#: Evaluates a function: its argument, and the whole node.
Function = Callable[[TemplateValues, Node, JsonObject], "Node | None"]

_DEPENDS: Final = "it depends on what is not known"


def function_of(node: JsonObject) -> str | None:
    """The function that an object calls: its only member is ``Ref`` or begins with ``Fn::``."""
    if len(node.members) != 1:
        return None
    (name,) = node.members
    return name if name == "Ref" or name.startswith("Fn::") else None


def _malformed(values: TemplateValues, at: Node) -> Node:
    """The value of a call that has not the form of its function, which is reported once for the whole template."""
    return values.unknown("a value that is written wrongly", at, "it is reported")


def _text_argument(values: TemplateValues, node: Node | None, what: str, at: Node) -> str | None:
    """A text, perhaps with unknown parts; anything else is reported."""
    text = scalar_text(node)
    if text is None:
        found = describe(node) if node is not None else "AWS::NoValue"
        values.problems.report(node or at, f"found {found} as {what}, expected a string", "write a string")
    return text


def ref(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The value of a parameter or a resource."""
    return values.reference(argument.value, node) if isinstance(argument, Text) else _malformed(values, node)


def get_att(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """An attribute of a resource."""
    match argument:
        case Text(value) if "." in value:
            logical_id, _, attribute = value.partition(".")
            return values.attribute(logical_id, attribute, node)
        case JsonArray([Text(logical_id), name]):
            text = scalar_text(values.resolve(name))
            if text is not None and not has_unknown(text):
                return values.attribute(logical_id, text, node)
            return values.unknown(f"an attribute of {logical_id}", node, _DEPENDS)
    return _malformed(values, node)


def sub(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """A text with variables."""
    own: Mapping[str, Node] = {}
    match argument:
        case Text(text):
            pass
        case JsonArray([Text(text), JsonObject(members)]):
            own = {name: value for name, (_, _, value) in members.items()}
        case _:
            return _malformed(values, node)
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
        found.append(_text_argument(values, value, what, node) or "")
    return Text("".join(found), node.start, node.end)


def join(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The items of a list as one text."""
    match argument:
        case JsonArray([delimiter, items]):
            pass
        case _:
            return _malformed(values, node)
    between = _text_argument(values, values.resolve(delimiter), "the delimiter of Fn::Join", delimiter) or ""
    resolved = values.resolve(items)
    if isinstance(resolved, JsonArray):
        texts = [_text_argument(values, item, "an item of Fn::Join", node) or "" for item in resolved.items]
        return Text(between.join(texts), node.start, node.end)
    if resolved is not None and is_unknown(resolved):
        return values.unknown(f"{in_words(resolved)} joined by {quoted(between)}", node, _DEPENDS)
    values.problems.report(items, "found no list in Fn::Join, expected a list of strings", "write a list")
    return _malformed(values, node)


def split(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The parts of a text."""
    match argument:
        case JsonArray([delimiter, source]):
            pass
        case _:
            return _malformed(values, node)
    between = _text_argument(values, values.resolve(delimiter), "the delimiter of Fn::Split", delimiter)
    value = values.resolve(source)
    text = _text_argument(values, value, "the text of Fn::Split", source)
    if not between or text is None or value is None:
        return _malformed(values, node)
    if has_unknown(text) or has_unknown(between):
        return values.unknown(f"{in_words(value)} split at {quoted(between)}", node, _DEPENDS)
    return JsonArray([Text(part, node.start, node.end) for part in text.split(between)], node.start, node.end)


def select(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """An item of a list."""
    match argument:
        case JsonArray([index, items]):
            pass
        case _:
            return _malformed(values, node)
    position, resolved = values.resolve(index), values.resolve(items)
    number = _text_argument(values, position, "the index of Fn::Select", index)
    if number is None or position is None:
        return _malformed(values, node)
    if is_unknown(resolved) and resolved is not None:
        return values.unknown(f"item {in_words(position)} of {in_words(resolved)}", node, _DEPENDS)
    if not isinstance(resolved, JsonArray):
        values.problems.report(items, "found no list in Fn::Select, expected a list", "write a list")
        return _malformed(values, node)
    if has_unknown(number):
        return values.unknown(f"the item of a list at {in_words(position)}", node, _DEPENDS)
    if not number.isdecimal() or int(number) >= len(resolved.items):
        message = f"found {quoted(number)} as the index of Fn::Select in a list of {len(resolved.items)}"
        values.problems.report(index, message, "write the number of an item, from 0 on")
        return _malformed(values, node)
    return resolved.items[int(number)]


def condition_if(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """One of two values."""
    match argument:
        case JsonArray([condition, yes, no]):
            return values.resolve(yes if values.holds(condition) else no)
    return _malformed(values, node)


def find_in_map(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """A value of a mapping."""
    match argument:
        case JsonArray([mapping, top, second]):
            default = None
        case JsonArray([mapping, top, second, JsonObject({"DefaultValue": (_, _, default)})]):
            pass
        case _:
            return _malformed(values, node)
    keys = [values.resolve_given(key) for key in (mapping, top, second)]
    names = [_text_argument(values, key, "a key of Fn::FindInMap", node) for key in keys]
    if None in names:
        return _malformed(values, node)
    known = [name or "" for name in names]
    if any(has_unknown(name) for name in known):
        words = ", ".join(in_words(key) for key in keys if key is not None)
        return values.unknown(f"the value of a mapping at {words}", node, _DEPENDS)
    found: Node | None = values.mappings.get(known[0])
    if found is None and default is None:
        advice = did_you_mean(known[0], values.mappings)
        values.problems.report(mapping, f"found no mapping {quoted(known[0])}", advice)
        return _malformed(values, node)
    for name, key in zip(known[1:], (top, second), strict=True):
        members = found.members if isinstance(found, JsonObject) else {}
        if name in members:
            found = members[name][2]
        elif default is not None:
            return values.resolve(default)
        else:
            values.problems.report(key, f"the mapping {known[0]} has no {quoted(name)}", did_you_mean(name, members))
            return _malformed(values, node)
    return moved(found, node) if found is not None else _malformed(values, node)


def moved(value: Node, at: Node) -> Node:
    """A value of another part of the template, at the place where it is used."""
    match value:
        case JsonArray(items):
            return JsonArray([moved(item, at) for item in items], at.start, at.end)
        case _:
            return value._replace(start=at.start, end=at.end)


def import_value(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """A value that another stack exports."""
    name = values.resolve(argument)
    text = _text_argument(values, name, "the name of an export", argument)
    if text is None or name is None:
        return _malformed(values, node)
    words = in_words(name) if has_unknown(text) else text
    return values.unknown(f"the import {words}", node, "another stack exports it")


def get_azs(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The availability zones of a region."""
    region = values.resolve(argument)
    text = _text_argument(values, region, "the region of Fn::GetAZs", argument)
    if text is None or region is None:
        return _malformed(values, node)
    where = "the region" if not text else in_words(region) if has_unknown(text) else text
    return values.unknown(f"the availability zones of {where}", node, "AWS assigns them to an account")


def base64(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """A text in Base64."""
    from base64 import b64encode

    value = values.resolve(argument)
    text = _text_argument(values, value, "the text of Fn::Base64", argument)
    if text is None or value is None:
        return _malformed(values, node)
    if has_unknown(text):
        return values.unknown(f"{in_words(value)} in Base64", node, _DEPENDS)
    return Text(b64encode(text.encode()).decode(), node.start, node.end)


def length(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The number of items of a list."""
    resolved = values.resolve(argument)
    if isinstance(resolved, JsonArray):
        return JsonNumber(str(len(resolved.items)), node.start, node.end)
    if resolved is not None and is_unknown(resolved):
        return values.unknown(f"the length of {in_words(resolved)}", node, _DEPENDS)
    values.problems.report(argument, "found no list in Fn::Length, expected a list", "write a list")
    return _malformed(values, node)


#: The functions that give values, by name.
FUNCTIONS: Final[Mapping[str, Function]] = {
    "Ref": ref,
    "Fn::Base64": base64,
    "Fn::FindInMap": find_in_map,
    "Fn::GetAtt": get_att,
    "Fn::GetAZs": get_azs,
    "Fn::If": condition_if,
    "Fn::ImportValue": import_value,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::Sub": sub,
}
