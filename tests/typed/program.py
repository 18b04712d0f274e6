"""A program as a user writes it: decides a request and a call of a clerk, and compares policies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from execpolicy import (
    Api,
    Authorizer,
    Caller,
    CallOutcome,
    Decision,
    GatewayResponse,
    Outcome,
    Policy,
    PolicyKind,
    PolicySyntaxError,
    Request,
    Route,
    Target,
    authorize,
    compare,
    lint,
)
from execpolicy.testing import Scenario

CLERK = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
ORDERS = Api(
    id="a1b2c3d4e5",
    type="REST",
    region="eu-west-1",
    account="111122223333",
    stages=["prod", "next"],
    stage="prod",
    authorizers=[Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")],
    routes=["GET /health", Route("GET", "/orders", auth="AWS_IAM"), Route("GET", "/basket", authorizer="tokens")],
)


def policy_of(path: Path, kind: str) -> Policy:
    return Policy.load(path, kind=PolicyKind.parse(kind))


def reasons(decision: Decision) -> Iterator[str]:
    if decision.outcome is Outcome.INDETERMINATE:
        yield from sorted(decision.missing_keys)
    for statement in decision.determining_statements:
        yield f"{statement.layer.value}: {statement.sid or statement.index} at {statement.place}"


def answer(response: GatewayResponse) -> str:
    if response.outcome is CallOutcome.INDETERMINATE:
        return " or ".join(map(str, response.statuses))
    refused_by = response.refused_by
    return f"{response.status} {response.message}" + ("" if refused_by is None else f" by {refused_by.gate}")


def main(identity: str, resource: str) -> int:
    try:
        reads = Policy.load(identity, kind="identity")
        guards = policy_of(Path(resource), "resource")
    except PolicySyntaxError as error:
        print(*(f"{each.place}: {each.message}" for each in error.errors), sep="\n")
        return 2
    clerk, shop = Caller(CLERK, identity=reads), Target(resource=guards)
    arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders"
    decision = authorize(Request(caller=clerk, action="execute-api:Invoke", resource=arn), shop)
    print(decision.outcome.value, *reasons(decision))
    print(answer(ORDERS.invoke("GET", "/orders", caller=clerk, stage="next", signature="expired")))
    print([finding.place for finding in lint(guards)])
    change = compare(guards, Policy.parse({"Statement": []}, kind="resource"))
    print(change.verdict.value, [statement.place for each in change.newly_denied for statement in each.statements])
    Scenario().api(ORDERS).acting_as(clerk).get("/orders").assert_denied("implicit", by="identity").assert_status(403)
    return 0 if decision.allowed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
