"""The functions of CloudFormation that look a value up (SRC-2)."""

from __future__ import annotations

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.document.unknown_value import has_unknown, with_unknown_in_words
from execpolicy.loaders.cloudformation.values.function_arguments import DEPENDS, malformed, text_argument
from execpolicy.loaders.cloudformation.values.scalars import in_words, scalar_text
from execpolicy.loaders.cloudformation.values.template_values import TemplateValues


def ref(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The value of a parameter or a resource."""
    name = argument if isinstance(argument, Text) else values.resolve(argument)
    if not isinstance(name, Text):
        return malformed(values, node)
    if has_unknown(name.value):
        return values.unknown(f"the reference {in_words(name)}", node, DEPENDS)
    return values.reference(name.value, node)


def get_att(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """An attribute of a resource."""
    match argument:
        case Text(value) if "." in value:
            logical_id, _, attribute = value.partition(".")
            return values.attribute(logical_id, attribute, node)
        case JsonArray([resource, name]):
            parts = [values.resolve(resource), values.resolve(name)]
            texts = [scalar_text(part) for part in parts]
            if texts[0] is None or texts[1] is None:
                return malformed(values, node)
            if has_unknown(texts[0]) or has_unknown(texts[1]):
                words = " of ".join(in_words(part) for part in reversed(parts) if part is not None)
                return values.unknown(f"the attribute {words}", node, DEPENDS)
            return values.attribute(texts[0], texts[1], node)
    return malformed(values, node)


def condition_if(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """One of two values."""
    match argument:
        case JsonArray([condition, yes, no]):
            return values.resolve(yes if values.holds(condition) else no)
    return malformed(values, node)


def find_in_map(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """A value of a mapping."""
    match argument:
        case JsonArray([mapping, top, second]):
            default = None
        case JsonArray([mapping, top, second, JsonObject({"DefaultValue": (_, _, default)})]):
            pass
        case _:
            return malformed(values, node)
    keys = [values.resolve_given(key) for key in (mapping, top, second)]
    names = [text_argument(values, key, "a key of Fn::FindInMap", node) for key in keys]
    if None in names:
        return malformed(values, node)
    known = [name or "" for name in names]
    if any(has_unknown(name) for name in known):
        words = ", ".join(in_words(key) for key in keys if key is not None)
        place = f" at {values.problems.place(node)}" if default is not None else ""
        return values.unknown(f"the value of a mapping for {words}{place}", node, DEPENDS)
    found: Node | None = values.mappings.get(known[0])
    if found is None and default is None:
        if not isinstance(mapping, Text):  # a name that is written is reported once for the whole template
            advice = did_you_mean(known[0], values.mappings) if values.mappings else "add it to Mappings"
            values.problems.report(mapping, f"found no mapping {quoted(known[0])}", advice)
        return malformed(values, node)
    for name, key in zip(known[1:], (top, second), strict=True):
        members = found.members if isinstance(found, JsonObject) else {}
        if name in members:
            found = members[name][2]
        elif default is not None:
            return values.resolve(default)
        else:
            values.problems.report(key, f"the mapping {known[0]} has no {quoted(name)}", did_you_mean(name, members))
            return malformed(values, node)
    return values.resolve(moved(found, node)) if found is not None else malformed(values, node)


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
    text = text_argument(values, name, "the name of an export", argument)
    if text is None or name is None:
        return malformed(values, node)
    words = in_words(name) if has_unknown(text) else text
    return values.unknown(f"the import {words}", node, "another stack exports it")


def transform(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """What a macro makes, which is not run: in the definition of an API it is an unknown value (SRC-2)."""
    advice = "give the template that it makes: aws cloudformation get-template --template-stage Processed"
    if values.may_be_made(node):
        found = argument.members.get("Name") if isinstance(argument, JsonObject) else None
        macro = scalar_text(values.resolve(found[2])) if found is not None else None
        name = "a macro" if macro is None else with_unknown_in_words(macro)
        return values.unknown(f"what {name} makes at {values.problems.place(node)}", node, f"it is not run: {advice}")
    values.problems.report(node, "found Fn::Transform, which is not run", advice)
    return malformed(values, node)
