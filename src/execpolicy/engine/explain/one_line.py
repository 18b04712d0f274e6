"""A decision in one line: its outcome, and the statement that determines it, with its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from execpolicy._base.characters import printable
from execpolicy.engine.explain.answer_outline import headline
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.layers import Outcome

#: The Sid of a statement, if it has one, and its place.
NamedStatement: TypeAlias = tuple[str | None, str]

_OUTCOMES = {Outcome.ALLOW: "ALLOW", Outcome.EXPLICIT_DENY: "DENY (explicit)"}


def one_line(evaluation: Evaluation, determining: Sequence[NamedStatement]) -> str:
    """The line that ``str()`` of a decision is, from its evaluation and the statements that determine its outcome."""
    outcome, named = _OUTCOMES.get(evaluation.outcome), statements_in_words(determining)
    return printable(f"{outcome} by {named}" if outcome and named else headline(evaluation))


def denial_in_words(evaluation: Evaluation, determining: Sequence[NamedStatement]) -> str:
    """What refuses, without the outcome: the statement that denies, or the layer without an Allow."""
    named = statements_in_words(determining)
    return f"explicit deny by {named}" if named else headline(evaluation).partition(": ")[2]


def statements_in_words(statements: Sequence[NamedStatement]) -> str:
    """The first of some statements with its place, and how many more there are; empty if there is none.

    >>> statements_in_words([("Reads", "orders.json:4:5"), (None, "orders.json:9:5")])
    'Reads (orders.json:4:5) and 1 more'
    """
    if not statements:
        return ""
    sid, place = statements[0]
    named = f"{sid} ({place})" if sid else place
    return named if len(statements) == 1 else f"{named} and {len(statements) - 1} more"
