"""Requests as columns: each code is that of the decision of its request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import (
    Caller,
    Context,
    Policy,
    Request,
    RequestError,
    Target,
    UsageError,
    authorize,
    authorize_columns,
)
from execpolicy.bulk.columns import OUTCOMES
from execpolicy.engine.fast.fast_outcome import fast_outcome
from tests.examples import of_quick
from tests.untyped import untyped

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"
RESOURCES = (f"{API}/GET/pets", f"{API}/GET/pets/7", f"{API}/PUT/pets", f"{API}/GET/shut")
CONTEXTS: tuple[Any, ...] = (
    {"aws:SourceIp": "203.0.113.7"},
    {"aws:SourceIp": "198.51.100.7"},
    {"aws:SourceIp": ["203.0.113.7"]},
    {"aws:SourceIp": "203.0.113.7", "aws:UserAgent": "curl"},
    {},
    Context({"aws:SourceIp": "203.0.113.7"}),
    Context({}, complete=False),
)
STATEMENTS = [
    {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": f"{API}/GET/*",
        "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    },
    {"Effect": "Deny", "Action": "*", "Resource": "*/shut"},
    {"Effect": "Deny", "Action": "*", "Resource": "*/7", "Condition": {"StringEquals": {"aws:UserAgent": "curl"}}},
]
IDENTITY = Policy.parse({"Version": "2012-10-17", "Statement": STATEMENTS}, kind="identity")
ANN = Caller("arn:aws:iam::111122223333:user/Ann", identity=IDENTITY)
INVOKE = "execute-api:Invoke"
OPEN = Target(
    resource=Policy.parse(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*/PUT/*"},
        },
        kind="resource",
    )
)


@of_quick(100)
@given(
    st.lists(st.tuples(st.sampled_from(RESOURCES), st.sampled_from(CONTEXTS)), max_size=20),
    st.sampled_from((Target(), OPEN)),
    st.booleans(),
)
def test_each_code_is_that_of_the_decision(rows: Any, target: Target, copied: bool) -> None:
    contexts = [dict(each) if copied and isinstance(each, dict) else each for _, each in rows]
    codes = authorize_columns(ANN, INVOKE, [arn for arn, _ in rows], contexts, target)
    assert [OUTCOMES[code] for code in codes] == [
        authorize(Request(caller=ANN, action=INVOKE, resource=arn, context=context), target).outcome
        for arn, context in rows
    ]


def test_one_context_for_all() -> None:
    assert list(authorize_columns(ANN, INVOKE, RESOURCES, CONTEXTS[0])) == [0, 0, 1, 2]
    assert list(authorize_columns(ANN, INVOKE, RESOURCES, CONTEXTS[6])) == [3, 3, 1, 2]
    assert authorize_columns("anonymous", INVOKE, RESOURCES[:1]) == b"\x01"
    assert authorize_columns(ANN, INVOKE, []) == b""


def test_equal_requests_are_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decided: list[Request] = []

    def counting(request: Request, target: Target) -> Any:
        decided.append(request)
        return fast_outcome(request, target)

    monkeypatch.setattr("execpolicy.bulk.columns.fast_outcome", counting)
    contexts = [dict(CONTEXTS[0]) for _ in range(10)]
    authorize_columns(ANN, INVOKE, RESOURCES[:1] * 10, contexts)
    assert len(decided) == 1


class OtherText(str):
    """A text that equals every other one."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_texts_of_another_type() -> None:
    resources = [OtherText(each) for each in RESOURCES]
    assert list(authorize_columns(ANN, INVOKE, resources, CONTEXTS[0])) == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"resources": RESOURCES[0]}, "resources are a list of ARNs"),
        ({"contexts": [{}]}, "found 1 contexts for 4 resources"),
        ({"contexts": "x"}, "contexts are a list of contexts"),
        ({"contexts": [1, 2, 3, 4]}, "context"),
        ({"target": 1}, "target"),
        ({"caller": 1}, "principal"),
        ({"resources": [1]}, "resource"),
        ({"resources": [*RESOURCES, 1]}, "resource"),
        ({"action": OtherText("execute-api:Nothing*")}, "action"),
        ({"action": 1}, "action"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises((UsageError, RequestError), match=message):
        untyped(authorize_columns)(**{"caller": ANN, "action": INVOKE, "resources": RESOURCES, **arguments})
