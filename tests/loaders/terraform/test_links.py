"""Links between resources whose ids are known only after apply: modules, count and for_each (SRC-4)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, CallOutcome
from tests.loaders.terraform.reading import contents, errors, only, rest_api, root_method, stage, text_of, unknowns
from tests.loaders.terraform.written import Ref, Written, plan_of, state_of

pytestmark = pytest.mark.rule("SRC-4")
API = "aws_api_gateway_rest_api.orders"


def routes(document: dict[str, Any], name: str = API) -> dict[str, str]:
    """The routes of an API, with their authorization."""
    api = only(contents(document), name)
    return {route.key: api.auth_of(route) for route in api.routes}


def with_expression(document: dict[str, Any], address: str, name: str, expression: Any) -> dict[str, Any]:
    """The plan in which another expression stands for an attribute; a list are references."""
    path = document["configuration"]["root_module"]
    *modules, type_name, own = address.split(".")
    for module in modules:
        if module != "module":
            path = path["module_calls"][module]["module"]
    resource = next(each for each in path["resources"] if each["address"] == f"{type_name}.{own}")
    resource["expressions"][name] = {"references": expression} if isinstance(expression, list) else expression
    return document


def test_a_first_plan_has_the_routes_that_the_state_has() -> None:
    resources = [
        rest_api(),
        Written(
            "aws_api_gateway_resource",
            "order",
            {"rest_api_id": Ref(API), "parent_id": Ref("aws_api_gateway_resource.orders"), "path_part": "{id}"},
            {"id": "res2", "path": "/orders/{id}"},
        ),
        Written(
            "aws_api_gateway_resource",
            "orders",
            {"rest_api_id": Ref(API), "parent_id": Ref(API, "root_resource_id"), "path_part": "orders"},
            {"id": "res1", "path": "/orders"},
        ),
        root_method(),
        root_method("iam", resource_id=Ref("aws_api_gateway_resource.order"), authorization="AWS_IAM"),
        stage(),
    ]
    expected = {"GET /": "NONE", "GET /orders/{id}": "AWS_IAM"}
    assert routes(plan_of(resources)) == routes(state_of(resources)) == expected


def modules(*, key: str | None) -> list[Written]:
    """Two modules: one has the API, the other has the methods and gets the id as an input."""
    suffix = "" if key is None else f'["{key}"]'
    return [
        rest_api()._replace(modules=(f"api{suffix}",)),
        stage()._replace(modules=(f"api{suffix}",)),
        root_method()._replace(modules=(f"methods{suffix}",)),
    ]


@pytest.mark.parametrize("key", [None, "eu"])
def test_an_id_is_followed_through_outputs_and_inputs_of_modules(key: str | None) -> None:
    document = plan_of(modules(key=key))
    calls = document["configuration"]["root_module"]["module_calls"]
    calls["api"]["module"]["outputs"] = {
        "id": {"expression": {"references": [f"{API}.id", API]}},
        "api": {"expression": {"references": [API]}},
    }
    index = "" if key is None else f'["{key}"]'
    calls["methods"]["expressions"] = {
        "api_id": {"references": [f"module.api{index}.id", f"module.api{index}", "module.api"]},
        "root": {"references": [f"module.api{index}.api.root_resource_id", f"module.api{index}.api", "module.api"]},
    }
    address = "module.methods.aws_api_gateway_method.get"
    with_expression(document, address, "rest_api_id", ["var.api_id"])
    with_expression(document, address, "resource_id", ["var.root"])
    assert routes(document, f"module.api{index}.{API}") == {"GET /": "NONE"}


def test_a_module_with_for_each_passes_its_key() -> None:
    document = plan_of([each for key in ("eu", "us") for each in modules(key=key)])
    calls = document["configuration"]["root_module"]["module_calls"]
    calls["api"]["module"]["outputs"] = {"id": {"expression": {"references": [f"{API}.id", API]}}}
    # Of module.api[each.key].id Terraform writes no more than this.
    calls["methods"]["expressions"] = {"api_id": {"references": ["module.api", "each.key"]}}
    address = "module.methods.aws_api_gateway_method.get"
    with_expression(document, address, "rest_api_id", ["var.api_id"])
    with_expression(document, address, "resource_id", ["var.api_id"])
    # The root of an API has its own id, so this resource is the API.
    assert routes(document, f'module.api["eu"].{API}') == {"GET /": "NONE"}
    assert routes(document, f'module.api["us"].{API}') == {"GET /": "NONE"}


def several(*keys: str | int) -> list[Written]:
    found = []
    for key in keys:
        found += [rest_api()._replace(key=key), root_method()._replace(key=key), stage()._replace(key=key)]
    return found


@pytest.mark.parametrize(("keys", "index"), [(("a", "b"), "each.key"), ((0, 1), "count.index")])
def test_an_instance_refers_to_the_one_with_its_key(keys: tuple[str | int, ...], index: str) -> None:
    document = plan_of(several(*keys))
    for name in ("rest_api_id", "resource_id"):
        with_expression(document, "aws_api_gateway_method.get", name, [API, index])
    with_expression(document, "aws_api_gateway_stage.prod", "rest_api_id", [API, index])
    found = contents(document)
    assert [*found.apis] == [f'{API}["{key}"]' if isinstance(key, str) else f"{API}[{key}]" for key in keys]
    for name in found.apis:
        assert [route.key for route in only(found, name).routes] == ["GET /"]


def test_an_instance_with_a_key_is_named_by_it() -> None:
    document = plan_of([rest_api()._replace(key="a"), rest_api()._replace(key="b"), root_method(), stage()])
    named = [f'{API}["b"].id', f'{API}["b"]', API]
    for name in ("rest_api_id", "resource_id"):
        with_expression(document, "aws_api_gateway_method.get", name, named)
    with_expression(document, "aws_api_gateway_stage.prod", "rest_api_id", named)
    assert routes(document, f'{API}["b"]') == {"GET /": "NONE"}


def test_each_value_is_what_for_each_refers_to() -> None:
    document = plan_of([*several("a", "b")])
    method = document["configuration"]["root_module"]["resources"][1]
    method["for_each_expression"] = {"references": [API]}
    with_expression(document, "aws_api_gateway_method.get", "rest_api_id", ["each.value.id", "each.value"])
    root = ["each.value.root_resource_id", "each.value"]
    with_expression(document, "aws_api_gateway_method.get", "resource_id", root)
    with_expression(document, "aws_api_gateway_stage.prod", "rest_api_id", [API, "each.key"])
    assert routes(document, f'{API}["a"]') == routes(document, f'{API}["b"]') == {"GET /": "NONE"}


NOT_CLEAR = {
    "a local value": (["local.api_id"], "local.api_id"),
    "another kind of resource": (["terraform_data.api.output", "terraform_data.api"], "terraform_data.api.output"),
    "two APIs": (
        [f"{API}.id", API, "aws_api_gateway_rest_api.other.id", "aws_api_gateway_rest_api.other"],
        f"{API} or aws_api_gateway_rest_api.other",
    ),
    "an API or a local value": ([f"{API}.id", API, "local.other"], f"{API} or local.other"),
    "nothing": ([], "nothing that the file shows"),
    "an unknown module": (["module.none.id", "module.none"], "module.none.id"),
    "no reference": (["a b"], "a b"),
}


@pytest.mark.parametrize("case", NOT_CLEAR)
def test_a_resource_of_an_api_that_is_not_clear_is_refused(case: str) -> None:
    references, shown = NOT_CLEAR[case]
    document = plan_of([rest_api(), rest_api("other"), root_method(), stage(), stage("b", "other")])
    with_expression(document, "aws_api_gateway_method.get", "rest_api_id", references)
    message, at, advice = errors(document)[0]
    found = "aws_api_gateway_method.get.rest_api_id"
    assert message == f"found {found}, which is known only after apply and refers to {shown}"
    assert at.startswith("{")
    assert advice.startswith("refer to one resource of the type aws_api_gateway_rest_api, or give the state")


def test_an_input_that_leads_to_itself_is_refused() -> None:
    document = plan_of([rest_api(), stage(), root_method()._replace(modules=("m",))])
    call = document["configuration"]["root_module"]["module_calls"]["m"]
    call["expressions"] = {"id": {"references": ["module.m.id", "module.m"]}}
    call["module"]["outputs"] = {"id": {"expression": {"references": ["var.id"]}}}
    for name in ("rest_api_id", "resource_id"):
        with_expression(document, "module.m.aws_api_gateway_method.get", name, ["var.id"])
    (message, _, _) = errors(document)[0]
    expected = "found module.m.aws_api_gateway_method.get.rest_api_id, which is known only after apply and refers to "
    assert message.startswith(expected)


def test_an_authorizer_that_is_not_clear_is_unknown() -> None:
    document = plan_of([rest_api(), root_method(authorization="CUSTOM", authorizer_id=Ref("local", "id")), stage()])
    with_expression(document, "aws_api_gateway_method.get", "authorizer_id", ["local.authorizer"])
    found = contents(document)
    name = "aws_api_gateway_method.get.authorizer_id"
    assert unknowns(found)[name] == "it is known only after apply: give the state then"
    assert Api.parse(text_of(document)).invoke("GET", "/").outcome is CallOutcome.INDETERMINATE


def test_an_attribute_of_another_type_is_no_link() -> None:
    document = plan_of([rest_api(), root_method(rest_api_id="abc123", resource_id="def456"), stage()])
    found = unknowns(contents(document))
    assert "which is no resource of this file" in found["the API of aws_api_gateway_method.get"]
