"""Measure a call through API Gateway's gates, compared with the decision only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count

from benchmarks.clock import in_turns, repeated
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.workload import ACCOUNT, ACTION, CALLER
from execpolicy import Api, Caller, Context, Policy, Request, Route, Target, authorize
from execpolicy.literals import PolicyKindName

GROUP = "a call with AWS_IAM"
INVOKE, AUTHORIZE = "Api.invoke", "authorize"

_ARN = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:api00000/prod/GET"
_NOUNS = ("pets", "orders", "users", "carts", "items")
#: Statements in the identity policy.
CALLS = len(_NOUNS)


def measure_gateway(plan: Plan, report: Report) -> None:
    """Decide new resources with the same policies in both ways; the call also has to find its route."""
    measures = {name: repeated(call) for name, call in calls().items()}
    report.add(GROUP, in_turns(measures, plan.part_rounds), size=CALLS, note="request and ARN built, unseen paths")


def an_api() -> tuple[Api, Caller, Context]:
    """Return an API with a resource policy whose route requires AWS_IAM, and a caller whose policies allow calls."""
    here = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    everybody = {"Action": ACTION, "Resource": "execute-api:/*"}
    resource = _policy(
        "resource",
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, **everybody},
        {"Effect": "Deny", "Principal": "*", **everybody, "Condition": {"NotIpAddress": here["IpAddress"]}},
    )
    reads = ({"Effect": "Allow", "Action": ACTION, "Resource": f"{_ARN}/{noun}/*"} for noun in _NOUNS)
    caller, context = Caller(CALLER, identity=_policy("identity", *reads)), Context({"aws:SourceIp": "203.0.113.9"})
    api = Api(
        id="api00000",
        type="REST",
        region="eu-west-1",
        account=ACCOUNT,
        stages=["prod"],
        routes=[Route("GET", "/{noun}/{id}", auth="AWS_IAM")],
        resource_policy=resource,
    )
    return api, caller, context


def calls() -> dict[str, Callable[[], bool]]:
    """Return a call and a request that are decided by the same policies, with the same outcome."""
    api, caller, context = an_api()
    target = Target(resource=api.resource_policy)
    call_paths, request_paths = _paths(), _paths()
    return {
        INVOKE: lambda: api.invoke("GET", next(call_paths), caller=caller, context=context).allowed,
        AUTHORIZE: lambda: (
            authorize(
                Request(caller=caller, action=ACTION, resource=_ARN + next(request_paths), context=context), target
            ).allowed
        ),
    }


def _paths() -> Iterator[str]:
    return (f"/{_NOUNS[number % len(_NOUNS)]}/{number}" for number in count())


def _policy(kind: PolicyKindName, *statements: Mapping[str, object]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, name=kind)
