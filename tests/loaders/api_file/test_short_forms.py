"""Short forms of API files, and the same forms in the constructor of an API: one text for a list, keys of routes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from execpolicy import Api, PolicySyntaxError, Route, UsageError
from tests.refused import refused
from tests.untyped import untyped

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "api-1.json").read_text("utf-8"))
HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333"}
FILE: dict[str, Any] = {"schema": "execpolicy/api/1", **HERE, "type": "REST"}
KEYS = ["GET /pets", "ANY /{proxy+}"]


def parsed(**fields: object) -> Api:
    document = {**FILE, **fields}
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    return Api.parse(document)


def test_one_stage_is_a_list_of_one() -> None:
    long = parsed(stages=["live"], routes={"GET /pets": {}})
    assert parsed(stages="live", routes={"GET /pets": {}}) == long
    assert Api(**HERE, type="REST", stages="live", routes=[Route("GET", "/pets")]) == long


def test_routes_without_authorization_are_a_list_of_keys() -> None:
    long = parsed(stages=["live"], routes={key: {} for key in KEYS})
    assert parsed(stages=["live"], routes=KEYS) == long
    assert Api(**HERE, type="REST", stages=["live"], routes=KEYS) == long
    assert Api(**HERE, type="REST", stages=["live"], routes=[KEYS[0], Route("ANY", "/{proxy+}")]) == long
    assert Api(**HERE, type="REST", stages=["live"], routes=(key for key in KEYS)) == long
    assert [step.gate for step in long.invoke("GET", "/pets").steps] == ["route", "no authorization"]


def test_one_route_is_a_list_of_one() -> None:
    long = parsed(stages=["live"], routes={"GET /pets": {}})
    assert parsed(stages="live", routes="GET /pets") == long
    assert Api(**HERE, type="REST", stages="live", routes="GET /pets") == long


def test_keys_of_other_types_of_apis() -> None:
    assert Api(**HERE, type="HTTP", routes="$default").routes == (Route("$default"),)
    socket = Api(**HERE, type="WEBSOCKET", stages="live", routes=["$connect", "send message"])
    assert socket.routes == (Route("$connect"), Route("send message"))


def test_places_of_a_list_are_those_of_the_keys() -> None:
    text = json.dumps({**FILE, "stages": "live", "routes": KEYS}, indent=2)
    places = Api.parse(text).places
    assert places is not None
    found = places.find("routes", "GET /pets")
    assert found is not None
    assert text.splitlines()[found.span.line - 1].strip() == '"GET /pets",'


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"routes": ["GET /pets", "GET /pets"]}, ['found the route "GET /pets" twice']),
        ({"routes": ["GET /pets", {"GET /cats": {}}]}, ["found a route that is no text in a list of routes"]),
        ({"routes": ["GET pets"]}, ['found the route "GET pets", expected a method and a path']),
        (
            {"routes": 7},
            ["found the number 7 as routes, expected an object of routes by their keys, or a list of their"],
        ),
        ({"routes": "GET /pets", "stages": 7}, ["found the number 7 as stages, expected a list of stages"]),
        ({"routes": "GET /pets", "stages": "no stage"}, ["a stage's name has up to 128 letters"]),
    ],
)
def test_wrong_forms_of_a_file(fields: dict[str, object], messages: list[str]) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        Api.parse({**FILE, "stages": "live", **fields})
    found = [error.message for error in caught.value.errors]
    assert len(found) == len(messages)
    for message, expected in zip(found, messages, strict=True):
        assert message.startswith(expected)
    assert all(error.span is not None for error in caught.value.errors)


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ("GET pets", 'found the route "GET pets", expected a method and a path'),
        (["GET  /pets"], 'found the route "GET  /pets", expected a method and a path'),
        (["$default"], 'found the route "$default", expected a method and a path'),
        ([7], "each of routes is a Route, found 7, an int"),
        ({"GET /pets": {}}, "routes is a list of Route, found a dict"),
        (b"GET /pets", "routes is a list of Route, found a bytes"),
        (Route("GET", "/pets"), "routes is a list of Route, found a Route"),
    ],
)
def test_wrong_routes_of_the_constructor(routes: object, message: str) -> None:
    found = refused(UsageError, lambda: Api(**HERE, type="REST", stages="live", routes=untyped(routes)))
    assert found.message == message


def test_a_call_names_its_stage() -> None:
    api = Api(**HERE, type="REST", stages=["live", "next"], stage="live", routes="GET /pets")
    assert api.invoke("GET", "/pets").arn.endswith(":a1b2c3/live/GET/pets")
    assert api.invoke("GET", "/pets", stage="next").arn.endswith(":a1b2c3/next/GET/pets")
    assert api.invoke("GET", "/pets", stage=None) == api.invoke("GET", "/pets")
    found = refused(UsageError, lambda: api.invoke("GET", "/pets", stage="prod"))
    assert found.message == "which stage is called? The API has live, next; there is no 'prod'"
    found = refused(UsageError, lambda: api.invoke("GET", "/pets", stage=untyped(1)))
    assert found.message == "stage is a text, found 1, an int"
