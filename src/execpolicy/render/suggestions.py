"""Suggested changes of policies as text, each with the difference of its files, and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.render.fixes import unified_diff
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.suggestions.candidate import ChangeKind
from execpolicy.suggestions.suggestion import SuggestedChange, Suggestion, SuggestionResult
from execpolicy.suggestions.written_values import as_json

_NOTHING: Final = "no change of the policies is suggested:"
_FIRST: Final = "changes that let it through, those that open the least first; nothing else is opened:"


def suggestion_lines(result: SuggestionResult, width: int | None = None) -> Iterator[StyledLine]:
    """The suggestions as lines whose parts have styles; or what must change instead."""
    if not result.suggestions:
        yield styled_line(("advice", _NOTHING))
        for reason in result.instead:
            yield from wrapped(OutlineLine(1, "advice", printable(reason)), width)
        return
    yield styled_line(("advice", _FIRST))
    for number, each in enumerate(result.suggestions, 1):
        yield styled_line()
        yield from _of_suggestion(number, each, width)


def _of_suggestion(number: int, suggestion: Suggestion, width: int | None) -> Iterator[StyledLine]:
    for at, change in enumerate(suggestion.changes):
        label = f"{number}. " if at == 0 else "   "
        yield from wrapped(OutlineLine(0, "allow", f"{label}{printable(change.opens)}"), width)
        yield from wrapped(OutlineLine(2, "source", printable(place_words(change))), width)
    if suggestion.answer.assumed:
        yield styled_line(("assumed", f"    assumed: {', '.join(sorted(suggestion.answer.assumed))}"))
    for note in suggestion.notes:
        yield from wrapped(OutlineLine(2, "advice", printable(note)), width)
    for source, after in suggestion.texts():
        for line in unified_diff(source.name, source.text, after).splitlines():
            yield styled_line((_style(line), printable(line.expandtabs(4)) if "\t" in line else printable(line)))
    for before, policy in suggestion.policies.items():
        if before.source is None:
            yield styled_line(("source", f"    {printable(before.name)}: {printable(as_json(policy.to_document()))}"))


def place_words(change: SuggestedChange) -> str:
    """What is added to which policy, in words."""
    name = change.policy.name
    if change.kind is ChangeKind.NEW_STATEMENT:
        return f"{change.what} in {name}"
    statement = f"the statement {change.sid}" if change.sid else f"Statement[{change.number}]"
    effect = "Deny" if change.kind is ChangeKind.EXCLUDED_REQUEST else "Allow"
    return f"{change.what}, added to {statement} ({effect}) of {name}"


def _style(line: str) -> str:
    return "allow" if line.startswith("+") else "explicit_deny" if line.startswith("-") else "source"


def suggestions_data(result: SuggestionResult) -> dict[str, Any]:
    """The members that suggestions add to the plain data of a decision or a response."""
    return {
        "suggestions": [{**each.to_dict(), "diffs": list(_differences(each))} for each in result.suggestions],
        "instead": list(result.instead),
    }


def _differences(suggestion: Suggestion) -> Iterable[str]:
    return (unified_diff(source.name, source.text, after) for source, after in suggestion.texts())
