"""How the answers of the layers are combined: the tables for one account and for two (EVL-4, EVL-5)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping

from execpolicy._base.records import NamedTuple
from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.language.grant import Grant
from execpolicy.language.principal import Principal


class Relation(NamedTuple):
    """The caller in relation to the resource: what the tables read in addition to the layers."""

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

    @property
    def possible(self) -> frozenset[Outcome]:
        """The outcome, or the two that are possible: one of them may be ALLOW, or both are denials."""
        from execpolicy._base.ordered import OrderedSet

        return OrderedSet((self.worst.outcome, self.best.outcome))

    @property
    def named(self) -> Layer | None:
        """The layer that AWS's message names, None where that is not known (MSG-1).

        What is not known can only add layers to those that block for certain.
        """
        first = self.worst.blocked_by[:1]
        return first[0] if first and first == self.best.blocked_by[:1] else None


#: The layers that must also allow within one account, by how the resource policy names the caller (EVL-4, EVL-9).
STILL_BLOCKS: dict[Grant, tuple[Layer, ...]] = {
    Grant.NONE: (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION),
    Grant.ACCOUNT: (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION),
    Grant.ROLE: (Layer.BOUNDARY, Layer.SESSION),
    Grant.DIRECT: (),
}

#: The order in which layers that deny a caller of another account are named (EVL-1).
_CALLERS_FIRST = (*(layer for layer in Layer if layer is not Layer.RESOURCE), Layer.RESOURCE)

#: Which layers deny, and the strongest Allow of each.
Answers = Mapping[Layer, tuple[bool, Grant]]

#: A table: from the layers' answers to a verdict. One more Deny, or a weaker grant, never gives a better verdict.
Table = Callable[[Answers], Verdict]


def combine(layers: Mapping[Layer, LayerOutcome], table: Table) -> Verdicts:
    """Combine the outcomes of the layers: at worst an unknown Deny applies, at best an unknown Allow does.

    A table is monotone (EVL-12), so every possible verdict lies between the two. That of IAM is not where there is an
    endpoint, whose policy decides between the kinds of denial before the others do (EVL-7): then the verdicts are
    compared in which only the Denies, or only the Allows, are taken at worst.
    """
    worst = {layer: (outcome.deny is not False, outcome.grant) for layer, outcome in layers.items()}
    best = {layer: (outcome.deny is True, outcome.possible_grant) for layer, outcome in layers.items()}
    verdict = table(worst)
    verdicts = Verdicts(layers, verdict, verdict if worst == best else table(best))
    if Layer.VPC_ENDPOINT not in layers or verdicts.worst.outcome is not verdicts.best.outcome:
        return verdicts
    for denies, allows in ((worst, best), (best, worst)):
        between = table({layer: (denies[layer][0], allows[layer][1]) for layer in layers})
        if between.outcome is not verdicts.worst.outcome:
            return verdicts._replace(best=between)
    return verdicts


#: The layers in order: to iterate over an enumeration takes longer.
_LAYERS = tuple(Layer)


def explicit_deny(layers: Answers, order: Iterable[Layer] = _LAYERS) -> Verdict | None:
    """The verdict if a Deny applies in any layer: it overrides every Allow (EVL-1)."""
    denying = [layer for layer, (denies, _) in layers.items() if denies]
    return Verdict(Outcome.EXPLICIT_DENY, tuple([layer for layer in order if layer in denying])) if denying else None


def implicit_deny(blocked: Container[Layer]) -> Verdict:
    """The verdict if these layers do not allow and would have to."""
    return Verdict(Outcome.IMPLICIT_DENY, tuple([layer for layer in _LAYERS if layer in blocked]))


def iam_verdict(layers: Answers, relation: Relation) -> Verdict:
    """The tables of IAM: the endpoint's policy by itself (EVL-7), then the others by the two accounts."""
    endpoint = layers.get(Layer.VPC_ENDPOINT)
    if endpoint is None:
        return _verdict_of_others(layers, relation)
    others = _verdict_of_others({layer: layers[layer] for layer in layers if layer is not Layer.VPC_ENDPOINT}, relation)
    denies, grant = endpoint
    if denies:
        denied = others.blocked_by if others.outcome is Outcome.EXPLICIT_DENY else ()
        return Verdict(Outcome.EXPLICIT_DENY, (Layer.VPC_ENDPOINT, *denied))
    if grant is Grant.NONE:
        return Verdict(Outcome.IMPLICIT_DENY, (Layer.VPC_ENDPOINT, *others.blocked_by))
    return others


def _verdict_of_others(layers: Answers, relation: Relation) -> Verdict:
    """The verdict of all policies but the endpoint's. SCPs must allow, RCPs only deny (EVL-1, EVL-2, EVL-3)."""
    across_accounts = relation.is_iam and not relation.same_account
    denied = explicit_deny(layers, _CALLERS_FIRST if across_accounts else _LAYERS)
    if denied is not None:
        return denied
    without_allow = {layer for layer, (_, grant) in layers.items() if grant is Grant.NONE}
    granted = layers[Layer.RESOURCE][1] if Layer.RESOURCE in layers else Grant.NONE
    blocked = {Layer.SCP} & without_allow
    blocked.update(_blocked_in_accounts(without_allow, granted, relation))
    return implicit_deny(blocked) if blocked else Verdict(Outcome.ALLOW, ())


def _blocked_in_accounts(without_allow: set[Layer], granted: Grant, relation: Relation) -> set[Layer]:
    """The layers that block in one account (EVL-4), across accounts (EVL-5, EVL-6), and for callers without an account.

    The resource policy alone decides about a service or an anonymous caller (EVL-8). It never grants access to a
    caller of another partition (PRN-8).
    """
    if not relation.same_partition:
        return {Layer.RESOURCE}
    if not relation.is_iam:
        return set() if granted else {Layer.RESOURCE}
    if relation.same_account:
        return {layer for layer in STILL_BLOCKS[granted] if layer in without_allow}
    needed = {layer for layer in STILL_BLOCKS[Grant.NONE] if layer in without_allow}
    return needed if granted else needed | {Layer.RESOURCE}
