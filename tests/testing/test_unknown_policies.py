"""Coverage and mutation of policies with values that are not known (SRC-10)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Caller, ExecPolicyError, Request, Source, Target
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy
from execpolicy.testing.case_file.model import Case, Expectation
from execpolicy.testing.coverage.can_fail import can_fail
from execpolicy.testing.coverage.outline import outline_policy
from execpolicy.testing.mutation import mutate
from tests.unknown_policies import policy_with_unknown

pytestmark = pytest.mark.rule("SRC-10")

ANN = "arn:aws:iam::111122223333:user/Ann"
CALL = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
DENY: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ("Action", "<<P>>", True),
        ("Action", ["execute-api:*", "<<P>>"], False),
        ("NotAction", "<<P>>", True),
        ("NotAction", "s3:<<P>>", False),
        ("Resource", "<<P>>", True),
        ("Resource", ["*", "<<P>>"], False),
        ("NotResource", "<<P>>", True),
        ("Principal", {"AWS": "<<P>>"}, True),
        ("Principal", {"AWS": ["*", "<<P>>"]}, False),
        ("NotPrincipal", {"AWS": "<<P>>"}, True),
        ("Condition", "<<P>>", True),
        ("Condition", {"StringEquals": {"aws:UserAgent": "<<P>>"}}, True),
    ],
)
def test_which_clauses_some_value_makes_fail(element: str, value: object, expected: bool) -> None:
    statement = {**DENY, element: value}
    if element.startswith("Not"):
        del statement[element.removeprefix("Not")]
    policy = policy_with_unknown({"Statement": statement})
    (compiled,) = compile_policy(policy, ClauseTable()).statements
    assert [can_fail(each.clause) for each in compiled.occurrences if each.clause.element == element] == [expected]
    outline = outline_policy(policy)
    assert "\ufdd0" not in repr(outline.outline)


def test_policies_with_unknown_values_are_not_mutated() -> None:
    statement = {"Effect": "Allow", "Action": ["execute-api:Invoke", "<<P>>"], "Resource": "*"}
    caller = Caller(ANN, identity=[policy_with_unknown({"Statement": statement}, "identity")])
    request = Request(caller=caller, action="execute-api:Invoke", resource=CALL)
    source = Source("cases.json", "{}")
    expected = Expectation("allow")
    case = Case(name="a", request=request, target=Target(), expected=expected, source=source, span=source.span(0, 1))
    with pytest.raises(ExecPolicyError) as caught:
        mutate([case])
    error = caught.value
    assert (error.message, error.diagnostic.place) == (
        "found a policy with values that are not known: the parameter P",
        "template.json:1:1",
    )
    assert (error.advice, error.rule) == (
        "give the values where the file is read, or test the policy without mutations",
        "SRC-10",
    )
