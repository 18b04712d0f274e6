"""Decides the lines of a log: of lines that nothing tells apart, one is read as a call and decided (LOG-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from execpolicy.bulk.logged_verdict import admitted_by_aws
from execpolicy.bulk.read_lines import calls_of_line
from execpolicy.bulk.replay_result import NotReplayed
from execpolicy.call import Call
from execpolicy.gateway.flow.routing import parse_own_host

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.known_answers import KnownAnswers
    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.replayed_call import AnsweredCall, ReplayedCall


class LineDecisions:
    """Decides the calls of lines.

    Args:
        answers: decides calls.
        api: the new version.
    """

    def __init__(self, answers: KnownAnswers, api: Api) -> None:
        self._answers = answers
        self._api = api
        #: The answers to calls by their codes, and whether AWS admitted them by the codes of its answer.
        self._answered: dict[tuple[int, ...], AnsweredCall] = {}
        self._logged: dict[tuple[int, ...], bool | None] = {}
        self._latest: tuple[LogLine, Call | NotReplayed] | None = None

    def of_key(self, line: LogLine, codes: tuple[int, ...], of_answer: int) -> ReplayedCall | NotReplayed:
        """The change of the calls of a key, or why they are not replayed.

        What is known of the call from one line and of AWS's answer from another one is known of a third.

        Args:
            line: a plain line of the key.
            codes: the key.
            of_answer: the number of the last codes, which are those of AWS's answer.
        """
        end = len(codes) - of_answer
        of_call, answer = codes[:end], (codes[0], *codes[end:])
        answered = self._answered.get(of_call)
        if answered is None or answer not in self._logged:
            call = self.plain_call(line)
            reason = call if isinstance(call, NotReplayed) else left_out(call, self._api)
            if reason is not None or isinstance(call, NotReplayed):
                return reason or NotReplayed.BROKEN
            self._answered[of_call] = answered = self._answers.answers(call)
            self._logged[answer] = admitted_by_aws(call)
        return self._answers.change(answered, self._logged[answer])

    def of_call(self, call: Call | NotReplayed) -> ReplayedCall | NotReplayed:
        """The change of a call, or why it is not replayed.

        Args:
            call: the call, or why a line has none.
        """
        if isinstance(call, NotReplayed):
            return call
        reason = left_out(call, self._api)
        return self._answers.of(call) if reason is None else reason

    def plain_call(self, line: LogLine) -> Call | NotReplayed:
        """The call of a plain line; the latest one is kept.

        Args:
            line: the line.
        """
        if self._latest is None or self._latest[0] != line:
            self._latest = (line, next(calls_of_line(line, None)))
        return self._latest[1]

    def clear(self) -> None:
        """Forget what was decided."""
        self._answered.clear()
        self._logged.clear()


def left_out(call: Call, api: Api) -> NotReplayed | None:
    """Why a call is not one to the API; None if it may be.

    Args:
        call: the call.
        api: the API.
    """
    own = None if call.host is None else parse_own_host(call.host.lower())
    said = {
        "id": {call.api_id, None if own is None else own["api"]},
        "account": {call.account},
        "region": {call.region},
    }
    if any(found - {None, getattr(api, part)} for part, found in said.items()):
        return NotReplayed.OTHER_API
    names = {stage.name for each in api.variants for stage in each.stages}
    return NotReplayed.OTHER_STAGE if call.stage is not None and call.stage not in names else None
