"""One request against all the policies that apply to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.caller import Target
from execpolicy.engine.decision import Decision, decision_of, decision_of_layers, decision_of_policies
from execpolicy.engine.fast.fast_outcome import fast_outcome, fast_outcome_of_layers, fast_outcome_of_policies
from execpolicy.engine.request import Request
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.engine.combine import Table
    from execpolicy.engine.compiled_policies import CompiledPolicies
    from execpolicy.engine.layered_request import LayeredRequest
    from execpolicy.engine.layers import Layer

_NO_POLICIES = Target()


def authorize(request: Request, target: Target = _NO_POLICIES) -> Decision:
    """Decide one request as AWS would. What cannot be evaluated raises an error and gives no decision (EVL-10).

    Args:
        request: who calls, with the caller's policies, which action, on which resource, in which context.
        target: the policies on the resource's side.

    Returns:
        The decision. ``.allowed`` says whether it is an allow, ``.explain()`` why.

    Raises:
        RequestError: the outcome depends on a value of the context that its operator cannot read.
        UsageError: an argument is of the wrong type.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

    >>> from execpolicy import Caller, Policy, Request
    >>> reads = Policy.parse({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke",
    ...     "Resource": "arn:aws:execute-api:*:*:*/*/GET/*"}}, kind="identity")
    >>> request = Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets")
    >>> authorize(request).allowed
    True
    """
    if not isinstance(request, Request) or not isinstance(target, Target):
        wrong = request if not isinstance(request, Request) else target
        raise UsageError(
            f"authorize takes a Request and a Target, found {type(wrong).__name__}",
            advice="write authorize(Request(caller=…, action=…, resource=…), Target(resource=…))",
        )
    outcome = fast_outcome(request, target)
    if outcome is not None:
        return decision_of(outcome, request, target)
    from execpolicy.engine.layered_request import layered_request

    return decide(layered_request(request, target))


def decide(given: LayeredRequest) -> Decision:
    """Decide a request with its layers and the table that combines them.

    Raises RequestError: the outcome depends on a value of the context that its operator cannot read.
    """
    outcome = fast_outcome_of_layers(given)
    if outcome is not None:
        return decision_of_layers(outcome, given)
    from execpolicy.engine.full.evaluation import Evaluation

    evaluation = Evaluation(given.request, given.target, given)
    evaluation.refuse_unfit_values()
    return Decision(evaluation)


def decide_by_policies(
    request: Request, target: Target, policies: Mapping[Layer, CompiledPolicies], table: Table
) -> Decision:
    """Decide a request by the policies that a service evaluates, which all have the same view of it, and their table.

    Raises RequestError: as ``decide`` does.
    """
    outcome = fast_outcome_of_policies(request, policies, table)
    if outcome is not None:
        return decision_of_policies(outcome, request, target, policies, table)
    from execpolicy.engine.layered_request import request_of_policies

    return decide(request_of_policies(request, target, policies, table))


def authorize_many(requests: Iterable[Request], target: Target = _NO_POLICIES) -> list[Decision]:
    """Decide many requests against one target.

    Args:
        requests: the requests, in order.
        target: the policies on the resource's side.

    Returns:
        One decision for each request, in the same order.

    Raises:
        RequestError, UsageError: as ``authorize`` does, for the first request that is refused.

    >>> authorize_many([])
    []
    """
    if not isinstance(requests, Iterable) or isinstance(requests, (str, bytes, Mapping)):
        raise UsageError(f"authorize_many takes a list of requests, found {type(requests).__name__}")
    if not isinstance(target, Target):
        raise UsageError(f"authorize_many takes a Target, found {type(target).__name__}")
    return [
        authorize(request, target)
        if type(request) is not Request or (outcome := fast_outcome(request, target)) is None
        else decision_of(outcome, request, target)
        for request in requests
    ]
