"""From the codes of the layers to an outcome, by a table of states that were combined before.

A state is all that the tables of ``combine`` read, as one integer: for each layer whether it is present and the grant
of its strongest Allow, then the caller's relation to the resource. Each state is combined once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.combine import Relation, iam_verdict
from execpolicy.engine.fast.remaining_checks import SILENT, LayerCode
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.language.grant import Grant
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.engine.compiled_policies import CompiledPolicies
    from execpolicy.engine.view import RequestOrView, SharedCache

_BITS = 3
_PRESENT = 4
_ENDPOINT = Layer.VPC_ENDPOINT
_PLACES = {layer: _BITS * number for number, layer in enumerate(Layer)}
#: The caller's relation to the resource: whether it has an account (EVL-8), the same account (EVL-5) and the same
#: partition (PRN-8).
_IS_IAM, SAME_ACCOUNT, SAME_PARTITION = (1 << _BITS * len(Layer) + bit for bit in range(3))


class LayerCodes(NamedTuple):
    """The layers of one side, each with the place of its code in a state, and the state without their codes.

    ``layers`` is None where it depends on the request which layers apply. ``first`` is evaluated before all others.
    ``is_final`` says that the codes are those of all later requests: every layer has its index.
    """

    layers: tuple[tuple[LayerCode, int], ...] | None
    state: int
    first: tuple[tuple[LayerCode, int], ...] = ()
    is_final: bool = True


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
    placed: list[tuple[LayerCode, int]] = []
    first: tuple[tuple[LayerCode, int], ...] = ()
    is_final = True
    for layer, policies in compiled.items():
        # Read first: a layer that gets its index meanwhile has the same codes.
        is_final = policies.is_indexed and is_final
        code, place = policies.code_for(caller), _PLACES[layer]
        state |= _PRESENT << place
        if layer is _ENDPOINT:
            first = ((partial(_code_of_endpoint, code), place),)
        else:
            placed.append((code, place))
    return LayerCodes(tuple(placed), state, first, is_final)


def _code_of_endpoint(code_of: LayerCode, resource: str, cache: SharedCache, subject: RequestOrView) -> int | None:
    """The code of the endpoint's policy: where it does not allow, the others are not evaluated (EVL-7)."""
    code = code_of(resource, cache, subject)
    return SILENT if code == Grant.NONE else code


#: The outcome of each state that was combined.
OUTCOMES: dict[int, Outcome] = {}


def combined(state: int) -> Outcome:
    """The outcome of a state in which no Deny applies, which is not in the table."""
    answers = {
        layer: (False, Grant(state >> place & _PRESENT - 1))
        for layer, place in _PLACES.items()
        if state >> place & _PRESENT
    }
    relation = Relation(*(bool(state & bit) for bit in (_IS_IAM, SAME_ACCOUNT, SAME_PARTITION)))
    OUTCOMES[state] = outcome = iam_verdict(answers, relation).outcome
    return outcome
