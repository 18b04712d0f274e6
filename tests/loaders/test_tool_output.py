"""Templates that AWS CDK and Serverless write: what is read of them, and the laws of every fixture (SRC-2)."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from execpolicy import Policy
from execpolicy.document.model import Statement
from execpolicy.loaders.api_file.write import api_document
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import load_contents, parse_api
from tests.loaders.api_file.generated import comparable

ROOT = Path(__file__).parents[1]
TOOL_OUTPUT = ROOT / "fixtures" / "tool_output"
THREE_APIS = ROOT / "loaders" / "three_apis"
#: Every file that describes APIs in a format other than our own.
FIXTURES = sorted([*TOOL_OUTPUT.glob("*/*.template.json"), *THREE_APIS.glob("*.cfn.*"), *THREE_APIS.glob("*.sam.*")])
#: What OpenAPI files do not say is given here.
GIVEN = ReadOptions(account="111122223333", region="eu-west-1", api_id="a1b2c3d4e5")

#: The routes of each API with what they ask of a caller: authorization, authorizer, scopes, and whether an API key.
ROUTES: dict[str, dict[str, tuple[object, ...]]] = {
    "cdk/http_jwt_iam": {
        "GET /orders": ("JWT", "ShopJwt0A8D3F65", ("shop/read",), False),
        "PUT /orders/{id}": ("CUSTOM", "ShopSimple19EBA22A", (), False),
        "ANY /stock/{proxy+}": ("AWS_IAM", None, (), False),
        "GET /health": ("NONE", None, (), False),
    },
    "cdk/private_cognito": {
        "GET /items": ("COGNITO_USER_POOLS", "PeopleE38C8D03", ("shop/read",), False),
        "PUT /items": ("COGNITO_USER_POOLS", "PeopleE38C8D03", (), False),
        "OPTIONS /items": ("NONE", None, (), False),
    },
    "cdk/rest_token_keys": {
        "GET /orders": ("CUSTOM", "TokenCB33349F", (), False),
        "POST /orders": ("CUSTOM", "Request4BE5F30C", (), True),
        "GET /orders/{id}": ("AWS_IAM", None, (), False),
        "DELETE /orders/{id}": ("AWS_IAM", None, (), False),
        "GET /health": ("NONE", None, (), False),
        "ANY /files/{proxy+}": ("NONE", None, (), False),
    },
    "cdk/spec_domain": {
        "GET /items": ("AWS_IAM", None, (), False),
        "ANY /items": ("NONE", None, (), True),
        "GET /open": ("NONE", None, (), False),
    },
    "cdk/websocket_iam": {
        "$connect": ("AWS_IAM", None, (), False),
        "$default": ("NONE", None, (), False),
    },
    "serverless/http_jwt": {
        "GET /orders": ("JWT", "HttpApiAuthorizerPeople", ("shop/read",), False),
        "PUT /orders/{id}": ("CUSTOM", "HttpApiAuthorizerSimple", (), False),
        "ANY /stock/{proxy+}": ("AWS_IAM", None, (), False),
        "GET /health": ("NONE", None, (), False),
    },
    "serverless/private_iam": {"ANY /items/{proxy+}": ("AWS_IAM", None, (), False)},
    "serverless/rest_authorizers": {
        "OPTIONS /health": ("NONE", None, (), False),
        "GET /orders": ("CUSTOM", "AuthorizingApiGatewayAuthorizer", (), False),
        "DELETE /orders/{id}": ("AWS_IAM", None, (), False),
        "POST /orders": ("CUSTOM", "AuthorizingApiGatewayAuthorizer", (), True),
        "ANY /health": ("NONE", None, (), False),
    },
}


def name_of(path: Path) -> str:
    return path.relative_to(path.parents[1]).as_posix()


def contents_of(path: Path) -> TemplateContents:
    return load_contents(path, GIVEN)


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize("name", ROUTES)
def test_the_routes_of_a_template_of_a_tool(name: str) -> None:
    (found,) = load_contents(TOOL_OUTPUT / f"{name}.template.json").apis.values()
    (api,) = found.values
    assert {
        route.key: (api.auth_of(route).value, route.authorizer, route.scopes, route.api_key_required)
        for route in api.routes
    } == ROUTES[name]


def test_every_output_of_a_tool_has_its_expected_routes() -> None:
    written = {name_of(path).removesuffix(".template.json") for path in TOOL_OUTPUT.glob("*/*.template.json")}
    assert written == set(ROUTES)
    sources = {name_of(path.with_suffix("")) for path in (*TOOL_OUTPUT.glob("*/*.js"), *TOOL_OUTPUT.glob("*/*.yml"))}
    assert sources == set(ROUTES)


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize("path", FIXTURES, ids=name_of)
def test_an_api_that_is_read_can_be_written_as_an_api_file(path: Path) -> None:
    for found in contents_of(path).apis.values():
        for api in found.values:
            again = parse_api(json.dumps(api_document(api)), ReadOptions(stage=api.stage.name))
            assert comparable(again) == comparable(api)


class _AnyTag(yaml.SafeLoader):
    """Reads YAML whose tags do not matter."""


_AnyTag.add_multi_constructor("!", lambda loader, suffix, node: f"!{suffix}")


def policies_of(contents: TemplateContents) -> Iterator[Policy]:
    """The policies that are written in the file."""
    for apis in contents.apis.values():
        for api in apis.values:
            yield from (
                each for each in (api.resource_policy, *(one.policy for one in api.domains)) if each is not None
            )
    for found in (*contents.policies.values(), *contents.vpc_endpoints.values()):
        yield from found.values


def text_of(policy: Policy, statement: Statement) -> str:
    span = policy.span(statement)
    assert span is not None
    assert policy.source is not None
    start = policy.source.offset(span.line, 1)
    whole = policy.source.text[start : policy.source.offset(span.end_line, span.end_column)]
    # The first line of a block keeps its column, so that it can be read alone.
    return textwrap.dedent(" " * (span.column - 1) + whole[span.column - 1 :])


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize("path", FIXTURES, ids=name_of)
def test_the_place_of_a_statement_is_that_of_its_text(path: Path) -> None:
    for policy in policies_of(contents_of(path)):
        if policy.source is None or policy.source.name != str(path):
            continue  # a policy of AWS, or a default
        for statement in policy.statements:
            read: Any = yaml.load(text_of(policy, statement), _AnyTag)
            assert isinstance(read, dict), policy.place(statement)
            assert read["Effect"] == statement.effect
            assert read.get("Sid") == (None if statement.sid is None else statement.sid.value)
            action = read[statement.action.name]
            actions = [action] if isinstance(action, str) else action
            assert actions == [text.value for text in statement.action.values]
