"""What is set, what AWS decides, and what is known only after apply (SRC-4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Api, CallOutcome, UsageError
from execpolicy.document.unknown_value import has_unknown
from execpolicy.loaders.contents import ReadOptions
from tests.loaders.terraform.reading import (
    REGIONAL,
    contents,
    errors,
    only,
    rest_api,
    root_method,
    stage,
    text_of,
    unknowns,
)
from tests.loaders.terraform.written import Json, Ref, Written, plan_of, state_of
from tests.refused import refused

pytestmark = pytest.mark.rule("SRC-4")
API = "aws_api_gateway_rest_api.orders"
OPEN = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "execute-api:/*"}]})


def changed(document: dict[str, Any], address: str) -> dict[str, Any]:
    """The change of a resource in a plan."""
    found: dict[str, Any] = next(each["change"] for each in document["resource_changes"] if each["address"] == address)
    return found


def planned(document: dict[str, Any], address: str) -> dict[str, Any]:
    """The planned values of a resource of the root module."""
    resources = document["planned_values"]["root_module"]["resources"]
    found: dict[str, Any] = next(each["values"] for each in resources if each["address"] == address)
    return found


def test_what_nobody_sets_is_not_unknown_in_a_first_plan() -> None:
    document = plan_of([rest_api(endpoint_configuration=REGIONAL), root_method(), stage()])
    assert changed(document, API)["after_unknown"]["policy"] is True
    found = contents(document)
    api = only(found, API)
    assert (api.endpoint, api.api_key_source, api.resource_policy) == ("REGIONAL", "HEADER", None)
    assert not unknowns(found)


def test_a_policy_that_is_set_and_not_known_is_unknown() -> None:
    policy = Ref(API, "execution_arn")
    document = plan_of([rest_api(policy=policy, endpoint_configuration=REGIONAL), root_method(), stage()])
    found = contents(document)
    name = f"{API}.policy"
    assert unknowns(found) == {name: "it is known only after apply: give the state then"}
    response = Api.parse(text_of(document)).invoke("GET", "/")
    assert response.outcome is CallOutcome.INDETERMINATE
    assert name in {each.name for each in response.unknown_values}


def test_a_plan_without_its_configuration_takes_nothing_for_unset() -> None:
    document = plan_of([rest_api(), root_method(rest_api_id="a", resource_id="b"), stage(rest_api_id="a")])
    del document["configuration"]
    found = unknowns(contents(document))
    assert f"{API}.policy" in found
    assert f"{API}.endpoint_configuration.types" not in found  # it is unknown as a whole
    assert f"{API}.endpoint_configuration" in found


def test_what_is_unknown_in_a_block_that_dynamic_makes_is_unknown() -> None:
    document = plan_of([rest_api(endpoint_configuration=[{"types": ["REGIONAL"]}]), root_method(), stage()])
    expressions = document["configuration"]["root_module"]["resources"][0]["expressions"]
    del expressions["endpoint_configuration"]
    changed(document, API)["after_unknown"]["endpoint_configuration"] = [{"ip_address_type": True}]
    assert f"{API}.endpoint_configuration[0].ip_address_type" in unknowns(contents(document))
    expressions["endpoint_configuration"] = [{"types": {"constant_value": ["REGIONAL"]}}]
    assert not unknowns(contents(document))


def test_a_list_that_is_not_known_may_be_any_number_of_texts() -> None:
    method = root_method(authorization="COGNITO_USER_POOLS", authorization_scopes=Ref(API, "id"))
    authorizer = Written(
        "aws_api_gateway_authorizer",
        "users",
        {
            "rest_api_id": Ref(API),
            "type": "COGNITO_USER_POOLS",
            "provider_arns": [Ref("aws_cognito_user_pool.a", "arn")],
        },
        {"id": "auth01"},
    )
    pool = Written("aws_cognito_user_pool", "a", {"name": "a"}, {"id": "eu-west-1_A", "arn": "arn:aws:cognito-idp"})
    method.values["authorizer_id"] = Ref("aws_api_gateway_authorizer.users")  # type: ignore[index]  # it is a dict
    document = plan_of([rest_api(endpoint_configuration=REGIONAL), method, authorizer, pool, stage()])
    found = contents(document)
    assert [*unknowns(found)] == ["aws_api_gateway_method.get.authorization_scopes"]
    (each,) = only(found, API).authorizers
    (arn,) = each.user_pools
    assert arn.startswith("arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_")
    assert not has_unknown(arn)


def test_of_a_plan_of_changes_the_planned_values_count() -> None:
    resources = [rest_api(policy=OPEN), root_method(authorization="AWS_IAM"), stage()]
    before = state_of([rest_api(), root_method(), stage()])
    document = plan_of(resources, prior_state=before)
    for each in before["values"]["root_module"]["resources"]:
        change = changed(document, each["address"])
        change |= {"actions": ["update"], "before": each["values"], "after_unknown": {}}
        planned(document, each["address"]).update(
            {name: value for name, value in each["values"].items() if name not in planned(document, each["address"])}
        )
    api = only(contents(document), API)
    assert api.id == "a1b2c3d4e5"
    assert [(route.key, api.auth_of(route)) for route in api.routes] == [("GET /", "AWS_IAM")]
    assert api.resource_policy is not None


def test_the_account_and_the_region_are_those_of_the_arns() -> None:
    api = only(contents(state_of([rest_api(), root_method(), stage()])), API)
    assert (api.id, api.account, api.region) == ("a1b2c3d4e5", "111122223333", "eu-west-1")


def test_a_first_plan_has_the_region_of_its_provider_and_placeholders() -> None:
    api = only(contents(plan_of([rest_api(), root_method(), stage()])), API)
    assert (api.id, api.account, api.region) == ("awsapigatewayrestapiorders", "123456789012", "eu-west-1")
    given = ReadOptions(account="222233334444", region="eu-west-1", api_id="abc")
    api = only(contents(plan_of([rest_api(), root_method(), stage()]), given), API)
    assert (api.id, api.account, api.region) == ("abc", "222233334444", "eu-west-1")


def test_the_region_of_a_provider_may_be_a_variable() -> None:
    document = plan_of([rest_api(), root_method(), stage()], variables={"region": {"value": "eu-central-1"}})
    provider = document["configuration"]["provider_config"]["aws"]
    provider["expressions"]["region"] = {"references": ["var.region"]}
    assert only(contents(document), API).region == "eu-central-1"
    # The expression may be another region if that one is the variable: the user knows.
    assert only(contents(document, ReadOptions(region="eu-west-1")), API).region == "eu-west-1"
    document["variables"]["region"]["value"] = "prod"
    assert only(contents(document), API).region == "us-east-1"
    del document["variables"]
    assert only(contents(document), API).region == "us-east-1"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"constant_value": "us-east-2"}, "us-east-2"),
        ({"references": ["var.region"]}, "eu-central-1"),
        ({"references": ["var.region", "var.other"]}, "us-east-1"),
        ({"references": ["local.region"]}, "us-east-1"),
        (None, "us-east-1"),
    ],
)
def test_a_provider_of_a_module_has_the_variables_of_the_module(given: Json | None, expected: str) -> None:
    resources = [each._replace(modules=("m",)) for each in (rest_api(), root_method(), stage())]
    document = plan_of(resources, variables={"region": {"value": "eu-central-1"}})
    configuration = document["configuration"]
    # The form in which terraform 1.11.4 writes it.
    configuration["provider_config"]["module.m:aws"] = {
        "name": "aws",
        "module_address": "module.m",
        "expressions": {"region": {"references": ["var.region"]}},
    }
    call = configuration["root_module"]["module_calls"]["m"]
    for each in call["module"]["resources"]:
        each["provider_config_key"] = "module.m:aws"
    if given is not None:
        call["expressions"] = {"region": given}
    assert only(contents(document), f"module.m.{API}").region == expected


@pytest.mark.parametrize("option", ["account", "region"])
def test_an_option_that_contradicts_the_file_is_refused(option: str) -> None:
    given = ReadOptions(account="999988887777") if option == "account" else ReadOptions(region="us-east-1")
    document = state_of([rest_api(), root_method(), stage()])
    said = refused(UsageError, lambda: contents(document, given))
    assert said.message.startswith(f"found {option}=")
    assert said.advice == f"leave {option}= out"


def test_an_api_id_for_several_apis_is_refused() -> None:
    document = plan_of([rest_api(), root_method(), stage(), rest_api("b"), root_method("b", "b"), stage("c", "b")])
    said = refused(UsageError, lambda: contents(document, ReadOptions(api_id="abc")))
    assert said.message == f"found api_id= for a file with 2 APIs: {API} and aws_api_gateway_rest_api.b"
    named = ReadOptions(api_id="abc", name=API)
    assert only(contents(document, named), API).id == "abc"


def test_a_literal_id_in_a_policy_is_no_question_where_the_ids_are_known() -> None:
    other = OPEN.replace("execute-api:/*", "arn:aws:execute-api:eu-west-1:111122223333:zzzzzzzzzz/*")
    document = state_of([rest_api(policy=other), root_method(), stage()])
    assert only(contents(document), API).resource_policy is not None
    (message, at, _) = errors(plan_of([rest_api(policy=other), root_method(), stage()]))[0]
    assert message == 'found the account "111122223333", but the account of the API is not given'
    assert at.startswith('\\"arn:aws:execute-api')


YAML = "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      security: [{iam: []}]\n{more}components:\n  securitySchemes:\n"
YAML += "    iam: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}\n"


def test_a_body_may_be_yaml_and_attributes_precede_it() -> None:
    body = YAML.replace("{more}", "x-amazon-apigateway-api-key-source: AUTHORIZER\n")
    document = plan_of([rest_api(body=body), stage()])
    api = only(contents(document), API)
    assert [(route.key, api.auth_of(route)) for route in api.routes] == [("GET /a", "AWS_IAM")]
    assert api.api_key_source == "AUTHORIZER"
    api = only(contents(plan_of([rest_api(body=body, api_key_source="HEADER"), stage()])), API)
    assert api.api_key_source == "HEADER"


def test_an_error_in_a_body_has_the_place_of_its_text() -> None:
    document = plan_of([rest_api(body=YAML.replace("{more}", "pahts: {}\n")), stage()])
    assert errors(document)[0][:2] == ('found "pahts", which is not a field of an OpenAPI document', "pahts")
    document = plan_of([rest_api(body="openapi: ["), stage()])
    assert errors(document)[0][0].startswith("found ")


def test_a_body_may_nest_as_deeply_as_an_openapi_file() -> None:
    schemas = json.loads('{"a":' * 60 + "1" + "}" * 60)
    body = json.dumps({"openapi": "3.0.1", "paths": {"/a": {"get": {}}}, "components": {"schemas": schemas}})
    assert [route.key for route in only(contents(plan_of([rest_api(body=body), stage()])), API).routes] == ["GET /a"]


def test_a_method_beside_a_body_is_refused() -> None:
    document = plan_of([rest_api(body=YAML.replace("{more}", "")), root_method(), stage()])
    (message, at, advice) = errors(document)[0]
    assert message == f"found aws_api_gateway_method.get of {API}, which has a body"
    assert (at, advice) == (
        '"aws_api_gateway_method.get"',
        "write it into body: the next import of the body may remove it",
    )


SETTINGS = [
    ({"caching_enabled": True, "require_authorization_for_cache_control": True}, [True, None]),
    (
        {
            "caching_enabled": True,
            "require_authorization_for_cache_control": True,
            "unauthorized_cache_control_header_strategy": "SUCCEED_WITH_RESPONSE_HEADER",
        },
        [True, "SUCCEED_WITH_RESPONSE_HEADER"],
    ),
    ({"caching_enabled": True, "require_authorization_for_cache_control": False}, [False, None]),
]


def cached(settings: dict[str, Any], path: str = "*/*", **values: Any) -> list[Written]:
    given = {"rest_api_id": Ref(API), "stage_name": "prod", "method_path": path, "settings": [settings]}
    found = Written("aws_api_gateway_method_settings", "all", given, {"id": "x"})
    return [rest_api(), root_method(), stage(**{"cache_cluster_enabled": True, **values}), found]


@pytest.mark.rule("GW-24")
@pytest.mark.parametrize(("settings", "expected"), SETTINGS)
def test_the_settings_of_methods_are_those_of_their_stage(settings: dict[str, Any], expected: list[Any]) -> None:
    (found,) = only(contents(plan_of(cached(settings))), API).stages
    (setting,) = found.method_settings
    assert (setting.path, setting.method, setting.cached) == ("*", "*", True)
    assert [setting.cache_needs_permission, setting.cache_refusal] == expected
    assert found.cache_needs_permission is expected[0]
    (found,) = only(contents(plan_of(cached(settings, "/GET"))), API).stages
    assert found.method_settings[0].key == "//GET"
    (found,) = only(contents(plan_of(cached(settings, cache_cluster_enabled=False))), API).stages
    assert (found.cache_needs_permission, found.method_settings) == (False, ())


@pytest.mark.rule("GW-24")
def test_a_cache_whose_permission_nobody_set_is_not_known() -> None:
    found = contents(plan_of(cached({"caching_enabled": True})))
    name = "aws_api_gateway_stage.prod.settings.require_authorization_for_cache_control"
    assert unknowns(found)[name].startswith("nobody set it")
    found = contents(plan_of(cached({"caching_enabled": True}, cache_cluster_enabled=Ref(API, "id"))))
    assert "aws_api_gateway_stage.prod.cache_cluster_enabled" in str(only(found, API).unknown_parts)


@pytest.mark.parametrize("path", ["GET", "", Ref(API, "id")])
def test_a_path_of_settings_that_is_none_is_refused(path: Any) -> None:
    document = plan_of(cached({"caching_enabled": True}, path))
    expected = "found aws_api_gateway_method_settings.all whose method_path is no known path and method"
    assert errors(document)[0][0] == expected


def test_two_settings_of_one_method_are_refused() -> None:
    resources = cached({"caching_enabled": True}, "*/*")
    twice = resources[-1]._replace(name="again")
    assert errors(plan_of([*resources, twice]))[0][:2] == ('found the settings of "*/*" twice', '"*/*"')


def test_an_api_key_is_enabled_unless_it_says_otherwise() -> None:
    key = Written("aws_api_gateway_api_key", "a", {"name": "a", "value": "key-with-twenty-characters"}, {"id": "k"})
    given = {"key_id": Ref("aws_api_gateway_api_key.a"), "key_type": "API_KEY"}
    plan = {"usage_plan_id": Ref("aws_api_gateway_usage_plan.p")}
    resources = [
        *[rest_api(), root_method(), stage(), key],
        Written("aws_api_gateway_usage_plan_key", "a", given | plan, {"id": "k"}),
        Written(
            "aws_api_gateway_usage_plan",
            "p",
            {"name": "p", "api_stages": [{"api_id": Ref(API), "stage": "prod"}]},
            {"id": "p"},
        ),
    ]
    (found,) = only(contents(plan_of(resources)), API).api_keys
    assert (found.value, found.enabled) == ("key-with-twenty-characters", True)
    resources[3] = key._replace(values={"name": "a", "enabled": False}, assigned={"id": "k", "value": "x" * 20})
    (found,) = only(contents(plan_of(resources)), API).api_keys
    assert (found.value, found.enabled) == ("generated-value-of-aws_api_gateway_api_key.a", False)


def test_a_domain_leads_to_a_stage() -> None:
    domain = Written("aws_api_gateway_domain_name", "d", {"domain_name": "api.example.com"}, {"id": "x", "arn": "y"})
    mapping = Written(
        "aws_api_gateway_base_path_mapping",
        "m",
        {
            "api_id": Ref(API),
            "stage_name": Ref("aws_api_gateway_stage.prod", "stage_name"),
            "domain_name": Ref("aws_api_gateway_domain_name.d", "domain_name"),
            "base_path": "v1",
        },
        {"id": "z"},
    )
    resources = [rest_api(), root_method(), stage(), domain, mapping]
    for document in (plan_of(resources), state_of(resources)):
        (found,) = only(contents(document), API).domains
        assert (found.name, [(each.path, each.stage) for each in found.mappings]) == (
            "api.example.com",
            [("v1", "prod")],
        )


def test_a_private_domain_has_its_endpoint() -> None:
    domain = Written(
        "aws_api_gateway_domain_name",
        "d",
        {
            "domain_name": "api.example.com",
            "endpoint_configuration": [{"types": ["PRIVATE"]}],
            "policy": OPEN,
        },
        {
            "id": "api.example.com/abc123",
            "arn": "arn:aws:apigateway:eu-west-1::/domainnames/d",
            "domain_name_id": "abc",
        },
    )
    endpoint = Written(
        "aws_vpc_endpoint",
        "e",
        {"service_name": "com.amazonaws.eu-west-1.execute-api"},
        {"id": "vpce-0a1b2c3d4e5f60718"},
    )
    association = Written(
        "aws_api_gateway_domain_name_access_association",
        "a",
        {
            "access_association_source": Ref("aws_vpc_endpoint.e"),
            "access_association_source_type": "VPCE",
            "domain_name_arn": Ref("aws_api_gateway_domain_name.d", "arn"),
        },
        {"id": "q"},
    )
    mapping = Written(
        "aws_api_gateway_base_path_mapping",
        "m",
        {"api_id": Ref(API), "stage_name": "prod", "domain_name": "api.example.com"},
        {"id": "z"},
    )
    private = rest_api(endpoint_configuration=[{"types": ["PRIVATE"]}])
    resources = [private, root_method(), stage(), domain, endpoint, association, mapping]
    for document, ids in ((plan_of(resources), "vpce-"), (state_of(resources), "vpce-0a1b2c3d4e5f60718")):
        (found,) = only(contents(document), API).domains
        assert found.associated_endpoints is not None
        (one,) = found.associated_endpoints
        assert one.startswith(ids)
    assert only(contents(state_of(resources)), API).domains[0].id == "abc"


def test_the_status_of_a_gateway_response_has_to_be_known() -> None:
    values = {
        "rest_api_id": Ref("aws_api_gateway_rest_api.orders"),
        "response_type": "ACCESS_DENIED",
        "status_code": Ref("aws_ssm_parameter.status", "value"),
    }
    response = Written("aws_api_gateway_gateway_response", "denied", values, {"id": "aggr-denied"})
    ((message, at, advice),) = errors(plan_of([rest_api(), root_method(), stage(), response]))
    assert message == (
        "found aws_api_gateway_gateway_response.denied.status_code, which is known only after apply, "
        "expected a value that is known"
    )
    assert "aws_ssm_parameter.status" in at
    assert advice == "write its value into the configuration, or give the state after apply"
