"""Missing keys and assumed rules in counted work: twice the statements take twice the calls, not four times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.counted import calls_of
from execpolicy import Context, Decision, Outcome
from tests.engine.making import API, SERVICE, SESSION, allowing, decided, policy, stated

PARTIAL = Context(complete=False)


def key(number: int) -> str:
    return f"custom:k{number}"


def each_a_key(effect: str, size: int, operator: str = "StringEquals", first: int = 0) -> list[dict[str, Any]]:
    """Statements with one condition each, every one over a key of its own."""
    return [stated(effect, Condition={operator: {key(number): "1"}}) for number in range(first, first + size)]


def all_keys(effect: str, size: int, operator: str = "StringEquals") -> dict[str, Any]:
    """One statement with a condition over each key."""
    return stated(effect, Condition={operator: {key(number): "1" for number in range(size)}})


def of_variables(effect: str, size: int) -> list[dict[str, Any]]:
    """Statements whose resources hold a variable each."""
    return [stated(effect, Resource=f"{API}/prod/GET/${{{key(number)}}}") for number in range(size)]


def shared_keys(size: int) -> list[dict[str, Any]]:
    """Statements with two conditions each: every key stands in several of them."""
    return [
        stated("Deny", Condition={"StringEquals": {key(number): "1"}, "StringLike": {key(number % 10 + size): "1"}})
        for number in range(size)
    ]


#: Name, a decision of a size, and the outcome.
DECISIONS: dict[str, tuple[Callable[[int], Decision], Outcome]] = {
    "allows, complete": (lambda size: decided(identity=policy(*each_a_key("Allow", size))), Outcome.IMPLICIT_DENY),
    "allows, partial": (
        lambda size: decided(identity=policy(*each_a_key("Allow", size)), context=PARTIAL),
        Outcome.INDETERMINATE,
    ),
    "denies, complete": (
        lambda size: decided(identity=policy(stated(), *each_a_key("Deny", size))),
        Outcome.ALLOW,
    ),
    "denies, partial": (
        lambda size: decided(identity=policy(stated(), *each_a_key("Deny", size)), context=PARTIAL),
        Outcome.INDETERMINATE,
    ),
    "denies that apply": (
        lambda size: decided(identity=policy(stated(), *each_a_key("Deny", size, "StringNotEquals"))),
        Outcome.EXPLICIT_DENY,
    ),
    "shared keys, complete": (lambda size: decided(identity=policy(stated(), *shared_keys(size))), Outcome.ALLOW),
    "shared keys, partial": (
        lambda size: decided(identity=policy(stated(), *shared_keys(size)), context=PARTIAL),
        Outcome.INDETERMINATE,
    ),
    "one statement, complete": (
        lambda size: decided(identity=policy(all_keys("Allow", size, "StringNotEquals"))),
        Outcome.ALLOW,
    ),
    "one statement, partial": (
        lambda size: decided(identity=policy(all_keys("Allow", size)), context=PARTIAL),
        Outcome.INDETERMINATE,
    ),
    "variables, complete": (
        lambda size: decided(identity=policy(stated(), *of_variables("Deny", size))),
        Outcome.ALLOW,
    ),
    "variables, partial": (
        lambda size: decided(identity=policy(stated(), *of_variables("Deny", size)), context=PARTIAL),
        Outcome.INDETERMINATE,
    ),
    "several layers": (
        lambda size: decided(
            caller=SESSION,
            identity=policy(*each_a_key("Allow", size)),
            boundary=policy(stated(), *each_a_key("Deny", size), kind="boundary"),
            session=policy(*each_a_key("Allow", size, first=size), kind="session"),
            scps=[[policy(stated(), *each_a_key("Deny", size, first=size // 2), kind="scp")]],
            context=PARTIAL,
        ),
        Outcome.INDETERMINATE,
    ),
    "several levels": (
        lambda size: decided(
            identity=allowing(),
            scps=[[policy(stated(), *each_a_key("Deny", 1, first=number), kind="scp")] for number in range(size)],
        ),
        Outcome.ALLOW,
    ),
    "rules on which conditions rest": (
        lambda size: decided(
            identity=policy(stated(), *each_a_key("Deny", size)),
            context={key(number): ["1", "2"] for number in range(size)},
        ),
        Outcome.EXPLICIT_DENY,
    ),
    "rules on which principals rest": (
        lambda size: decided(
            caller=SERVICE,
            resource_policy=policy(
                *({**each, "Principal": "*"} for each in [stated(), *each_a_key("Allow", size, "StringNotEquals")]),
                kind="resource",
            ),
        ),
        Outcome.ALLOW,
    ),
}


def work(decision: Decision) -> float:
    return calls_of(
        [lambda: (decision.missing_keys, decision.assumed, str(decision.explain()), str(decision.explain().full()))]
    )


@pytest.mark.rule("KEY-5")
@pytest.mark.parametrize("name", DECISIONS)
def test_what_an_outcome_depends_on_takes_time_in_proportion_to_the_statements(name: str) -> None:
    decide, outcome = DECISIONS[name]
    work(decide(3))  # what is loaded or remembered at first use is not counted
    few, many = decide(100), decide(200)
    assert few.outcome is many.outcome is outcome
    assert work(many) <= 2.3 * work(few)


@pytest.mark.rule("KEY-5")
@pytest.mark.parametrize("context", [None, PARTIAL], ids=["complete", "partial"])
def test_ten_thousand_denies_on_absent_keys_are_explained(context: Context | None) -> None:
    decision = decided(identity=policy(stated(), *each_a_key("Deny", 10_000)), context=context)
    assert len(decision.missing_keys) == 10_000
    assert f"{key(9_999)}" in str(decision.explain().full())
