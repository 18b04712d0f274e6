"""From the codes of the layers to an outcome, without a table read twice.

A state is all that the tables of ``combine`` ask for, as one integer: for each layer whether it is there and the grant
of its strongest Allow, then how the caller stands to the resource. What a state comes to is asked of the tables once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.combine import Relation, settle
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.language.grant import Grant
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.engine.compiled_policies import CompiledPolicies
    from execpolicy.engine.fast.chain import Subject
    from execpolicy.engine.view import Setting

#: Gives the code of a layer for a resource, as ``Chains.code`` does.
Coder = Callable[[str, "Setting", "Subject"], int | None]

_BITS = 3
_PRESENT = 4
_PLACES = {layer: _BITS * number for number, layer in enumerate(Layer)}
_IS_IAM, SAME_ACCOUNT, SAME_PARTITION = (1 << _BITS * len(Layer) + bit for bit in range(3))


class Plan(NamedTuple):
    """The layers of one side, each with the place of its code in a state, and the state before they are asked.

    ``layers`` is None where it hangs on the request which layers bind.
    """

    layers: tuple[tuple[Coder, int], ...] | None
    state: int


def plan_of_caller(caller: Principal, compiled: Mapping[Layer, CompiledPolicies]) -> Plan:
    """The caller's layers; which of them bind depends on nothing but the caller (EVL-2, EVL-8)."""
    free_of_scps = not caller.is_iam or caller.management_account or caller.is_service_linked
    binding = {layer: each for layer, each in compiled.items() if layer is not Layer.SCP or not free_of_scps}
    state = _IS_IAM if caller.is_iam else 0
    return _plan(binding, state)


def plan_of_target(compiled: Mapping[Layer, CompiledPolicies], caller: Principal | None = None) -> Plan:
    """The resource's layers, for one caller or for any that ``*`` names (EVL-9).

    Whether RCPs bind depends on the action and the caller too (EVL-3).
    """
    return Plan(None, 0) if Layer.RCP in compiled else _plan(compiled, 0, caller)


def _plan(compiled: Mapping[Layer, CompiledPolicies], state: int, caller: Principal | None = None) -> Plan:
    for layer in compiled:
        state |= _PRESENT << _PLACES[layer]
    chains = {
        layer: policies.chains if caller is None else policies.chains_for(caller)
        for layer, policies in compiled.items()
    }
    return Plan(tuple((each.code, _PLACES[layer]) for layer, each in chains.items()), state)


_settled: dict[int, Outcome] = {}


def settled(state: int) -> Outcome:
    """What a state without a Deny comes to."""
    outcome = _settled.get(state)
    if outcome is None:
        answers = {
            layer: (False, Grant(state >> place & _PRESENT - 1))
            for layer, place in _PLACES.items()
            if state >> place & _PRESENT
        }
        relation = Relation(*(bool(state & bit) for bit in (_IS_IAM, SAME_ACCOUNT, SAME_PARTITION)))
        _settled[state] = outcome = settle(answers, relation).outcome
    return outcome
