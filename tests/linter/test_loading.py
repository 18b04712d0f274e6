"""Documents that do not load: the rule, the issue code and the place of each fault."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Policy, PolicySyntaxError
from execpolicy.linter.loading import findings as loading
from execpolicy.linter.run import lint_text
from execpolicy.literals import PolicyKindName
from tests.linter.test_arns import marked

ALLOW = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}


def found_in(statement: object, kind: PolicyKindName) -> list[tuple[str, str]]:
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return [marked(finding) for finding in lint_text(text, "policy.json", kind=kind)]


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("identity", {"Action": ["execute-api:Invoke", "execute-api:In voke"]}, ("EP-DOC-026", "execute-api:In voke")),
        ("identity", {"Action": ""}, ("EP-DOC-026", "")),
        ("identity", {"Action": "*:Invoke"}, ("EP-DOC-027", "*:Invoke")),
        ("identity", {"Resource": ["*", None]}, ("EP-DOC-003", "null")),
        ("identity", {"Condition": {"Bool": {"aws:SecureTransport": None}}}, ("EP-DOC-003", "null")),
        ("identity", {"NotResource": "*"}, ("EP-DOC-012", "NotResource")),
        ("session", {"NotPrincipal": "*"}, ("EP-DOC-014", "NotPrincipal")),
        ("scp", {"NotPrincipal": "*"}, ("EP-DOC-015", "NotPrincipal")),
        ("rcp", {"Effect": "Deny", "Action": "s3:*", "Principal": {"AWS": "*"}}, ("EP-DOC-016", '{"AWS": "*"}')),
        ("rcp", {"Effect": "Deny", "Action": "s3:*", "NotPrincipal": "*"}, ("EP-DOC-016", "NotPrincipal")),
        ("resource", {"Principal": {"AWS": "1112222*"}}, ("EP-DOC-022", "*")),
        ("resource", {"Principal": {"AWS": "Ann"}}, ("EP-DOC-001", "Ann")),
        ("resource", {"Principal": {"Service": "states"}}, ("EP-DOC-023", "states")),
        ("resource", {"Principal": {"AWS": "${aws:username}"}}, ("EP-DOC-025", "${aws:username}")),
        (
            "identity",
            {"Condition": {"StringLike": {"aws:username": "${aws:username"}}},
            ("EP-DOC-030", "${aws:username"),
        ),
        ("identity", {"Condition": {"StringLike": {"aws:username": "${aws:username }"}}}, ("EP-DOC-033", " ")),
    ],
)
def test_a_fault_is_a_finding_of_its_rule_and_of_no_other(
    kind: PolicyKindName, change: dict[str, Any], expected: tuple[str, str]
) -> None:
    statement = {**ALLOW, **({"Principal": "*"} if kind == "resource" else {}), **change}
    if "NotPrincipal" in change:
        statement.pop("Principal", None)
    assert found_in(statement, kind) == [expected]


def test_each_issue_code_has_one_rule() -> None:
    codes = [rule.issue_code for rule in loading.RULES]
    assert len(codes) == len({*codes})
    assert [rule.issue_code for rule in loading.RULES if rule.id == "EP-DOC-001"] == [""]


def test_a_diagnostic_has_the_issue_code() -> None:
    for document in ('{"Statement": {"Effect": "allow"}}', {"Statement": {"Effect": "allow"}}):
        with pytest.raises(PolicySyntaxError) as caught:
            Policy.parse(document, kind="identity")
        codes = [each.issue_code for each in caught.value.errors]
        assert sorted(codes) == ["INVALID_EFFECT", "MISSING_ACTION", "MISSING_RESOURCE"]
        assert caught.value.diagnostic == caught.value.errors[0]


def test_a_document_of_a_given_kind_needs_no_statement_to_be_a_policy() -> None:
    (finding,) = lint_text('{"Version": "2012-10-17"}', "policy.json", kind="identity")
    assert (finding.rule.id, finding.issue_code) == ("EP-DOC-009", "MISSING_STATEMENT")
