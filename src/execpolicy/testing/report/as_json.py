"""A run as JSON, in the schema ``docs/schemas/test-1.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from execpolicy.errors import Diagnostic
from execpolicy.testing.case_file.calls import CallCase, SequenceCase
from execpolicy.testing.case_file.invariant_case import InvariantCase
from execpolicy.testing.case_file.model import Case, Item
from execpolicy.testing.report.model import FileReport, RunReport, TimedResult
from execpolicy.testing.run.result import CaseResult

if TYPE_CHECKING:
    from execpolicy.analysis.proof import Proof

SCHEMA_VERSION: Final = 1


def report_to_json(report: RunReport, *, verdict: str, every: bool = False, **sections: Mapping[str, Any]) -> str:
    """A run as indented JSON text in ASCII, with a final newline.

    Args:
        report: the run.
        verdict: ``passed``, ``failed`` or ``unusable``.
        every: explain passed cases too.
        sections: additional sections, ``coverage`` and ``mutation``.
    """
    data = {
        "schema_version": SCHEMA_VERSION,
        "verdict": verdict,
        "summary": _summary(report),
        "errors": [_fault(file, fault) for file in report.files for fault in file.faults],
        "cases": [_case(ran, every=every) for file in report.files for ran in file.ran],
        **sections,
    }
    return json.dumps(data, indent=2) + "\n"


def _summary(report: RunReport) -> dict[str, Any]:
    return {
        "passed": report.passed,
        "failed": report.failed,
        "not_run": report.not_run,
        "deselected": report.deselected,
        "files": len(report.files),
        "unusable_files": report.unusable,
        "seconds": round(report.seconds, 6),
    }


def _fault(file: FileReport, fault: Diagnostic) -> dict[str, Any]:
    return {
        "file": fault.source.name if fault.source is not None else file.name,
        "line": fault.span.line if fault.span is not None else None,
        "column": fault.span.column if fault.span is not None else None,
        "message": fault.message,
        "advice": fault.advice,
    }


def _case(ran: TimedResult, *, every: bool) -> dict[str, Any]:
    data = _result(ran.result, every=every)
    return {**data, "seconds": round(ran.seconds, 6)}


def _result(result: CaseResult, *, every: bool) -> dict[str, Any]:
    item = result.case
    return {
        "file": item.source.name,
        "line": item.span.line,
        "column": item.span.column,
        "name": item.name,
        "sort": sort_of(item),
        "rules": list(item.rules),
        "why": item.why,
        "outcome": "passed" if result.passed else "failed",
        "expected": list(result.expected),
        "found": list(result.found),
        **dict(_reasons(result, every=every) if every or not result.passed else ()),
    }


def _reasons(result: CaseResult, *, every: bool) -> Iterator[tuple[str, Any]]:
    if result.decision is not None:
        yield "decision", result.decision.to_dict()
    if result.response is not None:
        yield "response", result.response.to_dict()
    if result.error is not None:
        yield "error", str(result.error)
    if result.proof is not None:
        yield "proof", _proof(result.proof, result.counterexample)
    if result.calls:
        yield "calls", [_result(call, every=every) for call in result.calls]


def _proof(proof: Proof, counterexample: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "invariant": str(proof.invariant),
        "verdict": proof.verdict.value,
        "reason": proof.reason,
        "assumptions": list(proof.assumptions),
        "counterexample": None if counterexample is None else dict(counterexample),
    }


def sort_of(item: Item) -> str:
    """The type of an item: ``decision``, ``call``, ``sequence``, ``document`` or ``invariant``."""
    if isinstance(item, Case):
        return "decision"
    if isinstance(item, CallCase):
        return "call"
    if isinstance(item, SequenceCase):
        return "sequence"
    return "invariant" if isinstance(item, InvariantCase) else "document"
