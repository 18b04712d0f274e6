"""How the answers of the layers are combined: the tables for one account and for two (EVL-1 to EVL-9)."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from execpolicy._base.records import NamedTuple
from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.language.grant import Grant
from execpolicy.language.principal import Principal


class Relation(NamedTuple):
    """How the caller stands to the resource: all that the tables read besides the layers."""

    #: Whether the caller belongs to an account, and so has policies of its own.
    is_iam: bool
    same_account: bool
    same_partition: bool

    @classmethod
    def of(cls, caller: Principal, account: str, partition: str) -> Relation:
        return cls(
            caller.is_iam,
            caller.account == account,
            caller.partition in ("", partition),
        )


class Verdict(NamedTuple):
    """An outcome and the layers that blocked, in the order in which AWS names them."""

    outcome: Outcome
    blocked_by: tuple[Layer, ...]


class Verdicts(NamedTuple):
    """The outcome of each layer, and the verdict at worst and at best: they are equal if everything is known."""

    layers: Mapping[Layer, LayerOutcome]
    worst: Verdict
    best: Verdict

    @property
    def outcome(self) -> Outcome:
        return self.worst.outcome if self.worst.outcome is self.best.outcome else Outcome.INDETERMINATE


#: The layers that must also allow within one account, by how the resource policy names the caller (EVL-4).
STILL_BLOCKS: dict[Grant, tuple[Layer, ...]] = {
    Grant.NONE: (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION),
    Grant.ACCOUNT: (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION),
    Grant.ROLE: (Layer.BOUNDARY, Layer.SESSION),
    Grant.DIRECT: (),
}

#: The layers that must allow wherever they are present; they grant nothing (EVL-2, EVL-7).
FILTERS = (Layer.SCP, Layer.VPC_ENDPOINT)


#: Which layers deny, and the strongest Allow of each.
Answers = Mapping[Layer, tuple[bool, Grant]]

#: A table: from the layers' answers to a verdict. One more Deny, or a weaker grant, never gives a better verdict.
Table = Callable[[Answers], Verdict]


def combine(layers: Mapping[Layer, LayerOutcome], table: Table) -> Verdicts:
    """Combine the outcomes of the layers: at worst an unknown Deny applies, at best an unknown Allow does.

    A table is monotone (EVL-12), so every possible verdict lies between the two.
    """
    worst = {layer: (outcome.deny is not False, outcome.grant) for layer, outcome in layers.items()}
    best = {layer: (outcome.deny is True, outcome.possible_grant) for layer, outcome in layers.items()}
    return Verdicts(layers, table(worst), table(best))


def explicit_deny(layers: Answers) -> Verdict | None:
    """The verdict if a Deny applies in any layer: it overrides every Allow (EVL-1)."""
    denying = [layer for layer, (denies, _) in layers.items() if denies]
    return Verdict(Outcome.EXPLICIT_DENY, tuple(layer for layer in Layer if layer in denying)) if denying else None


def implicit_deny(blocked: Container[Layer]) -> Verdict:
    """The verdict if these layers do not allow and would have to."""
    return Verdict(Outcome.IMPLICIT_DENY, tuple(layer for layer in Layer if layer in blocked))


def iam_verdict(layers: Answers, relation: Relation) -> Verdict:
    """The verdict of IAM: any Deny, then the filters, then the accounts of caller and resource."""
    denied = explicit_deny(layers)
    if denied is not None:
        return denied
    silent = {layer for layer, (_, grant) in layers.items() if grant is Grant.NONE}
    granted = layers[Layer.RESOURCE][1] if Layer.RESOURCE in layers else Grant.NONE
    blocked = {layer for layer in FILTERS if layer in silent}
    blocked.update(_blocked_in_accounts(silent, granted, relation))
    return implicit_deny(blocked) if blocked else Verdict(Outcome.ALLOW, ())


def _blocked_in_accounts(silent: set[Layer], granted: Grant, relation: Relation) -> set[Layer]:
    if not relation.same_partition:
        return {Layer.RESOURCE}
    if not relation.is_iam:
        return set() if granted else {Layer.RESOURCE}
    if relation.same_account:
        return {layer for layer in STILL_BLOCKS[granted] if layer in silent}
    needed = {layer for layer in STILL_BLOCKS[Grant.NONE] if layer in silent}
    return needed if granted else needed | {Layer.RESOURCE}
