"""API definitions as values: equality, copies, pickles, and the class that users see."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from execpolicy import Api, Policy, Readings, Route, UsageError, event_for
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_parts import ApiParts
from tests.refused import Refusal, refused

ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
PARTS: dict[str, Any] = {
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod", "test"],
    "stage": "test",
    "routes": [Route("GET", "/orders/{id}")],
    "resource_policy": Policy.parse({"Version": "2012-10-17", "Statement": [ALLOW]}, kind="resource"),
}


@pytest.mark.parametrize("made_as", [Api, ApiDefinition])
def test_copies_and_pickles_are_equal_and_of_one_class(made_as: type[ApiDefinition]) -> None:
    definition = made_as(**PARTS)
    for again in (
        made_as(**PARTS),
        copy.copy(definition),
        copy.deepcopy(definition),
        pickle.loads(pickle.dumps(definition)),
        definition.with_readings(definition.readings),
        made_as.of_checked_parts(ApiParts(**PARTS)),
    ):
        assert type(again) is made_as
        assert again == definition
        assert hash(again) == hash(definition)
        assert again.stage.name == "test"
        assert again.tables.routes.find("GET", ["orders", "7"]) is not None
        assert again.target.resource == definition.target.resource


def test_an_api_is_not_equal_to_its_definition_and_says_so_by_its_class() -> None:
    definition = ApiDefinition(**PARTS)
    api = Api.from_definition(definition)
    assert api == Api(**PARTS)
    assert api != definition
    assert definition != api
    assert len({api, definition, Api(**PARTS), ApiDefinition(**PARTS)}) == 2
    assert repr(api).startswith("Api(account='111122223333'")
    assert repr(definition) == f"ApiDefinition({repr(api).removeprefix('Api(')}"


def test_an_api_has_the_tables_of_its_definition_and_of_its_other_readings() -> None:
    definition = ApiDefinition(**PARTS)
    other = Api.from_definition(definition).with_readings(Readings(path="normalised"))
    assert (type(other), other.readings.path) == (Api, "normalised")
    assert other.tables is definition.tables
    assert other.target is definition.target


def test_parts_of_the_right_types_are_checked_together_by_a_definition() -> None:
    twice = {**PARTS, "routes": [Route("GET", "/a"), Route("GET", "/a")]}
    assert len(ApiParts(**twice).routes) == 2
    assert refused(UsageError, lambda: ApiDefinition(**twice)).message == "the API has the route GET /a twice"


def test_errors_name_the_class_that_users_see() -> None:
    wrong: Any = "a1b2c3"
    assert refused(UsageError, lambda: event_for(wrong, "GET", "/")) == Refusal(
        "api is an Api, found a str", advice="write Api(…)"
    )
    with pytest.raises(AttributeError, match="Api is immutable: stage cannot be set"):
        Api(**PARTS).stage = wrong
