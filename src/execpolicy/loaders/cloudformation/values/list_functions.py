"""The functions of CloudFormation that make lists, or take items of them (SRC-2)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonNumber, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import has_unknown
from execpolicy.loaders.cloudformation.values.function_arguments import DEPENDS, malformed, text_argument
from execpolicy.loaders.cloudformation.values.scalars import in_words
from execpolicy.loaders.cloudformation.values.template_values import TemplateValues

#: The most blocks that Fn::Cidr gives.
_MAX_BLOCKS: Final = 256
#: The most digits of an index; no list is as long.
_MAX_DIGITS: Final = 9


def split(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The parts of a text."""
    match argument:
        case JsonArray([delimiter, source]):
            pass
        case _:
            return malformed(values, node)
    between = text_argument(values, values.resolve(delimiter), "the delimiter of Fn::Split", delimiter)
    if not between and between is not None:
        values.problems.report(delimiter, "found an empty delimiter in Fn::Split", "write the text between the parts")
    value = values.resolve(source)
    text = text_argument(values, value, "the text of Fn::Split", source)
    if not between or text is None or value is None:
        return malformed(values, node)
    if has_unknown(text) or has_unknown(between):
        return values.unknown(f"{in_words(value)} split at {quoted(between)}", node, DEPENDS)
    return JsonArray([Text(part, node.start, node.end) for part in text.split(between)], node.start, node.end)


def select(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """An item of a list."""
    match argument:
        case JsonArray([index, items]):
            pass
        case _:
            return malformed(values, node)
    position, resolved = values.resolve(index), values.resolve(items)
    number = text_argument(values, position, "the index of Fn::Select", index)
    if number is None or position is None:
        return malformed(values, node)
    if has_unknown_part(resolved) and resolved is not None:
        return values.unknown(f"item {in_words(position)} of {in_words(resolved)}", node, DEPENDS)
    if not isinstance(resolved, JsonArray):
        values.problems.report(items, "found no list in Fn::Select, expected a list", "write a list")
        return malformed(values, node)
    if has_unknown(number):
        return values.unknown(f"item {in_words(position)} of the list at {values.problems.place(items)}", node, DEPENDS)
    if not number.isdecimal() or len(number) > _MAX_DIGITS or int(number) >= len(resolved.items):
        message = f"found {quoted(number)} as the index of Fn::Select in a list of {len(resolved.items)}"
        values.problems.report(index, message, "write the number of an item, from 0 on")
        return malformed(values, node)
    return resolved.items[int(number)]


def get_azs(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The availability zones of a region."""
    region = values.resolve(argument)
    text = text_argument(values, region, "the region of Fn::GetAZs", argument)
    if text is None or region is None:
        return malformed(values, node)
    where = "the region" if not text else in_words(region) if has_unknown(text) else text
    return values.unknown(f"the availability zones of {where}", node, "AWS assigns them to an account")


def length(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """The number of items of a list."""
    resolved = values.resolve(argument)
    if isinstance(resolved, JsonArray):
        return JsonNumber(str(len(resolved.items)), node.start, node.end)
    if resolved is not None and has_unknown_part(resolved):
        return values.unknown(f"the length of {in_words(resolved)}", node, DEPENDS)
    values.problems.report(argument, "found no list in Fn::Length, expected a list", "write a list")
    return malformed(values, node)


def cidr(values: TemplateValues, argument: Node, node: JsonObject) -> Node | None:
    """Address blocks of one size in an address block."""
    match argument:
        case JsonArray([block, count, *bits]) if len(bits) < 2:
            pass
        case _:
            return malformed(values, node)
    resolved = [values.resolve(each) for each in (block, count, *bits)]
    texts = [text_argument(values, each, "an argument of Fn::Cidr", argument) for each in resolved]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts):
        return malformed(values, node)
    if any(has_unknown(text) for text in known) or not bits:
        words = ", ".join(in_words(each) for each in resolved if each is not None)
        return values.unknown(f"the address blocks of {words}", node, DEPENDS)
    blocks = _blocks(*known)
    if blocks is None:
        message = f"found {quoted(', '.join(known))} as Fn::Cidr, which has no such blocks"
        values.problems.report(argument, message, "write a block, a count from 1 to 256, and the bits of a host")
        return malformed(values, node)
    return JsonArray([Text(each, node.start, node.end) for each in blocks], node.start, node.end)


def _blocks(block: str, count: str, bits: str) -> list[str] | None:
    """The first blocks of a size in a block; None if there are not as many."""
    import ipaddress
    from itertools import islice

    try:
        network = ipaddress.ip_network(block, strict=False)
        number, prefix = int(count), network.max_prefixlen - int(bits)
        if not 1 <= number <= _MAX_BLOCKS:
            return None
        found = [str(each) for each in islice(network.subnets(new_prefix=prefix), number)]
    except ValueError:
        return None
    return found if len(found) == number else None
