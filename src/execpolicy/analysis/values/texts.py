"""Makes the domain of the texts that patterns tell apart."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.text_cells import text_cells
from execpolicy.analysis.values.text_pattern import ANY_TEXT, TextPattern

if TYPE_CHECKING:
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.text_domain import TextDomain


def text_domain(
    patterns: Iterable[TextPattern],
    *,
    within: TextPattern = ANY_TEXT,
    preferred: Iterable[str] = (),
    optional: bool = False,
    budget: Budget,
) -> TextDomain:
    """The domain of the texts within a pattern, divided by others.

    Args:
        patterns: what tells texts apart; ``matching`` takes these.
        within: the texts that are possible.
        preferred: texts that are better examples than others, the best first; those outside ``within`` do not count.
        optional: whether one more value is possible, which is no text.
        budget: counts the steps.

    Raises:
        TooManyStatesError: the patterns tell too many texts apart.
        BudgetExceededError: there are not enough steps.

    >>> from execpolicy.analysis.budget import Budget
    >>> from execpolicy.analysis.values.text_pattern import literal
    >>> domain = text_domain([literal("GET")], budget=Budget())
    >>> list(domain.examples(domain.matching(literal("GET"))))
    ['GET']
    """
    return text_cells(patterns, within=within, preferred=preferred, optional=optional, budget=budget)
