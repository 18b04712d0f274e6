"""Case files whose coverage was counted by hand, and how they are run."""

from __future__ import annotations

import json
from typing import Any

from execpolicy.testing import CaseResult, parse_cases, run_item
from execpolicy.testing.coverage import CoverageReport, PolicyReport, StatementCoverage, StatementReport

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
INVOKE = "execute-api:Invoke"
INSIDE, OUTSIDE = {"aws:SourceIp": "203.0.113.9"}, {"aws:SourceIp": "198.51.100.4"}
ANN = "arn:aws:iam::111122223333:user/Ann"
BOB = "arn:aws:iam::111122223333:user/Bob"


def allow(resource: Any = "*", *, action: Any = INVOKE, sid: str | None = None, **more: Any) -> dict[str, Any]:
    return {**({"Sid": sid} if sid else {}), "Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(resource, **more), "Effect": "Deny"}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def file(*cases: dict[str, Any], **parts: Any) -> str:
    return json.dumps({"schema": "execpolicy/cases/1", "title": "A sample", **parts, "cases": cases}, indent=1)


def case(name: str, caller: Any, path: str = "prod/GET/orders/7", expect: str = "allow", **more: Any) -> dict[str, Any]:
    return {"name": name, "caller": caller, "resource": f"{API}/{path}", "expect": expect, **more}


def results(text: str, name: str = "cases.json") -> list[CaseResult]:
    return [run_item(item) for item in parse_cases(text, name=name).items]


def passed(text: str, name: str = "cases.json") -> list[CaseResult]:
    """The results of a file all of whose cases pass."""
    found = results(text, name)
    assert [str(result) for result in found if not result.passed] == []
    return found


def covered(*given: CaseResult) -> CoverageReport:
    coverage = StatementCoverage()
    for result in given:
        coverage.add(result)
    return coverage.report()


def policy_of(report: CoverageReport, name: str) -> PolicyReport:
    (found,) = [each for each in report.policies if each.name == name]
    return found


def statement(report: CoverageReport, sid: str) -> StatementReport:
    (found,) = [each for each in report.statements if each.outline.sid == sid]
    return found


def stopped(report: CoverageReport, sid: str) -> dict[str, int]:
    """How many cases each clause of a statement alone stopped it in, for those that can fail."""
    return {clause.label: clause.stopped.cases for clause in statement(report, sid).clauses if clause.can_fail}


SHOP = file(
    case("in the shop", "ann", target="orders", context=INSIDE),
    case("at home", "ann", target="orders", context=OUTSIDE, expect="explicit_deny"),
    case("another path", "ann", "prod/GET/bills/7", "implicit_deny", target="only-ann", context=INSIDE),
    case("Bob", "bob", "prod/GET/orders/8", "implicit_deny", target="only-ann", context=INSIDE),
    policies={
        "clerk": policy(allow(f"{API}/prod/GET/orders/*", sid="Reads"), allow(f"{API}/prod/POST/till", sid="Till")),
        "from-the-shop": policy(
            allow("execute-api:/*", Principal="*", action="execute-api:*", sid="Anybody"),
            deny(
                "execute-api:/*",
                Principal="*",
                action="execute-api:*",
                sid="NotOutside",
                Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
            ),
        ),
        "only-ann": policy(allow(f"{API}/prod/GET/orders/*", Principal={"AWS": ANN}, sid="OnlyAnn")),
    },
    callers={"ann": {"principal": ANN, "identity": ["clerk"]}, "bob": {"principal": BOB}},
    targets={"orders": {"resource": "from-the-shop"}, "only-ann": {"resource": "only-ann"}},
)

ANSWER = {"principalId": "ann", "policyDocument": policy(allow(sid="Answer"))}
REFUSAL = {"principalId": "ann", "policyDocument": policy(deny(sid="Refusal"))}


def call(name: str, line: str, answer: Any, context: Any, expect: int) -> dict[str, Any]:
    headers = {"Authorization": "Bearer abc"}
    return {
        "name": name,
        "call": line,
        "headers": headers,
        "authorizer_output": answer,
        "context": context,
        "expect": expect,
    }


GATEWAY_API = {
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod"],
    "authorizers": {"tokens": {"type": "TOKEN", "identity_sources": ["method.request.header.Authorization"]}},
    "routes": {"GET /orders/{id}": {"authorizer": "tokens"}, "DELETE /orders/{id}": {"authorizer": "tokens"}},
    "resource_policy": policy(
        allow(f"{API}/*", Principal="*", sid="Open"),
        deny(
            "execute-api:/prod/DELETE/*",
            Principal="*",
            sid="NoDelete",
            Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        ),
    ),
}
GATEWAY = file(
    call("reads inside", "GET /orders/7", ANSWER, INSIDE, 200),
    call("reads outside", "GET /orders/7", ANSWER, OUTSIDE, 200),
    call("deletes inside", "DELETE /orders/7", ANSWER, INSIDE, 200),
    call("deletes outside", "DELETE /orders/7", ANSWER, OUTSIDE, 403),
    call("is refused", "GET /orders/7", REFUSAL, INSIDE, 403),
    apis={"orders": GATEWAY_API},
)

COMPANY = file(
    case("reads", "ann", context={"aws:RequestedRegion": "eu-west-1"}),
    case("writes", "ann", "prod/POST/orders/7", "implicit_deny", context={"aws:RequestedRegion": "eu-west-1"}),
    case("manages", "bob", expect="implicit_deny", action="execute-api:ManageConnections"),
    case("another stage", "bob", "dev/GET/orders/7", "implicit_deny"),
    policies={
        "root": policy(allow(action="*", sid="Root")),
        "unit": policy(
            allow(action="execute-api:*", sid="Unit"),
            deny(
                action="execute-api:*",
                sid="Abroad",
                Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
            ),
            deny(action="execute-api:InvalidateCache", sid="KeepCache"),
        ),
        "boundary": policy(allow(f"{API}/prod/GET/*", sid="Boundary")),
        "clerk": policy(
            {
                "Sid": "Clerk",
                "Effect": "Allow",
                "NotAction": "execute-api:ManageConnections",
                "Resource": f"{API}/prod/*",
            }
        ),
    },
    callers={
        "ann": {"principal": ANN, "identity": ["clerk"], "boundary": "boundary", "scps": [["root"], ["unit"]]},
        "bob": {"principal": BOB, "identity": ["clerk"]},
    },
)
