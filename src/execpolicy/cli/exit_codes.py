"""The exit codes of ``execpolicy``."""

from __future__ import annotations

from enum import IntEnum

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from execpolicy.engine.layers import Outcome
    from execpolicy.gateway.flow.response import GatewayResponse


class ExitCode(IntEnum):
    """The exit code of ``execpolicy``. Only 0 means that the request or call is allowed."""

    ALLOWED = 0
    DENIED = 1
    #: The input cannot be used: standard error says where and why.
    UNUSABLE_INPUT = 2
    #: Unknown facts about the request or call decide the outcome.
    INDETERMINATE = 3
    #: A bug in execpolicy, or the result cannot be written.
    INTERNAL_ERROR = 4
    #: Interrupted from the keyboard: 128 plus the number of the signal, as in shells.
    INTERRUPTED = 130

    @classmethod
    def of(cls, outcome: Outcome) -> ExitCode:
        """The exit code for the outcome of one request."""
        return _OUTCOMES[outcome.name]

    @classmethod
    def of_response(cls, response: GatewayResponse) -> ExitCode:
        """The exit code for the response to one call. A refused call is denied, even if its status is unknown."""
        return cls[response.outcome.name]


#: By the name of the outcome.
_OUTCOMES = {
    "ALLOW": ExitCode.ALLOWED,
    "IMPLICIT_DENY": ExitCode.DENIED,
    "EXPLICIT_DENY": ExitCode.DENIED,
    "INDETERMINATE": ExitCode.INDETERMINATE,
}
