"""Which stage is called, and the name that a stage takes whose name is not known (SRC-9)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Api, UsageError
from execpolicy.loaders.kinds import parse_api

pytestmark = pytest.mark.rule("SRC-9")

NAME = "the parameter Stage"


def unknown(*parts: str, name: str = NAME) -> dict[str, Any]:
    return {"unknown": [*parts, {"name": name}]}


def document(stage: Any = None, *, variables: Any = "blue") -> dict[str, Any]:
    """An API with a stage and what names it; the name is not known if none is given."""
    written = {"written": [{"name": NAME}]} if stage is None else {}
    name, text = ("written", unknown()) if stage is None else (stage, stage)
    return {
        "schema": "execpolicy/api/1",
        "id": "a1b2c3",
        "type": "REST",
        "region": "eu-west-1",
        "account": "111122223333",
        "stage": "test",
        "stages": {name: {"variables": {"color": variables}, "cache_needs_permission": True}, "test": {}},
        "routes": {"GET /a": {"auth": "AWS_IAM"}, "GET /b": {"api_key_required": True}},
        "api_keys": [{"value": "k" * 30, "stages": [text]}, {"value": unknown(name="a key"), "stages": [text]}],
        "domains": {
            "api.example.com": {
                "mappings": {"": text},
                "routing_mode": "ROUTING_RULE_THEN_API_MAPPING",
                "routing_rules": [{"priority": 1, "stage": text, "headers": {"X": "1"}, "base_path": "v1"}],
            },
            "www.example.com": {"mappings": {"": text}, "mutual_tls": unknown(name="the parameter Mutual")},
        },
        **({"unknown_names": written} if written else {}),
    }


def read(content: dict[str, Any]) -> Api:
    return Api.from_definition(parse_api(json.dumps(content)))


@pytest.mark.parametrize("variables", ["blue", unknown(name="the parameter Color")])
def test_the_api_is_that_of_the_file_with_the_name_in_its_place(variables: Any) -> None:
    api = read(document(variables=variables))
    assert api.stages[0].name != "prod"
    assert api.with_stage("prod") == read(document("prod", variables=variables)).with_stage("prod")


def test_calls_are_at_the_stage_with_the_given_name() -> None:
    api = read(document()).with_stage("prod")
    assert api.invoke("GET", "/a").arn == "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/a"
    host = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    assert api.invoke("GET", "/prod/a", domain_name=host).status == 403
    assert api.invoke("GET", "/b", headers={"X-API-Key": "k" * 30}).outcome == "allowed"


def test_a_stage_that_the_api_has_is_called_as_before() -> None:
    api = read(document())
    called = api.with_stage("test")
    assert called.stages == api.stages
    assert called.unknown_parts == api.unknown_parts


@pytest.mark.parametrize(
    ("stages", "given", "shown"),
    [
        # A name that the known part does not allow, and two names that are not known.
        ([unknown("prod-"), "test"], "beta-1", f"prod-<{NAME}>, test; there is no 'beta-1'"),
        ([unknown(), unknown(name="the parameter Other")], "prod", f"<{NAME}>, <the parameter Other>; there is no"),
        ([unknown(), "test"], "$default", f"<{NAME}>, test; there is no '$default'"),
    ],
)
def test_a_name_that_is_for_no_stage(stages: list[Any], given: str, shown: str) -> None:
    api = read({**document("prod"), "stages": stages, "stage": stages[0], "api_keys": [], "domains": {}})
    with pytest.raises(UsageError) as refused:
        api.with_stage(given)
    assert refused.value.message.startswith(f"which stage is called? The API has {shown}")
    assert refused.value.advice.startswith("name it with stage=, or give a value to ")


def test_a_name_with_a_known_part() -> None:
    stages = [unknown("prod-"), "test"]
    api = read({**document("prod"), "stages": stages, "stage": "test", "api_keys": [], "domains": {}})
    assert api.with_stage("prod-7").stage.name == "prod-7"


def test_a_name_that_no_stage_can_have() -> None:
    with pytest.raises(UsageError, match=r"a stage's name has up to 128 letters.*found 'a/b'"):
        read(document()).with_stage("a/b")
