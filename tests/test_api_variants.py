"""An API that its file describes differently for different values of what is not known (SRC-9)."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from execpolicy import Api, AuthorizerCache, Context, Policy, RequestError, Route, Stage, UsageError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.domain import Domain, Mapped
from execpolicy.gateway.model.readings import Readings
from execpolicy.gateway.model.variants import Variants
from execpolicy.testing import Scenario
from tests.refused import refused

pytestmark = pytest.mark.rule("SRC-9")

STAGE = "the parameter Stage"
SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"


def definition(*routes: Route, **parts: Any) -> ApiDefinition:
    given = {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
    return ApiDefinition(**{**given, "routes": routes, **parts})


OPEN = definition(Route("GET", "/orders"), Route("GET", "/health"))
SIGNED = definition(Route("GET", "/orders", auth="AWS_IAM"), Route("GET", "/health"))
API = Api.from_variants(Variants((OPEN, SIGNED), (STAGE,)))


def test_a_call_whose_answer_depends_on_the_value_is_indeterminate() -> None:
    response = API.invoke("GET", "/orders")
    assert (response.outcome, response.status, response.statuses) == ("indeterminate", None, (200, 403))
    assert [value.name for value in response.unknown_values] == [STAGE]
    assert not response.allowed
    assert response.refused_by is None
    assert response.steps[-1].detail == (
        "it depends on the parameter Stage, which has no value: allowed or refused with 403 at gate 5b (signature)"
    )
    assert str(response.explain()).splitlines()[0] == (
        "INDETERMINATE: allowed or refused (200, 403): it depends on the parameter Stage, which has no value"
    ).replace("200, 403", "200 or 403")


def test_the_same_answer_for_every_value_is_the_answer() -> None:
    response = API.invoke("GET", "/health")
    assert (response.outcome, response.status, response.unknown_values) == ("allowed", 200, ())
    assert response.notes == (
        "the answer is the same for every value of the parameter Stage, which is not known (SRC-9)",
    )


@pytest.mark.rule("MSG-5", "GW-37")
def test_what_is_sent_and_received_is_known_if_it_is_the_same_for_every_value() -> None:
    response = API.invoke("GET", "/health")
    assert (response.sent, response.integration) == (
        None,
        Api.from_definition(OPEN).invoke("GET", "/health").integration,
    )
    response = API.invoke("GET", "/none")
    assert response.sent == Api.from_definition(OPEN).invoke("GET", "/none").sent
    assert response.sent is not None
    error = refused(UsageError, lambda: API.invoke("GET", "/orders").sent)
    assert error.message.startswith("it is not known which response is sent: INDETERMINATE: ")
    stages = [[Stage("prod", variables={"table": name})] for name in ("old", "new")]
    differing = tuple(definition(Route("GET", "/health"), stages=each) for each in stages)
    response = Api.from_variants(Variants(differing, (STAGE,))).invoke("GET", "/health")
    assert (response.outcome, response.sent) == ("allowed", None)
    error = refused(UsageError, lambda: response.integration)
    assert error.message == "what the integration receives is not the same for every value that is not known"
    assert (error.advice, error.rule) == ("give values where the file is read, such as parameters=…", "GW-37")


@pytest.mark.rule("MSG-5")
def test_what_is_sent_is_not_known_of_a_copy() -> None:
    response = pickle.loads(pickle.dumps(API.invoke("GET", "/none")))
    assert refused(UsageError, lambda: response.sent).message == "the response is a copy, or the call may not exist"


def test_a_domain_that_only_one_variant_has() -> None:
    domain = Domain("api.example.com", [Mapped("v1", "prod")])
    api = Api.from_variants(Variants((definition(Route("GET", "/orders"), domains=[domain]), OPEN), (STAGE,)))
    response = api.invoke("GET", "/v1/orders", domain_name="api.example.com")
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 403))
    assert response.steps[-1].detail == (
        "it depends on the parameter Stage, which has no value: allowed or the host api.example.com does not exist"
    )
    error = refused(RequestError, lambda: api.invoke("GET", "/v1/orders", domain_name="shop.example.com"))
    assert error.message == "shop.example.com is not a domain name of the API a1b2c3"
    through = {"aws:SourceVpce": "vpce-0a1b2c3d"}
    error = refused(
        RequestError, lambda: api.invoke("GET", "/v1/orders", domain_name="api.example.com", context=through)
    )
    assert error.message.startswith("api.example.com is a public domain name, and the context has aws:SourceVpce")


def test_a_message_that_differs_is_not_known() -> None:
    other = definition(Route("GET", "/orders", auth="AWS_IAM"), stages=["test"])
    api = Api.from_variants(Variants((SIGNED, other), (STAGE,)))
    response = api.invoke("GET", "/orders", caller="arn:aws:iam::111122223333:user/ann")
    assert (response.status, response.message, response.body) == (403, "", {})
    assert "the message depends on the parameter Stage" in response.notes


def test_denied_with_every_value_is_denied_with_every_status() -> None:
    tokens = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
    other = definition(Route("GET", "/orders", authorizer="tokens"), authorizers=[tokens])
    response = Api.from_variants(Variants((SIGNED, other), (STAGE,))).invoke("GET", "/orders", headers={})
    assert (response.outcome, response.statuses) == ("denied", (401, 403))
    assert [value.name for value in response.unknown_values] == [STAGE]


def test_one_variant_is_an_api_as_any_other() -> None:
    assert Api.from_variants(Variants((OPEN,))) == Api.from_definition(OPEN)
    assert not Api.from_definition(OPEN).has_variants
    assert Api.from_definition(OPEN).variants == (Api.from_definition(OPEN),)


def test_the_attributes_are_those_of_the_first_variant() -> None:
    assert API.routes == OPEN.routes
    assert API.has_variants
    assert API.depends_on == (STAGE,)
    assert API.variants[1:] == (SIGNED,)


def test_variants_survive_copies_and_distinguish_apis() -> None:
    for made in (copy.copy(API), copy.deepcopy(API), pickle.loads(pickle.dumps(API)), Api.from_definition(API)):
        assert made == API
        assert hash(made) == hash(API)
        assert made.invoke("GET", "/orders").outcome == "indeterminate"
    assert Api.from_definition(OPEN) != API


@pytest.mark.parametrize(
    "changed",
    [
        API.with_stage("prod"),
        API.with_readings(Readings(path="normalised")),
        API.each(lambda variant: variant.with_stage("prod")),
    ],
)
def test_a_changed_api_keeps_its_variants(changed: Api) -> None:
    assert changed.invoke("GET", "/orders").outcome == "indeterminate"


def test_a_scenario_that_changes_the_api_keeps_its_variants() -> None:
    scenario = Scenario().api(API, stage="prod")
    response = scenario.call("GET", "/orders").response
    assert response is not None
    assert response.outcome == "indeterminate"


def test_each_variant_has_a_cache_of_its_own() -> None:
    def of(source: str) -> ApiDefinition:
        tokens = Authorizer("tokens", type="TOKEN", identity_sources=[source])
        return definition(Route("GET", "/orders", authorizer="tokens"), authorizers=[tokens])

    api = Api.from_variants(Variants((of("method.request.header.A"), of("method.request.header.B")), (STAGE,)))
    allows = {"principalId": "ann", "policyDocument": {"Statement": _statement("Allow")}}
    denies = {"principalId": "ann", "policyDocument": {"Statement": _statement("Deny")}}
    cache = AuthorizerCache()

    def call(a: str, b: str, output: object) -> GatewayResponse:
        return api.invoke("GET", "/orders", headers={"A": a, "B": b}, authorizer_output=output, cache=cache)

    assert call("1", "2", allows).outcome == "allowed"
    # The first variant finds the output for 1 in its cache, the second has none for 1.
    assert call("1", "1", denies).outcome == "indeterminate"
    assert len(cache) == 3
    cache.flush()
    assert call("1", "2", denies).outcome == "denied"


def _statement(effect: str) -> dict[str, str]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*"}


def test_the_response_as_json() -> None:
    names = ("response-1", "decision-1")
    schemas = {name: json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")) for name in names}
    registry = Registry().with_resources(
        [(f"urn:execpolicy:schema:{name}", Resource.from_contents(each)) for name, each in schemas.items()]
    )
    data = API.invoke("GET", "/orders").to_dict()
    Draft202012Validator(schemas["response-1"], registry=registry).validate(data)
    assert data["unknown_values"] == [{"name": STAGE, "place": None}]


def test_an_answer_that_is_not_known_for_one_value() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    conditions = {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    policy = Policy.parse(
        {"Version": "2012-10-17", "Statement": {**statement, "Condition": conditions}}, kind="resource"
    )
    api = Api.from_variants(Variants((OPEN, definition(Route("GET", "/orders"), resource_policy=policy)), (STAGE,)))
    response = api.invoke("GET", "/orders", context=Context(complete=False))
    assert response.steps[-1].detail.endswith(": allowed or refused (200 or 403) or refused with 403")
