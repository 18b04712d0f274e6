"""What counts as covered: samples counted by hand, and each rule by itself."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Caller, Policy, Request, Route, Target, authorize
from execpolicy.testing import parse_cases, run_item
from execpolicy.testing.coverage import CaseCount, ClauseState, Example, StatementCoverage, StatementState
from execpolicy.testing.coverage.model import Share
from tests.gateway.small_api import small_api
from tests.testing.coverage.samples import (
    ANN,
    ANSWER,
    API,
    BOB,
    COMPANY,
    GATEWAY,
    GATEWAY_API,
    INSIDE,
    INVOKE,
    OUTSIDE,
    REFUSAL,
    SHOP,
    allow,
    call,
    case,
    covered,
    deny,
    file,
    passed,
    policy,
    policy_of,
    results,
    statement,
    stopped,
)


def test_the_shop_as_counted_by_hand() -> None:
    # Points: a statement each, and each clause that can fail.
    #   clerk          Reads: 1 + Resource = 2 (its Action is that of every call);  Till: 1 + Resource = 2
    #   from-the-shop  Anybody: 1 (everybody, every action, every path); NotOutside: 1 + NotIpAddress = 2
    #   only-ann       OnlyAnn: 1 + Principal, Resource = 3
    # 10 in all.
    #
    # 1 "in the shop": allowed by Reads and Anybody. Till: the Resource alone fails. NotOutside: NotIpAddress alone.
    # 2 "at home": denied by NotOutside. Reads and Anybody apply. Till: the Resource alone again.
    # 3 "another path": Reads and Till each: the Resource alone. OnlyAnn: the Resource alone. Nothing is decided.
    # 4 "Bob": OnlyAnn: the Principal alone. Bob has no policies.
    #
    # Covered: Reads, its Resource; Till's Resource; Anybody; NotOutside, its NotIpAddress; OnlyAnn's Principal and
    # Resource: 8 of 10. Missing are Till and OnlyAnn themselves.
    report = covered(*passed(SHOP))
    assert report.cases == 4
    assert report.decided == Share(3, 5)
    assert report.stopped == Share(5, 5)
    assert report.points == Share(8, 10)
    assert report.percent == 80.0

    assert [policy_of(report, name).points for name in ("clerk", "from-the-shop", "only-ann")] == [
        Share(3, 4),
        Share(3, 3),
        Share(2, 3),
    ]
    assert stopped(report, "Reads") == {"Resource": 1}
    assert stopped(report, "Till") == {"Resource": 3}
    assert stopped(report, "Anybody") == {}
    assert stopped(report, "NotOutside") == {"NotIpAddress aws:SourceIp": 1}
    assert stopped(report, "OnlyAnn") == {"Principal": 1, "Resource": 1}
    assert [
        (each.outline.sid, each.state.value, each.applied.cases, each.decided.cases) for each in report.statements
    ] == [
        ("Reads", "decided", 2, 1),
        ("Till", "never", 0, 0),
        ("Anybody", "decided", 2, 1),
        ("NotOutside", "decided", 1, 1),
        ("OnlyAnn", "never", 0, 0),
    ]


def test_calls_as_counted_by_hand() -> None:
    # Points: Open: 1: everybody, the action of every call, and everything of the API that the policy belongs to.
    #         NoDelete: 1 + Resource, NotIpAddress = 3.  4 in all; the authorizer's documents have none.
    #
    # 1 "reads inside": the first look finds no Deny, which no Allow decides; then function and Open let the call in.
    #   NoDelete: Resource and NotIpAddress both fail.
    # 2 "reads outside": Open decides. NoDelete: the Resource alone fails.
    # 3 "deletes inside": Open decides. NoDelete: NotIpAddress alone fails.
    # 4 "deletes outside": the first look finds that NoDelete denies. Open applies.
    # 5 "is refused": the function denies. Open applies.
    #
    # Covered: Open, NoDelete, its Resource and its NotIpAddress: all 4. Without case 2 the Resource: 3 of 4.
    assert covered(*passed(GATEWAY)[:1], *passed(GATEWAY)[2:]).percent == 75.0
    report = covered(*passed(GATEWAY))
    assert report.cases == 5
    assert [each.outline.sid for each in report.statements] == ["Open", "NoDelete"]
    assert (report.decided, report.stopped, report.percent) == (Share(2, 2), Share(2, 2), 100.0)
    assert (statement(report, "Open").applied.cases, statement(report, "Open").decided.cases) == (5, 3)
    assert (statement(report, "NoDelete").applied.cases, statement(report, "NoDelete").decided.cases) == (1, 1)
    assert stopped(report, "Open") == {}
    assert stopped(report, "NoDelete") == {"Resource": 1, "NotIpAddress aws:SourceIp": 1}


def test_a_company_as_counted_by_hand() -> None:
    # Points: Root: 1.  Unit: 1.  Abroad: 1 + StringNotEquals = 2.  KeepCache: 1 + Action (not that of a call) = 2.
    #         Boundary: 1 + Resource = 2.  Clerk: 1 + Resource = 2, though Ann and Bob both have it, and 1 for
    #         its NotAction, which holds for every call, but case 3 shows that it can fail.  11 in all.
    #
    # 1 "reads": Root, Unit, Boundary and Clerk allow. Abroad: StringNotEquals alone fails. KeepCache: Action alone.
    # 2 "writes": Boundary: the Resource alone fails. Root, Unit and Clerk apply. Abroad and KeepCache as before.
    # 3 "manages" (Bob): Clerk: NotAction alone fails.
    # 4 "another stage" (Bob): Clerk: the Resource alone fails.
    #
    # Missing: Abroad and KeepCache themselves: 9 of 11 is 81.81…  Without case 3 it is 8 of 10.
    without = covered(*passed(COMPANY)[:2], *passed(COMPANY)[3:])
    assert (without.points, stopped(without, "Clerk")) == (Share(8, 10), {"Resource": 1})
    report = covered(*passed(COMPANY))
    assert [(each.name, each.kinds, each.points) for each in report.policies] == [
        ("root", ("scp",), Share(1, 1)),
        ("unit", ("scp",), Share(3, 5)),
        ("boundary", ("boundary",), Share(2, 2)),
        ("clerk", ("identity",), Share(3, 3)),
    ]
    assert (report.decided, report.stopped, report.percent) == (Share(4, 6), Share(5, 5), 81.8)
    assert stopped(report, "Clerk") == {"NotAction": 1, "Resource": 1}
    assert stopped(report, "KeepCache") == {"Action": 2}
    assert statement(report, "Clerk").applied.cases == 2
    assert stopped(report, "Abroad") == {"StringNotEquals aws:RequestedRegion": 2}


def test_the_first_case_is_named_with_its_place() -> None:
    report = covered(*passed(SHOP))
    found = statement(report, "Reads")
    first = next(result.case for result in passed(SHOP) if result.case.name == "in the shop")
    assert found.decided == CaseCount(1, Example(first.place, "in the shop"))
    (_, resource) = found.clauses
    assert resource.stopped.first is not None
    assert resource.stopped.first.name == "another path"
    assert statement(report, "Till").decided == CaseCount(0, None)


def test_places_are_those_of_the_policy() -> None:
    report = covered(*passed(SHOP, "shop.json"))
    found = statement(report, "Till")
    lines = SHOP.splitlines()
    line = next(number for number, text in enumerate(lines, 1) if '"Till"' in text)
    assert found.outline.place == f"shop.json:{line - 1}:{lines[line - 2].index('{') + 1}"
    assert found.clauses[0].outline.place == f"shop.json:{line + 2}:{lines[line + 1].index(chr(34)) + 1}"


@pytest.mark.parametrize(
    ("statements", "expect", "state"),
    [
        ([allow(sid="S")], "allow", StatementState.DECIDED),
        ([allow(sid="S"), deny()], "explicit_deny", StatementState.APPLIED),
        ([deny(sid="S")], "explicit_deny", StatementState.DECIDED),
        ([allow(), deny("arn:aws:s3:::*", sid="S")], "allow", StatementState.NEVER),
        ([allow(sid="S"), allow()], "allow", StatementState.DECIDED),
    ],
)
def test_a_statement_is_covered_when_it_decided(statements: list[Any], expect: str, state: StatementState) -> None:
    text = file(case("one", {"principal": ANN, "identity": [policy(*statements)]}, expect=expect))
    assert statement(covered(*passed(text)), "S").state is state


def test_every_statement_that_decided_is_covered() -> None:
    text = file(case("one", {"principal": ANN, "identity": [policy(allow(sid="A"), allow(sid="B"))]}))
    assert covered(*passed(text)).decided == Share(2, 2)


def test_a_clause_needs_the_others_to_hold() -> None:
    twice = policy(allow(f"{API}/prod/POST/*", sid="S", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    who = {"principal": ANN, "identity": [twice]}
    both = case("both fail", who, expect="implicit_deny", context={"aws:SecureTransport": "false"})
    assert stopped(covered(*passed(file(both))), "S") == {"Resource": 0, "Bool aws:SecureTransport": 0}


def test_what_is_not_known_stops_nothing() -> None:
    unsure = policy(allow(f"{API}/prod/POST/*", sid="S", Condition={"StringEquals": {"aws:UserAgent": "curl"}}))
    who = {"principal": ANN, "identity": [unsure]}
    text = file(case("unknown", who, expect="implicit_deny", complete=False))
    report = covered(*passed(text))
    assert stopped(report, "S") == {"Resource": 0, "StringEquals aws:UserAgent": 0}
    assert statement(report, "S").state is StatementState.NEVER
    text = file(case("unknown", who, "prod/POST/x", "indeterminate", complete=False))
    assert covered(*passed(text)).points == Share(0, 3)


def test_a_case_that_failed_counts() -> None:
    (result,) = results(file(case("one", {"principal": ANN, "identity": [policy(allow())]}, expect="implicit_deny")))
    assert not result.passed
    assert covered(result).decided == Share(1, 1)


def test_policies_that_no_case_reaches_count() -> None:
    service = case("root", {"principal": "states.amazonaws.com", "scps": [[policy(allow(sid="Scp"))]]}, expect="deny")
    endpoint = {
        "rcps": [[policy(deny(Principal="*", sid="Rcp"))]],
        "vpc_endpoint": policy(allow(Principal="*", sid="E")),
    }
    report = covered(*passed(file({**service, "target": endpoint})))
    assert {each.outline.sid: each.state for each in report.statements} == {
        "Scp": StatementState.NEVER,
        "Rcp": StatementState.NEVER,
        "E": StatementState.APPLIED,
    }


def test_policies_of_a_case_that_cannot_be_decided_count() -> None:
    bad = policy(allow(sid="S", Condition={"NumericEquals": {"app:level": "1"}}))
    text = file(
        case(
            "unfit", {"principal": ANN, "identity": [bad]}, expect="error", error="compares", context={"app:level": "x"}
        ),
        case(
            "refused",
            {"principal": "nobody:at:all"},
            expect="error",
            error="found",
            target={"resource": policy(allow(Principal="*", sid="T"))},
        ),
    )
    report = covered(*passed(text))
    assert [each.outline.sid for each in report.statements] == ["S", "T"]
    assert (report.cases, report.points.covered) == (2, 0)


def test_documents_count_nothing() -> None:
    text = file(documents=[{"name": "loads", "kind": "identity", "document": policy(allow()), "expect": "loads"}])
    report = covered(*passed(text))
    assert (report.cases, report.policies) == (0, ())


def test_an_allow_decides_nothing_where_only_denies_are_looked_for() -> None:
    text = file(call("refused", "GET /orders/7", REFUSAL, INSIDE, 403), apis={"orders": GATEWAY_API})
    (result,) = passed(text)
    assert [decision.outcome.value for decision in result.decisions] == ["allow", "explicit_deny"]
    assert statement(covered(result), "Open").state is StatementState.APPLIED


def test_a_case_of_several_decisions_is_one_case() -> None:
    text = file(call("reads", "GET /orders/7", ANSWER, OUTSIDE, 200), apis={"orders": GATEWAY_API})
    (result,) = passed(text)
    assert len(result.decisions) == 2
    assert stopped(covered(result), "NoDelete")["Resource"] == 1


def test_each_call_of_a_sequence_is_a_case() -> None:
    step = {"call": "GET /orders/7", "headers": {"Authorization": "x"}, "expect": 200}
    steps = [{**step, "authorizer_output": ANSWER, "at": 100}, {**step, "name": "again", "at": 200}]
    text = file({"name": "cached", "sequence": steps}, apis={"orders": GATEWAY_API})
    report = covered(*passed(text))
    assert report.cases == 2
    found = statement(report, "Open").decided
    assert found.cases == 2
    assert found.first is not None
    assert found.first.name == "cached: call 1"


def test_domain_and_endpoint_policies_of_a_call_count() -> None:
    open_to_all = policy(allow("execute-api:/*", Principal="*"))
    api = {
        **GATEWAY_API,
        "routes": {"GET /orders/{id}": {"auth": "NONE"}},
        "authorizers": {},
        "endpoint": "PRIVATE",
        "resource_policy": open_to_all,
        "domains": {
            "shop.example.com": {
                "id": "abc123",
                "mappings": {"": "prod"},
                "policy": policy(allow("execute-api:/*", Principal="*", sid="Domain")),
                "associated_endpoints": ["vpce-0123456789abcdef0"],
            }
        },
    }
    one = {
        "name": "one",
        "call": "GET /orders/7",
        "context": {"aws:SourceVpce": "vpce-0123456789abcdef0"},
        "vpc_endpoint": policy(allow(Principal="*", sid="Endpoint")),
        "expect": 200,
    }
    report = covered(*passed(file(one, apis={"orders": api})))
    assert {each.kinds: each.decided for each in report.policies} == {
        ("resource",): Share(1, 1),
        ("domain_name",): Share(0, 1),
        ("vpc_endpoint",): Share(1, 1),
    }


def test_one_document_in_two_layers_is_one_policy() -> None:
    text = file(
        case("one", {"principal": ANN, "identity": ["p"], "boundary": "p"}),
        policies={"p": policy(allow(f"{API}/prod/GET/*", sid="S"))},
    )
    report = covered(*passed(text))
    (found,) = report.policies
    assert found.kinds == ("boundary", "identity")
    assert statement(report, "S").decided.cases == 1


def test_texts_that_are_called_alike_are_told_apart() -> None:
    coverage = StatementCoverage()
    for path in ("a", "b"):
        text = f'{{"Statement": {{"Effect": "Allow", "Action": "{INVOKE}", "Resource": "{API}/prod/GET/{path}"}}}}'
        who = Caller(ANN, identity=Policy.parse(text, kind="identity"))
        decision = authorize(Request(caller=who, action=INVOKE, resource=f"{API}/prod/GET/a"))
        coverage.add_decision(decision, name=path)
    assert [each.decided.covered for each in coverage.report().policies] == [1, 0]


def test_the_same_text_read_twice_is_one_policy() -> None:
    coverage = StatementCoverage()
    for path in ("a", "b"):
        who = Caller(ANN, identity=Policy.parse(policy(allow(f"{API}/prod/GET/a")), kind="identity", name="p"))
        decision = authorize(Request(caller=who, action=INVOKE, resource=f"{API}/prod/GET/{path}"))
        coverage.add_decision(decision, name=path, place=f"test_it.py:{path}")
    (found,) = coverage.report().policies
    assert (found.name, found.source, found.points) == ("p", None, Share(2, 2))
    assert found.statements[0].outline.place == "p: Statement[0]"


def test_decisions_and_responses_count_by_themselves() -> None:
    api = small_api(
        routes=[Route("GET", "/orders", auth="AWS_IAM")],
        resource_policy=Policy.parse(policy(allow(f"{API}/*", Principal="*", sid="R")), kind="resource", name="r"),
    )
    ann = Caller(ANN, identity=Policy.parse(policy(allow(sid="I")), kind="identity", name="i"))
    coverage = StatementCoverage()
    coverage.add_response(api.invoke("GET", "/orders", caller=ann), name="with", place="test_it.py:3")
    assert coverage.report().stopped == Share(0, 1)  # whose policy it is cannot be seen in an answer
    coverage.add_policies(api, ann)
    report = coverage.report()
    assert report.cases == 1
    assert (report.decided, report.stopped) == (Share(2, 2), Share(0, 0))
    assert statement(report, "I").decided.first == Example("test_it.py:3", "with")


def test_policies_can_be_named_before_any_case() -> None:
    coverage = StatementCoverage()
    lone = Policy.parse(policy(allow(sid="Lone")), kind="identity", name="lone")
    coverage.add_policies(lone, Target(), *parse_cases(GATEWAY).items)
    report = coverage.report()
    assert (report.cases, report.decided) == (0, Share(0, 3))
    assert [each.name for each in report.policies][-1] == "lone"


def test_what_alone_stopped_a_statement_can_fail_after_all() -> None:
    # Another API's resource policy is never asked of this one's calls, but a decision case may do it.
    target = Target(resource=Policy.parse(policy(allow(f"{API}/*", Principal="*")), kind="resource", name="r"))
    api = small_api(
        resource_policy=target.resource,
        stages=["prod"],
        routes=[Route("GET", "/orders")],
    )
    coverage = StatementCoverage()
    coverage.add_policies(api)
    assert coverage.report().stopped == Share(0, 0)
    other = Request(caller="anonymous", action=INVOKE, resource=API.replace("a1b2c3", "zzz") + "/prod/GET/x")
    decision = authorize(other, target)
    coverage._count((decision,), Example("", "other"))
    assert coverage.report().stopped == Share(1, 1)
    coverage.add_policies(target)
    assert coverage.report().stopped == Share(1, 1)


def test_states_of_a_clause() -> None:
    who, reads = {"principal": ANN, "identity": ["p"]}, policy(allow(f"{API}/prod/GET/a", sid="S"))
    never = case("never", {"principal": ANN}, "prod/GET/b", "deny")
    stops, holds = case("stops", who, "prod/GET/b", "deny"), case("holds", who, "prod/GET/a")

    def states(*cases: dict[str, Any], p: dict[str, Any] = reads) -> list[ClauseState]:
        return [each.state for each in statement(covered(*passed(file(*cases, policies={"p": p}))), "S").clauses]

    fails_twice = case("fails twice", who, "prod/GET/b", "deny", action="s3:GetObject")
    asks_for_more = case("asks for more", who, "prod/GET/a", "deny", action="execute-api:InvalidateCache")
    assert states(never, fails_twice) == [ClauseState.ALWAYS, ClauseState.NEVER]
    assert states(stops) == [ClauseState.ALWAYS, ClauseState.STOPPED]
    assert states(holds) == [ClauseState.ALWAYS, ClauseState.HELD]
    assert states(asks_for_more) == [ClauseState.STOPPED, ClauseState.NEVER]
    assert states(asks_for_more, holds, stops) == [ClauseState.BOTH, ClauseState.BOTH]
    assert states(holds, p=policy(allow(action="*", sid="S"))) == [ClauseState.ALWAYS, ClauseState.ALWAYS]


def test_bob_is_not_ann() -> None:
    text = file(
        case("Ann", {"principal": ANN}, target="t", expect="allow"),
        case("Bob", {"principal": BOB}, target="t", expect="implicit_deny"),
        targets={"t": {"resource": policy(allow(Principal={"AWS": ANN}, action="*", sid="S"))}},
    )
    report = covered(*(run_item(item) for item in parse_cases(text).items))
    assert report.percent == 100.0
    assert statement(report, "S").clauses[0].state is ClauseState.BOTH
