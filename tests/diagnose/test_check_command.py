"""The command that simulates the call of a pasted text."""

from __future__ import annotations

import json

import pytest

from execpolicy import Authorizer, Domain, Mapped, Route
from execpolicy.diagnose.why import CalledApi, read_message
from execpolicy.gateway.model.api_definition import ApiDefinition
from tests.diagnose.messages import ANN, MASKED, sentence

POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_x"
HEADER = ["method.request.header.Authorization"]
PETS = CalledApi(
    ApiDefinition(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=["prod", "test"],
        stage="prod",
        routes=[
            Route("GET", "/pets/{id}", auth="AWS_IAM"),
            Route("GET", "/cats", authorizer="function"),
            Route("GET", "/dogs", authorizer="pool"),
            Route("GET", "/open"),
        ],
        authorizers=[
            Authorizer("function", type="TOKEN", identity_sources=HEADER),
            Authorizer("pool", type="COGNITO_USER_POOLS", identity_sources=HEADER, user_pools=[POOL]),
        ],
        domains=[Domain("api.example.com", mappings=[Mapped("v1", stage="prod")])],
    ),
    "my pets.api.yaml",
)
START = ["execpolicy", "check", "GET"]
API = ["--api", "my pets.api.yaml"]


def line(path: str, caller: str = ANN, **more: str) -> str:
    return json.dumps({"httpMethod": "GET", "path": path, "userArn": caller, "message": "Forbidden", **more})


@pytest.mark.rule("MSG-3", "GW-28")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (line("/prod/pets/7", sourceIp="203.0.113.9"),
         [*START, "/pets/7", *API, "--stage", "prod", "--as", ANN, "--context", "aws:SourceIp=203.0.113.9",
          "--identity", "FILE"]),
        (line("/test/pets/7", ip="10.0.0.1"), [*START, "/pets/7", *API, "--stage", "test", "--as", ANN,
                                              "--identity", "FILE"]),
        (line("/test/pets/7", ip="169.254.0.1"), [*START, "/pets/7", *API, "--stage", "test", "--as", ANN,
                                              "--identity", "FILE"]),
        (line("/test/pets/7", ip="::ffff:10.0.0.1"), [*START, "/pets/7", *API, "--stage", "test", "--as", ANN,
                                              "--identity", "FILE"]),
        (line("/test/pets/7", ip="fe80::1"), [*START, "/pets/7", *API, "--stage", "test", "--as", ANN,
                                              "--identity", "FILE"]),
        (line("/pets/7", stage="test", ip="the moon"), [*START, "/pets/7", *API, "--stage", "test", "--as", ANN,
                                                        "--identity", "FILE"]),
        (line("/pets/7", stage="beta"), [*START, "/pets/7", *API, "--as", ANN, "--identity", "FILE"]),
        (line("/v1/pets/7", domainName="api.example.com"),
         [*START, "/v1/pets/7", *API, "--domain", "api.example.com", "--as", ANN]),
        (line("/prod/cats"), [*START, "/cats", *API, "--stage", "prod", "--as", ANN, "--authorizer-output", "FILE"]),
        (line("/prod/dogs", "-"), [*START, "/dogs", *API, "--stage", "prod", "--claims", "FILE"]),
        (line("/prod/open", "-"), [*START, "/open", *API, "--stage", "prod"]),
        (line("/prod/pets/7", "-"), [*START, "/pets/7", *API, "--stage", "prod"]),
        (line("/prod/none"), [*START, "/none", *API, "--stage", "prod", "--as", ANN]),
        (line("/prod/a?token=x"), [*START, "/a", *API, "--stage", "prod", "--as", ANN]),
        (sentence(), [*START, "/pets/7", *API, "--stage", "prod", "--as", ANN, "--identity", "FILE"]),
        (sentence(user="anonymous"), [*START, "/pets/7", *API, "--stage", "prod"]),
        (sentence(user="Bob"), []),
        (sentence(resource=MASKED.replace("/7", "/*")), []),
        (sentence(resource=MASKED.partition("/")[0]), []),
        (sentence(resource=""), []),
        (sentence(resource=MASKED.replace("GET", "get")), []),
        (sentence(resource=MASKED.replace("GET", "*")), []),
        (line("/prod/pets/7", "Bob"), []),
        ("Forbidden", []),
    ],
)  # fmt: skip
def test_with_an_api(text: str, expected: list[str]) -> None:
    meaning = read_message(text, api=PETS)
    assert list(meaning.reproduce) == expected
    assert meaning.to_dict()["reproduce"] == expected
    assert ("\nto simulate the call\n" in str(meaning)) is bool(expected)
    assert ("FILE stands for" in str(meaning)) is ("FILE" in expected)


@pytest.mark.rule("MSG-1", "MSG-3")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (sentence(resource=MASKED.replace("********3333", "111122223333")),
         ["execpolicy", "check", "--as", ANN, "--on", MASKED.replace("********3333", "111122223333"), "--identity",
          "FILE"]),
        (sentence(user="anonymous", resource=MASKED.replace("********3333", "111122223333")),
         ["execpolicy", "check", "--as", "anonymous", "--on", MASKED.replace("********3333", "111122223333"),
          "--resource", "FILE"]),
        (sentence(), [*START, "/pets/7", "--api", "FILE", "--stage", "prod", "--as", ANN]),
        (line("/prod/pets/7", stage="prod"), [*START, "/pets/7", "--api", "FILE", "--stage", "prod", "--as", ANN]),
        (line("/prod/pets/7"), [*START, "/prod/pets/7", "--api", "FILE", "--as", ANN]),
        (sentence(action="execute-api:ManageConnections"), []),
        (sentence(action="s3:GetObject", resource="arn:aws:s3:::orders/a/GET/b"), []),
    ],
)  # fmt: skip
def test_without_an_api(text: str, expected: list[str]) -> None:
    assert list(read_message(text).reproduce) == expected


@pytest.mark.rule("MSG-3")
def test_a_path_cannot_end_the_command() -> None:
    shown = str(read_message(line("/prod/$(x);`y`'"), api=PETS))
    assert """execpolicy check GET '/$(x);`y`'"'"'' --api 'my pets.api.yaml' --stage prod""" in shown
    assert read_message(line("/prod/\x1b[2J"), api=PETS).reproduce == ()


@pytest.mark.rule("GW-28")
def test_a_custom_domain_that_is_given() -> None:
    meaning = read_message(line("/v1/pets/7"), api=PETS._replace(domain="api.example.com"))
    assert meaning.reproduce[2:8] == ("GET", "/v1/pets/7", *API, "--domain", "api.example.com")


@pytest.mark.rule("GW-26")
def test_calls_without_a_route_that_can_be_looked_up() -> None:
    unknown = json.dumps({"httpMethod": "FOO", "path": "/prod/pets/7", "userArn": ANN, "message": "Forbidden"})
    assert read_message(unknown, api=PETS).reproduce == (
        "execpolicy", "check", "FOO", "/pets/7", *API, "--stage", "prod", "--as", ANN
    )  # fmt: skip
    socket = ApiDefinition(
        id="a1b2c3", type="WEBSOCKET", region="eu-west-1", account="111122223333", stages=["prod"],
        routes=[Route("send")],
    )  # fmt: skip
    meaning = read_message(line("/prod/pets"), api=CalledApi(socket, "a.yaml"))
    assert meaning.reproduce[2:6] == ("GET", "/pets", "--api", "a.yaml")
