"""The full evaluation in counted work: each clause is evaluated once, and no text is made that is not read."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchmarks.workload import Prepared, prepared, workload
from execpolicy import ClauseTrace, Decision, Explanation, LayerTrace, Policy, StatementTrace, authorize
from execpolicy.engine.clauses import ActionClause
from execpolicy.engine.explain import trace
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.full.statement_table import StatementTable
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.arn import index_after_api, parse_arn
from execpolicy.language.condition import ConditionTest
from tests.engine.counting import Counter
from tests.engine.making import ANN, PETS, SESSION, allowing, decided, denying, policy, stated, statement_trace


def read(explanation: Explanation) -> list[tuple[object, ...]]:
    """Read an explanation: for every statement whether it applies, its grant, and the first clause that failed."""
    return [
        (one.applies, one.grant, one.failed and (one.failed.element, one.failed.key, one.failed.expected))
        for _, _, one in explanation.statements()
    ]


# Counted work


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """How many clauses are evaluated. Conditions are counted by their tests, which the fast decision calls directly."""
    counter = Counter()
    for kind in (ActionClause, PrincipalClause, ResourceClause, ConditionTest):
        monkeypatch.setattr(kind, "test", counter.around(vars(kind)["test"]))
    return counter


def tables(work: Prepared) -> list[StatementTable]:
    return [policies.statement_table for side in (work.caller, work.target) for policies in side.compiled().values()]


def count_tries(work: Prepared, counter: Counter) -> None:
    """Have each resource counted that is tried."""
    for table in tables(work):
        resources = table.resources
        for found in (resources.others, resources.short_forms, *resources.by_segment.values()):
            found[:] = [(number, counter.around(match)) for number, match in found]


def tried(work: Prepared, resource: str) -> int:
    """The number of resources that are tried: those of no single segment, and those of the segment of the request."""
    segment = resource.partition("/")[0]
    return sum(
        len(each.others) + len(each.short_forms) + len(each.by_segment.get(segment, ()))
        for each in (table.resources for table in tables(work))
    )


@pytest.mark.parametrize("size", [5, 100, 1_000])
def test_each_clause_is_evaluated_once(size: int, evaluations: Counter) -> None:
    work = prepared(workload(size, requests=200))
    count_tries(work, evaluations)
    first = next(number for number, each in enumerate(work.requests) if each.context == 0)
    decision = authorize(work.request(first), work.target)
    evaluations.count = 0
    read(decision.explain())
    constant = sum(len(table.constant_clauses) for table in tables(work))
    assert evaluations.count == constant + tried(work, decision.request.resource)
    # What the next request of the client shares with it is not evaluated again.
    again = work._replace(requests=(work.requests[first], work.requests[0]._replace(context=0)))
    decision = authorize(again.request(1), again.target)
    evaluations.count = 0
    read(decision.explain())
    assert evaluations.count == tried(work, decision.request.resource) <= 0.2 * size + 4


def test_resources_of_another_first_segment_are_not_tried() -> None:
    api = PETS.partition("/")[0]
    several = [[f"{api}x/*", f"{api}x/a?"], [f"{api}/*", f"{api}y/*"]]
    resources = [f"{api}/*", f"{api}*", f"{api}x/*", f"{api[:-1]}*/GET/pets", *several]
    decision = decided(identity=policy(*[stated(Resource=each) for each in resources]))
    (evaluated,) = decision.evaluation.layers.values()
    assert {segment: len(found) for segment, found in evaluated.table.resources.by_segment.items()} == {
        api: 1,
        f"{api}x": 2,
    }
    assert [each.applies for each in evaluated.results] == [True, True, False, True, False, True]


@pytest.mark.parametrize("size", [5, 100, 1_000])
def test_few_clauses_are_evaluated_again_for_the_text(size: int, evaluations: Counter) -> None:
    work = prepared(workload(size, requests=20))
    count_tries(work, evaluations)
    clauses = sum(len(table.clauses) - sum(map(len, table.resources.exact.values())) for table in tables(work))
    for number in range(20):
        decision = authorize(work.request(number), work.target)
        read(decision.explain())
        evaluations.count = 0
        str(decision.explain())
        str(decision.explain().full())
        decision.to_dict()
        # The conditions that can rest on a rule, each by itself and doubted, and those over one missing key.
        assert evaluations.count <= 100 < 3 * clauses + 100


def refusing(*_: object) -> None:
    raise AssertionError("no text was read")


def test_an_evaluation_makes_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("message", "missing_keys", "assumed", "verdicts"):
        monkeypatch.setattr(Evaluation, name, property(refusing))
    monkeypatch.setattr(trace, "clause_reason", refusing)
    monkeypatch.setattr(Policy, "place", refusing)
    monkeypatch.setattr(Policy, "span", refusing)
    identity = policy(
        stated(), stated(Resource=f"{PETS}/*"), stated(Condition={"Bool": {"aws:SecureTransport": "false"}})
    )
    decision = decided(identity=identity, resource_policy=denying("resource", NotPrincipal={"AWS": ANN}))
    explanation = decision.explain()
    assert [(one[0], one[2]) for one in read(explanation)] == [
        (True, None),
        (True, None),
        (False, ("Resource", "", (f"{PETS}/*",))),
        (False, ("Condition", "aws:SecureTransport", ("false",))),
    ]
    failed = [one.failed for _, _, one in explanation.statements() if one.failed is not None]
    assert [(one.operator, one.actual) for one in failed] == [("", (PETS,)), ("Bool", ("true",))]
    with pytest.raises(AssertionError, match="no text was read"):
        str(explanation)


# The values of a trace


def traces(decision: Decision) -> list[Any]:
    explanation = decision.explain()
    statements = [one for _, _, one in explanation.statements()]
    return [explanation, *explanation.layers, *statements, *[clause for one in statements for clause in one.clauses]]


def given() -> Decision:
    return decided(
        caller=SESSION,
        identity=policy(stated(Resource=f"{PETS}/*"), stated(Condition={"StringEquals": {"custom:x": "1"}})),
        boundary=allowing("boundary"),
        scps=[[allowing("scp")]],
        rcps=[[denying("rcp", Action="s3:*")]],
    )


def test_traces_are_values() -> None:
    for one, other in zip(traces(given()), traces(given()), strict=True):
        assert one == other
        assert hash(one) == hash(other)
        assert repr(one) == repr(other)
        assert one != "something else"
    assert len(set(traces(given()))) > 10


def test_traces_are_whole_in_a_pickle_and_in_a_copy() -> None:
    for untouched, read_before in zip(traces(given()), traces(given()), strict=True):
        repr(read_before)
        for again in (pickle.loads(pickle.dumps(untouched)), copy.copy(untouched), copy.deepcopy(untouched)):
            assert type(again) is type(untouched)
            assert again == read_before
            assert all(name in dir(again) for name in again.FIELDS)
            # An explanation keeps the evaluation, from which it makes its text.
            assert hasattr(again, "_evaluation") is isinstance(again, Explanation)
            for private in ("_evaluated", "_subject"):
                assert not hasattr(again, private)
    statement = pickle.loads(pickle.dumps(statement_trace(given(), 2)))
    assert statement.failed is statement.clauses[2]
    assert str(pickle.loads(pickle.dumps(given().explain()))) == str(given().explain())


def test_what_was_computed_is_kept() -> None:
    decision = given()
    explanation = decision.explain()
    for one in traces(decision):
        for name in one.FIELDS:
            assert getattr(one, name) is getattr(one, name)
    assert explanation.request is explanation.request


@pytest.mark.parametrize("kind", [Explanation, LayerTrace, StatementTrace, ClauseTrace])
def test_traces_cannot_be_changed(kind: type[Any]) -> None:
    found: Any = next(one for one in traces(given()) if type(one) is kind)
    for name in (*kind.FIELDS, "_row", "something_new"):
        with pytest.raises(AttributeError, match=f"{kind.__name__} is immutable: {name} cannot be set"):
            setattr(found, name, None)
        with pytest.raises(AttributeError, match=f"{kind.__name__} is immutable: {name} cannot be deleted"):
            delattr(found, name)
    with pytest.raises(AttributeError, match=f"'{kind.__name__}' object has no attribute 'something_new'"):
        assert found.something_new


def test_threads_read_one_explanation() -> None:
    explanation = given().explain()
    with ThreadPoolExecutor(8) as pool:
        texts = set(pool.map(str, [explanation] * 64))
    assert texts == {str(given().explain())}


def test_a_layer_that_does_not_apply_has_nothing_to_compute() -> None:
    layer = given().explain().layers[0]
    assert (layer.layer.value, layer.outcome, layer.policies, layer.levels) == ("rcp", None, (), 1)
    assert layer.verdict == "not_applicable"


@pytest.mark.rule("GW-7", "RES-1")
@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize(
    ("entries", "matches"),
    [
        (["execute-api:/prod/GET/pets", "arn:aws:s3:::x"], True),
        (["execute-api:/prod/GET/cats", "arn:aws:s3:::x"], False),
        (["execute-api:/prod/GET/cats", PETS], True),
        (["execute-api:/prod/GET/cats", "execute-api:/*/pets"], True),
    ],
)
def test_a_list_of_short_forms_and_arns_matches_by_any_of_them(
    entries: list[str], matches: bool, negated: bool
) -> None:
    element = {"NotResource" if negated else "Resource": entries}
    decision = decided(resource_policy=allowing("resource", **element))
    statement = statement_trace(decision)
    assert (statement.applies, decision.allowed) == (matches is not negated, matches is not negated)


@pytest.mark.rule("GW-7")
@pytest.mark.parametrize(
    "text",
    [
        PETS,
        PETS.replace("arn:aws:", "arn:aws-cn:"),
        "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3",
        "arn:aws:execute-api:eu-west-1:111122223333:/",
        "arn:aws:s3:::bucket/key",
        "arn:aws:s3:::execute-api:x/key",
        "arn:aws:iam::111122223333:user/execute-api:/x",
    ],
)
def test_what_a_short_form_stands_for_is_found_without_reading_the_arn(text: str) -> None:
    slash = index_after_api(text)
    assert (text[slash:] if slash >= 0 else None) == parse_arn(text).after_api
