"""The texts that a context key can have, divided by the patterns of String and Arn conditions (CND-6, CND-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.organization_paths import KEYS_OF_PATHS, organizations_in, paths_of, usual_path
from execpolicy.analysis.dimensions.usual_texts import usual_texts
from execpolicy.analysis.dimensions.value_domain import MAX_EXAMPLES, DomainKind, ValueDomain, bits
from execpolicy.analysis.values.text_pattern import (
    ANY_TEXT,
    TextPattern,
    arn_pattern,
    glob_pattern,
    literal,
    without_case,
)
from execpolicy.analysis.values.text_sets import TextSets
from execpolicy.analysis.values.texts import text_domain
from execpolicy.language.condition import ConditionTest
from execpolicy.language.glob import Tokens

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.dimensions.usual_texts import UsualTexts
    from execpolicy.analysis.values.text_domain import TextDomain
    from execpolicy.analysis.values.value_set import ValueSet

_FAMILIES = ("String", "Arn")
_EMPTY = literal("")
#: The times that texts are added to the patterns before all are.
_ATTEMPTS = 4


def patterns_of(condition: ConditionTest) -> tuple[TextPattern, ...] | None:
    """The patterns that a condition on texts compares with; None for one that is compared otherwise."""
    if condition.operator.family not in _FAMILIES:
        return None
    return tuple(_pattern(condition, tokens) for tokens in condition.tokens if tokens is not None)


def _pattern(condition: ConditionTest, tokens: Tokens) -> TextPattern:
    if condition.operator.family == "Arn":
        return arn_pattern(tokens)
    fold = condition.operator.fold
    return glob_pattern(tokens) if fold is None else without_case("".join(map(str, tokens)), fold)


class TextValues(ValueDomain):
    """The texts that the patterns of conditions tell apart."""

    __slots__ = ("_common", "_domain", "_empty")

    def __init__(self, domain: TextDomain, common: Sequence[TextPattern] = ()) -> None:
        self._domain = domain
        self._common = tuple(common)
        self._empty: Any = domain.matching(_EMPTY)
        self.full = domain.full

    def parts(self, condition: ConditionTest) -> Iterable[ValueSet]:
        yield self._empty
        full: Any = self.full
        others = full & ~self._empty
        matched = self._matching(patterns_of(condition) or ())
        yield others & matched
        yield others & ~matched

    def _matching(self, patterns: Sequence[TextPattern]) -> Any:
        """The texts that one of the patterns matches."""
        return self._domain.matching(*patterns)

    def common(self) -> Sequence[ValueSet]:
        found: list[Any] = [self._matching((pattern,)) for pattern in self._common]
        rest: Any = self.full
        for each in found:
            rest = rest & ~each
        return [each for each in (*found, rest) if each]

    def containing(self, text: str) -> ValueSet:
        return self._domain.containing(text)

    def examples(self, values: ValueSet) -> Iterator[str]:
        return islice(self._domain.examples(values), MAX_EXAMPLES)


class NamedTexts(TextValues):
    """Texts in cells, with one cell more for each text that a condition names as a whole.

    These are kept out of the patterns: hundreds of texts would have thousands of states.
    """

    __slots__ = ("_cell_of_name", "_names", "_patterns")
    full: int

    def __init__(
        self,
        domain: TextDomain,
        common: Sequence[TextPattern],
        patterns: Iterable[TextPattern],
        names: Mapping[TextPattern, str],
    ) -> None:
        super().__init__(domain, common)
        self._patterns = frozenset(patterns)
        #: By the pattern of each text, its cell; and by the cell, the text and the cell of the patterns it is in.
        self._names: dict[TextPattern, int] = {}
        self._cell_of_name: dict[int, tuple[str, int]] = {}
        for pattern, text in names.items():
            around: Any = domain.containing(text)
            if around:
                self._names[pattern] = cell = 1 << self.full.bit_length()
                self._cell_of_name[cell] = text, around
                self.full |= cell

    def _matching(self, patterns: Sequence[TextPattern]) -> int:
        found: Any = self._domain.matching(*(pattern for pattern in patterns if pattern in self._patterns))
        names = 0
        for pattern in patterns:
            names |= self._names.get(pattern, 0)
        if found:
            for cell, (_, around) in self._cell_of_name.items():
                names |= cell if around & found else 0
        return int(found | names)

    def containing(self, text: str) -> ValueSet:
        return self._names.get(literal(text)) or self._domain.containing(text)

    def examples(self, values: Any) -> Iterator[str]:
        names = (self._cell_of_name[1 << cell][0] for cell in bits(values) if 1 << cell in self._cell_of_name)
        others = values & self._domain.full
        found = [*islice(names, MAX_EXAMPLES - 1)]
        return islice((*found, *(self._domain.examples(others) if others else ())), MAX_EXAMPLES)


def _text_values(
    within: TextPattern,
    usual: UsualTexts,
    common: Sequence[TextPattern],
    conditions: Sequence[ConditionTest],
    budget: Budget,
) -> TextValues:
    """The texts within a pattern, divided by conditions: into cells, unless there would be too many."""
    patterns = dict.fromkeys(pattern for each in conditions for pattern in patterns_of(each) or ())
    names = {pattern: text for pattern in patterns if (text := _whole_text(pattern))}
    rest = [_EMPTY, *common, *(pattern for pattern in patterns if pattern not in names)]
    budget.take("dividing the texts that conditions name", len(names))
    domain = _divided(within, usual, rest, names, budget)
    if isinstance(domain.full, int):
        return NamedTexts(domain, common, rest, names)
    everything = tuple(dict.fromkeys([*rest, *names]))
    if names:
        domain = TextSets(everything, within=within, preferred=usual.texts, beginnings=usual.beginnings, budget=budget)
    return TextValues(domain, common)


def _whole_text(pattern: TextPattern) -> str:
    """The text of a pattern that matches no other; empty for any other pattern."""
    match pattern.alternatives:
        case ((str(text),),):
            return text
    return ""


def _divided(
    within: TextPattern,
    usual: UsualTexts,
    patterns: list[TextPattern],
    names: dict[TextPattern, str],
    budget: Budget,
) -> TextDomain:
    """The domain of the texts by the patterns, with an example of each cell that is not one of the names.

    Names that turn out to be examples are added to the patterns, and taken from the names.
    """
    for attempt in range(_ATTEMPTS + 1):
        domain = text_domain(patterns, within=within, preferred=usual.texts, beginnings=usual.beginnings, budget=budget)
        if not isinstance(domain.full, int):
            break
        shown = {literal(text) for text in _examples_of_cells(domain)}
        shown = set(names) if attempt == _ATTEMPTS - 1 else {pattern for pattern in names if pattern in shown}
        if not shown:
            break
        for pattern in list(shown):
            patterns.append(pattern)
            del names[pattern]
    return domain


def _examples_of_cells(domain: TextDomain) -> Iterator[str]:
    full: Any = domain.full
    for cell in bits(full):
        yield from domain.examples(1 << cell)


class TextKind(DomainKind):
    """The values of a key as texts. ``unread_families`` are those of operators that read no value in any of them."""

    __slots__ = ("_key", "_unread_families", "_within")

    def __init__(self, key: str, within: TextPattern = ANY_TEXT, unread_families: Iterable[str] = ()) -> None:
        self._key = key
        self._within = within
        self._unread_families = frozenset({"Null", *unread_families})

    def refusal(self, condition: ConditionTest) -> str | None:
        if condition.operator.family in self._unread_families or not condition.values:
            return None
        if patterns_of(condition) is not None:
            return None
        return f"its values are divided by texts, which {condition.name} does not compare"

    def domain(self, conditions: Sequence[ConditionTest], budget: Budget) -> TextValues:
        usual = usual_texts(self._key)
        organizations = organizations_in(conditions) if self._key in KEYS_OF_PATHS else []
        usual = usual._replace(texts=(*usual.texts, *map(usual_path, organizations)))
        return _text_values(self._within, usual, [*map(paths_of, organizations)], conditions, budget)
