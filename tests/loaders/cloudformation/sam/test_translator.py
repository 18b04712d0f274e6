"""The expansion of SAM against AWS's translator, whose answers are kept in ``tests/fixtures/sam`` (SRC-3).

``make test-oracles`` writes them. The templates are drawn by Hypothesis: ``tools/sam_oracle/templates.py``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, Caller, Policy, Route
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import to_python
from execpolicy.errors import PolicySyntaxError, RequestError
from execpolicy.gateway.model.names import ApiType, AuthorizerType
from execpolicy.loaders.cloudformation.apis.all_apis import apis_of
from execpolicy.loaders.cloudformation.document import stacks_of
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Findings, Stack
from execpolicy.loaders.contents import ReadOptions

FIXTURE = Path(__file__).parents[3] / "fixtures" / "sam" / "translated.jsonl"
CASES = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()[1:]]

_OPTIONS = ReadOptions(account="123456789012", region="us-east-1", stage=None)
#: Properties that say nothing of authorization, or name a deployment by what it contains.
_LEFT_OUT = {
    *("DeploymentId", "Description", "Tags", "Parameters", "Name", "StageKeys", "ModelSelectionExpression"),
    *("Target", "FailOnWarnings", "UsagePlanName", "CertificateArn", "RegionalCertificateArn"),
}
_VARIABLE = re.compile(r"{[^}]*}")
_PARTNER = Caller(
    "arn:aws:iam::123456789012:role/Partner",
    identity=[
        Policy.parse(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}},
            kind="identity",
        )
    ],
)
_ALLOWS = {
    "principalId": "someone",
    "policyDocument": {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"},
    },
}
_CALLS: dict[str, dict[str, Any]] = {
    "nobody": {"context": {"aws:SourceIp": "203.0.113.9"}},
    "from inside": {"context": {"aws:SourceIp": "192.0.2.9"}, "headers": {"Authorization": "Bearer x", "X-Token": "x"}},
    "partner": {"caller": _PARTNER, "context": {"aws:SourceIp": "192.0.2.9"}},
    "from a VPC": {"caller": _PARTNER, "context": {"aws:SourceVpc": "vpc-0c", "aws:SourceVpce": "vpce-0b"}},
}
_METHODS = {"get", "post", "put", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"}
_OF_BODY = (
    *("swagger", "openapi", "x-amazon-apigateway-cors", "servers", "x-amazon-apigateway-endpoint-configuration"),
)


def stack_of(template: dict[str, Any]) -> Stack:
    """The stack of a template without unknown conditions; resources of SAM are expanded."""
    problems, document = read_any(json.dumps(template, indent=1), "template.json")
    ((_, stack),) = stacks_of(problems, document, _OPTIONS, Findings(problems))
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


def apis_read(template: dict[str, Any]) -> dict[str, Api] | None:
    """The APIs of a template by logical id; None if they are refused, as requirements without a scheme are."""
    stack = stack_of(template)
    try:
        return {name: Api(**api.__getstate__()) for name, api in apis_of(stack).items()}  # type: ignore[arg-type]  # parts
    except PolicySyntaxError:
        return None


def answers(api: Api) -> dict[tuple[str, ...], object]:
    """The answers to calls of each route: without and with a signature, a key, and from different networks."""
    found: dict[tuple[str, ...], object] = {}
    for route in sorted(api.routes, key=lambda each: each.key):
        method, path = route.method, ""
        if api.type is not ApiType.WEBSOCKET:
            method = {"ANY": "PATCH", "$default": "GET"}.get(route.method, route.method)
            path = _VARIABLE.sub("7", route.path) or "/elsewhere"
        for name, given in _CALLS.items():
            try:
                response = api.invoke(method, path, **given, **_shown_to(api, route))
            except RequestError as error:  # more is needed than these calls have
                found[route.key, name] = error.message
            else:
                found[route.key, name] = (response.status, response.response_type, response.outcome)
    return found


def _shown_to(api: Api, route: Route) -> dict[str, Any]:
    """What the authorizer of a route returns, or finds in a token."""
    authorizer = next((each for each in api.authorizers if each.name == route.authorizer), None)
    if authorizer is None:
        return {}
    if authorizer.type in (AuthorizerType.TOKEN, AuthorizerType.REQUEST):
        return {"authorizer_output": {"isAuthorized": True} if authorizer.simple_responses else _ALLOWS}
    return {
        "claims": {"iss": "https://login.example.com/", "aud": "orders", "scope": "orders/read", "exp": 2_000_000_000}
    }


@pytest.mark.rule("SRC-3")
def test_the_apis_are_those_of_the_translation_and_answer_alike() -> None:
    count, given = 0, set[tuple[object, ...]]()
    for case in CASES:
        if "refused" in case:
            continue
        ours, theirs = apis_read(case["template"]), apis_read(case["translated"])
        assert (ours is None) == (theirs is None)
        if ours is None or theirs is None:
            continue
        assert {*ours} == {*theirs}
        for name, api in ours.items():
            assert _requirements(api) == _requirements(theirs[name])
            assert {each.name: each for each in api.authorizers} == {
                each.name: each for each in theirs[name].authorizers
            }
            assert {each.name for each in api.stages} == {each.name for each in theirs[name].stages}
            for stage in api.stages:
                ours_of_stage, theirs_of_stage = (
                    Api(**each.__getstate__() | {"stage": stage.name})  # type: ignore[arg-type]  # parts
                    for each in (api, theirs[name])
                )
                found = answers(ours_of_stage)
                assert found == answers(theirs_of_stage)
                given.update(answer for answer in found.values() if isinstance(answer, tuple))
            count += 1
    assert count >= 60
    assert {status for status, _, _ in given} >= {200, 401, 403}


def _requirements(api: Api) -> dict[str, object]:
    return {
        each.key: (api.auth_of(each), each.authorizer, {*each.scopes}, each.api_key_required) for each in api.routes
    }


def test_the_fixture_has_enough_of_each_kind() -> None:
    texts = [json.dumps(case["template"]) for case in CASES if "translated" in case]
    for sign, least in (("AWS::Serverless::Api", 40), ('"HttpApi"', 30), ("WebSocketApi", 5), ("ResourcePolicy", 30)):
        assert sum(sign in text for text in texts) >= least
    assert len(texts) >= 60
