"""Deployments that stay the same when the policy of their API changes."""

from __future__ import annotations

import pytest

from execpolicy import Policy
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.run import lint, lint_text
from tests.linter.test_conditions import api_of
from tests.linter.test_rules import text_of
from tests.linter.test_sam_policies import ADDRESSES, template

TEMPLATE = RULES["EP-API-030"].bad.text


@pytest.mark.parametrize(
    ("logical_id", "is_found"),
    [
        ("Deployment", True),
        ("DeploymentV2", True),
        ("ApiDeploymentdeadbeef", True),
        ("ApiDeployment5f3a9c21d0", False),
        ("ApiDeployment149F1294d1f7fbd7b8f2d34b80d0a2a6e2f85f7c", False),
        ("ApiGatewayDeployment1632912345678", False),
    ],
)
def test_deployments_of_a_template(logical_id: str, is_found: bool) -> None:
    findings = lint_text(TEMPLATE.replace("  Deployment:", f"  {logical_id}:"), "template.yaml", rules=["EP-API-030"])
    assert [text_of(each.source, each.span) for each in findings] == [logical_id] * is_found
    for finding in findings:
        assert finding.message.endswith(f"the deployment {logical_id} stays the same")
        (policy,) = finding.related
        assert text_of(policy.source, policy.span).startswith("Effect: Allow")


def test_an_api_without_a_policy_and_deployments_of_sam_have_no_finding() -> None:
    without = TEMPLATE[: TEMPLATE.index("      Policy:")] + TEMPLATE[TEMPLATE.index("  Orders:") :]
    for text in (without, template(ADDRESSES)):
        assert lint_text(text, "template.yaml", rules=["EP-API-030", "EP-DOC-001"]) == ()


def test_a_policy_without_statements_has_no_place() -> None:
    start, end = TEMPLATE.index("          - Effect"), TEMPLATE.index("  Orders:")
    text = TEMPLATE[:start].replace("Statement:\n", "Statement: []\n") + TEMPLATE[end:]
    (finding,) = lint_text(text, "template.yaml", rules=["EP-API-030"])
    assert finding.related == ()


def test_an_api_that_is_made_in_python_has_no_deployments() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind="resource")
    assert [each for each in lint(api_of(policy)) if each.rule.id == "EP-API-030"] == []
