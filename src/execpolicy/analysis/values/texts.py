"""Makes the domain of the texts that patterns tell apart."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.text_cells import TooManyStatesError, text_cells
from execpolicy.analysis.values.text_outline import most_infixes, outline_of
from execpolicy.analysis.values.text_pattern import ANY_TEXT, TextPattern
from execpolicy.analysis.values.text_sets import TextSets

if TYPE_CHECKING:
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.text_domain import TextDomain

#: With more parts in the middle of texts, each of which may match or not, cells are not tried.
MAX_INFIXES = 5


def text_domain(
    patterns: Iterable[TextPattern],
    *,
    within: TextPattern = ANY_TEXT,
    preferred: Iterable[str] = (),
    beginnings: Iterable[str] = (),
    optional: bool = False,
    budget: Budget,
) -> TextDomain:
    """The domain of the texts within a pattern, divided by others.

    Args:
        patterns: what tells texts apart; ``matching`` takes these.
        within: the texts that are possible.
        preferred: texts that are better examples than others, the best first; those outside ``within`` do not count.
            They are read when examples are first needed.
        beginnings: what other examples begin with where possible, the best first.
        optional: whether one more value is possible, which is no text.
        budget: counts the steps.

    Returns:
        A domain whose sets are ints, or one that has TextSet where there would be too many cells.

    Raises:
        BudgetExceededError: there are not enough steps.

    >>> from execpolicy.analysis.budget import Budget
    >>> from execpolicy.analysis.values.text_pattern import literal
    >>> domain = text_domain([literal("GET")], budget=Budget())
    >>> list(domain.examples(domain.matching(literal("GET"))))
    ['GET']
    """
    distinct, begun = tuple(dict.fromkeys(patterns)), tuple(beginnings)
    outlines = (outline_of(alternative) for pattern in distinct for alternative in pattern.alternatives)
    if most_infixes(outlines) <= MAX_INFIXES:
        try:
            return text_cells(
                distinct, within=within, preferred=preferred, beginnings=begun, optional=optional, budget=budget
            )
        except TooManyStatesError:
            pass
    return TextSets(distinct, within=within, preferred=preferred, beginnings=begun, optional=optional, budget=budget)
