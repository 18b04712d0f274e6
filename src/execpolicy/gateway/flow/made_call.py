"""A call that was made, from which a response makes what somebody reads of it later."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.gateway.flow.integration_request import IntegrationRequest
    from execpolicy.gateway.flow.refusals import Refusal
    from execpolicy.gateway.flow.sent_response import SentResponse
    from execpolicy.language.context import Context


class CallFunctions(NamedTuple):
    """What can be made of a call that was made. The state is a ``CallState``, which knows responses."""

    #: Whether the call is allowed in another context, which is the first argument; the second is the state.
    is_allowed_in: Callable[[Context, Any], bool]
    #: What the integration receives, from the state.
    integration: Callable[[Any], IntegrationRequest]
    #: What API Gateway itself sends, from the state and AWS's refusal.
    sent: Callable[[Any, Refusal | None], SentResponse]


class MadeCall(NamedTuple):
    """The state of a call after its gates, and AWS's refusal; None if no gate refuses the call."""

    functions: CallFunctions
    state: Any
    refusal: Refusal | None

    def is_allowed_in(self, context: Context) -> bool:
        """Whether the call is allowed in another context."""
        return self.functions.is_allowed_in(context, self.state)

    def integration(self) -> IntegrationRequest:
        """What the integration receives."""
        return self.functions.integration(self.state)

    def sent(self) -> SentResponse:
        """What API Gateway itself sends."""
        return self.functions.sent(self.state, self.refusal)


#: The values of a call that was made, as a response keeps them: to make the call of them takes longer.
MadeCallData = tuple[CallFunctions, Any, "Refusal | None"]


def found_call(call: MadeCall | None, rule: str) -> MadeCall:
    """The call of a response.

    Raises:
        UsageError: the response has none.
    """
    if call is None:
        advice = "read it of the response that invoke returns, for an API of which every part is known"
        raise UsageError("the response is that of several calls, or a copy", advice=advice, rule=rule)
    return call


def no_integration(response: str) -> UsageError:
    """The error for a call that does not reach its integration for certain."""
    advice = "read sent first, and answer with it unless it is None"
    return UsageError(f"the call does not reach its integration: {response}", advice=advice, rule="GW-37")


def no_known_answer(response: str) -> UsageError:
    """The error for a call of which it is not known what is sent."""
    advice = "give the values of the keys that decide, in a context that is complete"
    return UsageError(f"it is not known which response is sent: {response}", advice=advice, rule="MSG-5")
