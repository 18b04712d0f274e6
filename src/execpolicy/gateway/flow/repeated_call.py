"""A call that was simulated, with what is needed to simulate it once more with other policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.engine.caller import Caller, Target
from execpolicy.gateway.flow.invoke import invoke

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.document.policy import Policy
    from execpolicy.gateway.authorizers.incoming_call import IncomingCall
    from execpolicy.gateway.flow.call_state import CallArguments
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.api_definition import ApiDefinition

    #: Gives the policy that stands in the place of another one.
    OtherPolicy: TypeAlias = Callable[[Policy], Policy]


class RepeatedCall(NamedTuple):
    """A call to an API, with the answer of its Lambda authorizer: the function is not called again.

    Attributes:
        api: the API.
        call: the call, as it was received.
        arguments: what else was given.
    """

    api: ApiDefinition
    call: IncomingCall
    arguments: CallArguments

    def with_policies(self, change: OtherPolicy) -> GatewayResponse:
        """The response to the same call with other policies of the API, of the caller and of the VPC endpoint."""

        def changed(policy: Policy | None) -> Policy | None:
            return None if policy is None else change(policy)

        arguments, api = self.arguments, self.api
        given = arguments._replace(
            caller=None if arguments.caller is None else with_policies(arguments.caller, change),
            vpc_endpoint_policy=changed(arguments.vpc_endpoint_policy),
            key_check=None,
        )
        domains = tuple(each._replace(policy=changed(each.policy)) for each in api.domains)
        resource = changed(api.resource_policy)
        made = api.with_checked_parts(resource_policy=resource, target=Target(resource=resource), domains=domains)
        return invoke(made, self.call, given)

    def policies(self) -> Iterator[Policy]:
        """All policies of the API, of the caller and of the VPC endpoint."""
        caller = self.arguments.caller
        if caller is not None:
            yield from caller.policies
        of_call = (self.arguments.vpc_endpoint_policy, self.api.resource_policy)
        yield from (each for each in (*of_call, *(domain.policy for domain in self.api.domains)) if each is not None)


def repeated_call(response: GatewayResponse) -> RepeatedCall | None:
    """The call of a response, to simulate it with other policies; None if that is not known."""
    made = response.made_call
    if made is None:
        return None
    state = made.state
    return RepeatedCall(state.api, state.received, state.arguments.with_output(state.output))


def with_policies(caller: Caller, change: OtherPolicy) -> Caller:
    """The caller with other policies."""
    return Caller(
        caller.principal,
        identity=[change(each) for each in caller.identity],
        boundary=None if caller.boundary is None else change(caller.boundary),
        session=[change(each) for each in caller.session],
        scps=[[change(each) for each in level] for level in caller.scps],
    )
