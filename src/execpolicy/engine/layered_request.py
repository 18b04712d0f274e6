"""A request together with the policies that bind it: which layers take part, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from execpolicy._base.records import NamedTuple
from execpolicy.engine.caller import Target
from execpolicy.engine.combine import Answers, Relation, Table, Verdict, combine, settle
from execpolicy.engine.compile import CompiledPolicies, CompiledStatement
from execpolicy.engine.full.evaluate import Judge, Naming, evaluate
from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.engine.request import Request
from execpolicy.engine.view import View


class Verdicts(NamedTuple):
    """What the layers say, and the verdict at worst and at best: the same unless something is not known."""

    layers: Mapping[Layer, LayerOutcome]
    worst: Verdict
    best: Verdict

    @property
    def outcome(self) -> Outcome:
        return self.worst.outcome if self.worst.outcome is self.best.outcome else Outcome.INDETERMINATE


class Part(NamedTuple):
    """A layer that takes part in a case: its policies, and the request as the layer sees it."""

    policies: CompiledPolicies
    view: View


class Case(NamedTuple):
    """A request, the layers that bind it, and the table by which their answers become one.

    ``not_applicable`` holds layers that were given but do not bind this request, each with the reason.
    """

    request: Request
    target: Target
    parts: Mapping[Layer, Part]
    table: Table
    not_applicable: Mapping[Layer, str]

    def decide(self, judge: Judge = CompiledStatement.test, naming: Naming = CompiledStatement.grant) -> Verdicts:
        """Evaluate every layer and combine their answers."""
        outcomes = {layer: evaluate(part.policies, part.view, judge, naming) for layer, part in self.parts.items()}
        worst, best = combine(outcomes, self.table)
        return Verdicts(outcomes, worst, best)


#: The layers in order: to go through an enumeration takes longer.
_LAYERS = tuple(Layer)
_SCP, _RCP = Layer.SCP, Layer.RCP


def case_of(request: Request, target: Target, view: View | None = None) -> Case:
    """The case that IAM decides: all layers of both sides see the caller as it is, in ``view`` or by the request."""
    if view is None:
        view = request.view()
    layers, aside = layers_of(request, target)
    parts = {layer: Part(policies, view) for layer, policies in layers.items()}
    return Case(request, target, parts, partial(_settle, request), aside)


def layers_of(request: Request, target: Target) -> tuple[dict[Layer, CompiledPolicies], Mapping[Layer, str]]:
    """The layers that bind a request, in order; and those that were given but do not, each with the reason."""
    present = {**target.compiled(), **request.caller.compiled()}
    aside = _not_applicable(request, target, present) if _SCP in present or _RCP in present else {}
    return {layer: present[layer] for layer in _LAYERS if layer in present and layer not in aside}, aside


def _settle(request: Request, layers: Answers) -> Verdict:
    """The tables of IAM for a request."""
    site = request.parts[2]
    return settle(layers, Relation.of(request.caller.principal, site.account, site.partition))


def _not_applicable(request: Request, target: Target, present: Mapping[Layer, CompiledPolicies]) -> dict[Layer, str]:
    principal = request.key_values().principal
    reasons: dict[Layer, str] = {}
    if _SCP in present:
        if not principal.is_iam:
            reasons[_SCP] = "SCPs bind the principals of an account; this caller belongs to none (EVL-8)"
        elif principal.management_account:
            reasons[_SCP] = "SCPs do not bind the organization's management account (EVL-2)"
        elif principal.is_service_linked:
            reasons[_SCP] = "SCPs do not bind service-linked roles (EVL-2)"
    if _RCP in present:
        if target.management_account:
            reasons[_RCP] = "RCPs do not bind resources of the organization's management account (EVL-3)"
        elif principal.is_service_linked:
            reasons[_RCP] = "RCPs do not bind service-linked roles (EVL-3)"
        elif request.key_values().is_execute_api and not target.rcps_cover_execute_api:
            reasons[_RCP] = "RCPs do not cover execute-api (EVL-3); rcps_cover_execute_api makes them count"
    return reasons
