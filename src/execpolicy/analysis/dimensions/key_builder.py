"""Chooses how the values of a context key are divided: by its type, and by the operators of the conditions on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.address_key import Addresses
from execpolicy.analysis.dimensions.binary_key import Bytes
from execpolicy.analysis.dimensions.conditions import check_fixed, condition_of
from execpolicy.analysis.dimensions.date_key import Dates
from execpolicy.analysis.dimensions.dimension import Dimension, DimensionBuilder, NotComparableError
from execpolicy.analysis.dimensions.names import TIME, dimension_of_key
from execpolicy.analysis.dimensions.number_key import Numbers
from execpolicy.analysis.dimensions.one_value import OneValue, has_one_value
from execpolicy.analysis.dimensions.read_values import ReadValuesKind
from execpolicy.analysis.dimensions.several_values import KeyOfSeveralValues
from execpolicy.analysis.dimensions.text_key import TextKind
from execpolicy.analysis.dimensions.time import TimeBuilder
from execpolicy.analysis.dimensions.truth_key import TruthKind, Truths
from execpolicy.analysis.dimensions.typed_texts import (
    ADDRESS_TEXTS,
    ARN_TEXTS,
    NOT_READ_IN_ADDRESSES,
    NOT_READ_IN_ARNS,
    NOT_READ_IN_NUMBERS,
    NUMBER_TEXTS,
    TEXTS_OF_KEYS,
)
from execpolicy.analysis.dimensions.value_domain import DomainKind
from execpolicy.analysis.values.text_pattern import ANY_TEXT
from execpolicy.engine.clause import spelled
from execpolicy.language.context_keys import KeyType, Presence, find_context_key

if TYPE_CHECKING:
    from execpolicy.analysis.budget import Budget
    from execpolicy.engine.clause import Clause
    from execpolicy.language.condition import ConditionTest


def builder_for_key(key: str, clauses: Iterable[Clause]) -> DimensionBuilder:
    """The builder of the dimension of a context key.

    Args:
        key: its lower-case name; for the time of a request, one of its two keys, or the name of the dimension.
        clauses: all conditions on it, from which the builder is chosen. They are not added.

    Returns:
        A builder. It refuses conditions that read the values as another type than the others do.
    """
    if dimension_of_key(key) == TIME:
        return TimeBuilder()
    conditions = [condition_of(clause) for clause in clauses]
    fixed = [condition for condition in conditions if not condition.variables and not condition.unknown]
    return KeyBuilder(key, _kind_for(key, fixed))


class KeyBuilder(DimensionBuilder):
    """Collects the conditions on one key, whose values are divided in one way."""

    __slots__ = ("_conditions", "_key", "_kind")

    def __init__(self, key: str, kind: DomainKind) -> None:
        self.name = key
        self._key = key
        self._kind = kind
        self._conditions: list[ConditionTest] = []

    def add(self, clause: Clause) -> None:
        condition = check_fixed(clause)
        reason = self._kind.refusal(condition)
        if reason is not None:
            raise NotComparableError(clause, f"{spelled(self._key)}: {reason}")
        self._conditions.append(condition)

    def build(self, budget: Budget) -> Dimension:
        domain = self._kind.domain(self._conditions, budget)
        if not has_one_value(self._key):
            return KeyOfSeveralValues(self.name, self._key, domain)
        record = find_context_key(self._key)
        is_optional = record is None or record.presence is not Presence.ALWAYS
        return OneValue(self.name, self._key, domain, optional=is_optional)


def _kind_for(key: str, conditions: list[ConditionTest]) -> DomainKind:
    """How the values of a key are divided: by its type, and so that as few conditions as possible are refused."""
    kinds = list(_possible_kinds(key))
    return max(kinds, key=lambda kind: sum(kind.refusal(condition) is None for condition in conditions))


def _possible_kinds(key: str) -> Iterator[DomainKind]:
    """The ways to divide the values of a key, the best first."""
    record = find_context_key(key)
    match None if record is None else record.type:
        case KeyType.BOOL:
            yield TruthKind(key)
        case KeyType.ARN:
            yield TextKind(key, ARN_TEXTS, NOT_READ_IN_ARNS)
        case KeyType.IP:
            yield ReadValuesKind(Addresses(key), any_text=False)
            yield TextKind(key, ADDRESS_TEXTS, NOT_READ_IN_ADDRESSES)
        case KeyType.NUMERIC:
            yield ReadValuesKind(Numbers(), any_text=False)
            yield TextKind(key, NUMBER_TEXTS, NOT_READ_IN_NUMBERS)
        case KeyType.DATE:
            yield ReadValuesKind(Dates(), any_text=False)
        case _:
            yield TextKind(key, TEXTS_OF_KEYS.get(key, ANY_TEXT))
            for scale in (Numbers(), Addresses(key), Dates(), Truths(), Bytes()):
                yield ReadValuesKind(scale, any_text=True)
