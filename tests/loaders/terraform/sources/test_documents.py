"""Which documents that are known only after apply the sources show, and which an expression may change (SRC-4)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import CallOutcome, Template
from tests.loaders.terraform.reading import (
    REGIONAL,
    SourcedPlan,
    contents,
    hcl_of,
    rest_api,
    root_method,
    stage,
    unknowns,
)
from tests.loaders.terraform.test_policies import block, document, outcome
from tests.loaders.terraform.written import Ref, Written, plan_of
from tools.terraform_plans import FOLDER, KEPT

pytestmark = pytest.mark.rule("SRC-4")
NAME: Final = "data.aws_iam_policy_document.p"
API: Final = "aws_api_gateway_rest_api.orders"
POLICY: Final = "aws_api_gateway_rest_api_policy.p"
UNSOURCED: Final = (
    "a plan does not show whether an expression changes the document: give the sources with --terraform-source DIR or "
    "terraform_source=, or the state after apply"
)
GIVE: Final = "refer to the document alone, or give the state after apply"

#: The policies of the real plan, each with the Sid of the one statement that it has, or the line that may change it.
REAL: Final[dict[str, str | int]] = {
    "reference": "",
    "minified": "",
    "index": "Number1",
    "own_index[0]": "Number0",
    "own_index[1]": "Number1",
    'value["first"]': "Number1",
    'value["second"]': "",
    "replaced": 68,
    "encoded": 73,
    "condition": 78,
    "other_index[0]": 84,
    "other_index[1]": 84,
    "last": 89,
}


@pytest.mark.parametrize("name", REAL)
def test_sources_tell_which_policies_of_the_real_plan_are_documents(name: str, tmp_path: Path) -> None:
    shutil.copy(FOLDER / "documents.tf", tmp_path)
    address, expected = f"aws_iam_policy.{name}", REAL[name]
    without, template = Template.load(KEPT["documents"]), Template.load(KEPT["documents"], terraform_source=tmp_path)
    assert {each.name: each.reason for each in without.unknowns}[f"{address}.policy"] == UNSOURCED
    found = {each.name: each.reason for each in template.unknowns}
    if isinstance(expected, int):
        reason = f"an expression may change the document (documents.tf:{expected}): {GIVE}"
        assert found[f"{address}.policy"] == reason
        return
    assert f"{address}.policy" not in found
    (policy,) = template.policies.variants(address).values
    assert [each.sid.value if each.sid else "" for each in policy.statements] == [expected]
    assert {each.effect for each in policy.statements} == {"Deny"}


def test_of_merged_documents_the_one_that_is_changed_is_unknown(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "documents.tf", tmp_path)
    template = Template.load(KEPT["documents"], terraform_source=tmp_path)
    merged = "data.aws_iam_policy_document.merged.source_policy_documents"
    assert [each.name for each in template.unknowns if merged in each.name] == [f"{merged}[0]"]
    (policy,) = template.policies.variants("aws_iam_policy.merged").values
    assert policy.statements[-1].sid is not None
    assert policy.statements[-1].sid.value == "Number1"


class Parts(NamedTuple):
    """What a plan consists of, in a form in which single parts can be changed."""

    resources: tuple[Written, ...]
    files: dict[str, str]


def denied(*statements: Any) -> Written:
    """A document that denies everything, and lets nobody know its ARN."""
    return document("p", statement=[block("Deny"), *statements])


def parts(policy: str = f"{NAME}.json") -> Parts:
    """An API whose policy an expression gives."""
    given = Written(POLICY.partition(".")[0], "p", {"rest_api_id": Ref(API), "policy": Ref(NAME, "json")})
    resources = (rest_api(endpoint_configuration=REGIONAL), root_method(), stage(), denied(), given)
    return Parts(resources, {"main.tf": hcl_of(resources).replace(f"policy = {NAME}.json", f"policy = {policy}")})


def read(found: Parts, **files: str) -> dict[str, str]:
    """What is unknown of a plan and its sources."""
    return unknowns(contents(SourcedPlan(*found.resources, files=found.files | files)))


def test_a_reference_is_the_document() -> None:
    found = parts()
    assert not read(found)
    plan = SourcedPlan(*found.resources, files=found.files)
    assert outcome(plan) is CallOutcome.DENIED
    assert outcome(plan_of(found.resources)) is CallOutcome.INDETERMINATE


UNCHANGED: Final = (f'"${{{NAME}.json}}"', f'"${{ {NAME}.json }}"', f"{NAME}.minified_json", f"{NAME}.json # as it is")
CHANGED: Final = (
    f'replace({NAME}.json, "Deny", "Allow")',
    f"jsonencode(jsondecode({NAME}.json))",
    f"({NAME}.json)",
    f'"${{{NAME}.json}} "',
    f'"x${{{NAME}.json}}"',
    f'"${{upper({NAME}.json)}}"',
    f'"${{{NAME}.json}}${{{NAME}.json}}"',
    f'"%{{ if true }}${{{NAME}.json}}%{{ endif }}"',
    f"<<E\n${{{NAME}.json}}\nE",
    f"true ? {NAME}.json : null",
    f"{NAME}.json == null ? null : {NAME}.json",
    f"{NAME}.json[0]",
    f"{NAME}.0.json",
    f"{NAME}[*].json",
    f"{NAME}.*.json",
    f"[{NAME}.json]",
    f"{{ json = {NAME}.json }}.json",
    f"coalesce({NAME}.json)",
    "local.policy",
    "var.policy",
)


@pytest.mark.parametrize("expression", UNCHANGED)
def test_an_expression_with_the_same_value_is_the_document(expression: str) -> None:
    found = parts(expression)
    if "minified" in expression:
        resources = [each for each in found.resources if each.name != "p" or each.is_data]
        given = Written(
            "aws_api_gateway_rest_api_policy", "p", {"rest_api_id": Ref(API), "policy": Ref(NAME, "minified_json")}
        )
        found = found._replace(resources=(*resources, given))
    assert not read(found)


@pytest.mark.parametrize("expression", CHANGED)
def test_any_other_expression_may_change_the_document(expression: str) -> None:
    found = read(parts(expression))
    assert found.keys() == {f"{POLICY}.policy"}
    differs = f"the sources differ from the plan in {POLICY}"
    assert found[f"{POLICY}.policy"].startswith(("an expression may change the document (main.tf:", differs))


@given(st.lists(st.sampled_from(['replace({}, "Deny", "Allow")', '"${{{}}}"', "({})", "trimspace({})"]), max_size=3))
def test_a_call_is_allowed_by_no_expression_around_a_document_that_denies(around: list[str]) -> None:
    expression = f"{NAME}.json"
    for each in around:
        expression = each.format(expression)
    found = parts(expression)
    result = outcome(SourcedPlan(*found.resources, files=found.files))
    is_plain = not around or around == ['"${{{}}}"']
    assert result is (CallOutcome.DENIED if is_plain else CallOutcome.INDETERMINATE)


SOURCES: Final = parts().files["main.tf"]
DOUBTFUL: Final[dict[str, tuple[dict[str, str], str]]] = {
    "no block": (
        {"main.tf": SOURCES.replace(f'"{POLICY.partition(".")[0]}" "p"', '"aws_sns_topic" "p"')},
        "the sources do not have",
    ),
    "an override": (
        {"a_override.tf": 'resource "aws_api_gateway_rest_api_policy" "p" {\n  policy = "{}"\n}\n'},
        f"another file overrides a part of {POLICY}, where an expression may change the document: {GIVE}",
    ),
    "a file of OpenTofu": (
        {"main.tofu": ""},
        f'an expression may change the document in "main.tofu", which is not read: {GIVE}',
    ),
    "another API": (
        {"main.tf": SOURCES.replace(f"rest_api_id = {API}.id\n  policy", "rest_api_id = var.a\n  policy")},
        "the sources differ",
    ),
    "another document": (
        {"main.tf": SOURCES.replace(f"policy = {NAME}.json", "policy = data.aws_iam_policy_document.q.json")},
        "the sources differ from the plan in",
    ),
}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_sources_that_are_not_those_of_the_plan_show_nothing(case: str) -> None:
    files, reason = DOUBTFUL[case]
    found = read(parts(), **files)
    assert found.keys() == {f"{POLICY}.policy"}
    assert found[f"{POLICY}.policy"].startswith(reason)


#: The call of a module that is given the document, and the module.
CALL: Final = f'module "shop" {{\n  source = "./shop"\n  policy = {NAME}.json\n}}\n'
CALLED: Final = "module.shop.aws_api_gateway_rest_api.orders.policy"


def in_module(**files: str) -> SourcedPlan:
    """A plan of a module with an API whose policy is an input."""
    inside = (
        rest_api(endpoint_configuration=REGIONAL, policy=Ref("var", "policy")),
        root_method(),
        stage(),
    )
    sources = {"main.tf": hcl_of([denied()]) + CALL, "shop/main.tf": hcl_of(inside)}
    plan = SourcedPlan(denied(), *(each._replace(modules=("shop",)) for each in inside), files=sources | files)
    given = {"policy": {"references": [f"{NAME}.json", NAME]}}
    plan["configuration"]["root_module"]["module_calls"]["shop"]["expressions"] = given
    return plan


IN_MODULE: Final[dict[str, tuple[dict[str, str], str]]] = {
    "as it is": ({}, ""),
    "changed where it is given": (
        {"main.tf": hcl_of([denied()]) + CALL.replace(f"{NAME}.json", f"upper({NAME}.json)")},
        "an expression may change the document (main.tf:",
    ),
    "changed where it is used": (
        {
            "shop/main.tf": hcl_of([rest_api(endpoint_configuration=REGIONAL)]).replace(
                "}\n}", "}\n policy = upper(var.policy)\n}"
            )
        },
        "an expression may change the document (main.tf:",
    ),
    "an input that is not given": (
        {"main.tf": hcl_of([denied()]) + CALL.replace("policy =", "other =")},
        "the sources differ from the plan in module.shop (main.tf:",
    ),
    "a call that a file overrides": (
        {"override.tf": 'module "shop" {\n  policy = "{}"\n}\n'},
        "the sources do not have aws_api_gateway_rest_api.orders, where an expression",
    ),
    "an input that no block gives": (
        {"main.tf": hcl_of([denied()]) + CALL.replace(f"policy = {NAME}.json", "policy {\n references = []\n}")},
        "an expression may change the document (main.tf:",
    ),
    "no call": ({"main.tf": hcl_of([denied()])}, "the sources do not have aws_api_gateway_rest_api.orders, where an"),
}


@pytest.mark.parametrize("case", IN_MODULE)
def test_a_document_is_followed_into_a_module(case: str) -> None:
    files, reason = IN_MODULE[case]
    plan = in_module(**files)
    found = unknowns(contents(plan))
    assert [*found] == ([CALLED] if reason else [])
    assert found.get(CALLED, "").startswith(reason)
    assert outcome(plan) is (CallOutcome.INDETERMINATE if reason else CallOutcome.DENIED)


def out_of_module(output: str, expression: str = f"{NAME}.json") -> SourcedPlan:
    """A plan of an API whose policy is the output of a module."""
    outside = (rest_api(endpoint_configuration=REGIONAL, policy=Ref("module.shop", "doc")), root_method(), stage())
    sources = {
        "main.tf": hcl_of(outside) + 'module "shop" {\n  source = "./shop"\n}\n',
        "shop/main.tf": hcl_of([denied()]) + output.format(expression),
    }
    plan = SourcedPlan(*outside, denied()._replace(modules=("shop",)), files=sources)
    given = {"doc": {"expression": {"references": [f"{NAME}.json", NAME]}}}
    plan["configuration"]["root_module"]["module_calls"]["shop"]["module"]["outputs"] = given
    return plan


OUTPUT: Final = 'output "doc" {{\n  value = {}\n  description = "a"\n}}\n'


@pytest.mark.parametrize(
    ("output", "expression", "reason"),
    [
        (OUTPUT, f"{NAME}.json", ""),
        (OUTPUT, f"upper({NAME}.json)", "an expression may change the document (main.tf:"),
        (OUTPUT, "data.aws_iam_policy_document.q.json", "the sources differ from the plan in output.doc (main.tf:"),
        (OUTPUT + OUTPUT, f"{NAME}.json", "the sources do not have output.doc, where an expression"),
        (
            'output "doc" {{\n  value {{\n references = [{}]\n  }}\n}}\n',
            "1",
            "an expression may change the document (main.tf:",
        ),
        ('output "other" {{\n  value = {}\n}}\n', f"{NAME}.json", "the sources do not have output.doc, where"),
    ],
)
def test_a_document_is_followed_out_of_a_module(output: str, expression: str, reason: str) -> None:
    plan = out_of_module(output.replace("{}{}", "{0}{0}").replace("{}", "{0}"), expression)
    found = unknowns(contents(plan))
    assert [*found] == ([f"{API}.policy"] if reason else [])
    assert found.get(f"{API}.policy", "").startswith(reason)


#: A document for a user or a role.
OF_IDENTITY: Final = document("p", statement=[block("Deny", principals=None)])


def with_values(for_each: str, policy: str = "each.value") -> dict[str, str]:
    """What is unknown of a user with one policy for each key, where an expression gives the values."""
    given = {"name": "app", "user": "ada", "policy": Ref("each", "value")}
    user = Written("aws_iam_user", "ada", {"name": "ada"})
    resources = (OF_IDENTITY, user, Written("aws_iam_user_policy", "p", given, key="a"))
    text = hcl_of(resources).replace("for_each = var.all", f"for_each = {for_each}")
    plan = SourcedPlan(*resources, files={"main.tf": text.replace("policy = each.value", f"policy = {policy}")})
    written = plan["configuration"]["root_module"]["resources"][-1]
    written["for_each_expression"] = {"references": [f"{NAME}.json", NAME]}
    return unknowns(contents(plan))


VALUES: Final = {
    f"{{ a = {NAME}.json }}": "",
    f'{{ "a" = {NAME}.json, b = "x" }}': "",
    f"{{ a = upper({NAME}.json) }}": "an expression may change the document (main.tf:",
    f'{{ a = {NAME}.json, (var.b) = "{{}}" }}': "an expression may change the document (main.tf:",
    f'{{ a = {NAME}.json, a = "{{}}" }}': "an expression may change the document (main.tf:",
    f"{{ b = {NAME}.json }}": "an expression may change the document (main.tf:",
    f"tomap({{ a = {NAME}.json }})": "an expression may change the document (main.tf:",
    f'{{ for name in ["a"] : name => {NAME}.json }}': "an expression may change the document (main.tf:",
}


@pytest.mark.parametrize("for_each", VALUES)
def test_a_value_of_for_each_is_the_document_that_stands_there(for_each: str) -> None:
    found, name = with_values(for_each), 'aws_iam_user_policy.p["a"].policy'
    assert [*found] == ([name] if VALUES[for_each] else [])
    assert found.get(name, "").startswith(VALUES[for_each])


def test_a_document_that_the_plan_does_not_have_is_none() -> None:
    given = {"name": "app", "user": "ada", "policy": Ref(NAME, "json")}
    user = Written("aws_iam_user", "ada", {"name": "ada"})
    resources = (OF_IDENTITY, user, Written("aws_iam_user_policy", "p", given, key="a"))
    text = hcl_of(resources).replace(f"{NAME}.json", f"{NAME}[each.key].json")
    plan = SourcedPlan(*resources, files={"main.tf": text})
    written = plan["configuration"]["root_module"]["resources"][-1]
    written["expressions"]["policy"] = {"references": [NAME, "each.key"]}
    reason = "the sources differ from the plan in aws_iam_user_policy.p: give those of which the plan was made"
    assert unknowns(contents(plan)) == {'aws_iam_user_policy.p["a"].policy': reason}


def test_the_blocks_of_a_role_have_to_name_one_document() -> None:
    blocks = [{"name": "a", "policy": Ref(NAME, "json")}, {"name": "b", "policy": Ref(NAME, "json")}]
    role = Written("aws_iam_role", "app", {"name": "app", "assume_role_policy": "{}", "inline_policy": blocks})
    resources = (OF_IDENTITY, role)
    text = hcl_of(resources)
    plan = SourcedPlan(*resources, files={"main.tf": text})
    found = unknowns(contents(plan))
    assert not [name for name in found if name.startswith("aws_iam_role.app.inline_policy")]
    changed = text.replace(f"policy = {NAME}.json", f"policy = upper({NAME}.json)", 1)
    plan = SourcedPlan(*resources, files={"main.tf": changed})
    found = unknowns(contents(plan))
    expected = {f"aws_iam_role.app.inline_policy[{number}].policy" for number in (0, 1)}
    assert {name for name in found if name.startswith("aws_iam_role.app.inline_policy")} == expected
    other = blocks[1] | {"policy": Ref(f"{NAME[:-1]}q", "json")}
    role = role._replace(values={**role.values, "inline_policy": [blocks[0], other]})
    plan = SourcedPlan(OF_IDENTITY, OF_IDENTITY._replace(name="q"), role)
    reason = f"several blocks of aws_iam_role.app give documents: {GIVE}"
    assert {unknowns(contents(plan))[name] for name in expected} == {reason}
