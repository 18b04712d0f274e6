"""The statements of a valid document, parsed without places: all that a decision needs, in a fifth of the time.

Only simple documents are parsed here, which the JSON reader and ``parse`` accept with the same values. For all other
documents ``parse_fast`` returns None: ``parse`` then reads them and reports what is wrong, with places.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.action_name import is_action
from execpolicy.document.kinds import ELEMENT_RULES, ElementRules, PolicyKind
from execpolicy.document.model import (
    EFFECTS,
    NEW_VERSION,
    OLD_VERSION,
    VERSIONS,
    Condition,
    Element,
    PrincipalElement,
    PrincipalEntry,
    Statement,
)
from execpolicy.document.operator_name import read_operator_name
from execpolicy.document.principal_name import EVERYBODY, PRINCIPAL_TYPES, read_principal_name
from execpolicy.document.syntax.encoding import check_text
from execpolicy.document.syntax.nodes import MAX_STRING, MAX_VALUES, NOWHERE, Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from json.decoder import JSONDecoder
    from typing import Any

_ELEMENTS = 3  # Effect, Action and Resource: every statement has these
#: The depth of a value of a condition: document, Statement, statement, Condition, operator, key.
_DEEPEST = 6
_BOOLEANS = {True: "true", False: "false"}
_new = tuple.__new__


class FastParsed(NamedTuple):
    """A document without places. ``id`` is None where the document has none."""

    version: str
    id: str | None
    statements: tuple[Statement, ...]


class _NotPlainError(Exception):
    """The document is not simple: ``parse`` has to read it."""


def parse_fast(text: str, kind: PolicyKind) -> FastParsed | None:
    """Parse a document if it is simple.

    Args:
        text: the document, not escaped.
        kind: what it is attached to. RCPs have more rules, and ``parse`` reads them.

    Returns:
        The statements, or None for a document that is left to ``parse``.

    >>> from execpolicy.document.kinds import PolicyKind
    >>> parse_fast('{"Statement": []}', PolicyKind.IDENTITY)
    FastParsed(version='2008-10-17', id=None, statements=())
    >>> parse_fast('{"Statement": ""}', PolicyKind.IDENTITY) is None
    True
    """
    rules = ELEMENT_RULES[kind]
    if not (rules.allow and rules.not_action and rules.lone_star_action):
        return None
    # Escapes and variables need the other parser.
    if "\\" in text or "${" in text or check_text(text) is not None or not _has_only_short_strings(text):
        return None
    try:
        return _document(_decoder().decode(text), rules)
    except (_NotPlainError, ValueError, RecursionError):  # errors of names are ValueErrors
        return None


def plain_copy(document: object) -> dict[str, Any] | None:
    """A copy of a document given as Python objects, for ``parse_fast_objects``.

    Returns:
        The copy, or None for a document that is left to ``parse``: it has values other than dicts, lists, booleans and
        texts (those of subclasses too), or a text with an escape, a variable, or other than printable ASCII characters.

    >>> plain_copy({"Statement": []})
    {'Statement': []}
    >>> plain_copy({"Statement": ()}) is None
    True
    """
    if type(document) is not dict:
        return None
    reader = _PlainCopy()
    try:
        copied: dict[str, Any] = reader.of(document, _DEEPEST)
    except _NotPlainError:
        return None
    return copied if reader.has_plain_texts() else None


def parse_fast_objects(document: dict[str, Any], kind: PolicyKind) -> FastParsed | None:
    """Parse a document from ``plain_copy`` as ``parse_fast`` parses text."""
    rules = ELEMENT_RULES[kind]
    if not (rules.allow and rules.not_action and rules.lone_star_action):
        return None
    try:
        return _document(document, rules)
    except (_NotPlainError, ValueError):
        return None


class _PlainCopy:
    """Copies values, and keeps their texts and names. It raises _NotPlainError for values of other types."""

    __slots__ = ("count", "texts")

    def __init__(self) -> None:
        self.count = 0
        self.texts: list[Any] = []

    def of(self, value: Any, depth: int) -> Any:
        """A copy of a value that is nested no deeper than ``depth``."""
        self.count += 1
        if type(value) is str:
            self.texts.append(value)
            return value
        if type(value) is bool:
            return value
        if depth == 0 or self.count > MAX_VALUES:
            raise _NotPlainError
        if type(value) is dict:
            self.texts += value
            return {name: self.of(member, depth - 1) for name, member in value.items()}
        if type(value) is list:
            return [self.of(each, depth - 1) for each in value]
        raise _NotPlainError

    def has_plain_texts(self) -> bool:
        """Whether all texts are of printable ASCII characters, not too long, and without escapes and variables."""
        texts = self.texts
        if {*map(type, texts)} - {str}:
            return False
        text = " ".join(texts)
        if not (text.isascii() and text.isprintable()) or "\\" in text or "${" in text:
            return False
        return len(text) <= MAX_STRING or max(map(len, texts)) <= MAX_STRING


def _has_only_short_strings(text: str) -> bool:
    """Whether no two quotes of a text are farther apart than the longest string."""
    start, end = 0, len(text)
    while end - start > MAX_STRING:
        start = text.rfind('"', start, start + MAX_STRING) + 1
        if not start:
            return False
    return True


#: The decoder of plain documents, made with the first of them.
_decoders: list[JSONDecoder] = []


def _decoder() -> JSONDecoder:
    if not _decoders:
        from json.decoder import JSONDecoder

        _decoders.append(
            JSONDecoder(
                object_pairs_hook=_object, parse_float=_not_plain, parse_int=_not_plain, parse_constant=_not_plain
            )
        )
    return _decoders[0]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _NotPlainError
    return members


def _not_plain(_: str) -> None:
    raise _NotPlainError


def _document(root: Any, rules: ElementRules) -> FastParsed:
    if type(root) is not dict:
        raise _NotPlainError
    version, statements = root.get("Version", OLD_VERSION), root.get("Statement")
    if rules.only_new_version and version != NEW_VERSION:
        raise _NotPlainError
    known = 1 + ("Version" in root) + ("Id" in root)
    if len(root) != known or version not in VERSIONS or type(root.get("Id", "")) is not str:
        raise _NotPlainError
    if type(statements) is dict:
        statements = [statements]
    if type(statements) is not list:
        raise _NotPlainError
    reader = _StatementReader(named=rules.principal)
    found = [reader.statement(number, node) for number, node in enumerate(statements)]
    return FastParsed(version, root.get("Id"), tuple(found))


class _StatementReader:
    """Reads statements. Equal elements are read once, and are one object."""

    __slots__ = ("actions", "conditions", "named", "principals")

    def __init__(self, *, named: bool) -> None:
        #: Whether a statement has to have Principal.
        self.named = named
        self.principals: dict[str, PrincipalElement] = {}
        self.actions: dict[object, Element] = {}
        self.conditions: dict[str, tuple[Condition, ...]] = {}

    def statement(self, number: int, node: Any) -> Statement:
        if type(node) is not dict:
            raise _NotPlainError
        effect = EFFECTS[EFFECTS.index(node.get("Effect"))]  # one object for all statements
        conditions: tuple[Condition, ...] = ()
        known = _ELEMENTS
        if "Sid" in node:
            known += 1
            _text(node["Sid"])
        if "Condition" in node:
            known += 1
            conditions = self._conditions(node["Condition"])
        principal: PrincipalElement | None = None
        if self.named:
            known += 1
            principal = self._principal(node.get("Principal"))
        where = "Resource" if "Resource" in node else "NotResource"
        resource: Element = _new(Element, (where, _texts(node.get(where)), NOWHERE, NOWHERE))
        action = self._action(node)
        if len(node) != known:
            raise _NotPlainError
        values = (number, None, effect, principal, action, resource, conditions, NOWHERE, NOWHERE, (), ())
        return _new(Statement, values)

    def _action(self, node: dict[str, Any]) -> Element:
        name = "Action" if "Action" in node else "NotAction"
        value = node.get(name)
        key = (name, value) if type(value) is str else (name, "", repr(value))
        found = self.actions.get(key)
        if found is None:
            texts = _texts(value)
            if not all(is_action(text.value) for text in texts):
                raise _NotPlainError
            found = self.actions[key] = Element(name, texts)
        return found

    def _principal(self, node: Any) -> PrincipalElement:
        key = repr(node)
        found = self.principals.get(key)
        if found is None:
            found = self.principals[key] = PrincipalElement("Principal", tuple(_read_principals(node)))
        return found

    def _conditions(self, node: Any) -> tuple[Condition, ...]:
        key = repr(node)
        found = self.conditions.get(key)
        if found is None:
            found = self.conditions[key] = tuple(_read_conditions(node))
        return found


def _read_principals(node: Any) -> Iterator[PrincipalEntry]:
    if node == EVERYBODY:
        yield PrincipalEntry(EVERYBODY, _text(node))
        return
    if type(node) is not dict or not node.keys() <= set(PRINCIPAL_TYPES):
        raise _NotPlainError
    for key, value in node.items():
        for text in _texts(value):
            read_principal_name(key, text.value)
            yield PrincipalEntry(key, text)


def _read_conditions(node: Any) -> Iterator[Condition]:
    if type(node) is not dict or not node:
        raise _NotPlainError
    for name, keys in node.items():
        operator = read_operator_name(name)
        if type(keys) is not dict or not keys or "" in keys or len({key.lower() for key in keys}) < len(keys):
            raise _NotPlainError
        for key, value in keys.items():
            values = tuple(map(_scalar, value)) if type(value) is list else (_scalar(value),)
            yield Condition(operator, Text(name), Text(key), values)


def _scalar(value: Any) -> Text:
    return Text(_BOOLEANS[value]) if type(value) is bool else _text(value)


def _text(value: Any) -> Text:
    if type(value) is not str:
        raise _NotPlainError
    text: Text = _new(Text, (value, NOWHERE, NOWHERE))
    return text


def _texts(value: Any) -> tuple[Text, ...]:
    return tuple(map(_text, value)) if type(value) is list else (_text(value),)
