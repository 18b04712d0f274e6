"""Edits of the texts of a policy, each only where the text is written as it reads.

A folded text of YAML, one with escapes, and one that an alias uses a second time are left alone: what stands at their
place is not the value. So are the sources of Terraform, which are neither JSON nor YAML. Of a text that Fn::Sub makes,
only what stands before its first variable or after its last one is changed; the texts of other functions are left
alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from execpolicy.document.policy import Policy
from execpolicy.document.syntax.encoding import HCL_ENDING
from execpolicy.document.syntax.json_or_yaml import is_yaml, read_any
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.yaml_scalars import plain_scalar
from execpolicy.errors import Correction, PolicySyntaxError, Source, Span
from execpolicy.linter.finding import Edit, Fix
from execpolicy.linter.fixes.substituted import LiteralPart, find_literal
from execpolicy.linter.rule import FixSafety

_QUOTES: Final = ("'", '"')
#: What an edit may write inside of quotes, and without them.
_QUOTED: Final = re.compile(r"[^\"'\\\x00-\x1f]*")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./*:-]*")
#: What a correction may write where it is not known which quotes are around it.
_PART_OF_JSON: Final = re.compile(r"[^\"\\\x00-\x1f]*")
_PART_OF_YAML: Final = re.compile(r"[A-Za-z0-9_./*:$!{}-]*")


def made(safety: FixSafety, *edits: Edit | None) -> Fix | None:
    """The fix of some edits; None if one of them cannot be made."""
    known = tuple(edit for edit in edits if edit is not None)
    return Fix(safety, known) if known and len(known) == len(edits) else None


def replacement(policy: Policy, text: Text, new: str, first: int = 0, last: int | None = None) -> Edit | None:
    """The edit that writes another text in place of a part of one.

    Args:
        policy: the policy that has the text.
        text: a value, or a name.
        new: what is written.
        first: the offset of the part in the value.
        last: the offset after it; by default the part reaches to the end.

    Returns:
        The edit; None if the text is not written as it reads, or if the new one would need quotes or escapes.
    """
    value, source = text.value, policy.source
    whole = policy.span(text, 0, len(value))
    if source is None or whole is None or not value or not is_editable(source):
        return None
    last = len(value) if last is None else last
    span = policy.span(text, first, last)
    assert span is not None, "a policy with a text has places"
    if written(source, whole) != value or written(source, span) != value[first:last]:
        return _in_function(source, whole, new, find_literal(written(source, whole), value, first, last))
    changed = value[:first] + new + value[last:]
    if is_shared(source, whole):
        return None
    if _fits(source, whole, value, new, changed):
        return Edit(span, new)
    quotable = (
        not _is_quoted(source, whole) and changed == new and _QUOTED.fullmatch(new) is not None and takes_quotes(policy)
    )
    return Edit(span, f'"{new}"') if quotable else None


def _in_function(source: Source, whole: Span, new: str, found: LiteralPart | None) -> Edit | None:
    """The edit of a part of the text of a function, in quotes or without them."""
    if found is None or is_shared(source, whole) or _PLAIN.fullmatch(new) is None:
        return None
    first, last = found.start - found.whole_start, found.end - found.whole_start
    changed = found.whole[:first] + new + found.whole[last:]
    begins_alike = changed[:1].isalnum() or changed[:1] == found.whole[:1]
    if not changed or not (found.is_quoted or (_is_text(changed) and begins_alike and changed[-1] not in ": ")):
        return None
    start = _start(source, whole)
    span = source.span(start + found.start, start + found.end)
    return Edit(span, new) if written(source, span) == found.whole[first:last] else None


def corrected(source: Source, span: Span, correction: Correction) -> tuple[Edit, ...]:
    """The edits that write what is meant at the place of a problem; none where something else is written there."""
    found, new, under = correction
    text = written(source, span)
    if is_shared(source, span) or not is_editable(source):
        return ()
    if text in (f'"{found}"', f"'{found}'"):
        return _under(span, under) if under else _in_quotes(span, new)
    if text != found or under:
        return ()
    if found == new:
        return (Edit(span, f'"{new}"'),) if not _is_in_string(source, span) else ()
    if is_yaml(source.text, source.name):
        fits = _PART_OF_YAML.fullmatch(new) is not None and (not new or _is_text(new))
    else:
        fits = _PART_OF_JSON.fullmatch(new) is not None
    return (Edit(span, new),) if fits else ()


def _under(span: Span, name: str) -> tuple[Edit, ...]:
    """The edits that make a value the member of an object."""
    line, column, end_line, end_column = span
    before, after = Span(line, column, line, column), Span(end_line, end_column, end_line, end_column)
    return Edit(before, f'{{"{name}": '), Edit(after, "}")


def _in_quotes(span: Span, new: str) -> tuple[Edit, ...]:
    """The edit of a text that stands in quotes."""
    line, column, end_line, end_column = span
    inside = Span(line, column + 1, end_line, end_column - 1)
    return (Edit(inside, new),) if _QUOTED.fullmatch(new) else ()


def _is_in_string(source: Source, span: Span) -> bool:
    """Whether a value is inside of a string: the quotes before it have a backslash then."""
    quotes = source.text.rfind('"', 0, _start(source, span))
    return quotes > 0 and source.text[quotes - 1] == "\\"


def takes_quotes(policy: Policy) -> bool:
    """Whether double quotes can be written into the text of a policy: it is not inside of a string itself."""
    root, source = policy.root, policy.source
    if source is None or not isinstance(root, JsonObject) or not root.members or not is_editable(source):
        return False
    start, end, _ = next(iter(root.members.values()))
    name = policy.decoded_text[start:end]
    return written(source, source.span(start, end)) == name and not name.startswith("\\")


def written(source: Source, span: Span) -> str:
    """What stands at a place."""
    return source.text[_start(source, span) : _end(source, span)]


def _start(source: Source, span: Span) -> int:
    return source.offset(span.line, span.column)


def _end(source: Source, span: Span) -> int:
    return source.offset(span.end_line, span.end_column)


def _is_quoted(source: Source, whole: Span) -> bool:
    start = _start(source, whole)
    return source.text[max(0, start - 1) : start] in _QUOTES


def _fits(source: Source, whole: Span, value: str, new: str, changed: str) -> bool:
    """Whether a text stays one of the same kind with what is written into it."""
    if _is_quoted(source, whole):
        return _QUOTED.fullmatch(new) is not None
    if _PLAIN.fullmatch(new) is None or not changed or changed.endswith(":"):
        return False
    # Without quotes, the text of a policy is one of YAML, and everything else is a number or a boolean.
    is_text = all(_is_text(each) for each in (value, changed))
    return is_text and (changed[0].isalnum() or changed[0] == "/")


def _is_text(value: str) -> bool:
    node, fault = plain_scalar(value, 0, 0)
    return fault is None and isinstance(node, Text)


def is_editable(source: Source) -> bool:
    """Whether a text is JSON or YAML, which edits are made for.

    >>> is_editable(Source("policy.json", "{}")), is_editable(Source("main.tf", ""))
    (True, False)
    """
    return not source.name.endswith(HCL_ENDING)


def is_shared(source: Source, span: Span) -> bool:
    """Whether a place is a part of a value that aliases of YAML use too."""
    shared = _shared_places(source.text, source.name)
    if not shared:
        return False
    start, end = _start(source, span), _end(source, span)
    before = bisect_right(shared, (start, len(source.text))) - 1
    return before >= 0 and end <= shared[before][1]


@lru_cache(maxsize=4)
def _shared_places(text: str, name: str) -> Sequence[tuple[int, int]]:
    """The places of the values that a text uses several times, in order, without those inside of others."""
    if "&" not in text or not is_yaml(text, name):
        return ()
    from execpolicy.loaders.kinds import rules_of  # all loaders, which policies need not

    try:
        _, root = read_any(text, name, rules_of(text))
    except PolicySyntaxError:
        return ((0, len(text)),)  # it does not show what is used twice
    outermost: list[tuple[int, int]] = []
    for start, end in sorted(_used_twice(root), key=lambda place: (place[0], -place[1])):
        if not outermost or end > outermost[-1][1]:
            outermost.append((start, end))
    return outermost


def _used_twice(root: Node) -> Iterator[tuple[int, int]]:
    seen: set[int] = set()
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            yield node.start, node.end
            continue
        seen.add(id(node))
        if isinstance(node, JsonArray):
            waiting.extend(node.items)
        elif isinstance(node, JsonObject):
            waiting.extend(value for _, _, value in node.members.values())
