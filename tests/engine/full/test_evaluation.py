"""A full evaluation: computed once for a decision, of the layers that are given."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from execpolicy import Context, Grant, Layer, Outcome, Target, authorize
from execpolicy.engine.full.evaluation import Evaluation
from execpolicy.engine.full.statement_result import StatementResult
from execpolicy.engine.layered_request import AppliedLayer, layered_request
from tests.engine.making import ANN, a_request, allowing, decided, denying, policy, stated


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Evaluation]:
    """The evaluations that are made."""
    evaluations: list[Evaluation] = []
    init = Evaluation.__init__

    def counted(self: Evaluation, *given: Any) -> None:
        evaluations.append(self)
        init(self, *given)

    monkeypatch.setattr(Evaluation, "__init__", counted)
    return evaluations


def test_a_decision_makes_its_evaluation_when_it_is_first_read(made: list[Evaluation]) -> None:
    decision = decided(identity=allowing())
    assert made == []
    assert decision.evaluation is made[0]
    assert decision.explain().outcome is Outcome.ALLOW
    assert [*decision.missing_keys, *decision.assumed, *decision.blocked_by] == []
    assert made == [decision.evaluation]


def test_a_decision_keeps_the_evaluation_that_decided(made: list[Evaluation]) -> None:
    identity = policy(stated(Condition={"StringEquals": {"custom:x": "1"}}))
    decision = decided(identity=identity, context=Context(complete=False))
    assert (decision.outcome, set(decision.missing_keys)) == (Outcome.INDETERMINATE, {"custom:x"})
    assert made == [decision.evaluation]


def test_an_outcome_that_is_given_is_not_computed_again() -> None:
    request = a_request(ANN)
    assert Evaluation(request, Target(), None, Outcome.ALLOW).outcome is Outcome.ALLOW
    assert Evaluation(request, Target()).outcome is Outcome.IMPLICIT_DENY


@pytest.mark.rule("EVL-11")
def test_the_layers_that_are_given_are_evaluated() -> None:
    request, target = a_request(ANN), Target(resource=denying("resource"))
    of_iam = layered_request(request, target)
    only_allow = Target(resource=allowing("resource")).compiled()[Layer.RESOURCE]
    given = of_iam._replace(layers={Layer.RESOURCE: AppliedLayer(only_allow, request.view())})
    evaluation = Evaluation(request, target, given)
    assert (evaluation.outcome, list(evaluation.layers)) == (Outcome.ALLOW, [Layer.RESOURCE])
    (statement,) = evaluation.layers[Layer.RESOURCE].results
    assert statement == StatementResult(True, Grant.DIRECT, None, Grant.DIRECT)
    assert Evaluation(request, target).outcome is Outcome.EXPLICIT_DENY


@pytest.mark.parametrize("context", [None, Context(complete=False)])
def test_a_pickled_decision_is_evaluated_again_alike(context: Context | None) -> None:
    identity = policy(stated(), stated("Deny", Condition={"StringEquals": {"custom:x": "1"}}))
    decision = decided(identity=identity, context=context)
    again = pickle.loads(pickle.dumps(decision))
    assert again == decision
    assert again.evaluation is not decision.evaluation
    assert (again.missing_keys, str(again.explain())) == (decision.missing_keys, str(decision.explain()))
    assert authorize(again.request, again.target) == decision
