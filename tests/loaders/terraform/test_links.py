"""Links between resources whose ids are known only after apply: modules, count and for_each (SRC-4).

The references are those that terraform 1.11.4 writes. What the sources show is in ``sources/test_written_links.py``.
"""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, CallOutcome
from tests.loaders.terraform.reading import contents, errors, only, rest_api, root_method, stage, text_of, unknowns
from tests.loaders.terraform.written import Ref, Written, plan_of, state_of

pytestmark = pytest.mark.rule("SRC-4")
API = "aws_api_gateway_rest_api.orders"
UNSOURCED = (
    "a plan does not show which resource an expression names: give the sources with --terraform-source DIR or "
    "terraform_source=, or the state after apply"
)


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
        "api_id": {"references": [f"module.api{index}.id", f"module.api{index}"]},
        "root": {
            "references": [f"module.api{index}.api.root_resource_id", f"module.api{index}.api", f"module.api{index}"]
        },
    }
    address = "module.methods.aws_api_gateway_method.get"
    with_expression(document, address, "rest_api_id", ["var.api_id"])
    with_expression(document, address, "resource_id", ["var.root"])
    assert routes(document, f"module.api{index}.{API}") == {"GET /": "NONE"}


@pytest.mark.parametrize("keys", [("eu",), ("eu", "us")])
def test_of_several_instances_of_a_module_a_plan_does_not_show_which(keys: tuple[str, ...]) -> None:
    document = plan_of([each for key in keys for each in modules(key=key)])
    calls = document["configuration"]["root_module"]["module_calls"]
    calls["api"]["module"]["outputs"] = {"id": {"expression": {"references": [f"{API}.id", API]}}}
    # Of module.api[each.key].id terraform writes no more than this.
    calls["methods"]["expressions"] = {"api_id": {"references": ["module.api", "each.key"]}}
    address = "module.methods.aws_api_gateway_method.get"
    with_expression(document, address, "rest_api_id", ["var.api_id"])
    with_expression(document, address, "resource_id", ["var.api_id"])
    if len(keys) == 1:
        # The root of an API has its own id, so this resource is the API.
        assert routes(document, f'module.api["eu"].{API}') == {"GET /": "NONE"}
        return
    (message, at, advice), *others = errors(document)
    found = 'module.methods["eu"].aws_api_gateway_method.get.rest_api_id'
    assert message == f"found {found}, which is known only after apply and refers to module.api"
    assert (at[0], advice) == ("{", UNSOURCED)
    assert [each[0].partition(",")[0] for each in others] == [f"found {found.replace('rest_api', 'resource')}"]


def several(*keys: str | int) -> list[Written]:
    found = []
    for key in keys:
        found += [rest_api()._replace(key=key), root_method()._replace(key=key), stage()._replace(key=key)]
    return found


#: What terraform lists of expressions that may give any of several APIs, which have one, two or three references.
ANY_OF_THEM = {
    "orders[each.key]": [API, "each.key"],
    "orders[0 + 1]": [API],
    "element(orders[*].id, count.index)": [API, "count.index"],
    'orders["a"] or orders[lower("A")]': [f'{API}["a"].id', f'{API}["a"]', API, API],
    'orders["a"] or orders["b"]': [f'{API}["a"].id', f'{API}["a"]', API, f'{API}["b"].id', f'{API}["b"]', API],
    "each.value.id": ["each.value.id", "each.value"],
}


@pytest.mark.parametrize("case", ANY_OF_THEM)
def test_of_several_instances_a_plan_does_not_show_which(case: str) -> None:
    document = plan_of(several("a", "b"))
    method = document["configuration"]["root_module"]["resources"][1]
    method["for_each_expression"] = {"references": [API]}
    for name in ("rest_api_id", "resource_id"):
        with_expression(document, "aws_api_gateway_method.get", name, ANY_OF_THEM[case])
    with_expression(document, "aws_api_gateway_stage.prod", "rest_api_id", [f'{API}["a"].id', f'{API}["a"]', API])
    found = errors(document)
    message = 'found aws_api_gateway_method.get["a"].{}, which is known only after apply and refers to {} or {}'
    names = (f'{API}["a"]', f'{API}["b"]')
    # Each is said once, and not of the other instance too.
    assert [each[0] for each in found] == [message.format(each, *names) for each in ("rest_api_id", "resource_id")]
    assert {each[2] for each in found} == {UNSOURCED}


@pytest.mark.parametrize("case", ANY_OF_THEM)
def test_the_only_instance_is_the_one(case: str) -> None:
    document = plan_of(several("a"))
    method = document["configuration"]["root_module"]["resources"][1]
    method["for_each_expression"] = {"references": [API]}
    references = [each for each in ANY_OF_THEM[case] if '"b"' not in each]
    with_expression(document, "aws_api_gateway_method.get", "rest_api_id", references)
    with_expression(document, "aws_api_gateway_method.get", "resource_id", [API])
    with_expression(document, "aws_api_gateway_stage.prod", "rest_api_id", [API])
    assert routes(document, f'{API}["a"]') == {"GET /": "NONE"}


def test_an_instance_with_a_key_is_named_by_it() -> None:
    document = plan_of([rest_api()._replace(key="a"), rest_api()._replace(key="b"), root_method(), stage()])
    named = [f'{API}["b"].id', f'{API}["b"]', API]
    for name in ("rest_api_id", "resource_id"):
        with_expression(document, "aws_api_gateway_method.get", name, named)
    with_expression(document, "aws_api_gateway_stage.prod", "rest_api_id", named)
    assert routes(document, f'{API}["b"]') == {"GET /": "NONE"}


def test_what_the_root_module_is_given_and_a_default_name_no_other_api() -> None:
    document = plan_of([rest_api(), stage(), root_method()._replace(modules=("m",))])
    call = document["configuration"]["root_module"]["module_calls"]["m"]
    call["expressions"] = {"id": {"references": ["var.create", f"{API}.id", API, "path"]}}
    for name in ("rest_api_id", "resource_id"):
        with_expression(document, "module.m.aws_api_gateway_method.get", name, ["var.has_default", "var.id"])
    assert routes(document) == {"GET /": "NONE"}


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
    "a word": (["data.a"], "data.a"),
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
    by_type = "refer to one resource of the type aws_api_gateway_rest_api, or give the state after apply"
    assert advice == (by_type if case == "nothing" else UNSOURCED)


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
    assert unknowns(found)[name] == UNSOURCED
    assert Api.parse(text_of(document)).invoke("GET", "/").outcome is CallOutcome.INDETERMINATE


def test_an_attribute_of_another_type_is_no_link() -> None:
    document = plan_of([rest_api(), root_method(rest_api_id="abc123", resource_id="def456"), stage()])
    found = unknowns(contents(document))
    assert "which is no resource of this file" in found["the API of aws_api_gateway_method.get"]
