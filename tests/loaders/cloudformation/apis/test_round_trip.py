"""An API that another program writes as a template is read as the same API (SRC-2)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.unknown_choices import choices_of
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_contents
from tests.loaders.api_file.generated import api_definitions, comparable
from tests.loaders.cloudformation.apis.written import sayable, template_of


def parts_of(api: ApiDefinition) -> dict[str, Any]:
    """The parts of an API. A template has other ids of private domains; its stages and mappings have no order."""
    parts = comparable(api)
    parts["stages"] = sorted(api.stages, key=lambda stage: stage.name)
    parts["method_settings"] = [stage.method_settings for stage in parts["stages"]]
    parts["domains"] = [
        (
            domain._replace(id=None if domain.id is None else "id", mappings=tuple(sorted(domain.mappings, key=str))),
            policy,
        )
        for domain, policy in parts["domains"]
    ]
    return parts


def with_permission(api: ApiDefinition) -> ApiDefinition:
    """The API of which it is known that invalidating a cache needs the permission, which a template cannot say."""
    for choice in choices_of(api):
        assert {part.path[-1] for part in choice.parts} == {"cache_needs_permission"}
        api = dict(choice.definitions(api))[True]
    return api


@pytest.mark.rule("SRC-2")
@settings(max_examples=settings().max_examples // 4)
@given(api=api_definitions())
def test_a_written_template_is_read_as_the_same_api(api: ApiDefinition) -> None:
    expected = sayable(api)
    options = ReadOptions(stage=api.stage.name, account=api.account, region=api.region, api_id=api.id)
    (found,) = parse_contents(template_of(expected), options, name="template.json").apis["Api"].values
    assert parts_of(with_permission(found)) == parts_of(expected)
