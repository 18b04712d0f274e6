"""Edits that remove an item of a list or a member of an object, or add a member, as the text writes them.

The node says what the list has, and the text around it must be that of a list which is written there: with commas, or
on lines of its own in YAML. A list that a function of a template makes is left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeVar

from execpolicy.document.model import NEW_VERSION
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.yaml_scalars import WORDS
from execpolicy.linter.finding import Edit
from execpolicy.linter.fixes.edits import is_editable, is_shared, takes_quotes, written
from execpolicy.linter.fixes.line_layout import INDENTATION, REST_OF_LINE, SPACE, line_end

_Item = TypeVar("_Item")
_BRACKETS: Final = {"[": "]", "{": "}"}
_COMMA: Final = re.compile(r"[ \t\r\n]*,[ \t\r\n]*")
_DASH: Final = re.compile(r" *- +")
#: What may stand between two values on lines of their own: comments, and the dash of the second.
_BETWEEN: Final = re.compile(r"[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)* *(?:- +)?")
#: The end of a value's line, and the indentation of the next.
_NEXT_LINE: Final = re.compile(r"[ \t]*\r?\n *")


def without_item(policy: Policy, node: JsonArray, index: int) -> Edit | None:
    """The edit that removes an item of a list with others; None where the text has no such list."""
    return _without(policy, node, [(item.start, item.end) for item in _around(node.items, index)], index)


def without_text(policy: Policy, node: Node | None, text: Text) -> Edit | None:
    """The edit that removes a text from a list with others; None where the text stands alone, or is made."""
    if not isinstance(node, JsonArray):
        return None
    index = bisect_left(node.items, text.start, key=lambda item: item.start)
    return without_item(policy, node, index) if node.items[index : index + 1] == [text] else None


def without_member(policy: Policy, node: JsonObject, name: str) -> Edit | None:
    """The edit that removes a member of an object with others; None where the text has no such object."""
    index = [*node.members].index(name)
    around = _around([*node.members.values()], index)
    return _without(policy, node, [(start, value.end) for start, _, value in around], index)


def _around(items: Sequence[_Item], index: int) -> Sequence[_Item]:
    """An item with its neighbours."""
    return items[max(0, index - 1) : index + 2]


def _without(
    policy: Policy, node: JsonArray | JsonObject, places: Sequence[tuple[int, int]], index: int
) -> Edit | None:
    """The edit that removes an item, by its place and those of its neighbours."""
    text = policy.decoded_text
    if policy.source is None or len(places) < 2:
        return None
    at = min(index, 1)
    gaps = [text[first[1] : second[0]] for first, second in pairwise(places)]
    if text[node.start : node.start + 1] in _BRACKETS:
        part = _between_commas(text, node, places, at)
    elif not all(_BETWEEN.fullmatch(gap.replace("\r\n", "\n")) for gap in gaps):
        return None
    elif isinstance(node, JsonArray):
        part = _line(text, *places[at], _DASH)
    elif at == 0 and _line(text, *places[at], INDENTATION) is None:
        # The first member of an item of a list stands after the dash.
        part = (places[0][0], places[1][0]) if _NEXT_LINE.fullmatch(gaps[0]) else None
    else:
        part = _line(text, *places[at], INDENTATION)
    return None if part is None else _edit(policy, *part, "")


def _between_commas(
    text: str, node: JsonArray | JsonObject, places: Sequence[tuple[int, int]], at: int
) -> tuple[int, int] | None:
    """The part with an item and one of its commas, in a list with brackets."""
    if text[node.end - 1] != _BRACKETS[text[node.start]]:
        return None
    start, end = places[at]
    before, after = places[:at], places[at + 1 :]
    gap_before = text[before[-1][1] if before else node.start + 1 : start]
    gap_after = text[end : after[0][0] if after else node.end - 1]
    if not (_COMMA if before else SPACE).fullmatch(gap_before):
        return None
    if not (_COMMA if after else SPACE).fullmatch(gap_after):
        return None
    return (start, after[0][0]) if after else (before[-1][1], end)


def _line(text: str, start: int, end: int, head: re.Pattern[str]) -> tuple[int, int] | None:
    """The lines of a value that stands on lines of its own, with a comment at their end; None for another one."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    if not head.fullmatch(text[first:start]) or not REST_OF_LINE.fullmatch(text[end:last].rstrip("\r")):
        return None
    if last < len(text):
        return first, last + 1
    return max(0, first - (2 if text[first - 2 : first] == "\r\n" else 1)), last


def with_member(policy: Policy, node: JsonObject, name: str, value: str) -> Edit | None:
    """The edit that adds a member before the first one of an object.

    Args:
        policy: the policy that has the object.
        node: the object.
        name: the name of the member.
        value: the JSON text of its value, on one line.

    Returns:
        The edit; None where the text has no such object, or is inside of a string.
    """
    text, source = policy.decoded_text, policy.source
    if source is None or not node.members or not takes_quotes(policy):
        return None
    start, _, _ = next(iter(node.members.values()))
    if text[node.start] == "{":
        gap = text[node.start + 1 : start]
        return _edit(policy, start, start, f'"{name}": {value},{gap or " "}') if SPACE.fullmatch(gap) else None
    first = text.rfind("\n", 0, start) + 1
    head = text[first:start]
    if node.start != start or not (INDENTATION.fullmatch(head) or _DASH.fullmatch(head)):
        return None
    shown = f'"{name}"' if name in WORDS or text[start] == '"' else name
    return _edit(policy, start, start, f"{shown}: {value}{line_end(text, start)}{' ' * len(head)}")


def with_new_version(policy: Policy, root: JsonObject) -> Edit | None:
    """The edit that adds the current Version to a document without one."""
    return with_member(policy, root, "Version", f'"{NEW_VERSION}"')


def _edit(policy: Policy, start: int, end: int, new: str) -> Edit | None:
    """The edit of a part, by its offsets in the text that was read."""
    source = policy.source
    assert source is not None
    span = source.span(start, end)
    # The text of a policy in a string may stand at one place as a whole.
    if len(written(source, span)) < end - start or is_shared(source, span) or not is_editable(source):
        return None
    return Edit(span, new)
