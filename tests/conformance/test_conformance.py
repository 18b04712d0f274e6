"""Every case and every document of the case files beside this module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from execpolicy import ExecPolicyError, Policy
from execpolicy.document.kinds import PolicyKind
from execpolicy.testing import (
    CallCase,
    Case,
    CaseFile,
    DocumentCase,
    SequenceCase,
    load_cases,
    run_call,
    run_case,
    run_document,
    run_sequence,
)

FILES = sorted(Path(__file__).parent.glob("*.json"))


def load(path: Path) -> CaseFile | ExecPolicyError:
    """A file that cannot be read fails a test of its own, and leaves the others to be run."""
    try:
        return load_cases(path)
    except ExecPolicyError as error:
        return error


READ = {path.stem: load(path) for path in FILES}
LOADED = {stem: file for stem, file in READ.items() if isinstance(file, CaseFile)}
CASES = [(stem, case) for stem, file in LOADED.items() for case in file.cases]
CALLS = [(stem, call) for stem, file in LOADED.items() for call in file.calls]
SEQUENCES = [(stem, sequence) for stem, file in LOADED.items() for sequence in file.sequences]
DOCUMENTS = [(stem, document) for stem, file in LOADED.items() for document in file.documents]


Entry = Case | CallCase | SequenceCase | DocumentCase


def params(entries: Iterable[tuple[str, Entry]]) -> list[object]:
    """One test for each, called by file and name, which holds the rules that the case names."""
    return [
        pytest.param(case, marks=[pytest.mark.rule(*case.rules)] if case.rules else [], id=f"{stem}: {case.name}")
        for stem, case in entries
    ]


@pytest.mark.parametrize("file", [pytest.param(file, id=stem) for stem, file in READ.items()])
def test_the_file_can_be_read(file: CaseFile | ExecPolicyError) -> None:
    assert isinstance(file, CaseFile), f"\n{file}"


@pytest.mark.parametrize("case", params(CASES))
def test_case(case: Case) -> None:
    result = run_case(case)
    assert result.passed, f"\n{result}"


@pytest.mark.parametrize("call", params(CALLS))
def test_call(call: CallCase) -> None:
    result = run_call(call)
    assert result.passed, f"\n{result}"


@pytest.mark.parametrize("sequence", params(SEQUENCES))
def test_sequence(sequence: SequenceCase) -> None:
    result = run_sequence(sequence)
    assert result.passed, f"\n{result}"


@pytest.mark.parametrize("document", params(DOCUMENTS))
def test_document(document: DocumentCase) -> None:
    result = run_document(document)
    assert result.passed, f"\n{result}"


@pytest.mark.rule("POL-1", "POL-12")
@pytest.mark.parametrize("document", params((stem, case) for stem, case in DOCUMENTS if case.expect == "loads"))
def test_a_document_that_loads_says_the_same_as_its_mapping(document: DocumentCase) -> None:
    policy = Policy.parse(document.document, kind=document.kind)
    again = Policy.parse(policy.to_document(), kind=document.kind)
    assert again.to_document() == policy.to_document()
    assert [statement.number for statement in again.statements] == [one.number for one in policy.statements]


def test_every_case_names_its_rule_and_page() -> None:
    entries: list[tuple[str, Entry]] = [*CASES, *CALLS, *SEQUENCES, *DOCUMENTS]
    silent = [f"{case.place}: {case.name}" for _, case in entries if not (case.rules and case.page)]
    assert silent == []


def test_the_suite_is_as_large_as_promised() -> None:
    assert len(CASES) >= 400
    assert len(CALLS) + sum(len(sequence.calls) for _, sequence in SEQUENCES) >= 250
    assert len(DOCUMENTS) >= 120
    assert {document.kind for _, document in DOCUMENTS} == set(PolicyKind)


def test_names_are_unique_in_each_file() -> None:
    entries: list[tuple[str, Entry]] = [*CASES, *CALLS, *SEQUENCES]
    cases = Counter((stem, case.name) for stem, case in entries)
    documents = Counter((stem, document.name) for stem, document in DOCUMENTS)
    assert [name for names in (cases, documents) for name, count in names.items() if count > 1] == []
