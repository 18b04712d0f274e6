"""What is known of a clause with variables for values of their keys that are not distinguished.

Whether it applies is a property of its own there. Two facts say which values that property has together with others:

- What the clause compares equal is within the same text with ``*`` for each variable.
- Where a text determines the value of the variable, the texts of the values that are distinguished belong to these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.box import intersection
from execpolicy.analysis.dimensions.one_value import has_one_value
from execpolicy.analysis.resolved_clauses import written, written_entry
from execpolicy.analysis.variable_values import condition_of_texts, limit_clause
from execpolicy.document.model import NEW_VERSION, Element
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.variable_syntax import Variable
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.context_keys import DOUBTFUL_KEYS
from execpolicy.language.glob import Wildcard
from execpolicy.language.variables import Unresolved

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.dimensions.dimension import Dimension
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.analysis.variable_values import DistinguishedValues
    from execpolicy.engine.clause import Clause
    from execpolicy.engine.resource_entry import ResourceEntry
    from execpolicy.language.glob import Tokens
    from execpolicy.language.variables import TextWithVariables

#: Operators that compare whole texts, with those that read the same texts with wildcards.
_WITH_WILDCARDS = {
    "StringEquals": "StringLike",
    "StringLike": "StringLike",
    "StringNotEquals": "StringLike",
    "StringNotLike": "StringLike",
}
#: Keys whose values have neither a slash nor a wildcard: names and ids of IAM.
_NAMES = ("aws:username", "aws:userid", "aws:principalaccount")
_COLONS = 5


class VariableRelation(NamedTuple):
    """Which requests belong to a clause with variables, as far as fixed clauses say it.

    Attributes:
        clause: the clause.
        negated: whether it applies to what it does not compare equal.
        widest: the clause that holds for all that it compares equal; None if none is known.
        of_distinguished: clauses that hold for what only distinguished values of the key make it compare equal.
        others: the clauses that hold for all other values of the key.
    """

    clause: Clause
    negated: bool
    widest: Clause | None
    of_distinguished: tuple[Clause, ...]
    others: tuple[Clause, ...]

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The fixed clauses."""
        widest = () if self.widest is None else (self.widest,)
        return (*widest, *self.of_distinguished, *self.others)

    def impossible(self, applies: Box, box_of: Callable[[Clause], Box | None], subject: Dimension) -> Iterator[Box]:
        """What no request has: the property of the clause beside values that it cannot have.

        Args:
            applies: the property: that the clause applies; for a negated one, that it does not.
            box_of: the requests for which a fixed clause holds.
            subject: the dimension of what the clause compares.
        """
        if self.widest is not None:
            outside = subject.full & ~_values(box_of(self.widest), subject)
            if outside:
                yield {**applies, subject.name: outside}
        others: Box | None = applies
        for clause in self.others:
            box = box_of(clause)
            others = None if others is None or box is None else intersection(others, box)
        for clause in self.of_distinguished:
            distinguished = box_of(clause)
            box = None if others is None or distinguished is None else intersection(others, distinguished)
            if box is not None:
                yield box


def _values(box: Box | None, dimension: Dimension) -> ValueSet:
    """The values of a dimension in a box that limits no other one."""
    nothing = dimension.full & ~dimension.full
    return nothing if box is None else box.get(dimension.name, dimension.full)


def relation_of(clause: Clause, values: DistinguishedValues) -> VariableRelation | None:
    """What is known of a clause with variables; None if nothing is."""
    if isinstance(clause, ResourceClause):
        return _of_resource(clause, values)
    if isinstance(clause, ConditionClause):
        return _of_condition(clause, values)
    return None


def _distinguished_key(clause: Clause, values: DistinguishedValues) -> str | None:
    """The key of the only variable of a clause, if its values are distinguished."""
    keys = clause.keys_of_variables()
    return keys[0] if len(keys) == 1 and keys[0] in values.texts else None


