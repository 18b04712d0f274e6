"""What is refused: a request or a call, with the decision that refuses it, and the answer with other policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from execpolicy.engine.authorize import decide
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.decision import Decision
from execpolicy.errors import RequestError
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.gateway.flow.repeated_call import repeated_call
from execpolicy.gateway.flow.routing import find_route
from execpolicy.suggestions.wanted import WantedRequest

if TYPE_CHECKING:
    from execpolicy.document.policy import Policy
    from execpolicy.engine.full.layer_evaluation import LayerEvaluation
    from execpolicy.gateway.flow.repeated_call import RepeatedCall
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.route import Route


class RefusedRequest:
    """A request that is denied.

    Args:
        decision: the decision.
        stand_ins: texts in the request that only stand for what is not known.
        route: the route of the call, where it is known.
    """

    def __init__(self, decision: Decision, stand_ins: Sequence[str] = (), route: Route | None = None) -> None:
        self.decision = decision
        self.stand_ins = tuple(stand_ins)
        self._route = route

    def wanted(self, evaluated: LayerEvaluation | None) -> WantedRequest:
        """The request as a layer sees it; None is a layer without policies."""
        view = self.decision.request.view() if evaluated is None else evaluated.view
        return WantedRequest(view, self._route, self.stand_ins)

    def policies(self) -> Iterator[Policy]:
        """All policies that are given, also those of layers that do not apply to the request."""
        yield from self.decision.request.caller.policies
        yield from self.decision.evaluation.layered_request.target.policies

    def again(self, changed: Mapping[Policy, Policy]) -> Decision | GatewayResponse:
        """The answer with other policies."""
        given = self.decision.evaluation.layered_request
        layers = {
            layer: applied._replace(policies=_changed(applied.policies, changed))
            for layer, applied in given.layers.items()
        }
        return decide(given._replace(layers=layers))


def _changed(policies: CompiledPolicies, changed: Mapping[Policy, Policy]) -> CompiledPolicies:
    levels = [[changed.get(each, each) for each in level] for level in policies.policies]
    return CompiledPolicies(levels, ClauseTable())


class RefusedCall(RefusedRequest):
    """A call to an API that policies refuse.

    Args:
        response: the response; it has the decision of the policies.
        stand_ins: as for a request.
        first: the call as it was before any change, if the response is one after some.
    """

    def __init__(
        self, response: GatewayResponse, stand_ins: Sequence[str] = (), first: RefusedCall | None = None
    ) -> None:
        assert response.decision is not None, "policies refuse the call"
        super().__init__(response.decision, stand_ins, route_of(response))
        self._call: RepeatedCall | None = repeated_call(response) if first is None else first._call

    @property
    def can_be_repeated(self) -> bool:
        """Whether the call can be simulated with other policies."""
        return self._call is not None

    def policies(self) -> Iterator[Policy]:
        """All policies that are given for the call, of all gates."""
        assert self._call is not None, "the call can be repeated"
        yield from self._call.policies()

    def again(self, changed: Mapping[Policy, Policy]) -> Decision | GatewayResponse:
        """The response to the same call with other policies."""
        assert self._call is not None, "the call can be repeated"
        return self._call.with_policies(lambda policy: changed.get(policy, policy))


def route_of(response: GatewayResponse) -> Route | None:
    """The route of a call, by its ARN; None where it has none with a path."""
    call = repeated_call(response)
    if call is None or not response.arn:
        return None
    try:
        arn = ExecuteApiArn.parse(response.arn)
        match = None if arn.path is None or arn.method is None else find_route(call.api, arn.method, arn.path)
    except RequestError:
        return None
    return None if match is None else match.route
