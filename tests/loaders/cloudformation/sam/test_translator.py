"""The expansion of SAM against AWS's translator, whose answers are kept in ``tests/fixtures/sam`` (SRC-3).

``make test-oracles`` writes them. The templates are drawn by Hypothesis: ``tools/sam_oracle/templates.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import to_python
from execpolicy.errors import PolicySyntaxError
from execpolicy.loaders.cloudformation.document import stacks_of
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Findings, Stack
from execpolicy.loaders.contents import ReadOptions

FIXTURE = Path(__file__).parents[3] / "fixtures" / "sam" / "translated.jsonl"
CASES = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()[1:]]

#: Properties that say nothing of authorization, or name a deployment by what it contains.
_LEFT_OUT = {
    *("DeploymentId", "Description", "Tags", "Parameters", "Name", "StageKeys", "ModelSelectionExpression"),
    *("Target", "FailOnWarnings", "UsagePlanName", "CertificateArn", "RegionalCertificateArn"),
}
_METHODS = {"get", "post", "put", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"}
_OF_BODY = (
    *("swagger", "openapi", "x-amazon-apigateway-cors", "servers", "x-amazon-apigateway-endpoint-configuration"),
)


def stack_of(template: dict[str, Any]) -> Stack:
    """The stack of a template without unknown conditions; resources of SAM are expanded."""
    problems, document = read_any(json.dumps(template, indent=1), "template.json")
    ((_, stack),) = stacks_of(problems, document, ReadOptions(), Findings(problems))
    problems.check()
    return stack


def compared(stack: Stack) -> dict[str, Any]:
    """What bears on authorization of the resources of API Gateway, by logical id."""
    return {
        _named(resource): {
            name: _body(value) if name == "Body" else value
            for name, value in _without_left_out(to_python(resource.properties)).items()
        }
        for resource in stack.resources.values()
        if resource.type.startswith(("AWS::ApiGateway::", "AWS::ApiGatewayV2::"))
        and resource.type != "AWS::ApiGatewayV2::Integration"
    }


def _without_left_out(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_left_out(each) for name, each in value.items() if name not in _LEFT_OUT}
    return [_without_left_out(each) for each in value] if isinstance(value, list) else value


def _named(resource: Resource) -> str:
    """The logical id; the end of some is a hash of their content, or of what names them."""
    if resource.type == "AWS::ApiGateway::DomainNameAccessAssociation":
        return resource.type
    head, found, _ = resource.logical_id.partition("Deployment")
    return head + found


def _body(body: dict[str, Any]) -> dict[str, Any]:
    schemes = body.get("securityDefinitions") or body.get("components", {}).get("securitySchemes", {})
    policy = body.get("x-amazon-apigateway-policy", {}).get("Statement", [])
    responses = body.get("x-amazon-apigateway-gateway-responses", {})
    return {
        **{name: body[name] for name in _OF_BODY if name in body},
        "responses": {name: {key: each for key, each in found.items() if each} for name, found in responses.items()},
        "is in components": bool(schemes) and "components" in body,
        "paths": {
            path: {method: _operation(each) for method, each in item.items() if method in _METHODS}
            for path, item in body["paths"].items()
        },
        "schemes": schemes,
        "policy": sorted(
            (_statement(each) for each in (policy if isinstance(policy, list) else [policy])),
            key=lambda statement: json.dumps(statement, sort_keys=True),
        ),
    }


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    integration = operation.get("x-amazon-apigateway-integration", {})
    return {
        "security": operation.get("security"),
        "calls as the caller": str(integration.get("credentials", "")).endswith(":user/*"),
        "is default": operation.get("isDefaultRoute"),
    }


def _statement(statement: dict[str, Any]) -> dict[str, Any]:
    resource = statement["Resource"]
    return {**statement, "Resource": sorted(resource) if isinstance(resource, list) else resource}


@pytest.mark.rule("SRC-3")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{CASES.index(case):03}")
def test_the_expansion_is_that_of_the_translator(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(PolicySyntaxError):
            stack_of(case["template"])
        return
    assert compared(stack_of(case["template"])) == compared(stack_of(case["translated"]))


def test_the_fixture_has_enough_of_each_kind() -> None:
    texts = [json.dumps(case["template"]) for case in CASES if "translated" in case]
    for sign, least in (("AWS::Serverless::Api", 40), ('"HttpApi"', 30), ("WebSocketApi", 5), ("ResourcePolicy", 30)):
        assert sum(sign in text for text in texts) >= least
    assert len(texts) >= 60
