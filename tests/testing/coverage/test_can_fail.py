"""Which clauses can fail: those that no call to an API fails are not counted."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Policy
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy
from execpolicy.literals import PolicyKindName
from execpolicy.testing.coverage.can_fail import can_fail
from tests.testing.coverage.samples import ANN, API, INVOKE, policy


def clause(element: str, value: Any, kind: PolicyKindName = "resource") -> Clause:
    statement = {"Effect": "Allow", "Principal": "*", "Action": INVOKE, "Resource": "*"}
    if kind in ("identity", "scp"):
        del statement["Principal"]
    if element.startswith("Not"):
        statement.pop(element.removeprefix("Not"))
        statement["Effect"] = "Deny" if element == "NotPrincipal" else "Allow"
    document = policy({**statement, element: value})
    (compiled,) = compile_policy(Policy.parse(document, kind=kind), ClauseTable()).statements
    (found,) = [each.clause for each in compiled.occurrences if each.clause.element == element]
    return found


@pytest.mark.parametrize(
    ("element", "value", "kind", "expected"),
    [
        ("Action", "*", "identity", False),
        ("Action", "execute-api:*", "identity", False),
        ("Action", "EXECUTE-API:*", "identity", False),
        ("Action", ["s3:*", "execute-api:*"], "identity", False),
        ("Action", INVOKE, "identity", False),
        ("Action", "execute-api:iNVOKE", "identity", False),
        ("Action", ["execute-api:I*", "s3:*"], "identity", False),
        ("Action", "execute-api:ManageConnections", "identity", True),
        ("Action", ["execute-api:InvalidateCache", "execute-api:ManageConnections"], "identity", True),
        ("Action", "execute-api:Inval*", "identity", True),
        ("Action", "s3:*", "identity", True),
        ("Action", [], "identity", True),
        ("NotAction", "s3:*", "identity", False),
        ("NotAction", [], "identity", True),
        ("NotAction", ["execute-api:ManageConnections", "execute-api:InvalidateCache"], "identity", False),
        ("NotAction", INVOKE, "identity", True),
        ("NotAction", ["s3:*", "execute-api:I*"], "identity", True),
        ("NotAction", "*", "identity", True),
        ("Resource", "*", "identity", False),
        ("Resource", "***", "identity", False),
        ("Resource", ["arn:aws:s3:::x", "*"], "identity", False),
        ("Resource", "arn:aws:execute-api:*:*:*", "identity", False),
        ("Resource", "arn:*:execute-api:*:*:*", "identity", False),
        ("Resource", "arn:aws:*:*:*:*", "identity", False),
        ("Resource", "arn:aws:execute-api:*", "identity", False),
        ("Resource", "arn:aws:execute-api:eu-west-1:*:*", "identity", True),
        ("Resource", "arn:aws:execute-api:*:*:*/*", "identity", True),
        ("Resource", "arn:aws:execute-api:*:*:?*", "identity", True),
        ("Resource", "arn:aws:s3:*:*:*", "identity", True),
        ("Resource", f"{API}/*", "resource", True),
        ("Resource", "arn:aws:execute-api:*:*:*${aws:username}", "identity", True),
        ("Resource", [], "identity", True),
        ("Resource", "execute-api:/*", "resource", False),
        ("Resource", "execute-api:/**", "resource", False),
        ("Resource", "execute-api:/prod/*", "resource", True),
        ("Resource", "execute-api:*", "resource", True),
        ("NotResource", "*", "identity", True),
        ("NotResource", "arn:aws:s3:::*", "identity", True),
        ("NotResource", [], "identity", True),
        ("Principal", "*", "resource", False),
        ("Principal", {"AWS": "*"}, "resource", False),
        ("Principal", {"AWS": [ANN, "*"]}, "resource", False),
        ("Principal", {"AWS": ANN}, "resource", True),
        ("Principal", {"Service": "states.amazonaws.com"}, "resource", True),
        ("NotPrincipal", {"AWS": ANN}, "resource", True),
        ("Condition", {"StringLikeIfExists": {"aws:UserAgent": "*"}}, "resource", True),
        ("Condition", {"Null": {"aws:UserAgent": "true"}}, "identity", True),
        ("Condition", {}, "identity", True),
        ("Condition", {"Bool": {}}, "identity", True),
    ],
)
def test_which_clauses_can_fail(element: str, value: Any, kind: PolicyKindName, expected: bool) -> None:
    assert can_fail(clause(element, value, kind)) is expected


@pytest.mark.rule("POL-13")
@pytest.mark.parametrize("elements", [{"NotAction": []}, {"NotResource": []}, {"Condition": {"Bool": {}}}])
def test_in_a_deny_nothing_that_is_empty_can_fail(elements: dict[str, Any]) -> None:
    statement = {"Effect": "Deny", "Action": INVOKE, "Resource": "*", **elements}
    for element in elements:
        statement.pop(element.removeprefix("Not") if element.startswith("Not") else "", None)
    (compiled,) = compile_policy(Policy.parse(policy(statement), kind="identity"), ClauseTable()).statements
    assert [can_fail(each.clause) for each in compiled.occurrences if each.clause.element in elements] == [False]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{API}/*", False),
        (f"{API}*", False),
        ("arn:aws:execute-api:*:*:a1b2c3/*", False),
        ("arn:aws:execute-api:eu-west-1:*:*/*", False),
        ("arn:aws:execute-api:eu-west-1:111122223333:*", False),
        ("execute-api:/*", False),
        (["execute-api:/prod/*", f"{API}/*"], False),
        (f"{API}/prod/*", True),
        ("arn:aws:execute-api:us-east-1:111122223333:a1b2c3/*", True),
        ("arn:aws-cn:execute-api:eu-west-1:111122223333:a1b2c3/*", True),
        ("arn:aws:execute-api:eu-west-1:111122223333:zzz/*", True),
        (API, True),
    ],
)
def test_a_resource_policy_is_asked_of_its_own_api(value: Any, expected: bool) -> None:
    assert can_fail(clause("Resource", value), API) is expected


def test_a_star_that_is_a_character_can_fail() -> None:
    found = clause("Resource", "arn:aws:execute-api:*:*:${*}", "identity")
    assert can_fail(found)
