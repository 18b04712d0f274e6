"""The dimension of a context key that has one value, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.conditions import condition_of
from execpolicy.analysis.dimensions.dimension import Dimension, UniformSet, ValueExample
from execpolicy.analysis.dimensions.value_domain import ValueDomain
from execpolicy.analysis.values.optional import OptionalValues
from execpolicy.language.context_keys import DOUBTFUL_KEYS, find_context_key, is_of_provider
from execpolicy.language.request_details import FALSE_OR_ABSENT

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.clause import Clause


def has_one_value(key: str) -> bool:
    """Whether a request has one value of a key at most; of keys of identity providers it may have several.

    >>> has_one_value("aws:username"), has_one_value("aws:principalorgpaths"), has_one_value("app:name")
    (True, False, False)
    """
    record = find_context_key(key)
    return record is not None and not record.multivalued and not is_of_provider(record)


class OneValue(Dimension):
    """The values of one key, and that it is absent, where requests can lack it.

    Some keys may be false or absent (KEY-7). That is a value of its own, for which each clause takes the reading that
    denies: it is neither ``false`` nor the absent key.
    """

    __slots__ = ("_domain", "_is_cells", "_key", "false_or_absent")

    def __init__(self, name: str, key: str, domain: ValueDomain, *, optional: bool) -> None:
        self.name = name
        self._key = key
        self._domain = domain
        self._is_cells = isinstance(domain.full, int)
        nothing = domain.full & ~domain.full
        if isinstance(domain.full, int):
            self.absent = 1 << domain.full.bit_length() if optional else 0
            self.false_or_absent = self.absent << 1 if key in DOUBTFUL_KEYS else 0
            self.full = domain.full | self.absent | self.false_or_absent
        else:
            assert key not in DOUBTFUL_KEYS, "the values of a truth are cells"
            self.false_or_absent = 0
            self.absent = OptionalValues(optional, nothing)
            self.full = OptionalValues(optional, domain.full)

    def parts(self, clause: Clause) -> Iterable[UniformSet]:
        if self.absent:
            yield UniformSet(self.absent, self._example())
        if self.false_or_absent:
            yield UniformSet(self.false_or_absent, self._example_of(FALSE_OR_ABSENT))
        for values in self._domain.parts(condition_of(clause)):
            if values:
                yield UniformSet(self._present(values), self._example(next(self._domain.examples(values))))

    def containing(self, example: ValueExample) -> ValueSet:
        texts = example.keys[self._key]
        if not texts:
            return self.false_or_absent if texts is FALSE_OR_ABSENT else self.absent
        return self._present(self._domain.containing(texts[0]))

    def examples(self, values: Any) -> Iterator[ValueExample]:
        if values & self.absent:
            yield self._example()
        present = values & self._domain.full if self._is_cells else values.values
        if present:
            yield from map(self._example, self._domain.examples(present))
        if self.false_or_absent and values & self.false_or_absent:
            yield self._example_of(FALSE_OR_ABSENT)

    def _present(self, values: ValueSet) -> ValueSet:
        return values if self._is_cells else OptionalValues(False, values)

    def _example(self, *texts: str) -> ValueExample:
        return self._example_of(texts)

    def _example_of(self, values: tuple[str, ...]) -> ValueExample:
        return ValueExample(keys={self._key: values})
