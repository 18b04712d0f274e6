"""How often a version answers logged calls as AWS did, as lines and as plain data (LOG-9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any, Final

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.bulk.replay_score import Disagreement, Score
from execpolicy.document.syntax.wording import counted
from execpolicy.render.replay_examples import example_data, example_words, period_of, time_data

#: The most kinds of disagreements that are shown, unless all are wanted.
MOST_KINDS: Final = 10
#: The style of the lines of a case, which are never broken.
CASE_STYLE: Final = "fact"
_NO_CASE: Final = "the call has no case without its path: --raw-values writes it"


def score_lines(score: Score, zone: tzinfo, *, verbose: bool) -> Iterator[OutlineLine]:
    """The counts, then each kind of disagreement with a case.

    Args:
        score: the agreement.
        zone: the zone of the times.
        verbose: whether to show all kinds.
    """
    yield OutlineLine(0, "heading", f"the old version and AWS: {score_words(score)}")
    for cause, number in score.causes.items():
        yield OutlineLine(1, "note", f"not known: {number} ({cause})")
    for reason, number in score.not_comparable.items():
        yield OutlineLine(1, "note", f"not comparable: {number} ({reason})")
    shown = score.disagreements if verbose else score.disagreements[:MOST_KINDS]
    for each in shown:
        yield from _kind_lines(each, zone)
    if len(shown) < len(score.disagreements):
        more = score.disagreements[len(shown) :]
        calls = counted(sum(each.calls for each in more), "call")
        yield OutlineLine(1, "note", f"and {calls} in {counted(len(more), 'other kind')}")


def score_words(score: Score) -> str:
    """The counts in words."""
    return (
        f"{counted(score.agreeing, 'call')} with the same answer, {score.disagreeing} with another, "
        f"{score.unknown} not known, {sum(score.not_comparable.values())} not comparable"
    )


def _kind_lines(kind: Disagreement, zone: tzinfo) -> Iterator[OutlineLine]:
    yield OutlineLine(1, "label", printable(f"{counted(kind.calls, 'call')}: {kind.text}"))
    for text in disagreement_details(kind, zone):
        yield OutlineLine(3, "", text)
    yield from (OutlineLine(3, CASE_STYLE, line) for line in case_lines(kind))


def disagreement_details(kind: Disagreement, zone: tzinfo) -> Iterator[str]:
    """What could explain it, the period, and one of the calls."""
    yield from (f"it could be {each}" for each in kind.could_explain)
    period = period_of(kind.first, kind.last, zone)
    if period:
        yield period
    yield from (printable(f"for example {example_words(each, zone)}") for each in kind.examples[:1])


def case_lines(kind: Disagreement) -> list[str]:
    """The case as lines of a case file."""
    return [printable(line) for line in kind.case.splitlines()] if kind.case else [_NO_CASE]


def score_data(score: Score) -> dict[str, Any]:
    """The agreement as plain data."""
    return {
        "agreeing": score.agreeing,
        "disagreeing": score.disagreeing,
        "unknown": score.unknown,
        "causes": {cause.value: number for cause, number in score.causes.items()},
        "not_comparable": {reason.value: number for reason, number in score.not_comparable.items()},
        "disagreements": [
            {
                "text": each.text,
                "calls": each.calls,
                "could_explain": list(each.could_explain),
                "case": each.case or None,
                "first": time_data(each.first),
                "last": time_data(each.last),
                "examples": [example_data(example) for example in each.examples],
            }
            for each in score.disagreements
        ],
    }
