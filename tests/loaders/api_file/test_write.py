"""An API that is written as an API file and read again is the same API."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from execpolicy.document.unknown_value import unknown_text
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.api_file.write import api_document
from execpolicy.loaders.api_file.write_unknown import with_unknown_parts
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.given_options import used_options
from execpolicy.loaders.kinds import FILE_KINDS, load_api, load_contents, parse_api
from execpolicy.render.json import data_to_json
from execpolicy.render.yaml import data_to_yaml
from tests.gateway.apis import HTTP, PUBLIC, SOUND, WEBSOCKET
from tests.loaders.api_file.generated import api_definitions, comparable

ROOT = Path(__file__).parents[3]
FILES = sorted([*(ROOT / "examples").rglob("*.api.yaml"), *(ROOT / "tests/loaders/three_apis").glob("*.api.yaml")])


def read_again(api: ApiDefinition) -> list[ApiDefinition]:
    document = api_document(api)
    assert next(iter(document)) == "schema"
    return [
        parse_api(data_to_json(document), name="written.json"),
        parse_api(data_to_yaml(document), name="written.yaml"),
    ]


@settings(max_examples=settings().max_examples // 2)
@given(api=api_definitions())
def test_a_written_api_is_read_as_the_same_api(api: ApiDefinition) -> None:
    for found in read_again(api):
        assert comparable(found) == comparable(api)


@pytest.mark.parametrize(("text", "stage"), [(SOUND, "test"), (PUBLIC, None), (HTTP, None), (WEBSOCKET, "next")])
def test_every_field_of_a_file_is_written(text: str, stage: str | None) -> None:
    api = parse_api(text, ReadOptions(stage=stage), name="orders.api.yaml")
    for found in read_again(api):
        assert comparable(found) == comparable(api)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_written_as_they_are_read(path: Path) -> None:
    (api,) = load_api(path).values
    for found in read_again(api):
        assert comparable(found) == comparable(api)


def test_defaults_are_left_out() -> None:
    api = parse_api(HTTP, name="orders.api.yaml")
    assert api_document(api) == {
        "schema": "execpolicy/api/1",
        "id": "b2c3d4",
        "type": "HTTP",
        "region": "eu-west-1",
        "account": "111122223333",
        "stages": ["$default"],
        "authorizers": {
            "asks": {
                "type": "REQUEST",
                "identity_sources": ["$request.header.A"],
                "ttl": 5,
                "payload_format": "2.0",
                "simple_responses": True,
            }
        },
        "routes": {"$default": {"authorizer": "asks"}, "ANY /a": {}},
        "cors": True,
    }


def test_texts_and_names_with_unknown_parts() -> None:
    stage = unknown_text("the parameter Stage")
    document: dict[str, Any] = {"stages": [f"a{stage}"], "domains": {f"{stage}.example": {"mappings": {"": "a"}}}}
    assert with_unknown_parts(document) == {
        "stages": [{"unknown": ["a", {"name": "the parameter Stage"}]}],
        "domains": {"unknown-1": {"mappings": {"": "a"}}},
        "unknown_names": {"unknown-1": [{"name": "the parameter Stage"}, ".example"]},
    }


TEMPLATES = sorted(
    [
        *(path for path in (ROOT / "tests/loaders/three_apis").glob("*.*.*") if path.name != "endpoint.policy.yaml"),
        *(ROOT / "tests/fixtures/tool_output").rglob("*.template.json"),
        ROOT / "examples/sam/template.yaml",
    ]
)
#: What the files of the three APIs are read with.
PLACE = ReadOptions(account="111122223333", region="eu-west-1", stage="prod")
IDS = {"rest": "a1b2c3d4e5", "http": "b2c3d4e5f6", "private": "c3d4e5f6a7"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_are_written_as_they_are_read(path: Path) -> None:
    name = path.name.partition(".")[0]
    given = PLACE._replace(api_id=IDS[name]) if path.parent.name == "three_apis" else ReadOptions()
    kind = next((kind for kind in FILE_KINDS if kind.name == _kind(path)), FILE_KINDS[0])
    with TemporaryDirectory() as folder:
        if path.name.endswith(".tfplan.json"):
            shutil.copy(ROOT / "tests/fixtures/terraform" / f"{name}.tf", folder)
            given = given._replace(terraform_source=folder)
        contents = load_contents(path, used_options(given, kind.uses))
    apis = [api for found in contents.apis.values() for api in found.values]
    assert apis
    for api in apis:
        for found in read_again(api):
            assert comparable(found) == comparable(api)


def _kind(path: Path) -> str:
    if path.name.endswith(".api.yaml"):
        return "execpolicy"
    if path.name.endswith(".tfplan.json"):
        return "terraform"
    return "openapi" if re.search(r"openapi|swagger|export", path.name) else "cloudformation"
