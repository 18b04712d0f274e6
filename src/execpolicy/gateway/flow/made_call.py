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


class SeveralCalls(NamedTuple):
    """The calls that one response stands for: one for each value of what is not known (SRC-9).

    Each response is a ``GatewayResponse``, which knows this module.
    """

    responses: tuple[Any, ...]

    def integration(self) -> IntegrationRequest:
        """What the integration receives, if it is the same with each value.

        Raises:
            UsageError: it is not.
        """
        found: list[IntegrationRequest] = [each.integration for each in self.responses]
        if any(each != found[0] for each in found):
            advice = "give values where the file is read, such as parameters=…"
            message = "what the integration receives is not the same for every value that is not known"
            raise UsageError(message, advice=advice, rule="GW-37")
        return found[0]

    def sent(self) -> SentResponse:
        """What API Gateway itself sends, if it is the same with each value.

        Raises:
            UsageError: it is not.
        """
        found: list[SentResponse] = [each.sent for each in self.responses]
        if any(each != found[0] for each in found):
            ways = dict.fromkeys(f"{each.status} {(each.body or b'').decode()}".strip() for each in found)
            raise no_known_answer(" or ".join(ways))
        return found[0]


#: The values of a call that was made, as a response keeps them: to make the call of them takes longer.
MadeCallData = tuple[CallFunctions, Any, "Refusal | None"]


def single_call(made: MadeCallData | SeveralCalls | None) -> MadeCall | None:
    """The call of a response, from what it keeps of it; None if it keeps none, or several."""
    return None if made is None or isinstance(made, SeveralCalls) else MadeCall(*made)


def found_call(made: MadeCallData | SeveralCalls | None, rule: str) -> MadeCall | SeveralCalls:
    """The call of a response, from what it keeps of it.

    Raises:
        UsageError: it keeps nothing.
    """
    if made is None:
        advice = "read it of the response that invoke returns, with a caller and a host that exist for every value"
        raise UsageError("the response is a copy, or the call may not exist", advice=advice, rule=rule)
    return made if isinstance(made, SeveralCalls) else MadeCall(*made)


def no_integration(response: str) -> UsageError:
    """The error for a call that does not reach its integration for certain."""
    advice = "read sent first, and answer with it unless it is None"
    return UsageError(f"the call does not reach its integration: {response}", advice=advice, rule="GW-37")


def no_known_answer(response: str) -> UsageError:
    """The error for a call of which it is not known what is sent."""
    advice = "give the values of the keys that decide, in a context that is complete"
    return UsageError(f"it is not known which response is sent: {response}", advice=advice, rule="MSG-5")
