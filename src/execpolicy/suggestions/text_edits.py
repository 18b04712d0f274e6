"""Changes of nodes as edits of the text that they stand in: in JSON, and in YAML in both of its styles.

Some texts are left alone: that of a document inside of a string, a value that aliases use twice, one that a function of
a template makes. Whether an edit does what it should is checked by reading the text again (``written_change``), so that
what is written here needs to be right for usual texts only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from execpolicy.document.syntax.nodes import NOWHERE, JsonArray, JsonObject
from execpolicy.linter.finding import Edit
from execpolicy.linter.fixes.edits import is_shared, takes_quotes
from execpolicy.linter.fixes.line_layout import INDENTATION, REST_OF_LINE, SPACE, line_end
from execpolicy.suggestions.node_change import ChangeForm, NodeChange
from execpolicy.suggestions.written_values import as_item, as_json, as_json_lines, as_yaml_lines, yaml_member

if TYPE_CHECKING:
    from execpolicy.document.policy import Policy
    from execpolicy.document.syntax.nodes import Node
    from execpolicy.suggestions.node_change import JsonValue

#: A comma with the space around it: the separator of two items.
_COMMA: Final = re.compile(r"[ \t\r\n]*,[ \t]*(?:\r?\n[ \t]*)?")
_DASH: Final = re.compile(r"( *)-( +)")
#: A value of YAML on one line that can stand in a list in brackets too.
_IN_BRACKETS: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|[A-Za-z0-9/*][^\n,\[\]{}#\"']*")
#: What stands between the name of a member and its value on the same line.
_AFTER_NAME: Final = re.compile(r"[ \t]*:[ \t]+")


def edits_of(changes: Iterable[NodeChange], policy: Policy) -> tuple[Edit, ...] | None:
    """The edits of the text of a policy that make changes of its nodes; None where the text is not one that is edited.

    Args:
        changes: the changes, of nodes of the policy.
        policy: the policy, with a text.
    """
    found: list[Edit] = []
    for each in changes:
        edits = _edits(each, policy)
        if edits is None:
            return None
        found.extend(edits)
    return tuple(found)


def _edits(change: NodeChange, policy: Policy) -> Sequence[Edit] | None:
    source, node, text = policy.source, change.node, policy.decoded_text
    if source is None or node.start == NOWHERE or not takes_quotes(policy):
        return None
    if is_shared(source, source.span(node.start, node.end)):
        return None
    parts = _FORMS[change.form](change, text)
    return None if parts is None else [Edit(source.span(start, end), new) for start, end, new in parts]


#: A part of a text, by its offsets, and what is written in place of it.
_Replacement = tuple[int, int, str]


def _item(change: NodeChange, text: str) -> Sequence[_Replacement] | None:
    node = change.node
    assert isinstance(node, JsonArray), "an item is added to a list"
    places = [(item.start, item.end) for item in node.items]
    if _begins(text, node, "["):
        return _in_brackets(text, node, places, change.values, "")
    if not places or _begins(text, node, "{"):
        return None
    first = text.rfind("\n", 0, places[-1][0]) + 1
    head = _DASH.fullmatch(text[first : places[-1][0]])
    if head is None:
        return None
    return _after_line(text, places[-1][1], _listed(change.values, head[1], head[2]))


def _member(change: NodeChange, text: str) -> Sequence[_Replacement] | None:
    node = change.node
    assert isinstance(node, JsonObject), "a member is added to an object"
    places = [(start, value.end) for start, _, value in node.members.values()]
    if _begins(text, node, "{"):
        return _in_brackets(text, node, places, change.values, f"{as_json(change.name)}: ")
    if not places or node.start != places[0][0]:
        return None
    column = node.start - (text.rfind("\n", 0, node.start) + 1)
    indent = " " * column
    return _after_line(text, places[-1][1], [f"{indent}{line}" for line in yaml_member(change.name, change.values[0])])


def _list(change: NodeChange, text: str) -> Sequence[_Replacement] | None:
    node, parent = change.node, change.parent
    written = text[node.start : node.end]
    if text[parent.start] == "{":
        new = "".join(f", {_like(text, node.start, node.end, each)}" for each in change.values)
        return [(node.start, node.start, "["), (node.end, node.end, f"{new}]")]
    if isinstance(node, JsonObject) and not written.startswith("{"):
        return _block_object_in_list(change, text)
    if "\n" in written:
        return None
    if _IN_BRACKETS.fullmatch(written):
        new = "".join(f", {as_item(each, written)}" for each in change.values)
        return [(node.start, node.start, "["), (node.end, node.end, f"{new}]")]
    return _on_lines_of_their_own(change, text)


def _on_lines_of_their_own(change: NodeChange, text: str) -> Sequence[_Replacement] | None:
    """The value after a name goes to a line of its own, after a dash, and the new one follows."""
    node, parent = change.node, change.parent
    assert isinstance(parent, JsonObject), "a value that stands alone is that of a member"
    start, end = next((start, end) for start, end, value in parent.members.values() if value is node)
    if not _AFTER_NAME.fullmatch(text[end : node.start]):
        return None
    indent = " " * (start - (text.rfind("\n", 0, start) + 1) + 2)
    after = _after_line(text, node.end, _listed(change.values, indent, " "))
    if after is None:
        return None
    colon = text.index(":", end) + 1
    return [(colon, node.start, f"{line_end(text, start)}{indent}- "), *after]


def _block_object_in_list(change: NodeChange, text: str) -> Sequence[_Replacement] | None:
    """An object of YAML on lines of its own becomes the first item of a list: its lines move by the dash."""
    node = change.node
    first = text.rfind("\n", 0, node.start) + 1
    indent = text[first : node.start]
    after = _after_line(text, node.end, _listed(change.values, indent, " "))
    if not INDENTATION.fullmatch(indent) or after is None:
        return None
    parts: list[_Replacement] = [(node.start, node.start, "- ")]
    at = text.find("\n", node.start, node.end) + 1
    while at > 0:
        if text[at : at + 1] not in ("\n", "\r"):
            parts.append((at, at, "  "))
        at = text.find("\n", at, node.end) + 1
    return [*parts, *after]


def _listed(values: Iterable[JsonValue], indent: str, gap: str) -> list[str]:
    """Values as items of a list of YAML."""
    lines: list[str] = []
    for value in values:
        first, *others = as_yaml_lines(value)
        lines += [f"{indent}-{gap}{first}", *(f"{indent} {' ' * len(gap)}{line}" for line in others)]
    return lines


def _after_line(text: str, end: int, lines: Sequence[str]) -> Sequence[_Replacement] | None:
    """Lines after the one in which a value ends; None where more stands on that line."""
    if text[end - 1 : end] == "\n":
        end -= 1  # a text of several lines has the end of its last one
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    if not REST_OF_LINE.fullmatch(text[end:last].rstrip("\r")):
        return None
    if text[end:last].endswith("\r"):
        last -= 1
    new = line_end(text, end)
    return [(last, last, "".join(f"{new}{line}" for line in lines))]


def _in_brackets(
    text: str, node: Node, places: Sequence[tuple[int, int]], values: Sequence[JsonValue], name: str
) -> Sequence[_Replacement] | None:
    """Values more in a list, or one more in an object, with brackets, separated as the others are."""
    if text[node.end - 1] not in "]}":
        return None
    if not places:
        inside = (node.start + 1, node.end - 1)
        new = f"{name}{', '.join(map(as_json, values))}"
        return [(*inside, new)] if SPACE.fullmatch(text[slice(*inside)]) else None
    start, end = places[-1]
    separator = ", "
    if len(places) > 1:
        gap = text[places[-2][1] : start]
        separator = gap if _COMMA.fullmatch(gap) else separator
    else:
        lead = text[node.start + 1 : start]
        separator = f",{lead}" if SPACE.fullmatch(lead) and lead.count("\n") == 1 else separator
    if separator == ",":
        written = [name.replace(": ", ":") + as_json(each, compact=True) for each in values]
    elif name:
        written = [name + as_json(each) for each in values]
    else:
        written = [_like(text, start, end, each) for each in values]
    return [(end, end, "".join(separator + each for each in written))]


def _like(text: str, start: int, end: int, value: JsonValue) -> str:
    """A value written as its neighbour is: an object with each member on a line of its own, if the neighbour has."""
    lead = SPACE.match(text, start + 1)
    assert lead is not None, "no space is some space too"
    if isinstance(value, str):
        return as_item(value, text[start:end])
    if not isinstance(value, Mapping) or "\n" not in lead[0] or "\n" not in text[start:end]:
        return as_json(value)
    first = text.rfind("\n", 0, start) + 1
    indent = text[first:start]
    indent = indent[: len(indent) - len(indent.lstrip(" \t"))]
    inner = lead[0].rpartition("\n")[2]
    if not inner.startswith(indent):
        return as_json(value)
    return as_json_lines(value, indent, inner[len(indent) :], line_end(text, start))


def _begins(text: str, node: Node, bracket: str) -> bool:
    return text[node.start : node.start + 1] == bracket


_FORMS: Mapping[ChangeForm, Callable[[NodeChange, str], Sequence[_Replacement] | None]] = {
    ChangeForm.ITEM: _item,
    ChangeForm.MEMBER: _member,
    ChangeForm.LIST: _list,
}
