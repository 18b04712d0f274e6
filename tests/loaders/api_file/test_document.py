"""API files: what they say of an API, and what is said, and where, of a file that describes none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, Diagnostic, ExecPolicyError, MethodSetting, PolicyKind, PolicySyntaxError, UsageError
from execpolicy.document.syntax.nodes import to_python
from execpolicy.document.syntax.yaml_reader import read_yaml
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.authorizer import Claim, Issuer
from execpolicy.gateway.model.domain import Mapped
from execpolicy.gateway.model.names import ApiType, AuthType, CacheRefusal, EndpointType, KeySource
from execpolicy.gateway.model.readings import Readings
from execpolicy.gateway.model.stage import ApiKey
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import load_api, parse_api
from tests.document.marks import unmarked
from tests.gateway.apis import HTTP, OF_FORM, OF_MEANING, OF_YAML, PUBLIC, SOUND, WEBSOCKET, Malformed
from tests.refused import refused

NAME = "orders.api.yaml"
PAGE = Path(__file__).parents[3] / "docs" / "api-files.md"
EXAMPLES = re.findall(r"^```(yaml|json)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def errors_of(text: str, name: str = NAME) -> tuple[Diagnostic, ...]:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_api(text, name=name)
    return caught.value.errors


def as_json(text: str) -> str:
    """A sound YAML text as JSON."""
    root, faults = read_yaml(text, NAME)
    assert root is not None
    assert faults == []
    return json.dumps(to_python(root), indent=2)


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in [*OF_FORM, *OF_MEANING, *OF_YAML]])
def test_a_malformed_file(bad: Malformed) -> None:
    text, spans = unmarked(bad.text)
    found = errors_of(text)
    assert len(found) == len(bad.messages), "\n".join(map(str, found))
    for error, message in zip(found, bad.messages, strict=True):
        assert message in error.message
    assert [error.span for error in found] == spans
    assert {error.source.name for error in found if error.source is not None} == {NAME}


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in [*OF_FORM, *OF_MEANING]])
def test_json_is_refused_alike(bad: Malformed) -> None:
    text, _ = unmarked(bad.text)
    by_yaml = errors_of(text)
    by_json = errors_of(as_json(text), "orders.api.json")
    assert [error.message for error in by_json] == [error.message for error in by_yaml]
    assert all(error.span is not None for error in by_json)


def test_everything_that_is_wrong_is_told_in_the_order_of_the_file() -> None:
    text = (
        SOUND.replace("title", "titel").replace("ttl: 60", "ttl: 6000").replace("authorizer: pool", "authorizer: pol")
    )
    found = errors_of(text.replace("Effect: Allow", "Effect: allow").replace("SUCCEED", "SUCEED"))
    assert [(error.message.split(",")[0], error.span and error.span.line) for error in found] == [
        ('found "titel"', 2),
        ('found "SUCEED_WITH_RESPONSE_HEADER" as cache_refusal', 10),
        ("ttl is a number of seconds from 0 to 3600", 13),
        ('found the authorizer "pol"', 28),
        ('found "allow" as Effect', 30),
    ]


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("authorizer: tokens", "authorizer: token", 'did you mean "tokens"?'),
        ("stage: prod\n", "stage: prdo\n", 'did you mean "prod"?'),
        ("stage: prod\n", "stage: beta\n", "use prod or test"),
        ("api_keys", "api_key", 'did you mean "api_keys"?'),
        ('"111122223333"', "11112222333", "put it in double quotes"),
        ("GET /: {}", "GET: {}", "write it as GET /orders/{id}, with one space between method and path"),
        ("GET /: {}", "GET /: NONE", "write an object"),
        ("id: id1", "name: id1", 'add its "id", or remove this'),
    ],
)
def test_advice_says_what_to_do(old: str, new: str, advice: str) -> None:
    assert advice in [error.advice for error in errors_of(SOUND.replace(old, new))]


@pytest.mark.parametrize("name", [NAME, "orders.api.yml", "orders", "<stdin>"])
def test_a_sound_file(name: str) -> None:
    api = parse_api(SOUND, name=name)
    assert (api.id, api.type, api.region, api.account) == ("a1b2c3", ApiType.REST, "eu-west-1", "111122223333")
    assert (api.endpoint, api.stage.name, api.api_key_source) == (EndpointType.PRIVATE, "prod", KeySource.AUTHORIZER)
    prod, test = api.stages
    assert (dict(prod.variables), prod.cache_needs_permission) == ({"table": "orders"}, True)
    assert (prod.cache_refusal, test.cache_refusal) == (
        CacheRefusal.SUCCEED_WITH_RESPONSE_HEADER,
        CacheRefusal.FAIL_WITH_403,
    )
    tokens, asks, pool, jwt = api.authorizers
    assert (tokens.identity_sources, tokens.validation_expression, tokens.ttl) == (
        ("method.request.header.Auth",),
        "a+",
        60,
    )
    assert asks.identity_sources == ("method.request.header.A", "method.request.querystring.b")
    assert (asks.ttl, asks.payload_format, asks.simple_responses) == (None, "1.0", False)
    assert pool.user_pools == ("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x",)
    assert jwt.issuers == (Issuer("https://a.example", ("b", "c"), (Claim("tenant", ("d",), required=True),)),)
    assert [route.key for route in api.routes] == ["GET /orders/{id}", "POST /orders", "GET /pool", "GET /"]
    assert [api.auth_of(route) for route in api.routes] == [
        AuthType.CUSTOM,
        AuthType.AWS_IAM,
        AuthType.COGNITO_USER_POOLS,
        AuthType.NONE,
    ]
    assert [route.scopes for route in api.routes] == [(), (), ("e", "f"), ()]
    assert [route.api_key_required for route in api.routes] == [True, False, False, False]
    assert api.api_keys == (ApiKey("secret", ("prod", "test"), enabled=False),)
    assert api.readings == Readings("normalised", "authorization_header")


def test_the_domains_of_a_sound_file() -> None:
    public, private = parse_api(SOUND, name=NAME).domains
    assert public.mappings == (Mapped("", "prod"), Mapped("next", "test"), Mapped("far", "beta", "z9"))
    assert (public.id, public.policy, public.associated_endpoints) == (None, None, ())
    assert (private.name, private.id, private.associated_endpoints) == ("b.example", "id1", ("vpce-1",))
    assert private.policy is not None
    assert private.policy.kind is PolicyKind.DOMAIN_NAME


@pytest.mark.rule("GW-24")
def test_the_settings_of_methods() -> None:
    (prod,) = parse_api(PUBLIC, name=NAME).stages
    assert prod.method_settings == (
        MethodSetting("*", "*", cached=False),
        MethodSetting("/pets", "GET", cached=True, cache_needs_permission=True),
    )


def test_policies_keep_their_places_in_the_file() -> None:
    api = parse_api(SOUND, name=NAME)
    policy = api.resource_policy
    assert policy is not None
    assert (policy.kind, policy.name) == (PolicyKind.RESOURCE, NAME)
    line = next(number for number, line in enumerate(SOUND.splitlines(), 1) if line.startswith("resource_policy"))
    column = SOUND.splitlines()[line - 1].index("{Effect") + 1
    assert policy.place(policy.statements[0]) == f"{NAME}:{line}:{column}"


def test_json_says_the_same() -> None:
    for text in (SOUND, WEBSOCKET):
        stage = "prod" if text is SOUND else "live"
        by_json = parse_api(as_json(text), name="orders.api.json", options=ReadOptions(stage=stage))
        by_yaml = parse_api(text, name=NAME, options=ReadOptions(stage=stage))
        for field in ("id", "type", "stages", "authorizers", "routes", "api_keys", "readings", "cors", "stage"):
            assert getattr(by_json, field) == getattr(by_yaml, field), field
    assert parse_api("\ufeff" + as_json(HTTP)).type is ApiType.HTTP


def test_an_http_api_has_one_stage_unless_it_names_some() -> None:
    api = parse_api(HTTP, name=NAME)
    assert [stage.name for stage in api.stages] == ["$default"]
    assert api.cors is True
    assert [(route.method, route.path) for route in api.routes] == [("$default", ""), ("ANY", "/a")]
    (asks,) = api.authorizers
    assert (asks.payload_format, asks.simple_responses, asks.ttl) == ("2.0", True, 5)
    assert parse_api(HTTP + "stages: [beta]\n", name=NAME).stage.name == "beta"


def test_a_websocket_api_has_route_keys() -> None:
    api = parse_api(WEBSOCKET, name=NAME, options=ReadOptions(stage="next"))
    assert (api.stage.name, api.partition) == ("next", "aws-cn")
    assert [(route.method, route.path) for route in api.routes] == [
        ("$connect", ""),
        ("$default", ""),
        ("send news", ""),
    ]


def test_a_stage_that_is_asked_for_goes_first() -> None:
    assert parse_api(SOUND, name=NAME, options=ReadOptions(stage="test")).stage.name == "test"
    said = refused(UsageError, lambda: parse_api(SOUND, name=NAME, options=ReadOptions(stage="tset")))
    assert said.message == "which stage is called? The API has prod, test; there is no 'tset'"
    said = refused(UsageError, lambda: parse_api(WEBSOCKET, name=NAME))
    assert said.message == "which stage is called? The API has live, next; none is given"


POLICY: dict[str, Any] = {
    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An API whose resource policy is a file of its own, in a folder beside it."""
    (tmp_path / "policies").mkdir()
    inline = next(line for line in SOUND.splitlines() if line.startswith("resource_policy"))
    text = SOUND.replace(inline, "resource_policy: policies/open.json")
    (tmp_path / NAME).write_text(text, "utf-8")
    (tmp_path / "policies" / "open.json").write_text(json.dumps(POLICY), "utf-8")
    return tmp_path


