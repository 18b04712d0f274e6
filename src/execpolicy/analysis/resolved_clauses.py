"""A clause with variables for requests of which the values of these keys are known: a clause with fixed values.

What it says of a request is what the clause of the policy says of the same request with these values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.model import NEW_VERSION, Condition, Element
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.unknown_value import UnknownName
from execpolicy.document.variable_syntax import Variable
from execpolicy.engine.clause import spelled
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.arn import SHORT_FORM
from execpolicy.language.condition import ConditionTest
from execpolicy.language.context_keys import find_context_key
from execpolicy.language.variables import Unresolved

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.engine.clause import Clause
    from execpolicy.engine.resource_entry import ResourceEntry
    from execpolicy.engine.view import View
    from execpolicy.language.glob import Tokens
    from execpolicy.language.truth import Truth
    from execpolicy.language.variables import TextPart, TextWithVariables, ValueLookup

    #: By the lower-case name of a key, its values in a request: none if it is absent.
    KnownKeyValues: TypeAlias = Mapping[str, tuple[str, ...]]

_ESCAPED = str.maketrans({"*": "${*}", "?": "${?}", "$": "${$}"})


class _ResolvedTest(ConditionTest):
    """The condition of a policy for known values of keys; its own values are those that it then compares with."""

    __slots__ = ("_known", "_original")

    def __init__(self, original: ConditionTest, condition: Condition, known: KnownKeyValues) -> None:
        super().__init__(condition, version=NEW_VERSION, effect=_effect(original), of_rcp=original.of_rcp)
        self._original = original
        self._known = known

    def test(self, lookup: ValueLookup, excluded: str = "") -> Truth:
        known = self._known
        return self._original.test(lambda key: known[key] if key in known else lookup(key), excluded)


class ResolvedCondition(ConditionClause):
    """A condition with variables, for known values of their keys."""

    __slots__ = ()

    def __init__(self, clause: ConditionClause, texts: Iterable[str], known: KnownKeyValues) -> None:
        values = tuple(map(Text, dict.fromkeys(texts)))
        condition = Condition(clause.operator, Text(str(clause.operator)), Text(clause.key), values)
        super().__init__(condition, version=NEW_VERSION, effect=_effect(clause.condition))
        self.condition = _ResolvedTest(clause.condition, condition, known)
        self.identity = (clause.identity, tuple(sorted(known.items())))


class ResolvedResource(ResourceClause):
    """Resource or NotResource with variables, for known values of their keys."""

    __slots__ = ("_known", "_original")

    def __init__(self, clause: ResourceClause, texts: Iterable[str], known: KnownKeyValues) -> None:
        element = Element(clause.element, tuple(map(Text, dict.fromkeys(texts))))
        super().__init__(element, effect=_effect(clause), kind=clause.kind, version=NEW_VERSION)
        self._original = clause
        self._known = dict(known)
        self.identity = (clause.identity, tuple(sorted(known.items())))

    def test(self, view: View, doubted: str = "") -> Truth:
        return self._original.test(view.with_values({**self._known}), doubted)


def keys_to_know(clause: Clause) -> tuple[str, ...]:
    """The keys whose values say what the variables of a clause stand for; a key of several values never has one."""
    records = ((key, find_context_key(key)) for key in dict.fromkeys(clause.keys_of_variables()))
    return tuple(key for key, record in records if record is None or not record.multivalued)


def resolved(clause: Clause, known: KnownKeyValues) -> Clause | None:
    """A clause with variables for known values of all keys to know; None if it has values that are not known anyway."""
    if isinstance(clause, ResourceClause):
        if any(entry.misplaced or entry.template.unknown for entry in clause.entries):
            return None
        return ResolvedResource(clause, _texts_of_entries(clause, known), known)
    assert isinstance(clause, ConditionClause), "only conditions and resources have variables"
    condition = clause.condition
    if condition.unknown:
        return None
    texts = (
        written(tokens) for text in condition.texts for tokens in _in_each_reading(text, known, denies=condition.denies)
    )
    return ResolvedCondition(clause, texts, known)


def without_defaults(clause: Clause) -> Clause:
    """A clause with variables without their defaults: it is equal for requests in which their keys have texts."""
    if isinstance(clause, ResourceClause):
        if any(entry.misplaced or entry.template.unknown for entry in clause.entries):
            return clause
        texts = (_with_form(entry, _plain(entry.template.parts)) for entry in clause.entries)
        element = Element(clause.element, tuple(map(Text, texts)))
        return ResourceClause(element, effect=_effect(clause), kind=clause.kind, version=NEW_VERSION)
    assert isinstance(clause, ConditionClause), "only conditions and resources have variables"
    condition = clause.condition
    if condition.unknown:
        return clause
    values = tuple(Text(_plain(text.parts)) for text in condition.texts)
    model = Condition(clause.operator, Text(str(clause.operator)), Text(clause.key), values)
    return ConditionClause(model, version=NEW_VERSION, effect=_effect(condition), of_rcp=condition.of_rcp)


def _plain(parts: Iterable[TextPart]) -> str:
    """A text with variables without their defaults."""
    return "".join(
        f"${{{spelled(part.key.lower())}}}"
        if isinstance(part, Variable)
        else written(tuple(each for each in (part,) if not isinstance(each, UnknownName)))
        for part in parts
    )


def _with_form(entry: ResourceEntry, text: str) -> str:
    """The text of an entry in its form: that of an ARN, or the short one."""
    return f"{SHORT_FORM[:-1] if entry.short else ''}{text}"


def _texts_of_entries(clause: ResourceClause, known: KnownKeyValues) -> Iterator[str]:
    for entry in clause.entries:
        for tokens in _in_each_reading(entry.template, known, denies=not entry.strict):
            yield written_entry(entry, tokens)


def _in_each_reading(text: TextWithVariables, known: KnownKeyValues, *, denies: bool) -> Iterator[Tokens]:
    """The tokens if an empty text counts as no value, and if it counts as a value (VAR-3)."""
    for empty in (False, True):
        tokens = text.resolve(lambda key: known.get(key, ()), denies=denies, empty=empty)
        if not isinstance(tokens, Unresolved):
            yield tokens


def written(tokens: Tokens) -> str:
    """Tokens as the text of a policy.

    >>> from execpolicy.language.glob import ANY
    >>> written(("a*$", ANY))
    'a${*}${$}*'
    """
    return "".join(each.translate(_ESCAPED) if isinstance(each, str) else each.value for each in tokens)


def written_entry(entry: ResourceEntry, tokens: Tokens) -> str:
    """Tokens as the text of an entry of a resource, in the form of the entry."""
    return _with_form(entry, written(tokens))


def _effect(of: ConditionTest | ResourceClause) -> str:
    return "Allow" if of.grants else "Deny"
