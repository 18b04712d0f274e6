"""Local values, which a plan does not have: the sources show what they name (SRC-4)."""

from __future__ import annotations

from typing import Final

import pytest

from execpolicy import CallOutcome
from tests.loaders.terraform.linked import Linked, linked
from tests.loaders.terraform.reading import SourcedPlan, contents, hcl_of, rest_api, text_of, unknowns
from tests.loaders.terraform.sources.test_documents import NAME, parts
from tests.loaders.terraform.sources.test_written_links import GIVE, MAY, UNSOURCED
from tests.loaders.terraform.test_policies import outcome
from tests.loaders.terraform.written import Ref, Written, plan_of

pytestmark = pytest.mark.rule("SRC-4")
ONE: Final = "aws_api_gateway_rest_api.one"
RESPONSE: Final = "aws_api_gateway_gateway_response.of"
IN_FILE: Final = f"{MAY} (main.tf:"


def named(given: str, written: str = "local.id", **files: str) -> Linked:
    """What a gateway response names that refers to a local value.

    Args:
        given: the local values.
        written: the reference, of which the plan has the same.
        files: more sources.
    """
    values = {"rest_api_id": Ref("local", "id"), "response_type": "UNAUTHORIZED"}
    resources = [rest_api("one"), rest_api("two"), Written("aws_api_gateway_gateway_response", "of", values)]
    plan = plan_of(resources)
    plan["configuration"]["root_module"]["resources"][-1]["expressions"]["rest_api_id"] = {"references": [written]}
    text = hcl_of(resources).replace("rest_api_id = local.id", f"rest_api_id = {written}")
    assert [each.advice for each in linked(text_of(plan)).errors] == [UNSOURCED]
    sources = {"main.tf": f"{text}locals {{\n  {given}\n}}\n"} | files
    with SourcedPlan(files=sources).written() as path:
        return linked(text_of(plan), path.parent)


#: Local values, and a reference to one.
FOUND: Final = (
    (f"id = {ONE}.id", "local.id"),
    (f'id = "${{{ONE}.id}}"', "local.id"),
    (f"api = {ONE}", "local.api.id"),
    (f"apis = {{ one = {ONE} }}", "local.apis.one.id"),
    (f"apis = [{ONE}]", "local.apis[0].id"),
    (f"api = {ONE}\n  id = local.api.id", "local.id"),
)


@pytest.mark.parametrize(("given", "written"), FOUND)
def test_a_local_value_is_what_it_refers_to(given: str, written: str) -> None:
    found = named(given, written)
    assert found.targets[RESPONSE, "RestApiId"] == ONE
    assert not found.errors


HAS_TWICE: Final = f"the sources do not have local.id once, where {MAY}: {GIVE}"
NOT_FOUND: Final[dict[str, tuple[dict[str, str], str]]] = {
    f"id = coalesce({ONE}.id)": ({}, IN_FILE),
    f'id = true ? {ONE}.id : ""': ({}, IN_FILE),
    f"id = {ONE}[count.index].id": ({}, IN_FILE),
    "id = each.value": ({}, IN_FILE),
    "id = local.id": ({}, IN_FILE),
    "id = var.id": ({}, IN_FILE),
    f"id = {ONE}.name": ({}, ""),
    "id = aws_api_gateway_rest_api.other.id": ({}, "the sources differ from the plan in aws_api_gateway_gateway_resp"),
    f"other = {ONE}.id": ({}, HAS_TWICE),
    f"id = {ONE}.id\n": ({"more.tf": f"locals {{\n  id = {ONE}.id\n}}\n"}, HAS_TWICE),
    f"id = {ONE}.id\n\n": ({"override.tf": "locals {\n  id = 1\n}\n"}, HAS_TWICE),
    f"id = {ONE}.id # a": ({"a_override.tf.json": "{}"}, f'{MAY} in "a_override.tf.json", which is not read: {GIVE}'),
}


@pytest.mark.parametrize("given", NOT_FOUND)
def test_a_local_value_that_is_not_plain_or_not_whole_names_nothing(given: str) -> None:
    files, reason = NOT_FOUND[given]
    found = named(given, **files)
    assert found.targets[RESPONSE, "RestApiId"] is None
    (error,) = found.errors
    assert error.message == f"found {RESPONSE}.rest_api_id, which is known only after apply and refers to local.id"
    otherwise = "refer to one resource of the type aws_api_gateway_rest_api, or give the state after apply"
    assert error.advice.startswith(reason or otherwise)


def test_another_reference_than_that_of_the_plan_is_not_followed() -> None:
    values = {"rest_api_id": Ref("local", "id"), "response_type": "UNAUTHORIZED"}
    resources = [rest_api("one"), Written("aws_api_gateway_gateway_response", "of", values)]
    text = hcl_of(resources).replace("local.id", "local.other") + f"locals {{\n  other = {ONE}.id\n}}\n"
    with SourcedPlan(files={"main.tf": text}).written() as path:
        (error,) = linked(text_of(plan_of(resources)), path.parent).errors
    assert error.advice.startswith(f"the sources differ from the plan in {RESPONSE} (main.tf:")


@pytest.mark.parametrize("is_plain", [True, False])
def test_a_document_in_a_local_value_is_the_policy(is_plain: bool) -> None:
    found = parts("local.policy")
    value = f"{NAME}.json" if is_plain else f'replace({NAME}.json, "Deny", "Allow")'
    files = {"main.tf": f"{found.files['main.tf']}locals {{\n  policy = {value}\n}}\n"}
    plan = SourcedPlan(*found.resources, files=files)
    expressions = plan["configuration"]["root_module"]["resources"][-1]["expressions"]
    expressions["policy"] = {"references": ["local.policy"]}
    assert outcome(plan) is (CallOutcome.DENIED if is_plain else CallOutcome.INDETERMINATE)
    name = "aws_api_gateway_rest_api_policy.p.policy"
    reason = "it is known only after apply: give the state then"
    assert unknowns(contents(plan)) == ({} if is_plain else {name: reason})
    assert unknowns(contents(dict(plan)))[name] == reason
