"""Work that is done once, or not at all: each test fails where a saving is lost."""

from __future__ import annotations

import pytest

from benchmarks.counted import calls_of
from execpolicy import Caller, Policy, Request, Target, authorize
from execpolicy.engine.explain import resource_reason
from execpolicy.engine.fast import prepared_layer
from execpolicy.language.glob import ANY, ONE, Tokens, matcher, normalised
from tests.engine.counting import Counter
from tests.language.conditions import condition

ANN = "arn:aws:iam::111122223333:user/Ann"
API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"


def reader(resource: str) -> Caller:
    policy = {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}}
    return Caller(ANN, identity=Policy.parse(policy, kind="identity"))


def test_as_many_resources_are_kept_as_a_table_holds() -> None:
    caller = reader(f"{API}/prod/GET/pets/*")
    (policies,) = caller.compiled().values()
    for number in range(prepared_layer.MAX_ENTRIES // 2):
        request = Request(caller=caller, action="execute-api:Invoke", resource=f"{API}/prod/GET/pets/{number}")
        assert authorize(request).allowed
    assert policies.prepared.sizes()[0] == prepared_layer.MAX_ENTRIES // 2


def test_the_pattern_of_a_resource_is_prepared_for_explanations_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(resource_reason, "normalised", counter.around(normalised))
    caller = reader(f"{API}/prod/GET/pets")
    for path in ("dogs", "cats", "pet"):
        request = Request(caller=caller, action="execute-api:Invoke", resource=f"{API}/prod/GET/{path}")
        assert path in str(authorize(request, Target()).explain().full())
    assert counter.count == 1


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike"])
def test_assumptions_of_a_condition_without_any_are_not_tried(operator: str) -> None:
    lookups = []

    def lookup(key: str) -> tuple[str, ...]:
        lookups.append(key)
        return ("curl",)

    assert condition(operator, "aws:UserAgent", "curl").assumptions(lookup) == ()
    assert lookups == ["aws:useragent"]


def test_a_long_literal_between_stars_is_searched_for() -> None:
    """Only a part with a question mark is matched state by state."""
    pattern: Tokens = ("a", ONE, ANY, "b" * 80, ANY, "c")
    match = matcher(pattern)
    text = "ax" + "b" * 400 + "c"
    assert match(text)
    assert calls_of([lambda: match(text)]) < 40
