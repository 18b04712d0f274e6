"""Which resources a list names of which items are known only after apply (SRC-4)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from execpolicy import CallOutcome, Template
from tests.loaders.terraform.linked import Linked, linked
from tests.loaders.terraform.reading import REGIONAL, SourcedPlan, hcl_of, rest_api, root_method, stage, text_of
from tests.loaders.terraform.sources.test_written_links import MAY
from tests.loaders.terraform.written import Json, Ref, Written, plan_of

pytestmark = pytest.mark.rule("SRC-4")
API: Final = "aws_api_gateway_rest_api.orders"
ALLOW: Final = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}]}'
)
NOTHING: Final = '{"Version": "2012-10-17", "Statement": []}'
ROLE: Final = "aws_iam_role.app"


def managed(*arns: str | Ref) -> list[Written]:
    """A signed method, and a role with managed policies: one allows the call, the other denies it."""
    documents = {"allow": ALLOW, "deny": ALLOW.replace("Allow", "Deny")}
    policies = [
        Written(
            "aws_iam_policy", name, {"name": name, "policy": text}, {"arn": f"arn:aws:iam::111122223333:policy/{name}"}
        )
        for name, text in documents.items()
    ]
    inline = [{"name": "none", "policy": NOTHING}]
    values = {"name": "app", "assume_role_policy": "{}", "inline_policy": inline, "managed_policy_arns": [*arns]}
    role = Written("aws_iam_role", "app", values, {"arn": "arn:aws:iam::111122223333:role/app"})
    return [rest_api(endpoint_configuration=REGIONAL), root_method(authorization="AWS_IAM"), stage(), *policies, role]


def as_a_set(plan: Json, address: str, name: str) -> Json:
    """The plan in which nothing of an attribute is known, as terraform writes a set with an item that is not known."""
    for each in plan["planned_values"]["root_module"]["resources"]:
        if each["address"] == address:
            each["values"].pop(name)
    for each in plan["resource_changes"]:
        if each["address"] == address:
            each["change"]["after"].pop(name)
            each["change"]["after_unknown"][name] = True
    return plan


#: The literal ARN of a policy, which a set with one that is not known does not show.
LITERAL: Final = "arn:aws:iam::111122223333:policy/deny"


@pytest.mark.parametrize("deny", [LITERAL, Ref("aws_iam_policy.deny", "arn")], ids=["literal", "reference"])
def test_no_policy_of_a_set_is_passed_over(deny: str | Ref, tmp_path: Path) -> None:
    resources = managed(Ref("aws_iam_policy.allow", "arn"), deny)
    (tmp_path / "main.tf").write_text(hcl_of(resources), "utf-8")
    path = tmp_path / "plan.json"
    path.write_text(text_of(as_a_set(plan_of(resources), ROLE, "managed_policy_arns")), "utf-8")
    for folder, expected in ((None, CallOutcome.INDETERMINATE), (tmp_path, CallOutcome.DENIED)):
        template = Template.load(path, account="111122223333", terraform_source=folder)
        found = template.apis[API].invoke("GET", "/", caller=template.callers[ROLE])
        assert found.outcome is expected


def listed(given: str, resources: list[Written] | None = None) -> Linked:
    """What a role names whose policies an expression gives in the sources."""
    written = managed(Ref("aws_iam_policy.allow", "arn")) if resources is None else resources
    plan = as_a_set(plan_of(written), ROLE, "managed_policy_arns")
    text = hcl_of(written)
    start = text.index("managed_policy_arns = ")
    text = f"{text[:start]}managed_policy_arns = {given}{text[text.index(chr(10), start) :]}"
    with SourcedPlan(files={"main.tf": text}).written() as path:
        return linked(text_of(plan), path.parent, names=("ManagedPolicyArns",))


LISTS: Final[dict[str, tuple[list[str | None], str]]] = {
    "[aws_iam_policy.allow.arn]": (["aws_iam_policy.allow"], ""),
    f'[aws_iam_policy.allow.arn, "{LITERAL}"]': (["aws_iam_policy.allow", "aws_iam_policy.deny"], ""),
    "[aws_iam_policy.allow.arn, upper(aws_iam_policy.allow.arn)]": (["aws_iam_policy.allow", None], MAY),
    "[aws_iam_policy.allow.arn, aws_iam_policy.deny.arn]": ([None], "the sources differ from the plan in"),
    "[aws_iam_policy.allow.arn, aws_iam_policy.allow.path]": ([None], "the sources differ from the plan in"),
    "concat([aws_iam_policy.allow.arn])": ([None], MAY),
    "aws_iam_policy.allow[*].arn": ([None], MAY),
    "aws_iam_policy.allow.arn": ([None], MAY),
}


@pytest.mark.parametrize("expression", LISTS)
def test_the_items_of_a_list_are_those_that_are_written(expression: str) -> None:
    targets, reason = LISTS[expression]
    found = listed(expression)
    assert found.targets[ROLE, "ManagedPolicyArns"] == targets
    said = found.unknowns.get(f"{ROLE}.managed_policy_arns", "")
    assert said.startswith(reason) if reason else not said


def test_an_item_may_be_of_an_attribute_that_is_no_name_of_a_policy() -> None:
    resources = managed(Ref("aws_iam_policy.allow", "path"))
    found = listed("[aws_iam_policy.allow.path]", resources)
    assert found.targets[ROLE, "ManagedPolicyArns"] == [None]
    assert "differ from the plan" in found.unknowns[f"{ROLE}.managed_policy_arns"]


NAMES: Final = ["aws_iam_policy.allow", "aws_iam_policy.deny"]
BOTH: Final = (Ref("aws_iam_policy.allow", "arn"), Ref("aws_iam_policy.deny", "arn"))


@pytest.mark.parametrize(
    ("policies", "without", "expected"),
    [
        ((LITERAL, BOTH[0]), [*reversed(NAMES)], [*reversed(NAMES)]),
        (BOTH, [None, None], NAMES),
        # One of the references is the known item too.
        ((LITERAL, *BOTH), ["aws_iam_policy.deny", None, None], ["aws_iam_policy.deny", None, None]),
    ],
)
def test_of_a_list_with_known_items_one_reference_is_the_other_item(
    policies: tuple[str | Ref, ...], without: list[str | None], expected: list[str | None]
) -> None:
    resources = managed(*policies)
    plan = plan_of(resources)
    assert linked(text_of(plan), names=("ManagedPolicyArns",)).targets[ROLE, "ManagedPolicyArns"] == without
    with SourcedPlan(files={"main.tf": hcl_of(resources)}).written() as path:
        found = linked(text_of(plan), path.parent, names=("ManagedPolicyArns",))
    assert found.targets[ROLE, "ManagedPolicyArns"] == expected
