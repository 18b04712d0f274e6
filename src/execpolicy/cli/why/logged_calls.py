"""The calls of logs and events that ``execpolicy why`` reads: simulated, and compared with AWS's answers (LOG-6)."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from execpolicy._base.outline import OutlineLine
from execpolicy.cli.answer_words import IN_A_SHELL
from execpolicy.cli.check.one_api import check_one_api
from execpolicy.cli.check.recorded_calls import calls_of_text
from execpolicy.cli.check.simulated_call import GivenForCalls, SimulatedCall, read_options_for_calls, simulate
from execpolicy.cli.inputs import STANDARD_INPUT, Inputs
from execpolicy.diagnose.diagnosis import Diagnosis
from execpolicy.errors import Diagnostic, Source
from execpolicy.loaders.read_call import ReadCall
from execpolicy.render.compared_answer import compared_lines, compared_to_dict
from execpolicy.render.outline import wrapped
from execpolicy.render.response import response_lines
from execpolicy.render.styled_line import StyledLine, styled_line

#: Options that decide the request of a message, without the API.
_OF_A_REQUEST = ("on", "action", "resource_account", "resource", "rcp", "rcps_cover_execute_api")
#: The most calls that are simulated; those of a longer log are a matter of check.
_MOST = 100


class LoggedCallAnswer(NamedTuple):
    """The simulated answer to the call of a log; None with the reason if the call cannot be simulated.

    ``text`` is the text of the call, ``meaning`` what the response in it means.
    """

    answer: SimulatedCall | None
    why_not: str = ""
    text: str = ""
    meaning: Diagnosis | None = None

    def lines(self, width: int | None) -> Iterator[StyledLine]:
        """AWS's answer and the simulated one."""
        if self.answer is None or self.answer.compared is None:
            yield from wrapped(OutlineLine(0, "heading", f"the call is not simulated: {self.why_not}"), width)
            return
        yield from compared_lines(self.answer.compared, width)
        yield styled_line()
        yield from response_lines(self.answer.response, width=width, words=IN_A_SHELL)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        if self.answer is None or self.answer.compared is None:
            return {"verdict": "unknown", "text": self.why_not, "could_explain": [], "advice": None, "response": None}
        return {**compared_to_dict(self.answer.compared), "response": self.answer.response.to_dict()}


def answers_to_logged_calls(inputs: Inputs, arguments: argparse.Namespace, text: Source) -> list[LoggedCallAnswer]:
    """The answers to the calls of a text, if it is a log or an event; none otherwise.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options of ``execpolicy why``, with the file of the API.
        text: what is explained.
    """
    # Standard input can be read once, and the API is read for the explanation too.
    if any(getattr(arguments, name) for name in _OF_A_REQUEST) or arguments.api == STANDARD_INPUT:
        return []
    calls, faults = _calls(inputs, arguments, text)
    if not calls:
        return []
    if len(calls) > _MOST:
        advice = "give them to execpolicy check --request"
        inputs.report(f"found {len(calls)} calls with AWS's answer, expected at most {_MOST}", advice=advice)
        return []
    given = read_options_for_calls(inputs, arguments)
    if given is None or not check_one_api(inputs, given.file, calls):
        return []
    unread = [LoggedCallAnswer(None, f"{fault.place}: {fault.message}") for fault in faults]
    return [*(_answer(arguments, given, call) for call in calls), *unread]


def _calls(
    inputs: Inputs, arguments: argparse.Namespace, text: Source
) -> tuple[Sequence[ReadCall], Sequence[Diagnostic]]:
    """The calls of the text that AWS answered, and the lines that are no calls.

    A text that is no log has none; that is an error if the format of the log is given.
    """
    own = inputs if arguments.log_format is not None else Inputs()
    found = calls_of_text(own, text, arguments.log_format)
    if found is None:
        return (), ()
    if found.faults and arguments.log_format is not None:
        inputs.faults.extend(found.faults)
        return (), ()
    return [call for call in found.calls if call.answer is not None], found.faults


def _answer(arguments: argparse.Namespace, given: GivenForCalls, call: ReadCall) -> LoggedCallAnswer:
    # A part that the call lacks is not an error here: the response is explained without the simulation.
    own = Inputs()
    answer = simulate(own, arguments, given, call)
    if answer is not None and not own.faults:
        return LoggedCallAnswer(answer, text=call.text.value)
    fault = own.faults[0]
    return LoggedCallAnswer(None, "; ".join(filter(None, (fault.message, fault.advice))), call.text.value)
