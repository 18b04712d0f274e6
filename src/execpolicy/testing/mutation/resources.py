"""Changes of the resources of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.document.model import NEW_VERSION
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.variable_syntax import LITERALS
from execpolicy.language.arn import SHORT_FORM, fields_of
from execpolicy.testing.mutation import operators, tree
from execpolicy.testing.mutation.change import Change, StatementEditor
from execpolicy.testing.mutation.operators import MutationOperator, Reach
from execpolicy.testing.mutation.tree import NodePath

ALL = "*"
#: Everything of the API that a policy is attached to.
ALL_OF_API = "execute-api:/*"

_VARIABLE = r"\$\{([^}]*)\}"
_SEGMENT = re.compile(rf"(?:{_VARIABLE}|[^/])*")
#: A pattern for a whole service.
_WHOLE_SERVICE = re.compile(r"\**|arn:[^:]*:[^:]*(?::\*)*(?:/\*)*")
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_ROLES = (operators.WIDEN_API, operators.WIDEN_STAGE, operators.WIDEN_METHOD)


class WidenableSpan(NamedTuple):
    """A part of the text of a resource, and the operator that widens it."""

    start: int
    end: int
    operator: MutationOperator


def change_resources(editor: StatementEditor) -> Iterator[Change]:
    """Widen each resource step by step, drop one of several, swap Resource and NotResource."""
    element = editor.statement.resource
    path = (*editor.path, element.name)
    found = tree.values(editor.root, path)
    more = Reach.MORE.unless(element.negated)
    for at, node in found:
        assert isinstance(node, Text)
        yield from _widened(editor, at, node.value, more)
    if len(found) > 1:
        for at, _ in found:
            yield editor.drop(operators.DROP_RESOURCE, at, more.unless(True))
    if element.negated or all(node[0] not in (ALL, ALL_OF_API) for _, node in found):
        other = "Resource" if element.negated else "NotResource"
        yield editor.rename(operators.NEGATE_RESOURCE, path, other, Reach.LESS.unless(element.negated))


def _widened(editor: StatementEditor, at: NodePath, text: str, reach: Reach) -> Iterator[Change]:
    seen = {text}
    for start, end, operator in widenable_spans(editor, text):
        value = f"{text[:start]}*{text[end:]}"
        if value not in seen:
            seen.add(value)
            yield editor.revalue(operator, at, value, reach, shown=(text[start:end], ALL))
    whole = _whole(editor, text)
    if whole is not None and whole not in seen:
        yield editor.revalue(operators.WIDEN_RESOURCE, at, whole, reach)


def widenable_spans(editor: StatementEditor, text: str) -> list[WidenableSpan]:
    """The parts to widen: the last segment of the path that is not a wildcard, variables, method, stage and API."""
    found = [each for each in _segments(editor, text) if text[each.start : each.end].strip(ALL)]
    paths = [each for each in found if each.operator is operators.WIDEN_PATH]
    places = [each for each in found if each.operator is not operators.WIDEN_PATH]
    if editor.is_for_one_api:
        places = [each for each in places if each.operator is not operators.WIDEN_API]
    return [*paths[-1:], *_variables(editor, text), *reversed(places)]


def _segments(editor: StatementEditor, text: str) -> Iterator[WidenableSpan]:
    start, roles = _resource_part(editor, text)
    if start < 0:
        return
    pieces = [match.span() for match in _SEGMENT.finditer(text, start) if match.end() > match.start()]
    if len(pieces) > 1 and roles == _ROLES and text[slice(*pieces[1])] in _VERBS:
        roles = (operators.WIDEN_API, operators.WIDEN_METHOD)  # a wildcard matches API and stage
    for index, (first, last) in enumerate(pieces):
        yield WidenableSpan(first, last, roles[index] if index < len(roles) else operators.WIDEN_PATH)


def _resource_part(editor: StatementEditor, text: str) -> tuple[int, tuple[MutationOperator, ...]]:
    """The start of the part with segments, and the operators of its first segments; -1 if there is none."""
    if editor.is_for_one_api and text.startswith(SHORT_FORM):
        return len(SHORT_FORM), _ROLES[1:]
    fields = fields_of(text) if editor.version == NEW_VERSION else text.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn":
        return -1, ()
    start = len(text) - len(fields[5])
    is_api = fields[2] == "execute-api" and not fields[5].startswith("/")
    return start, _ROLES if is_api else ()


def _variables(editor: StatementEditor, text: str) -> Iterator[WidenableSpan]:
    if editor.version != NEW_VERSION:
        return
    for match in re.finditer(_VARIABLE, text):
        if match[1] not in tuple(LITERALS):
            yield WidenableSpan(*match.span(), operators.WIDEN_VARIABLE)


def _whole(editor: StatementEditor, text: str) -> str | None:
    """The pattern for everything that the policy can apply to; None if the text already is one."""
    if not editor.is_for_one_api:
        return None if _WHOLE_SERVICE.fullmatch(text) else ALL
    slash = text.find("/")
    return None if (slash >= 0 and not text[slash:].strip("/*")) or text == ALL else ALL_OF_API
