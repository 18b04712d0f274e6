"""From the codes of the layers to an outcome, by a table of states that were combined before.

A state is all that the tables of ``combine`` read, as one integer: for each layer whether it is present and the grant
of its strongest Allow, then the caller's relation to the resource. Each state is combined once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.combine import Relation, iam_verdict
from execpolicy.engine.fast.remaining_checks import SILENT
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.language.grant import Grant
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.engine.compiled_policies import CompiledPolicies
    from execpolicy.engine.view import RequestOrView, SharedCache

#: Gives the code of a layer for a resource, as ``PreparedLayer.code`` does.
LayerCode = Callable[[str, "SharedCache", "RequestOrView"], int | None]

_BITS = 3
_PRESENT = 4
_PLACES = {layer: _BITS * number for number, layer in enumerate(Layer)}
#: The caller's relation to the resource: whether it has an account (EVL-8), the same account (EVL-5) and the same
#: partition (PRN-8).
_IS_IAM, SAME_ACCOUNT, SAME_PARTITION = (1 << _BITS * len(Layer) + bit for bit in range(3))


class LayerCodes(NamedTuple):
    """The layers of one side, each with the place of its code in a state, and the state without their codes.

    ``layers`` is None where it depends on the request which layers apply. ``first`` is evaluated before all others.
    """

    layers: tuple[tuple[LayerCode, int], ...] | None
    state: int
    first: tuple[tuple[LayerCode, int], ...] = ()


def codes_of_caller(caller: Principal, compiled: Mapping[Layer, CompiledPolicies]) -> LayerCodes:
    """The caller's layers; which of them apply depends only on the caller (EVL-2, EVL-8)."""
    free_of_scps = not caller.is_iam or caller.management_account or caller.is_service_linked
    applicable = {layer: each for layer, each in compiled.items() if layer is not Layer.SCP or not free_of_scps}
    state = _IS_IAM if caller.is_iam else 0
    return _codes(applicable, state)


def codes_of_target(compiled: Mapping[Layer, CompiledPolicies], caller: Principal | None = None) -> LayerCodes:
    """The resource's layers, for one caller or for any that ``*`` names directly (PRN-1, EVL-9).

    Whether RCPs apply depends on the action and the caller too (EVL-3).
    """
    return LayerCodes(None, 0) if Layer.RCP in compiled else _codes(compiled, 0, caller)


def _codes(compiled: Mapping[Layer, CompiledPolicies], state: int, caller: Principal | None = None) -> LayerCodes:
    for layer in compiled:
        state |= _PRESENT << _PLACES[layer]
    prepared = {
        layer: policies.prepared if caller is None else policies.prepared_for(caller)
        for layer, policies in compiled.items()
    }
    endpoint = prepared.pop(Layer.VPC_ENDPOINT, None)
    codes = tuple((each.code, _PLACES[layer]) for layer, each in prepared.items())
    if endpoint is None:
        return LayerCodes(codes, state)
    return LayerCodes(codes, state, ((partial(_code_of_endpoint, endpoint.code), _PLACES[Layer.VPC_ENDPOINT]),))


def _code_of_endpoint(code_of: LayerCode, resource: str, cache: SharedCache, subject: RequestOrView) -> int | None:
    """The code of the endpoint's policy: where it does not allow, the others are not evaluated (EVL-7)."""
    code = code_of(resource, cache, subject)
    return SILENT if code == Grant.NONE else code


_outcomes: dict[int, Outcome] = {}


def lookup(state: int) -> Outcome:
    """The outcome of a state in which no Deny applies."""
    outcome = _outcomes.get(state)
    if outcome is None:
        answers = {
            layer: (False, Grant(state >> place & _PRESENT - 1))
            for layer, place in _PLACES.items()
            if state >> place & _PRESENT
        }
        relation = Relation(*(bool(state & bit) for bit in (_IS_IAM, SAME_ACCOUNT, SAME_PARTITION)))
        _outcomes[state] = outcome = iam_verdict(answers, relation).outcome
    return outcome
