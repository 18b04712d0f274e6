"""What a verb's exit code says."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from execpolicy.engine.layers import Outcome

if TYPE_CHECKING:
    from execpolicy.gateway.flow.response import GatewayResponse


class ExitCode(IntEnum):
    """The exit code of ``execpolicy``. Whatever is not 0 is no allow."""

    ALLOWED = 0
    DENIED = 1
    #: The input cannot be used: standard error says where and why.
    UNUSABLE_INPUT = 2
    #: It depends on what is not known of the request or call whether it gets through.
    INDETERMINATE = 3
    #: A mistake in execpolicy, or the answer could not be written.
    INTERNAL_ERROR = 4
    #: Interrupted from the keyboard: 128 and the number of the signal, as shells have it.
    INTERRUPTED = 130

    @classmethod
    def of(cls, outcome: Outcome) -> ExitCode:
        """The code that stands for the outcome of one request."""
        return _OUTCOMES[outcome]

    @classmethod
    def of_response(cls, response: GatewayResponse) -> ExitCode:
        """The code that stands for the answer to one call: one that is refused with any possible status is denied."""
        return cls[response.outcome.name]


_OUTCOMES = {
    Outcome.ALLOW: ExitCode.ALLOWED,
    Outcome.IMPLICIT_DENY: ExitCode.DENIED,
    Outcome.EXPLICIT_DENY: ExitCode.DENIED,
    Outcome.INDETERMINATE: ExitCode.INDETERMINATE,
}