def test_a_policy_in_a_file_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = Api.load(folder / NAME).resource_policy
    assert policy is not None
    assert policy.name == str(folder / "policies" / "open.json")
    monkeypatch.chdir(folder)
    policy = load_api(NAME).values[0].resource_policy
    assert policy is not None
    assert policy.place(policy.statements[0]) == "policies/open.json:1:15"


def test_a_mistake_in_a_file_of_its_own_is_told_in_its_turn(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "policies" / "open.json").write_text('{"Statement": {"Effect": "Allow"}}', "utf-8")
    text = (folder / NAME).read_text("utf-8")
    (folder / NAME).write_text(text.replace("title", "titel").replace("AUTHORIZER", "COOKIE"), "utf-8")
    with pytest.raises(PolicySyntaxError) as caught:
        load_api(NAME)
    assert [error.place for error in caught.value.errors] == [
        f"{NAME}:2:1",
        "policies/open.json:1:15",
        "policies/open.json:1:15",
        "policies/open.json:1:15",
        f"{NAME}:33:17",
    ]


def test_a_policy_s_file_that_cannot_be_read(folder: Path) -> None:
    (folder / "policies" / "open.json").unlink()
    with pytest.raises(PolicySyntaxError) as caught:
        load_api(folder / NAME)
    (error,) = caught.value.errors
    assert error.message == f'cannot read "{folder / "policies" / "open.json"}": No such file or directory'
    assert (error.place, error.advice) == (f"{folder / NAME}:30:18", "check the path")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "none.api.yaml"
    said = refused(ExecPolicyError, lambda: load_api(path))
    assert said.message == f'cannot read "{path}": No such file or directory'
    assert said.advice == "check the path"


