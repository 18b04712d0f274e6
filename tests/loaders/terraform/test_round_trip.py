"""An API that another program writes as a plan or a state is read as the same API (SRC-4)."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.contents import ReadOptions
from tests.loaders.api_file.generated import api_definitions
from tests.loaders.cloudformation.apis.test_round_trip import parts_of
from tests.loaders.terraform.from_template import resources_of, sayable_of
from tests.loaders.terraform.reading import contents, only
from tests.loaders.terraform.written import plan_of, state_of

ADDRESSES = {"REST": "aws_api_gateway_rest_api.Api", "HTTP": "aws_apigatewayv2_api.Api"}


@pytest.mark.rule("SRC-4")
@settings(max_examples=settings().max_examples // 4)
@given(api=api_definitions())
def test_a_written_plan_and_its_state_are_read_as_the_same_api(api: ApiDefinition) -> None:
    assume(api.type != "REST" or all(each.type != "JWT" for each in api.authorizers))  # Terraform has none for REST
    expected = sayable_of(api)
    resources = resources_of(expected)
    name = ADDRESSES.get(api.type, ADDRESSES["HTTP"])
    options = ReadOptions(stage=api.stage.name, account=api.account, region=api.region, api_id=api.id)
    assert parts_of(only(contents(plan_of(resources, region=api.region), options), name)) == parts_of(expected)
    found = contents(state_of(resources), ReadOptions(stage=api.stage.name))
    assert parts_of(only(found, name)) == parts_of(expected)
