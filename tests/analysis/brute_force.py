"""Decides every request of a world by the engine, on both sides of a comparison, without the analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from execpolicy import Caller, Policy, Request, RequestError, Target, authorize
from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.authorize import decide
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.layered_request import AppliedLayer, LayeredRequest
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.gateway.flow.outcomes import alone

#: Gives the outcome of a request.
Decide: TypeAlias = Callable[[Request], Outcome]
_OF_THE_CALLER = (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP)


class Differences(NamedTuple):
    """Requests that only one side allows, and the number of requests that both sides decide."""

    newly_allowed: list[Request]
    newly_denied: list[Request]
    decided: int


def deciding(policy: Policy) -> Decide:
    """Decides requests by one policy alone."""
    layer = Layer(policy.kind.value)
    compiled = CompiledPolicies([[policy]], ClauseTable())
    table, nobody = alone(layer), Target()

    def decided(request: Request) -> Outcome:
        layers = {layer: AppliedLayer(compiled, request.view())}
        return decide(LayeredRequest(request, nobody, layers, table, {})).outcome

    return decided


def may_ask(policy: Policy, request: Request) -> bool:
    """Whether such a policy is ever asked about a request: only callers with an account have some kinds."""
    return policy.kind not in _OF_THE_CALLER or request.caller.principal.is_iam


def deciding_pair(target: Target) -> Decide:
    """Decides requests by the policies of their callers and a target's."""
    return lambda request: authorize(request, target).outcome


def differences(requests: Iterable[tuple[Request, Request]], before: Decide, after: Decide) -> Differences:
    """Decide pairs of a request before and after a change; those that cannot be decided are passed over."""
    found = Differences([], [], 0)
    count = 0
    for old, new in requests:
        try:
            was, is_now = before(old), after(new)
        except RequestError:  # CND-15: the outcome depends on a value that cannot be read
            continue
        if Outcome.INDETERMINATE in (was, is_now):
            continue
        count += 1
        if was is not is_now and Outcome.ALLOW in (was, is_now):
            (found.newly_allowed if is_now is Outcome.ALLOW else found.newly_denied).append(new)
    return found._replace(decided=count)


def of_policies(before: Policy, after: Policy, requests: Iterable[Request]) -> Differences:
    """The differences of two policies by themselves."""
    asked = ((each, each) for each in requests if may_ask(before, each))
    return differences(asked, deciding(before), deciding(after))


def of_caller(caller: Caller, requests: Iterable[Request]) -> Iterator[tuple[Request, Request]]:
    """Requests, each with the same one of the same caller with other policies."""
    for each in requests:
        yield each, Request(caller=caller, action=each.action, resource=each.resource, context=each.context)
