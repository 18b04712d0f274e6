"""Plans and states that are broken or hostile: every message with its place, in bounded work (SRC-4)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from execpolicy import Api, PolicySyntaxError
from execpolicy.loaders.kinds import parse_contents
from tests.loaders.terraform.reading import contents, errors, only, rest_api, root_method, stage, text_of
from tests.loaders.terraform.written import Json, Ref, Written, plan_of, state_of
from tests.refused import refused

pytestmark = pytest.mark.rule("SRC-4")
API = "aws_api_gateway_rest_api.orders"
SHOW = "run terraform show -json FILE, and give its output"


def a_plan(*more: Written, **values: Any) -> Json:
    """A plan of an API with one method."""
    return plan_of([rest_api(**values), root_method(), stage(), *more])


def changed(document: Json, path: str, value: Any) -> Json:
    """The document with another value at a path; ``...`` removes it."""
    at: Any = document
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in steps:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return document


RESOURCES = "planned_values/root_module/resources"
NO_TYPE = 'found "aws_api_gateway_autorizer", which is not a known type of resource'

WRONG_SHAPES: dict[str, tuple[str, Any, str, str]] = {
    "a new format": ("format_version", "2.0", 'found "2.0" as format_version, expected 1 and a', '"2.0"'),
    "no number": ("format_version", "one", 'found "one" as format_version, expected 1 and a', '"one"'),
    "a number": ("format_version", 1.2, "found the number 1.2 as format_version, expected 1 and a", "1.2"),
    "values that are none": ("planned_values", [], "found an empty list as planned_values, expected an object", "[]"),
    "no planned values": ("planned_values", ..., 'found a plan without "planned_values"', "{"),
    "a module that is none": ("planned_values/root_module", 3, "found the number 3 as a module, expected an obj", "3"),
    "resources that are none": (RESOURCES, {"a": 1}, "found an object as resources, expected a list", "{"),
    "a resource that is none": (f"{RESOURCES}/1", "x", "found a string as a resource, expected an object", '"x"'),
    "no address": (f"{RESOURCES}/1/address", ..., 'found a resource without "address"', "{"),
    "an address that is none": (f"{RESOURCES}/1/address", ["a"], "found a list as address, expected a str", "["),
    "an address of nothing": (f"{RESOURCES}/1/address", "a b", 'found "a b", which is no address of a res', '"a b"'),
    "an address twice": (f"{RESOURCES}/1/address", API, f'found "{API}" twice', f'"{API}"'),
    "no type": (f"{RESOURCES}/1/type", ..., 'found a resource without "type"', "{"),
    "a type that is none": (f"{RESOURCES}/1/type", None, "found null as type, expected a string", "null"),
    "an unknown type": (f"{RESOURCES}/1/type", "aws_api_gateway_autorizer", NO_TYPE, '"aws_api_gateway_autorizer"'),
    "attributes that are none": (f"{RESOURCES}/1/values", "x", "found a string as values, expected an object", '"x"'),
    "an unknown attribute": (
        f"{RESOURCES}/0/values/polcy",
        "{}",
        'found "polcy", which is not a known attribute of aws_api_gateway_rest_api',
        '"polcy"',
    ),
    "an attribute of a wrong type": (
        f"{RESOURCES}/1/values/http_method",
        ["GET"],
        "found a list as http_method, expected a string",
        "[",
    ),
    "a method without a method": (
        f"{RESOURCES}/1/values/http_method",
        None,
        'found aws_api_gateway_method.get without "http_method"',
        "{",
    ),
    "a flag that is none": (
        f"{RESOURCES}/1/values/api_key_required",
        "perhaps",
        "found a string as api_key_required, expected true or false",
        '"perhaps"',
    ),
    "children that are none": (
        "planned_values/root_module/child_modules",
        "x",
        "found a string as child_modules, expected a list",
        '"x"',
    ),
    "changes that are none": ("resource_changes", 5, "found the number 5 as resource_changes, expected a list", "5"),
    "a change that is none": (
        "resource_changes/0/change",
        "x",
        f'found a change of {API} without "change"',
        "{",
    ),
    "actions that are none": (
        "resource_changes/0/change/actions",
        "create",
        "found a string as actions, exp",
        '"create"',
    ),
    "a plan with errors": ("errored", True, "found a plan that ended with an error", '"errored"'),
    "a resource that is forgotten": (
        "resource_changes/0/change/actions",
        ["forget"],
        f"found {API}, which Terraform forgets: it stays in AWS as it is",
        f'"{API}"',
    ),
    "a deferred change": (
        "deferred_changes",
        [{"reason": "x", "resource_change": {"type": "aws_iam_policy", "address": "aws_iam_policy.p"}}],
        "found aws_iam_policy.p, whose change is deferred to a later plan",
        "{",
    ),
    "a policy that is no JSON": (
        f"{RESOURCES}/0/values/policy",
        "allow everything",
        "found a string as policy, expected a policy document",
        '"allow everything"',
    ),
    "a policy with a fault": (
        f"{RESOURCES}/0/values/policy",
        '{"Statement": [}',
        'found "}", expected',
        "}",
    ),
    "a policy with a misspelled element": (
        f"{RESOURCES}/0/values/policy",
        '{"Statement": [{"Effct": "Allow", "Principal": "*", "Action": "*"}]}',
        'found "Effct", which is not an element of a statement',
        '\\"Effct\\"',
    ),
    "a body that is no document": (
        f"{RESOURCES}/0/values/body",
        "just a text",
        "found a string as body, expected an OpenAPI document",
        "just a text",
    ),
}


@pytest.mark.parametrize("case", WRONG_SHAPES)
def test_what_is_broken_is_reported_at_its_place(case: str) -> None:
    path, value, message, at = WRONG_SHAPES[case]
    document = a_plan()
    if path.endswith(("policy", "body", "polcy", "api_key_required")):
        name = path.rpartition("/")[2]
        number = int(path.split("/")[3])
        document["configuration"]["root_module"]["resources"][number]["expressions"][name] = {"constant_value": ""}
        document["resource_changes"][number]["change"]["after_unknown"].pop(name, None)
    found = errors(changed(document, path, value))
    assert any(said.startswith(message) and place.startswith(at) for said, place, _ in found), found


def test_a_binary_plan_is_refused_with_the_command(tmp_path: Path) -> None:
    path = tmp_path / "tfplan"
    path.write_bytes(b"PK\x03\x04\x14\x00\x08\x00\x08\x00" + bytes(range(256)))
    said = refused(PolicySyntaxError, lambda: Api.load(path))
    assert said.message == "found a ZIP archive, expected text"
    assert said.advice == "of a plan of Terraform give the JSON form: terraform show -json FILE > plan.json"


def test_the_file_of_a_state_itself_is_refused_with_the_command() -> None:
    document = {"version": 4, "terraform_version": "1.9.0", "lineage": "x", "resources": []}
    assert errors(document) == [
        ("found the file of a state as Terraform stores it", text_of(document)[:60], f"its form changes: {SHOW}")
    ]


def test_a_state_without_values_is_refused() -> None:
    document = {"format_version": "1.0", "terraform_version": "1.9.0"}
    (message, _, advice) = errors(document)[0]
    assert (message, advice) == (
        "found a state without values: it has no resources",
        "apply the configuration first",
    )


def test_resources_of_two_accounts_are_refused() -> None:
    other = rest_api("other")
    arn = other.assigned["execution_arn"].replace("111122223333", "444455556666")
    other = other._replace(assigned={**other.assigned, "execution_arn": arn, "id": "zzz"})
    document = state_of([rest_api(), root_method(), stage(), other])
    (message, at, _) = errors(document)[0]
    expected = "found aws_api_gateway_rest_api.other in the account 444455556666, and other resources in 111122223333"
    assert (message, at) == (expected, '"aws_api_gateway_rest_api.other"')


def test_a_cycle_of_paths_is_refused() -> None:
    def path(name: str, parent: str) -> Written:
        values = {
            "rest_api_id": Ref(API),
            "parent_id": Ref(f"aws_api_gateway_resource.{parent}"),
            "path_part": name,
        }
        return Written("aws_api_gateway_resource", name, values, {"id": f"id{name}"})

    for form in (plan_of, state_of):
        resources = [rest_api(), path("a", "b"), path("b", "a"), root_method(), stage()]
        (message, _, _) = errors(form(resources))[0]
        assert message.startswith("found a cycle of parent_id: aws_api_gateway_resource.")


def test_huge_nesting_is_refused() -> None:
    document = a_plan()
    nested: Any = "x"
    for _ in range(300):
        nested = [nested]
    document["planned_values"]["root_module"]["resources"][0]["values"]["tags"] = nested
    (message, _, _) = errors(json.dumps(document))[0]
    assert message.startswith("found more than 200 levels")


def in_modules(count: int) -> Json:
    """A plan of an API, whose methods are in modules that get its id through each other."""
    names = [f"m{number}" for number in range(count)]
    methods = [
        root_method("get", method="GET", rest_api_id=Ref(API), resource_id=Ref(API))._replace(modules=(name,))
        for name in names
    ]
    document = plan_of([rest_api(), stage(), *methods])
    calls = document["configuration"]["root_module"]["module_calls"]
    for number, name in enumerate(names):
        before = f"module.m{number - 1}"
        references = [f"{API}.id", API] if number == 0 else [f"{before}.id", before]
        calls[name]["expressions"] = {"id": {"references": references}}
        calls[name]["module"]["outputs"] = {"id": {"expression": {"references": ["var.id"]}}}
        for attribute in ("rest_api_id", "resource_id"):
            expressions = calls[name]["module"]["resources"][0]["expressions"]
            expressions[attribute] = {"references": ["var.id"]}
    return document


def test_a_thousand_modules_are_read() -> None:
    names = [f"m{number}" for number in range(1000)]
    resources = [each._replace(modules=(name,)) for name in names for each in (rest_api(), root_method(), stage())]
    found = contents(plan_of(resources))
    assert len(found.apis) == 1000
    assert [route.key for route in only(found, f"module.m999.{API}").routes] == ["GET /"]


def test_a_long_chain_of_modules_ends_with_an_error() -> None:
    names = [f"module.m{number}.aws_api_gateway_method.get" for number in range(200)]
    found = errors(in_modules(200))
    assert 'found the route "GET /" twice' in {said for said, _, _ in found}
    # Each input is followed once: what the first modules found is there when the next ones ask.
    assert not any(name in said for said, _, _ in found for name in names)
    document = in_modules(200)
    document["planned_values"]["root_module"]["child_modules"].reverse()
    document["resource_changes"].reverse()
    found = errors(document)
    assert any(f"{names[-1]}.rest_api_id, which is known only after apply" in said for said, _, _ in found)


def with_modules(count: int) -> Json:
    """A plan of APIs in modules, each with a method, a stage and a role with policies."""
    names = [f"m{number}" for number in range(count)]
    role = Written("aws_iam_role", "r", {"name": "r", "assume_role_policy": "{}"}, {"id": "r"})
    inline = {
        "role": Ref("aws_iam_role.r", "name"),
        "policy": '{"Version": "2012-10-17", "Statement": []}',
        "name": "p",
    }
    made = [rest_api(), root_method(), stage(), role, Written("aws_iam_role_policy", "p", inline, {"id": "p"})]
    found = [each._replace(modules=(name,)) for name in names for each in made]
    for number, each in enumerate(found):
        if each.type == "aws_iam_role":
            found[number] = each._replace(values={**each.values, "name": f"r{number}"})
    return plan_of(found)


def calls_of(text: str) -> int:
    """How many functions are called while a file is read."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        parse_contents(text, name="plan.json")
    finally:
        sys.setprofile(before)
    return calls


def test_the_work_grows_with_the_size_of_the_plan() -> None:
    calls_of(text_of(with_modules(1)))  # what is made once
    small, large = (calls_of(text_of(with_modules(count))) for count in (10, 40))
    assert large <= 4.4 * small


def test_everything_that_is_wrong_is_reported_at_once() -> None:
    document = a_plan(rest_api("b"))
    document["planned_values"]["root_module"]["resources"][1]["type"] = "aws_api_gateway_nothing"
    document["planned_values"]["root_module"]["resources"][3]["type"] = "aws_iam_nothing"
    assert len(errors(document)) == 2
