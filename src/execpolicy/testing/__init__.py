"""Tests of policies: files of cases, each a request and what must become of it, read and run."""

from execpolicy.testing.load import load_cases, parse_cases
from execpolicy.testing.model import Case, CaseFile, DocumentCase, DocumentError, Expectation
from execpolicy.testing.run import CaseResult, run_case, run_document

__all__ = [
    "Case",
    "CaseFile",
    "CaseResult",
    "DocumentCase",
    "DocumentError",
    "Expectation",
    "load_cases",
    "parse_cases",
    "run_case",
    "run_document",
]
