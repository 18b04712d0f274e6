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
    """Requests that only one side allows, or denies explicitly, and how many both sides decide.

    Of the second kind are those that other policies may allow where no Deny applies.
    """

    newly_allowed: list[Request]
    newly_denied: list[Request]
    no_longer_refused: list[Request]
    newly_refused: list[Request]
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
    """Whether such a policy may decide a request.

    Only callers with an account have some kinds, and no policy allows requests of another partition (PRN-8).
    """
    who = request.caller.principal
    return (who.is_iam or policy.kind not in _OF_THE_CALLER) and who.partition in ("", request.arn.partition)


def deciding_pair(target: Target) -> Decide:
    """Decides requests by the policies of their callers and a target's."""
    return lambda request: authorize(request, target).outcome


def differences(
    requests: Iterable[tuple[Request, Request]],
    before: Decide,
    after: Decide,
    is_left: Callable[[Request], bool] = lambda _: False,
) -> Differences:
    """Decide pairs of a request before and after a change; those that cannot be decided are passed over.

    ``is_left`` says whether other policies may allow a request that the side neither allows nor denies.
    """
    found = Differences([], [], [], [], 0)
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
        elif was is not is_now and is_left(old if is_now is Outcome.EXPLICIT_DENY else new):
            (found.newly_refused if is_now is Outcome.EXPLICIT_DENY else found.no_longer_refused).append(new)
    return found._replace(decided=count)


def of_policies(before: Policy, after: Policy, requests: Iterable[Request]) -> Differences:
    """The differences of two policies by themselves."""
    asked = ((each, each) for each in requests if may_ask(before, each))
    return differences(asked, deciding(before), deciding(after), lambda each: is_left_to_others(before.kind, each))


def is_left_to_others(kind: PolicyKind, request: Request) -> bool:
    """Whether other policies may allow what one of a kind says nothing of."""
    if kind in (PolicyKind.VPC_ENDPOINT, PolicyKind.AUTHORIZER, PolicyKind.DOMAIN_NAME):
        return False
    return kind is PolicyKind.RCP or request.caller.principal.is_iam


def may_be_named(target: Target, request: Request) -> bool:
    """Whether a resource policy that names the caller would allow a request, where the target has none."""
    who = request.caller.principal
    if target.resource is not None or not who.is_iam:
        return False
    names = {"Effect": "Allow", "Principal": {"AWS": who.arn}, "Action": "*", "Resource": "*"}
    named = Target(
        resource=Policy.parse({"Version": "2012-10-17", "Statement": names}, kind="resource"),
        vpc_endpoint=target.vpc_endpoint,
        rcps=target.rcps,
    )
    return authorize(request, named).outcome is Outcome.ALLOW


def of_caller(caller: Caller, requests: Iterable[Request]) -> Iterator[tuple[Request, Request]]:
    """Requests, each with the same one of the same caller with other policies."""
    for each in requests:
        yield each, Request(caller=caller, action=each.action, resource=each.resource, context=each.context)
