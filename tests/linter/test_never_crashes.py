"""Every rule on generated policies and APIs: no error, every finding has a place, and its fix can be applied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import Policy
from execpolicy.document.kinds import PolicyKind
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.linter.catalogue import FAMILIES
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint, lint_text
from execpolicy.linter.subject import PolicySubject
from execpolicy.loaders.api_file.write import api_document
from execpolicy.loaders.contents import ReadOptions
from execpolicy.render.yaml import data_to_yaml
from execpolicy.testing import strategies
from tests.loaders.api_file.generated import api_definitions
from tests.loaders.cloudformation.apis.written import sayable, template_of
from tests.loaders.openapi.written import definition
from tools.sam_oracle.templates import templates

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
@settings(max_examples=50)
def test_texts_of_policies(data: st.DataObject, kind: PolicyKind) -> None:
    document = data.draw(strategies.documents(kind))
    for text, name in ((data_to_yaml(document), "policy.yaml"), (json.dumps(document), "policy.json")):
        for finding in lint_text(text, name, kind=kind):
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
                assert [*each.find(subject)] == []


@given(api_definitions())
@settings(max_examples=50)
def test_apis(api: ApiDefinition) -> None:
    for finding in lint(api):
        check(finding)


def texts_of(api: ApiDefinition, data: st.DataObject) -> Iterator[tuple[str, str, ReadOptions]]:
    """An API in each format that can say it: the text, the name of the file, and what the file does not say."""
    written = [("api", api_document(api), ReadOptions(stage=api.stage.name))]
    options = ReadOptions(stage=api.stage.name, account=api.account, region=api.region, api_id=api.id)
    written.append(("template", json.loads(template_of(sayable(api))), options))
    if api.type is not ApiType.WEBSOCKET:
        document = definition(api, lambda: data.draw(st.booleans()))
        written.append(("openapi", document, options._replace(type=api.type.value)))
    for name, document, given_too in written:
        yield json.dumps(document, indent=1), f"{name}.json", given_too
        yield yaml.safe_dump(document, sort_keys=False), f"{name}.yaml", given_too


@given(api_definitions(), st.data())
@settings(max_examples=20)
def test_apis_in_every_format(api: ApiDefinition, data: st.DataObject) -> None:
    for text, name, options in texts_of(api, data):
        for finding in lint_text(text, name, options=options):
            check(finding)


@given(templates())
@settings(max_examples=20)
def test_templates_of_sam(template: dict[str, Any]) -> None:
    for text, name in ((json.dumps(template), "template.json"), (yaml.safe_dump(template), "template.yaml")):
        for finding in lint_text(text, name):
            check(finding)
