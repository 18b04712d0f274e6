"""The steps of the references in sources, and the references that a plan lists of an expression (SRC-4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from execpolicy.errors import PolicySyntaxError, Source
from execpolicy.loaders.terraform.address import Key
from execpolicy.loaders.terraform.sources.hcl_nodes import (
    HclBody,
    HclCall,
    HclExpression,
    HclObject,
    HclReference,
    HclScalar,
    HclText,
    HclTuple,
)
from execpolicy.loaders.terraform.sources.hcl_reader import read_hcl

#: Steps of a reference: names, numbers, and keys, which begin with a quote.
Steps: TypeAlias = tuple["str | int", ...]
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_TEXT: Final = re.compile(r'"[^"\\$%]*"')
#: Indexes that are the key of the instance for which an expression stands; the last one only with a set.
_OWN_KEY: Final = ("count.index", "each.key")
_OF_SETS: Final = "each.value"


def keys_of_instance(body: HclBody, own: Key) -> Mapping[str, Key]:
    """The values of the indexes that are the key of an instance.

    Args:
        body: what the block of the instance holds.
        own: its key.
    """
    given = body.attributes.get("for_each")
    is_set = given is not None and isinstance(given.value, HclCall) and given.value.name == "toset"
    return dict.fromkeys((*_OWN_KEY, _OF_SETS) if is_set else _OWN_KEY, own)


def steps_of_reference(reference: HclReference, keys: Mapping[str, Key]) -> Steps | None:
    """The steps of a reference with its indexes; None if the value of one of them is not known.

    Args:
        reference: the reference.
        keys: the values of the indexes that are not literal.

    >>> reference = HclReference(("aws_iam_role", "app", "arn"), 0, 1, ((2, "count.index"),))
    >>> steps_of_reference(reference, {"count.index": 1})
    ('aws_iam_role', 'app', 1, 'arn')
    """
    found: list[str | int] = []
    for step, is_index in _parts(reference):
        if not is_index:
            found.append(step)
            continue
        key = keys[step] if step in keys else _literal(step)
        if key is None:
            return None
        found.append(f'"{key}' if isinstance(key, str) else key)
    return tuple(found)


def references_of(expression: HclExpression) -> list[str] | None:
    """What a plan lists of an expression, each in its longest form; None for one that is not read so far.

    >>> references_of(HclReference(("aws_iam_role", "app", "arn"), 0, 1, ((2, "count.index"),)))
    ['aws_iam_role.app', 'count.index']
    """
    match expression:
        case HclScalar():
            return []
        case HclText():
            return None if expression.inserted else []
        case HclTuple(items):
            return _all(items)
        case HclObject(members):
            return _all(each.value for each in members.values()) if expression.is_whole else None
        case HclReference():
            return _listed(expression)
    return None


def only_inserted(text: HclText, source: Source) -> HclReference | None:
    """The reference that is inserted into a string which has nothing else; its value is that of the string.

    Args:
        text: the string.
        source: the text of its file.
    """
    if text.parts != (None,) or text.body is not None or len(text.inserted) != 1:
        return None
    start, end = text.inserted[0]
    shown = source.text[start + 2 : end - 1]
    try:
        body = read_hcl(Source(source.name, f"value = {shown}\n"))
    except PolicySyntaxError:
        return None
    value = body.attributes["value"].value if body.attributes.keys() == {"value"} and not body.blocks else None
    return value._replace(start=start, end=end) if isinstance(value, HclReference) else None


def _parts(reference: HclReference) -> Iterable[tuple[str, bool]]:
    """The names and the indexes of a reference in their order, each with whether it is an index."""
    indexes = [*reference.indexes]
    for number in range(len(reference.steps) + 1):
        while indexes and indexes[0][0] == number:
            yield indexes.pop(0)[1], True
        if number < len(reference.steps):
            yield reference.steps[number], False


def _literal(index: str) -> Key:
    """The value of an index; None for an expression that is not evaluated."""
    if _NUMBER.fullmatch(index):
        return int(index)
    return str(json.loads(index)) if _TEXT.fullmatch(index) else None


def _all(expressions: Iterable[HclExpression]) -> list[str] | None:
    found: list[str] = []
    for each in expressions:
        references = references_of(each)
        if references is None:
            return None
        found += references
    return found


def _listed(reference: HclReference) -> list[str] | None:
    """The references of a reference: up to its first index that is not literal, and those in its indexes."""
    text, others = "", []
    for step, is_index in _parts(reference):
        if is_index and _literal(step) is None:
            if step not in (*_OWN_KEY, _OF_SETS):
                return None
            others.append(step)
        elif not others:
            text += f"[{step}]" if is_index else f".{step}" if text else step
    return [text, *others]
