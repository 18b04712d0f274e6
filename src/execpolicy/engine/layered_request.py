"""A request together with the layers of policies that apply to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.caller import Target
from execpolicy.engine.combine import Answers, Relation, Table, Verdict, iam_verdict
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.engine.view import View

if TYPE_CHECKING:
    from execpolicy.language.context import Context


class AppliedLayer(NamedTuple):
    """A layer that applies to a request: its policies, and the View of the request for it."""

    policies: CompiledPolicies
    view: View


class LayeredRequest(NamedTuple):
    """A request, the layers that apply to it, and the table that combines their results.

    ``not_applicable`` holds layers that were given but do not apply to this request, each with the reason.
    """

    request: Request
    target: Target
    layers: Mapping[Layer, AppliedLayer]
    table: Table
    not_applicable: Mapping[Layer, str]

    @property
    def is_of_iam(self) -> bool:
        """Whether IAM decides the request, and not a service by a table of its own."""
        return isinstance(self.table, partial) and self.table.func is _iam_verdict


#: The layers in order: to iterate over an enumeration takes longer.
_LAYERS = tuple(Layer)
_SCP, _RCP = Layer.SCP, Layer.RCP
#: The key of the applicable layers among the results that the requests of a profile share.
_APPLICABLE = "applicable layers"


def layered_request(request: Request, target: Target, view: View | None = None) -> LayeredRequest:
    """The request as IAM decides it: all layers of both sides have the same view, ``view`` or the request itself."""
    if view is None:
        view = request.view()
    applicable, not_applicable = applicable_layers(request, target)
    layers = {layer: AppliedLayer(policies, view) for layer, policies in applicable.items()}
    return LayeredRequest(request, target, layers, partial(_iam_verdict, request), not_applicable)


def request_of_policies(
    request: Request, target: Target, policies: Mapping[Layer, CompiledPolicies], table: Table
) -> LayeredRequest:
    """A request with the layers that a service evaluates, which all have the same view of it, and their table."""
    view = request.view()
    layers = {layer: AppliedLayer(policies[layer], view) for layer in _LAYERS if layer in policies}
    return LayeredRequest(request, target, layers, table, {})


def in_context(given: LayeredRequest, context: Context) -> LayeredRequest:
    """The same request in another context.

    Raises RequestError: the context contradicts the request, or itself.
    """
    request = request_in_context(given.request, context)
    if given.is_of_iam:
        return layered_request(request, given.target)
    view = request.as_seen_by(given.request.profile.visibility).view()
    layers = {layer: AppliedLayer(policies, view) for layer, (policies, _) in given.layers.items()}
    return given._replace(request=request, layers=layers)


def request_in_context(before: Request, context: Context) -> Request:
    """The same request in another context, as IAM sees it.

    Raises RequestError: the context contradicts the request, or itself.
    """
    account, fields = before.account, before.resource.split(":", 5)
    return Request(
        caller=before.caller,
        action=before.action,
        resource=before.resource,
        context=context,
        # An account that the ARN has need not be given, and then need not be read again.
        resource_account=None if account in fields[4:5] else account or None,
    )


def applicable_layers(request: Request, target: Target) -> tuple[Mapping[Layer, CompiledPolicies], Mapping[Layer, str]]:
    """The layers that apply to a request, in order; and those that were given but do not, each with the reason.

    They are found once for the requests of a profile, for its latest target.
    """
    profile = request.parts[3]
    kept = profile.results.get(_APPLICABLE)
    if kept is None or kept[0] is not target:
        present = {**target.compiled(), **profile.caller.compiled()}
        excluded = _not_applicable(request, target, present) if _SCP in present or _RCP in present else {}
        layers = {layer: present[layer] for layer in _LAYERS if layer in present and layer not in excluded}
        kept = target, layers, excluded
        profile.store(_APPLICABLE, kept)
    return kept[1], kept[2]


def _iam_verdict(request: Request, layers: Answers) -> Verdict:
    """The table of IAM for a request."""
    owner = request.parts[2]
    return iam_verdict(layers, Relation.of(request.caller.principal, owner.account, owner.partition))


def _not_applicable(request: Request, target: Target, present: Mapping[Layer, CompiledPolicies]) -> dict[Layer, str]:
    principal = request.key_values().principal
    reasons: dict[Layer, str] = {}
    if _SCP in present:
        if not principal.is_iam:
            reasons[_SCP] = "SCPs apply to the principals of an account; this caller belongs to none (EVL-8)"
        elif principal.management_account:
            reasons[_SCP] = "SCPs do not apply to the organization's management account (EVL-2)"
        elif principal.is_service_linked:
            reasons[_SCP] = "SCPs do not apply to service-linked roles (EVL-2)"
    if _RCP in present:
        if target.management_account:
            reasons[_RCP] = "RCPs do not apply to resources of the organization's management account (EVL-3)"
        elif principal.is_service_linked:
            reasons[_RCP] = "RCPs do not apply to service-linked roles (EVL-3)"
        elif request.key_values().is_execute_api and not target.rcps_cover_execute_api:
            reasons[_RCP] = "RCPs do not cover execute-api (EVL-3); rcps_cover_execute_api makes them count"
    return reasons
