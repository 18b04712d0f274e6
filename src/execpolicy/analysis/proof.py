"""The result of a proof of an invariant (ANA-1)."""

from __future__ import annotations

from enum import StrEnum

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.analysis.invariants.invariant import Invariant
    from execpolicy.analysis.witness import Witness


class ProofVerdict(StrEnum):
    """Whether an invariant holds for every call.

    >>> ProofVerdict.PROVEN.value
    'proven'
    """

    #: No call contradicts it.
    PROVEN = "proven"
    #: A call contradicts it.
    REFUTED = "refuted"
    #: It is not known: this is no proof.
    UNKNOWN = "unknown"


class Proof(Frozen):
    """The result of ``prove``: whether an invariant holds. A proof has no truth value.

    Attributes:
        invariant: the invariant.
        verdict: PROVEN, REFUTED or UNKNOWN.
        witness: a call that contradicts it, which the simulation has confirmed; None unless it is REFUTED.
        reason: why the verdict is UNKNOWN; empty unless it is.
        assumptions: what is taken for granted.

    >>> from execpolicy import Api, Route, prove
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> found = prove("anonymous may not call GET /orders", api)
    >>> found.verdict.value, found.witness.after.status
    ('refuted', 200)
    """

    __slots__ = ("assumptions", "invariant", "reason", "verdict", "witness")
    invariant: Invariant
    verdict: ProofVerdict
    witness: Witness | None
    reason: str
    assumptions: tuple[str, ...]

    def __init__(
        self, invariant: Invariant, *, witness: Witness | None, reason: str, assumptions: tuple[str, ...]
    ) -> None:
        verdict = ProofVerdict.UNKNOWN if reason else ProofVerdict.PROVEN
        self._set(
            invariant=invariant,
            verdict=verdict if witness is None else ProofVerdict.REFUTED,
            witness=witness,
            reason="" if witness is not None else reason,
            assumptions=assumptions,
        )

    def __bool__(self) -> bool:
        raise UsageError(
            "a Proof is neither true nor false", advice="compare its verdict: an UNKNOWN proof would count as true"
        )
