"""The growth law, in counted work: how much is looked at for one decision, whatever the number of statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.workload import ACTION, Prepared, prepared, workload
from execpolicy import Caller, Policy, Request, Target, authorize
from execpolicy.engine.clauses import Clause, ConditionClause, ResourceClause
from execpolicy.engine.index import Pattern, Place, ResourceIndex
from execpolicy.engine.layers import Layer
from execpolicy.language.glob import matcher, normalised, tokens_of

SIZES = (5, 100, 1_000, 10_000)
REQUESTS = 300


class Counter:
    """Counts by being put in the place of what is counted: nothing is counted where no test asks for it."""

    def __init__(self) -> None:
        self.count = 0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any) -> Any:
            self.count += 1
            return function(*args)

        return counted


class CountingDict(dict[str, Any]):
    """A dict that counts what is asked of it."""

    counter: Counter

    def get(self, key: str, default: Any = None) -> Any:
        self.counter.count += 1
        return super().get(key, default)


def count_nodes(place: Place, counter: Counter) -> None:
    """Have each step in a tree counted, and each pattern that is tried."""
    below = CountingDict(place.below)
    below.counter = counter
    place.below = below
    place.tried = tuple((number, counter.around(match)) for number, match in place.tried)
    for other in below.values():
        count_nodes(other, counter)


def counted_index(policies: Policy) -> tuple[ResourceIndex, Counter]:
    index = Caller("arn:aws:iam::111122223333:user/Ann", identity=policies).compiled()[Layer.IDENTITY].chains.whole
    assert index is not None
    counter = Counter()
    for place in (index.heads, index.tails, index.inner, index.residual):
        count_nodes(place, counter)
    return index, counter


@pytest.fixture(scope="module", params=SIZES)
def work(request: pytest.FixtureRequest) -> Prepared:
    return prepared(workload(request.param, requests=REQUESTS))


def test_few_nodes_are_visited_whatever_the_number_of_statements(work: Prepared) -> None:
    index, counter = counted_index(work.caller.identity[0])
    most = 0
    for asked in work.requests:
        before = counter.count
        index.look(asked.resource)
        most = max(most, counter.count - before)
    # A path of eight segments has at most seven steps from either end and six between; a few patterns are tried.
    assert 0 < most <= 7 + 7 + 6 + 6
    assert counter.count / REQUESTS <= 12


def test_few_clauses_are_asked_whatever_the_number_of_statements(
    work: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(REQUESTS):
        authorize(work.request(number), work.target)
    counter = Counter()
    for kind in (ConditionClause, ResourceClause):
        monkeypatch.setattr(kind, "test", counter.around(kind.test))
    for number in range(REQUESTS):
        authorize(work.request(number), work.target)
    assert counter.count == 0, "what the calls of one client have in common is asked once"
    fresh = prepared(workload(len(work.caller.identity[0].statements), requests=REQUESTS))
    for number in range(REQUESTS):
        authorize(fresh.request(number), fresh.target)
    # Twelve contexts, each with the one condition of the resource policy and those of the few statements concerned.
    assert 12 <= counter.count <= 12 * 12


def test_a_chain_ends_with_the_first_allow_that_needs_no_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(Clause, "__hash__", object.__hash__)
    monkeypatch.setattr(ConditionClause, "test", counter.around(ConditionClause.test))
    only_some = {"StringEquals": {"aws:UserAgent": "curl"}}
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": only_some}]
    statements += [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statements}, kind="identity")
    caller = Caller("arn:aws:iam::111122223333:user/Ann", identity=policy)
    resource = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
    assert authorize(Request(caller=caller, action=ACTION, resource=resource), Target()).allowed
    assert counter.count == 0


@pytest.mark.parametrize("size", [10, 1_000])
def test_patterns_without_a_whole_segment_are_tried_one_by_one(size: int) -> None:
    """The bound of the index: what no segment tells apart is linear."""
    counter = Counter()
    texts = [f"arn:aws:execute-api:*-k{number}-*" for number in range(size)]
    tokens = [normalised(tokens_of(text)) for text in texts]
    index = ResourceIndex(Pattern(each, counter.around(matcher(each))) for each in tokens)
    found = index.look("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/a-k7-b")
    assert found == (7,)
    assert counter.count == size
