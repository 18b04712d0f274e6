"""Writes the decision of one request, as an answer or with every statement, and notes on likely mistakes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.check.notes import notes
from execpolicy.cli.check.options import COMMAND
from execpolicy.cli.check.words import words_for
from execpolicy.cli.streams import write_error
from execpolicy.cli.terminal import write_result
from execpolicy.engine.decision import Decision
from execpolicy.render.formats import PrintableResult
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.text import decision_lines, full_decision_lines

if TYPE_CHECKING:
    from execpolicy.cli.check.suggesting import Suggesting


def write_decision(
    decision: Decision,
    arguments: argparse.Namespace,
    notes_on_url: Sequence[str],
    suggesting: Suggesting | None = None,
    *,
    colour: bool,
) -> None:
    """Write the notes to standard error, and the decision to standard output."""
    for note in (*notes_on_url, *notes(decision)):
        write_error(f"{COMMAND}: note: {note}")
    result = PrintableResult(partial(_lines, decision, everything=arguments.all), decision.to_dict)
    result = result if suggesting is None else suggesting.with_suggestions(result)
    write_result(result, arguments.format, colour=colour)


def _lines(decision: Decision, width: int | None, *, everything: bool) -> Iterator[StyledLine]:
    words = words_for(decision)
    if not everything:
        yield from decision_lines(decision, width=width, words=words)
        return
    yield from full_decision_lines(decision, width=width)
    if words.decide:
        yield styled_line(("advice", f"to decide it, give {words.decide}"))
