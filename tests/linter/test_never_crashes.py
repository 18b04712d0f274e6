"""Every rule on generated policies and APIs: no error, every finding has a place, and its fix can be applied."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import Policy
from execpolicy.document.kinds import PolicyKind
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.linter.catalogue import FAMILIES
from execpolicy.linter.check import ApiCheck
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint
from execpolicy.linter.subject import PolicySubject
from execpolicy.testing import strategies
from tests.loaders.api_file.generated import api_definitions

KINDS = st.sampled_from(PolicyKind)


def check(finding: Finding) -> None:
    assert finding.message
    assert json.dumps(finding.to_dict())
    if finding.source is None or finding.span is None:
        return
    source, span = finding.source, finding.span
    start, end = source.offset(span.line, span.column), source.offset(span.end_line, span.end_column)
    assert 0 <= start <= end <= len(source.text)
    for edit in finding.fix.edits if finding.fix is not None else ():
        start = source.offset(edit.span.line, edit.span.column)
        end = source.offset(edit.span.end_line, edit.span.end_column)
        changed = source.text[:start] + edit.text + source.text[end:]
        assert changed != source.text


@given(st.data(), KINDS)
def test_policies(data: st.DataObject, kind: PolicyKind) -> None:
    document = data.draw(strategies.documents(kind))
    for policy in (Policy.parse(document, kind=kind), Policy.parse(json.dumps(document, indent=1), kind=kind)):
        for finding in lint(policy):
            check(finding)


@given(st.data(), KINDS)
def test_a_policy_that_lacks_what_a_family_reads_has_none_of_its_findings(
    data: st.DataObject, kind: PolicyKind
) -> None:
    """So that the family can be left out."""
    subject = PolicySubject(Policy.parse(data.draw(strategies.documents(kind)), kind=kind))
    for family in FAMILIES:
        if family.reads is not None and not family.reads(subject):
            for each in family.checks:
                assert isinstance(each, ApiCheck) or [*each.find(subject)] == []


@given(api_definitions())
@settings(max_examples=50)
def test_apis(api: ApiDefinition) -> None:
    for finding in lint(api):
        check(finding)