def _of_condition(clause: ConditionClause, values: DistinguishedValues) -> VariableRelation | None:
    """Of a condition that compares one text with a key that has one value."""
    condition = clause.condition
    operator = condition.operator
    with_wildcards = _WITH_WILDCARDS.get(operator.name)
    if not has_one_value(condition.key) or condition.key in DOUBTFUL_KEYS:
        return None
    if with_wildcards is None or condition.name.quantifier or condition.unknown or len(condition.texts) != 1:
        return None
    (text,) = condition.texts
    if_exists = "IfExists" if condition.name.if_exists and not operator.negated else ""
    widest = limit_clause(f"{with_wildcards}{if_exists}", condition.key, written(text.widest_tokens()))
    key = _distinguished_key(clause, values)
    has_wildcards = any(isinstance(part, Wildcard) for part in text.parts)
    if key is None or has_wildcards or (operator.wildcards and condition.denies and key not in _NAMES):
        return VariableRelation(clause, operator.negated, widest, (), ())
    texts = ["".join(map(str, each)) for each in _with_distinguished(text, key, values)]
    distinguished = condition_of_texts(condition.key, texts)
    return VariableRelation(clause, operator.negated, widest, (distinguished,), values.others(key))


def _of_resource(clause: ResourceClause, values: DistinguishedValues) -> VariableRelation | None:
    """Of Resource or NotResource whose variables are all after the fifth colon."""
    if any(entry.misplaced or entry.template.unknown for entry in clause.entries):
        return None
    widest = _resources(clause, [written_entry(entry, entry.template.widest_tokens()) for entry in clause.entries])
    key = _distinguished_key(clause, values)
    if key is None or len(clause.entries) != 1 or not _determines(clause.entries[0], key):
        return VariableRelation(clause, clause.negated, widest, (), ())
    (entry,) = clause.entries
    texts = [written_entry(entry, each) for each in _with_distinguished(entry.template, key, values)]
    distinguished = _resources(clause, texts)
    return VariableRelation(clause, clause.negated, widest, (distinguished,), values.others(key))


def _with_distinguished(text: TextWithVariables, key: str, values: DistinguishedValues) -> Iterator[Tokens]:
    """The tokens of a text for each value of a key that is distinguished, and for the empty one: no other is empty."""
    for each in ("", *values.texts[key]):
        tokens = text.resolve(partial(_looked_up, {key: (each,)}), empty=True)
        if not isinstance(tokens, Unresolved):
            yield tokens


def _looked_up(known: Mapping[str, tuple[str, ...]], key: str) -> tuple[str, ...]:
    return known.get(key, ())


def _resources(clause: ResourceClause, texts: Iterable[str]) -> ResourceClause:
    """The resources that texts match, as the entries of a clause read them."""
    element = Element("Resource", tuple(map(Text, texts)))
    effect = "Allow" if clause.grants is not clause.negated else "Deny"
    return ResourceClause(element, effect=effect, kind=clause.kind, version=NEW_VERSION)


def _determines(entry: ResourceEntry, key: str) -> bool:
    """Whether a resource that an entry matches says which value the key of its only variable has."""
    parts = entry.template.parts
    place = next(number for number, part in enumerate(parts) if isinstance(part, Variable))
    head, tail = parts[:place], parts[place + 1 :]
    is_name = key in _NAMES
    if not (entry.strict or is_name):
        return False
    before, after = head[-1] if head else "", tail[0] if tail else "/"
    is_segment = isinstance(after, str) and after.startswith("/") and is_name
    if is_segment and not tail and isinstance(before, str) and before.endswith("/"):
        return True
    return _begins_in_one_place(entry, head) and (is_segment or all(isinstance(part, str) for part in tail))


def _begins_in_one_place(entry: ResourceEntry, head: Iterable[object]) -> bool:
    """Whether what is before a variable matches one beginning of a resource only.

    In what grants, a wildcard before the fifth colon stays in its field (RES-2).
    """
    colons = _COLONS if entry.short else 0
    for part in head:
        if isinstance(part, str):
            colons += part.count(":")
        elif colons >= _COLONS or not entry.strict:
            return False
    return True
