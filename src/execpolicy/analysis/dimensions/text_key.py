"""The texts that a context key can have, divided by the patterns of String and Arn conditions (CND-6, CND-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.budget import BudgetExceededError
from execpolicy.analysis.dimensions.value_domain import MAX_EXAMPLES, DomainKind, ValueDomain, bits
from execpolicy.analysis.values.text_cells import TooManyStatesError
from execpolicy.analysis.values.text_pattern import (
    ANY_TEXT,
    TextPattern,
    arn_pattern,
    glob_pattern,
    literal,
    without_case,
)
from execpolicy.analysis.values.texts import text_domain
from execpolicy.language.condition import ConditionTest
from execpolicy.language.glob import Tokens, tokens_of

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.text_domain import TextDomain

_FAMILIES = ("String", "Arn")
_EMPTY = literal("")
#: The texts that the context accepts for a key of the type ARN: six fields, the last of which is not empty.
ARN_TEXTS = glob_pattern(tokens_of("arn:*:*:*:*:?*"))
#: The times that texts are added to the patterns before all are.
_ATTEMPTS = 4


def patterns_of(condition: ConditionTest) -> tuple[TextPattern, ...] | None:
    """The patterns that a condition on texts compares with; None for one that is compared otherwise.

    The lower case of characters beyond ASCII depends on others: a condition that ignores case has no patterns then.
    """
    if condition.operator.family not in _FAMILIES:
        return None
    patterns = [_pattern(condition, tokens) for tokens in condition.tokens if tokens is not None]
    found = tuple(pattern for pattern in patterns if pattern is not None)
    return found if len(found) == len(patterns) else None


def _pattern(condition: ConditionTest, tokens: Tokens) -> TextPattern | None:
    if condition.operator.family == "Arn":
        return arn_pattern(tokens)
    if condition.operator.read_request_value is str.lower:
        return without_case("".join(map(str, tokens)))
    return glob_pattern(tokens)


class TextValues(ValueDomain):
    """Cells of texts that the patterns tell apart, and one cell for each text that a condition names as a whole.

    Whole texts are kept out of the patterns: hundreds of them would have thousands of states.
    """

    __slots__ = ("_cell_of_name", "_domain", "_empty", "_names", "_patterns")
    full: int

    def __init__(
        self, within: TextPattern, usual: Iterable[str], conditions: Sequence[ConditionTest], budget: Budget
    ) -> None:
        patterns = dict.fromkeys(pattern for each in conditions for pattern in patterns_of(each) or ())
        names = {pattern: text for pattern in patterns if (text := _whole_text(pattern))}
        rest = [_EMPTY, *(pattern for pattern in patterns if pattern not in names)]
        self._domain = _divided(within, list(usual), rest, names, budget)
        self._patterns = frozenset(rest)
        #: By the pattern of each text, its cell; and by the cell, the text and the cell of the patterns it is in.
        self._names: dict[TextPattern, int] = {}
        self._cell_of_name: dict[int, tuple[str, int]] = {}
        of_patterns: Any = self._domain.full
        self.full = of_patterns
        for pattern, text in names.items():
            around: Any = self._domain.containing(text)
            if around:
                self._names[pattern] = cell = 1 << self.full.bit_length()
                self._cell_of_name[cell] = text, around
                self.full |= cell
        budget.take("the texts that conditions name", len(self._names))
        empty: Any = self._domain.matching(_EMPTY)
        self._empty: int = empty

    def parts(self, condition: ConditionTest) -> Iterable[int]:
        yield self._empty
        others = self.full & ~self._empty
        matched = self._matching(patterns_of(condition) or ())
        yield others & matched
        yield others & ~matched

    def _matching(self, patterns: Sequence[TextPattern]) -> int:
        """The texts that one of the patterns matches."""
        found: Any = self._domain.matching(*(pattern for pattern in patterns if pattern in self._patterns))
        names = 0
        for pattern in patterns:
            names |= self._names.get(pattern, 0)
        if found:
            for cell, (_, around) in self._cell_of_name.items():
                names |= cell if around & found else 0
        return int(found | names)

    def containing(self, text: str) -> int:
        named = self._names.get(literal(text))
        if named is not None:
            return named
        found: Any = self._domain.containing(text)
        return int(found)

    def examples(self, values: Any) -> Iterator[str]:
        names = (self._cell_of_name[1 << cell][0] for cell in bits(values) if 1 << cell in self._cell_of_name)
        others = values & self._domain.full
        found = [*islice(names, MAX_EXAMPLES - 1)]
        return islice((*found, *(self._domain.examples(others) if others else ())), MAX_EXAMPLES)


def _whole_text(pattern: TextPattern) -> str:
    """The text of a pattern that matches no other; empty for any other pattern."""
    match pattern.alternatives:
        case ((str(text),),):
            return text
    return ""


def _divided(
    within: TextPattern,
    usual: list[str],
    patterns: list[TextPattern],
    names: dict[TextPattern, str],
    budget: Budget,
) -> TextDomain:
    """The domain of the texts by the patterns, with an example of each cell that is not one of the names.

    Names that turn out to be examples are added to the patterns, and taken from the names.
    """
    for attempt in range(_ATTEMPTS + 1):
        try:
            domain = text_domain(patterns, within=within, preferred=usual, budget=budget)
        except TooManyStatesError:
            raise BudgetExceededError("the texts that patterns tell apart") from None
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
    """The values of a key as texts within a pattern."""

    __slots__ = ("_key", "_unread_families", "_within")

    def __init__(self, key: str, within: TextPattern = ANY_TEXT, unread_families: Iterable[str] = ()) -> None:
        self._key = key
        self._within = within
        #: The families of operators that read no value in any of the texts.
        self._unread_families = frozenset({"Null", *unread_families})

    def refusal(self, condition: ConditionTest) -> str | None:
        if condition.operator.family in self._unread_families or not condition.values:
            return None
        if patterns_of(condition) is not None:
            return None
        if condition.operator.family in _FAMILIES:
            return f"{condition.name} ignores the case of characters beyond ASCII"
        return f"it is divided by texts, and {condition.name} compares something else"

    def domain(self, conditions: Sequence[ConditionTest], budget: Budget) -> TextValues:
        return TextValues(self._within, usual_texts(self._key), conditions, budget)


_ACCOUNT, _ORGANIZATION = "444455556666", "o-exampleorgid"
#: Values that are better examples than others, by key.
_USUAL = {
    "aws:sourcevpce": "vpce-0a1b2c3d4e5f60718",
    "aws:sourcevpc": "vpc-0a1b2c3d4e5f60718",
    "aws:useragent": "curl/8.5.0",
    "aws:referer": "https://example.com/",
    **dict.fromkeys(("aws:principalorgid", "aws:resourceorgid", "aws:sourceorgid", "aws:vpceorgid"), _ORGANIZATION),
    **dict.fromkeys(
        ("aws:principalorgpaths", "aws:resourceorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"),
        f"{_ORGANIZATION}/r-ab12/ou-ab12-11111111/",
    ),
    **dict.fromkeys(("aws:sourceaccount", "aws:vpceaccount"), _ACCOUNT),
    **dict.fromkeys(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"), "cloudformation.amazonaws.com"),
}
_USUAL_ARN = f"arn:aws:lambda:eu-west-1:{_ACCOUNT}:function:example"


def usual_texts(key: str) -> list[str]:
    """Texts that a key may have in a request that conditions do not name, the best first.

    >>> usual_texts("aws:sourcevpc"), usual_texts("aws:principaltag/team")
    (['vpc-0a1b2c3d4e5f60718', 'other'], ['other', 'arn:aws:lambda:eu-west-1:444455556666:function:example'])
    """
    usual = _USUAL.get(key)
    return ["other", _USUAL_ARN] if usual is None else [usual, "other"]
