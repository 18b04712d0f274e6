"""An API that is written as an OpenAPI definition and read again is the same API (SRC-1)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType, AuthorizerType, EndpointType
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_api
from tests.loaders.api_file.generated import api_definitions, comparable
from tests.loaders.openapi.written import definition

_DEFINED = api_definitions().filter(lambda api: api.type is not ApiType.WEBSOCKET)


def said(api: ApiDefinition) -> dict[str, Any]:
    """The parts of an API that a definition can say, as they are read."""
    parts = comparable(api)
    for name in ("stages", "stage", "method_settings", "api_keys", "domains", "readings", "ip_address_type"):
        del parts[name]
    parts["endpoint"] = EndpointType.PRIVATE if api.is_private else EndpointType.REGIONAL
    parts["routes"] = {
        route.key: (api.auth_of(route), route.authorizer, route.scopes, route.api_key_required) for route in api.routes
    }
    parts["authorizers"] = {each.name: _said(each) for each in api.authorizers}
    parts["gateway_responses"] = {each.response_type: each for each in api.gateway_responses}
    return parts | {"stage": api.stage.name}


def _said(authorizer: Authorizer) -> dict[str, Any]:
    parts = {name: getattr(authorizer, name) for name in Authorizer.__slots__}
    if authorizer.type is AuthorizerType.COGNITO_USER_POOLS and not authorizer.identity_sources:
        parts["identity_sources"] = ("method.request.header.Authorization",)
    return parts | {"invoke_permission": True}


@pytest.mark.rule("SRC-1")
@settings(max_examples=settings().max_examples // 3)
@given(api=_DEFINED, data=st.data())
def test_a_definition_that_is_written_is_read_as_the_same_api(api: ApiDefinition, data: st.DataObject) -> None:
    document = definition(api, lambda: data.draw(st.booleans()))
    options = ReadOptions(
        stage=api.stage.name, account=api.account, region=api.region, api_id=api.id, type=api.type.value
    )
    assert said(parse_api(json.dumps(document, indent=1), options, name="written.json")) == said(api)
