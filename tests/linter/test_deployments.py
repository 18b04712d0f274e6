"""Deployments that stay the same when the policy of their API changes."""

from __future__ import annotations

import json

import pytest

from execpolicy import Policy
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.run import lint, lint_text
from tests.linter.test_conditions import api_of
from tests.linter.test_rules import text_of
from tests.linter.test_sam_policies import ADDRESSES, template
from tests.loaders.terraform.reading import rest_api, root_method, stage
from tests.loaders.terraform.written import Ref, Written, plan_of

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


@pytest.mark.parametrize(("triggers", "is_found"), [(None, True), ({"redeployment": "5f3a"}, False)])
def test_a_deployment_of_terraform_with_triggers_is_made_anew(triggers: object, *, is_found: bool) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    given = {"rest_api_id": Ref("aws_api_gateway_rest_api.orders"), **({"triggers": triggers} if triggers else {})}
    deployment = Written("aws_api_gateway_deployment", "current", given, {"id": "dep1"})
    plan = plan_of([rest_api(policy=policy), root_method(), stage(), deployment])
    findings = lint_text(json.dumps(plan), "plan.json", rules=["EP-API-030"])
    assert [each.message.endswith("aws_api_gateway_deployment.current stays the same") for each in findings] == (
        [True] if is_found else []
    )