def test_a_file_that_is_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes("title: é".encode("latin-1"))
    said = refused(PolicySyntaxError, lambda: load_api(path))
    assert said.message == "found the byte 0xe9 at offset 7, which is not UTF-8"


def test_parameters_are_for_templates(folder: Path) -> None:
    said = refused(UsageError, lambda: Api.load(folder / NAME, parameters={"Stage": "prod"}))
    assert said.message == "found parameters= for a file of kind execpolicy, which does not use it"
    assert said.advice == "leave it out: such a file uses stage="


@pytest.mark.parametrize(("language", "text"), EXAMPLES, ids=[f"{number}" for number in range(len(EXAMPLES))])
def test_the_examples_of_the_page_are_sound(language: str, text: str) -> None:
    assert parse_api(text, name=f"example.{language}").routes


def test_the_page_has_every_field_in_its_examples() -> None:
    from tests.gateway.test_api_schema import FIELDS

    used = set()
    for language, text in EXAMPLES:
        document = json.loads(text) if language == "json" else json.loads(as_json(text))
        used |= names_in(document)
    assert len(EXAMPLES) == 4
    assert {name for names in FIELDS.values() for name in names} <= used


def names_in(value: Any) -> set[str]:
    """The names of all members."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(("text", "stage"), [(SOUND, "prod"), (PUBLIC, None), (HTTP, None), (WEBSOCKET, "live")])
def test_parts_that_were_accepted_one_by_one_are_accepted_together(text: str, stage: str | None) -> None:
    api = parse_api(text, name=NAME, options=ReadOptions(stage=stage))
    parts = {name: getattr(api, name) for name in ApiParts.__slots__}
    assert ApiDefinition(**{**parts, "stage": api.stage.name}) == api
