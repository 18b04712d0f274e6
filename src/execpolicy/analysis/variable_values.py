"""Which values of the keys of variables an analysis distinguishes, so that clauses with variables are fixed ones there.

A clause with ``${aws:username}`` relates two properties of a request. For one user name it is a clause on one property.
So a statement is divided: it applies to the callers of one name, and then of the next, and so on; to those without a
name; and to those with any other name, for which the relation stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from math import prod

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions.names import NETWORK, RESOURCE, TIME, dimension_of_key
from execpolicy.analysis.dimensions.one_value import has_one_value
from execpolicy.analysis.dimensions.usual_texts import usual_texts
from execpolicy.analysis.dimensions.value_domain import texts_of
from execpolicy.analysis.limits import limit
from execpolicy.analysis.resolved_clauses import keys_to_know, resolved, without_defaults
from execpolicy.document.variable_syntax import Variable
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.compile import CompiledStatement, Occurrence
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.context_keys import DOUBTFUL_KEYS, KeyType, find_context_key
from execpolicy.language.variables import TextWithVariables

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.engine.clause import Clause
    from execpolicy.language.request_details import ContextValues

    #: Gives the values that given callers have of a key.
    ValuesOfCallers: TypeAlias = Callable[[str], Iterable[ContextValues]]

#: A statement that would have more parts is not divided.
MAX_PARTS = 128
#: At most so many values of one key are distinguished.
MAX_VALUES = 40
#: A value of keys that follow from the caller, which no policy names.
_USUAL = {
    "aws:username": "Alice",
    "aws:userid": "AIDAEXAMPLEAIDAOTHERS",
    "aws:principalaccount": "123456789012",
    "aws:principalarn": "arn:aws:iam::123456789012:user/Alice",
    "aws:resourceaccount": "123456789012",
    "aws:requestedregion": "eu-central-1",
    "aws:principaltype": "User",
}
#: What follows a segment of a path in a pattern: the segment that stands in the place of a variable.
_SEGMENT = "([^/*?$]+)"


class KeyState(NamedTuple):
    """One way that a key of variables may be in a request: with some values, or with any that are not distinguished.

    Attributes:
        clauses: the conditions that the request meets.
        values: the values of the key: none if it is absent; None if they are not known.
    """

    clauses: tuple[Clause, ...]
    values: tuple[str, ...] | None


class DistinguishedValues:
    """The values of the keys of variables that are distinguished.

    Args:
        statements: every statement that is divided, and those that name values.
        any_service: whether requests for resources without region and account are meant too.
        of_callers: the values of a key of the callers that are given.
    """

    def __init__(
        self, statements: Iterable[CompiledStatement], *, any_service: bool, of_callers: ValuesOfCallers
    ) -> None:
        clauses = list(dict.fromkeys(each.clause for found in statements for each in found.occurrences))
        keys = dict.fromkeys(key for clause in clauses for key in keys_to_know(clause))
        not_meant = (NETWORK, TIME, RESOURCE) if any_service else (NETWORK, TIME)
        #: By key, the texts that are distinguished.
        self.texts: dict[str, tuple[str, ...]] = {}
        for key in keys:
            if _has_one_text(key) and dimension_of_key(key) not in not_meant:
                given = (values[0] for values in of_callers(key) if values is not None and len(values) == 1)
                texts = filter(_is_literal, (*given, _USUAL.get(key, usual_texts(key).texts[0]), *_named(key, clauses)))
                self.texts[key] = tuple(dict.fromkeys(texts))[:MAX_VALUES]

    def parts(self, compiled: CompiledStatement) -> Iterator[CompiledStatement]:
        """Statements that together apply to the same requests, each for one way of each key of its variables."""
        keys = dict.fromkeys(key for each in compiled.occurrences for key in keys_to_know(each.clause))
        distinguished = [key for key in keys if key in self.texts]
        ways = [tuple(self.ways(key)) for key in distinguished]
        if (
            not any(each.clause.keys_of_variables() for each in compiled.occurrences)
            or prod(map(len, ways)) > MAX_PARTS
        ):
            yield compiled
            return
        for chosen in product(*ways):
            by_key = {key: way.values for key, way in zip(distinguished, chosen, strict=True)}
            occurrences = (each._replace(clause=_known(each.clause, by_key)) for each in compiled.occurrences)
            conditions = (Occurrence(clause, "Condition") for way in chosen for clause in way.clauses)
            yield compiled._replace(occurrences=(*occurrences, *conditions))

    def ways(self, key: str) -> Iterator[KeyState]:
        """Every way that a key may be in a request, each request in one."""
        texts = self.texts[key]
        for text in texts:
            yield KeyState((limit_clause("StringEquals", key, text),), (text,))
        yield KeyState((limit_clause("StringEquals", key, ""),), ("",))
        # For Null the empty text is absent (CND-4).
        yield KeyState((limit_clause("Null", key, "true"), limit_clause("StringNotEquals", key, "")), ())
        yield KeyState(self.others(key), None)

    def others(self, key: str) -> tuple[Clause, ...]:
        """The conditions that a key has another text than those that are distinguished."""
        return limit_clause("Null", key, "false"), limit_clause("StringNotEquals", key, *self.texts[key])


def _known(clause: Clause, by_key: Mapping[str, tuple[str, ...] | None]) -> Clause:
    """A clause for values of keys; None for a key that has a text which is not distinguished."""
    keys = keys_to_know(clause)
    if not clause.keys_of_variables() or not all(key in by_key for key in keys):
        return clause
    known = {key: values for key in keys if (values := by_key[key]) is not None}
    if len(known) == len(keys):
        return resolved(clause, known) or clause
    return clause if known else without_defaults(clause)


def _has_one_text(key: str) -> bool:
    record = find_context_key(key)
    is_text = record is not None and record.type in (KeyType.STRING, KeyType.ARN)
    return is_text and has_one_value(key) and key not in DOUBTFUL_KEYS


def _is_literal(text: str) -> bool:
    """Whether a text has no character that is a wildcard where it denies (VAR-4)."""
    return bool(text) and not set(text) & set("*?$")


@lru_cache(maxsize=4096)
def limit_clause(operator: str, key: str, *values: str) -> Clause:
    """A condition of no policy."""
    return limit({"Condition": {operator: {key: list(values)}}}).occurrences[-1].clause


def condition_of_texts(key: str, texts: Iterable[str]) -> Clause:
    """The condition that a key has one of some texts."""
    return limit_clause("StringEquals", key, *(text.replace("$", "${$}") for text in texts))


def _named(key: str, clauses: Iterable[Clause]) -> Iterator[str]:
    """The texts of a key that clauses name: in conditions on it, and where one of its variables stands."""
    clauses = list(clauses)
    conditions = [each for each in clauses if isinstance(each, ConditionClause) and not each.condition.variables]
    compared = {key, *_compared_with(key, clauses)}
    for each in conditions:
        if each.condition.key in compared:
            yield from texts_of(each.condition) or ()
    resources = [each for each in clauses if isinstance(each, ResourceClause)]
    values = [value for each in resources for value in each.values]
    for before in dict.fromkeys(_texts_before(key, resources)):
        for value in values:
            yield from re.findall(re.escape(before) + _SEGMENT, value)


def _compared_with(key: str, clauses: Iterable[Clause]) -> Iterator[str]:
    """The keys that conditions compare with a variable of a key as their whole value."""
    for each in clauses:
        if isinstance(each, ConditionClause) and any(_is_variable(text, key) for text in each.condition.texts):
            yield each.condition.key


def _is_variable(text: TextWithVariables, key: str) -> bool:
    return len(text.parts) == 1 and text.variables == (key,)


def _texts_before(key: str, resources: Iterable[ResourceClause]) -> Iterator[str]:
    """What stands before the variables of a key in resources, from the last but one slash on."""
    for template in (entry.template for each in resources for entry in each.entries):
        for part, following in zip(template.parts, template.parts[1:], strict=False):
            if (
                isinstance(part, str)
                and "/" in part
                and isinstance(following, Variable)
                and following.key.lower() == key
            ):
                yield part[max(0, part.rfind("/", 0, part.rfind("/"))) :]
