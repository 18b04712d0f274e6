"""Proves the invariants of case files."""

from __future__ import annotations

from execpolicy.arguments import instance
from execpolicy.engine.decision import Decision
from execpolicy.errors import ExecPolicyError
from execpolicy.testing.case_file.invariant_case import InvariantCase
from execpolicy.testing.run.result import CaseResult

_PROVEN = "proven"


def run_invariant(case: InvariantCase) -> CaseResult:
    """Prove an invariant.

    Args:
        case: from ``load_cases``.

    Returns:
        The result: it passed only if the invariant is proven. If it is refuted, ``counterexample`` is the entry of
        ``cases`` that shows it, and ``response`` or ``decision`` says why. If it is not known, ``proof.reason`` does.

    >>> from execpolicy.testing import parse_cases, run_invariant
    >>> file = parse_cases('''{"schema": "execpolicy/cases/1", "title": "Orders",
    ...     "api": {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333",
    ...         "stages": ["prod"], "routes": {"GET /orders": {"auth": "AWS_IAM"}}},
    ...     "invariants": ["anonymous may not call /orders", "nobody may call /orders"]}''')
    >>> [run_invariant(case).passed for case in file.invariants]
    [True, False]
    """
    instance(case, InvariantCase, "case")
    from execpolicy.analysis.proof import ProofVerdict
    from execpolicy.analysis.prove import prove

    try:
        callers = None if case.only_callers is None else case.only_callers.values()
        proof = prove(case.invariant, case.subject, callers=callers, budget=case.budget)
    except ExecPolicyError as error:
        found = [f"error: {error.message}"]
        return CaseResult(case, expected=[_PROVEN], found=found, passed=False, error=error)
    witness = proof.witness
    if witness is None:
        is_proven = proof.verdict is ProofVerdict.PROVEN
        found = [_PROVEN if is_proven else f"unknown: {proof.reason}"]
        return CaseResult(case, expected=[_PROVEN], found=found, passed=is_proven, proof=proof)
    from execpolicy.testing.run.counterexample import counterexample

    shown, after = str(witness).split("\n", 1)[0], witness.after
    return CaseResult(
        case,
        expected=[_PROVEN],
        found=[f"refuted by {shown}"],
        passed=False,
        decision=after if isinstance(after, Decision) else None,
        response=None if isinstance(after, Decision) else after,
        proof=proof,
        counterexample=counterexample(case, witness),
    )
