"""Proofs of invariants as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.analysis.proof import Proof, ProofVerdict
from execpolicy.engine.caller import Caller
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.witness import witness_data, witness_lines

SCHEMA_VERSION = 1

_STYLES = {
    ProofVerdict.PROVEN: "allow",
    ProofVerdict.REFUTED: "explicit_deny",
    ProofVerdict.UNKNOWN: "indeterminate",
}


def proof_lines(
    proofs: Sequence[Proof],
    command: Sequence[str],
    width: int | None,
    *,
    verbose: bool,
    callers: Mapping[str, Caller] | None = None,
) -> Iterator[StyledLine]:
    """Each proof on a line, with the call that contradicts the invariant, or with why it is not known.

    Args:
        proofs: the proofs.
        command: the beginning of a command that decides a call.
        width: the number of columns, or None for lines of any length.
        verbose: whether to list what is taken for granted.
        callers: all callers that there are, by what the command names them; None if there may be any.
    """
    for proof in proofs:
        verdict = (_STYLES[proof.verdict], f"{proof.verdict.value.upper():<7}")
        yield styled_line(verdict, ("", printable(f"  {proof.invariant}")))
        if proof.witness is not None:
            yield from witness_lines(
                proof.witness, "   ", names=("  answer",), command=command, width=width, callers=callers
            )
        if proof.reason:
            yield from wrapped(OutlineLine(1, "note", printable(f"not known: {proof.reason}")), width)
    if verbose:
        for assumption in dict.fromkeys(each for proof in proofs for each in proof.assumptions):
            yield from wrapped(OutlineLine(0, "note", printable(f"assumed: {assumption}")), width)


def proofs_data(proofs: Sequence[Proof]) -> dict[str, Any]:
    """The proofs as plain data, in the schema ``docs/schemas/prove-1.json``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "proofs": [
            {
                "invariant": str(proof.invariant),
                "verdict": proof.verdict.value,
                "witness": None if proof.witness is None else witness_data(proof.witness),
                "reason": proof.reason,
                "assumptions": list(proof.assumptions),
            }
            for proof in proofs
        ],
    }
