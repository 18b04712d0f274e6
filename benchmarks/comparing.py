"""Measure comparisons of all requests: generated pairs of policies, also by z3, and large policies and APIs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from statistics import median, quantiles
from time import process_time
from typing import Any, NamedTuple

from benchmarks.clock import Spread, in_turns
from benchmarks.engines.contract import AbsentError, library
from benchmarks.plan import Plan
from benchmarks.report import Report
from execpolicy import Api, Policy, Route
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from tools.smt_oracle.pairs import pairs

GROUP = "compare"
OURS, Z3 = "compare, a pair of 2 to 12 statements", "z3, the same pair"
OURS_95, Z3_95 = "compare, 95th percentile", "z3, 95th percentile"
DECIDED, Z3_DECIDED = "compare, decided with the default budget", "z3, decided"
LARGE = "compare, 8 KB with a neighbour"
ONE_ROUTE, ROUTES = "compare, an API of 1 route", "compare, an API of 200 routes"
_API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5"
#: What a resource policy may have (POL-10).
QUOTA = 8_192

Document = Mapping[str, Any]


class Asked(NamedTuple):
    """Each pair's microseconds, and how many were decided."""

    times: list[float]
    decided: int


def measure_comparing(plan: Plan, report: Report) -> None:
    """Measure generated pairs, by this package and by z3 where it is installed, and a policy as large as it may be."""
    asked = list(islice(pairs(least=2, most=12), plan.compared))
    ours = [_compared(asked) for _ in range(plan.part_rounds)]
    _add(report, (OURS, OURS_95, DECIDED), ours)
    try:
        solve = _z3(plan)
    except AbsentError as error:
        report.remarks.append(f"z3 is left out: {error}")
    else:
        few = asked[: plan.compared_by_z3]
        _add(report, (Z3, Z3_95, Z3_DECIDED), [_answered(few, solve)])
    large, note = large_pair(), f"{len(_shortest(large_pair()[0]))} characters"
    report.add(GROUP, in_turns({LARGE: lambda: _of_policies(*large)}, plan.part_rounds), note=note)
    one, many = api_pair(1), api_pair(200)
    measures = {ONE_ROUTE: lambda: _of_apis(one), ROUTES: lambda: _of_apis(many)}
    report.add(GROUP, in_turns(measures, plan.part_rounds), note="one route is added, and a policy denies some calls")


def _add(report: Report, names: Sequence[str], rounds: Sequence[Asked]) -> None:
    """Add the median, the 95th percentile, and the share that was decided."""
    middle, upper, decided = names
    medians = [median(each.times) for each in rounds]
    uppers = [quantiles(each.times, n=20)[-1] for each in rounds]
    note = f"{len(rounds[0].times)} pairs"
    report.add(GROUP, {middle: _spread(medians), upper: _spread(uppers)}, note=note)
    shares = [100 * each.decided / len(each.times) for each in rounds]
    report.add(GROUP, {decided: _spread(shares)}, unit="%", note=note)


def _spread(values: Sequence[float]) -> Spread:
    return Spread(median(values), min(values), max(values))


def _compared(asked: Sequence[tuple[Document, Document]]) -> Asked:
    """Compare each pair once. The policies are parsed already, and not compiled."""
    times, decided = [], 0
    for pair in asked:
        before, after = (_parsed(each) for each in pair)
        start = process_time()
        compared = compare(before, after)
        times.append((process_time() - start) * 1e6)
        decided += compared.verdict is not ComparisonVerdict.UNKNOWN
    return Asked(times, decided)


def _z3(plan: Plan) -> Callable[[Document, Document], bool]:
    """Answers both directions by z3, and says whether it decided both."""
    library("z3")
    from tools.smt_oracle.encoding import newly_allowed

    def solve(before: Document, after: Document) -> bool:
        limit = round(plan.z3_seconds * 1000)
        answers = newly_allowed(before, after, timeout=limit), newly_allowed(after, before, timeout=limit)
        return all(each.result != "unknown" for each in answers)

    return solve


def _answered(asked: Sequence[tuple[Document, Document]], solve: Callable[[Document, Document], bool]) -> Asked:
    times, decided = [], 0
    for before, after in asked:
        start = process_time()
        decided += solve(before, after)
        times.append((process_time() - start) * 1e6)
    return Asked(times, decided)


def _parsed(document: Document) -> Policy:
    return Policy.parse(document, kind="resource")


def _of_policies(before: Document, after: Document) -> float:
    """The microseconds of a comparison of policies that are parsed already."""
    old, new = _parsed(before), _parsed(after)
    start = process_time()
    compare(old, new)
    return (process_time() - start) * 1e6


def _of_apis(apis: tuple[Api, Api]) -> float:
    """The microseconds of a comparison of APIs."""
    start = process_time()
    compare(*apis)
    return (process_time() - start) * 1e6


def api_pair(routes: int) -> tuple[Api, Api]:
    """An API with so many routes, and the same with one more."""
    office = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "execute-api:Invoke",
            "Resource": "execute-api:/*/DELETE/*",
            "Condition": office,
        },
    ]
    before, after = (
        Api(
            id="a1b2c3d4e5",
            type="REST",
            region="eu-west-1",
            account="111122223333",
            stages=["prod"],
            routes=[_route(number) for number in range(count)],
            resource_policy=_parsed(_document(statements)),
        )
        for count in (routes, routes + 1)
    )
    return before, after


def _route(number: int) -> Route:
    return Route(("GET", "POST", "DELETE")[number % 3], f"/part{number}/{{id}}", auth=("NONE", "AWS_IAM")[number % 2])


def _shortest(document: Document) -> str:
    """The document as AWS counts it: without the white space that JSON does not need."""
    import json

    return json.dumps(document, separators=(",", ":"))


def large_pair() -> tuple[Document, Document]:
    """A policy that is nearly as large as a resource policy may be, and the same with another value in the middle."""
    statements: list[dict[str, Any]] = []
    while len(_shortest(_document([*statements, _large_statement(len(statements))]))) < QUOTA:
        statements.append(_large_statement(len(statements)))
    changed = [dict(each) for each in statements]
    changed[len(changed) // 2]["Resource"] = [f"{_API}/prod/GET/another", f"{_API}/prod/GET/another/*"]
    return _document(statements), _document(changed)


def _document(statements: Sequence[Document]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _large_statement(number: int) -> dict[str, Any]:
    """One statement of many: each part of the API has its readers, with one of four conditions."""
    conditions: Sequence[Document] = (
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"StringLike": {"aws:PrincipalTag/team": [f"orders-{number}", f"stock-{number}-*"]}},
        {"IpAddress": {"aws:SourceIp": [f"203.0.113.{number * 4}/30", "2001:db8::/32"]}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    )
    return {
        "Effect": "Deny" if number % 7 == 6 else "Allow",
        "Principal": {"AWS": f"arn:aws:iam::111122223333:role/reader{number % 5}"},
        "Action": "execute-api:Invoke",
        "Resource": [f"{_API}/prod/GET/part{number}", f"{_API}/prod/GET/part{number}/*"],
        "Condition": conditions[number % len(conditions)],
    }
