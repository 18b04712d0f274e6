"""The growth law, in counted work: how much is looked at for one decision, whatever the number of statements."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.workload import ACTION, Prepared, prepared, workload
from execpolicy import Caller, Policy, Request, Target, authorize
from execpolicy.engine.fast.residual import Residual
from execpolicy.engine.fast.resource_index import HANDFUL, SMALL_INDEX, PathNode, ResourceIndex, Tests
from execpolicy.engine.layers import Layer
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.condition import ConditionTest
from execpolicy.language.glob import ANY, normalised, tokens_of
from tests.engine.counting import Counter

SIZES = (5, 100, 1_000, 10_000)
REQUESTS = 300


class CountingDict(dict[str, Any]):
    """A dict that counts its look-ups."""

    counter: Counter

    def get(self, key: str, default: Any = None) -> Any:
        self.counter.count += 1
        return super().get(key, default)


def count_nodes(node: PathNode, counter: Counter) -> None:
    """Have each step in a tree counted, and each pattern that is tried."""
    below = CountingDict(node.children)
    below.counter = counter
    node.children = below
    to_try = node.to_try
    if isinstance(to_try, Residual):
        count_tries(to_try, counter)
    else:
        node.to_try = tuple((number, counter.around(match)) for number, match in to_try)
    for other in below.values():
        count_nodes(other, counter)


def count_tries(residual: Residual, counter: Counter) -> None:
    """Have each pattern counted that is tried."""
    residual.by_piece = tuple((piece, number, counter.around(match)) for piece, number, match in residual.by_piece)
    for gram, tried in residual.by_gram.items():
        residual.by_gram[gram] = [(number, counter.around(match)) for number, match in tried]


def counted_index(policies: Policy) -> tuple[ResourceIndex, Counter]:
    index = Caller("arn:aws:iam::111122223333:user/Ann", identity=policies).compiled()[Layer.IDENTITY].prepared.whole
    assert index is not None
    counter = Counter()
    for node in (index.heads, index.tails, index.inner):
        count_nodes(node, counter)
    if index.residual is not None:
        count_tries(index.residual, counter)
    index.few = {segment: counted_tests(few, counter) for segment, few in index.few.items()}
    index.few_elsewhere = counted_tests(index.few_elsewhere, counter)
    return index, counter


def counted_tests(few: Tests | None, counter: Counter) -> Tests | None:
    """Have each of a few patterns counted that is tried."""
    if few is None:
        return None
    return tuple((bit, head, counter.around(match or (lambda _: True))) for bit, head, match in few)


@pytest.fixture(scope="module", params=SIZES)
def work(request: pytest.FixtureRequest) -> Prepared:
    return prepared(workload(request.param, requests=REQUESTS))


def test_few_nodes_are_visited_whatever_the_number_of_statements(work: Prepared) -> None:
    index, counter = counted_index(work.caller.identity[0])
    most = 0
    for one in work.requests:
        before = counter.count
        index.matching(one.resource)
        most = max(most, counter.count - before)
    # A path of eight segments has at most seven steps from either end and six between; a few patterns are tried.
    assert 0 < most <= 7 + 7 + 6 + 6
    assert counter.count / REQUESTS <= 12


def test_few_clauses_are_evaluated_whatever_the_number_of_statements(
    work: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in [*range(REQUESTS), *range(REQUESTS)]:  # the first are decided without an index, with other checks
        authorize(work.request(number), work.target)
    counter = Counter()
    for kind in (ConditionTest, ResourceClause):
        monkeypatch.setattr(kind, "test", counter.around(kind.test))
    for number in range(REQUESTS):
        authorize(work.request(number), work.target)
    assert counter.count == 0, "what the calls of one client share is evaluated once"
    fresh = prepared(workload(len(work.caller.identity[0].statements), requests=REQUESTS))
    for number in range(REQUESTS):
        authorize(fresh.request(number), fresh.target)
    # Twelve contexts, each with the one condition of the resource policy and those of the few statements concerned.
    assert 12 <= counter.count <= 12 * 12


def test_checks_end_with_the_first_allow_that_needs_no_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr(ConditionTest, "test", counter.around(ConditionTest.test))
    only_some = {"StringEquals": {"aws:UserAgent": "curl"}}
    statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": only_some}]
    statements += [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statements}, kind="identity")
    caller = Caller("arn:aws:iam::111122223333:user/Ann", identity=policy)
    resource = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
    assert authorize(Request(caller=caller, action=ACTION, resource=resource), Target()).allowed
    assert counter.count == 0


def test_only_small_indexes_have_lists_of_a_few_patterns() -> None:
    def index(size: int, apis: int) -> ResourceIndex:
        return ResourceIndex([(f"arn:{number % apis}/{number}/", ANY) for number in range(size)])

    assert [len(index(size, 1).few["arn:0"] or ()) for size in (1, HANDFUL, HANDFUL + 1)] == [1, HANDFUL, 0]
    assert [len(index(size, size).few) for size in (SMALL_INDEX, SMALL_INDEX + 1)] == [SMALL_INDEX, 0]
    assert index(9, 9).few_elsewhere == ()
    assert index(9, 3).numbers(index(9, 3).found("arn:1/4/GET")) == (4,)


@pytest.mark.parametrize("size", [10, 1_000, 10_000])
def test_patterns_without_a_whole_segment_are_found_by_a_few_characters(size: int) -> None:
    counter = Counter()
    tokens = [normalised(tokens_of(f"arn:aws:execute-api:*-k{number}-*")) for number in range(size)]
    index = ResourceIndex(tokens)
    assert index.residual is not None
    count_tries(index.residual, counter)
    assert index.matching("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/a-k7-b") == (7,)
    # Those that share the four characters, whatever the number of patterns.
    assert 1 <= counter.count <= 12


def test_patterns_with_short_pieces_are_tried_beside_the_many() -> None:
    tokens = [normalised(tokens_of(text)) for text in (*(f"*-k{number}-*" for number in range(100)), "*k?1*", "*?*")]
    assert ResourceIndex(tokens).matching("a-k11-b") == (11, 100, 101)


def test_few_patterns_or_a_long_text_are_looked_through_by_their_pieces() -> None:
    counter = Counter()
    index = ResourceIndex([normalised(tokens_of(f"*-k{number}-*")) for number in range(100)])
    assert index.residual is not None
    count_tries(index.residual, counter)
    assert index.matching("x" * 2_000 + "-k7-") == (7,)
    assert counter.count == 1


def test_many_patterns_at_one_node_are_found_by_a_few_characters() -> None:
    counter = Counter()
    index = ResourceIndex([normalised(tokens_of(f"a/*/x{number:05}-*")) for number in range(1_000)])
    node = index.heads.children["a"]
    assert isinstance(node.to_try, Residual)
    count_tries(node.to_try, counter)
    assert index.matching("a/b/x00007-9") == (7,)
    assert 1 <= counter.count <= 12
