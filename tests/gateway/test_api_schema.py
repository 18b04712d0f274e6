"""docs/schemas/api-1.json says the same as the loader, as far as a schema can."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from execpolicy import PolicySyntaxError
from execpolicy.gateway.model.authorizer import FIELDS_OF_TYPE
from execpolicy.gateway.model.gateway_responses import SETTABLE
from execpolicy.gateway.model.names import ApiType, AuthorizerType, AuthType, CacheRefusal, EndpointType, KeySource
from execpolicy.gateway.model.readings import READINGS
from execpolicy.loaders.api_file import authorizers as api_authorizers
from execpolicy.loaders.api_file import document as api_document
from execpolicy.loaders.api_file import routes as api_routes
from execpolicy.loaders.api_file import stages_and_domains as api_places
from execpolicy.loaders.api_file.gateway_responses import GATEWAY_RESPONSE_FIELDS
from execpolicy.loaders.api_file.method_settings import METHOD_SETTING_FIELDS
from execpolicy.loaders.api_file.routing_rules import ROUTING_RULE_FIELDS
from execpolicy.loaders.api_file.unknown_texts import UNKNOWN_NAMES
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_api
from tests.document.marks import unmarked
from tests.gateway.apis import HTTP, OF_FORM, OF_MEANING, PUBLIC, SOUND, WEBSOCKET, Malformed
from tests.json_changes import renamed, replaced
from tests.loaders.api_file.test_document import as_json

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "schemas" / "api-1.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
UNKNOWN = {"$ref": "#/$defs/unknown"}


def known(schema: Any) -> Any:
    """A schema without the alternative of a value that is not known."""
    if isinstance(schema, dict):
        if schema.get("anyOf", [None])[-1] == UNKNOWN:
            return known(schema["anyOf"][0])
        return {name: known(each) for name, each in schema.items()}
    return [known(each) for each in schema] if isinstance(schema, list) else schema


PROPERTIES, DEFINITIONS = known(SCHEMA["properties"]), known(SCHEMA["$defs"])

#: What the loader knows, by where the schema has it.
FIELDS: dict[str, tuple[str, ...]] = {
    # Editors find the schema of a file by the member $schema, and the loader takes it out.
    "": (*api_document.API_FIELDS, "$schema"),
    "stage": api_places.STAGE_FIELDS,
    "method_setting": METHOD_SETTING_FIELDS,
    "route": api_routes.ROUTE_FIELDS,
    "authorizer": api_authorizers.AUTHORIZER_FIELDS,
    "issuer": api_authorizers.ISSUER_FIELDS,
    "claim": api_authorizers.CLAIM_FIELDS,
    "api_key": api_places.API_KEY_FIELDS,
    "domain": api_places.DOMAIN_FIELDS,
    "routing_rule": ROUTING_RULE_FIELDS,
    "gateway_response": GATEWAY_RESPONSE_FIELDS,
}


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", [SOUND, PUBLIC, HTTP, WEBSOCKET])
def test_it_takes_a_sound_file(text: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(as_json(text)))] == []


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in OF_FORM])
def test_it_refuses_the_form_that_the_loader_refuses(bad: Malformed) -> None:
    text, _ = unmarked(bad.text)
    assert not VALIDATOR.is_valid(json.loads(as_json(text)))


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in OF_MEANING])
def test_it_cannot_know_what_names_mean(bad: Malformed) -> None:
    text, _ = unmarked(bad.text)
    assert VALIDATOR.is_valid(json.loads(as_json(text)))


def refusals(files: Iterator[Any], stage: str) -> list[PolicySyntaxError]:
    """What the loader says of each file that it refuses; those that the schema refuses must be among them."""
    found: list[PolicySyntaxError] = []
    for file in files:
        try:
            parse_api(json.dumps(file), name="some.json", options=ReadOptions(stage=stage))
        except PolicySyntaxError as error:
            found.append(error)
        else:
            assert VALIDATOR.is_valid(file), file
    return found


@pytest.mark.parametrize("new", [None, True, -1, "", "x", [], ["x"], {}])
@pytest.mark.parametrize(("text", "stage"), [(SOUND, "prod"), (PUBLIC, "prod"), (HTTP, "$default")])
def test_a_part_of_another_type(new: Any, text: str, stage: str) -> None:
    found = refusals(replaced(json.loads(as_json(text)), new), stage)
    assert len(found) > 10
    assert all(error.span is not None for refusal in found for error in refusal.errors)


@pytest.mark.parametrize(("text", "stage"), [(SOUND, "prod"), (PUBLIC, "prod"), (HTTP, "$default")])
def test_a_part_left_out_or_called_otherwise(text: str, stage: str) -> None:
    assert len(refusals(renamed(json.loads(as_json(text))), stage)) > 10


@pytest.mark.parametrize("name", FIELDS)
def test_it_names_the_fields_that_the_loader_knows(name: str) -> None:
    fields = DEFINITIONS[name] if name else SCHEMA
    assert set(fields["properties"]) - {UNKNOWN_NAMES} == set(FIELDS[name])
    assert fields["additionalProperties"] is False


def test_it_names_the_words_that_the_loader_knows() -> None:
    assert PROPERTIES["schema"]["const"] == api_document.SCHEMA
    assert PROPERTIES["type"]["enum"] == list(ApiType)
    assert PROPERTIES["gateway_responses"]["propertyNames"]["enum"] == list(SETTABLE)
    assert PROPERTIES["endpoint"]["enum"] == list(EndpointType)
    assert PROPERTIES["api_key_source"]["enum"] == list(KeySource)
    for name in ("stage", "method_setting"):
        assert DEFINITIONS[name]["properties"]["cache_refusal"]["enum"] == list(CacheRefusal)
    assert DEFINITIONS["route"]["properties"]["auth"]["enum"] == list(AuthType)
    assert DEFINITIONS["authorizer"]["properties"]["type"]["enum"] == list(AuthorizerType)
    assert set(SCHEMA["required"]) == set(api_document.REQUIRED)
    readings = PROPERTIES["readings"]["properties"]
    assert {name: tuple(reading["enum"]) for name, reading in readings.items()} == READINGS
    assert all(reading["default"] == reading["enum"][0] for reading in readings.values())


def test_it_knows_what_each_type_of_authorizer_has() -> None:
    said = {
        rule["if"]["properties"]["type"]["const"]: set(rule["then"]["properties"])
        for rule in DEFINITIONS["authorizer"]["allOf"]
    }
    every = set(api_authorizers.AUTHORIZER_FIELDS) - {"type"}
    assert said == {kind.value: every - set(names) for kind, names in FIELDS_OF_TYPE.items()}
