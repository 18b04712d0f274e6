"""What the answers of ``execpolicy check`` tell the reader to do, as options to paste."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.answer_words import context_options
from execpolicy.cli.check.notes import deciding_options, deciding_options_of_call
from execpolicy.engine.explain.answer_outline import AnswerWords

if TYPE_CHECKING:
    from execpolicy.engine.decision import Decision
    from execpolicy.gateway.flow.response import GatewayResponse

_EVERYTHING = "--all shows them"


def words_for(decision: Decision) -> AnswerWords:
    """The words for the answer to a request."""
    return AnswerWords(_EVERYTHING, context_options, deciding_options(decision))


def words_for_call(response: GatewayResponse, next_step: str) -> AnswerWords:
    """The words for the answer to a call; ``next_step`` says what a refused call lacks."""
    return AnswerWords(_EVERYTHING, context_options, deciding_options_of_call(response), next_step)
