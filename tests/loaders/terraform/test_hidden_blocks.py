"""Blocks that a plan does not show: ``dynamic`` may make them, or nobody writes them and AWS fills them in (SRC-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from execpolicy import Template
from execpolicy.engine.caller import Caller
from execpolicy.gateway.flow.step import CallOutcome
from tests.loaders.terraform.reading import (
    NO_INLINE_POLICY,
    REGIONAL,
    contents,
    only,
    rest_api,
    root_method,
    stage,
    unknowns,
)
from tests.loaders.terraform.test_policies import outcome, statement
from tests.loaders.terraform.test_policies import policy as policy_text
from tests.loaders.terraform.written import Json, Ref, Written, plan_of
from tools.terraform_plans import KEPT

pytestmark = pytest.mark.rule("SRC-4")
API = "aws_api_gateway_rest_api.orders"
ROLE = "aws_iam_role.app"
REASON = "a plan does not show whether dynamic makes it: write the block, or give the state after apply"
#: A resource of which an attribute is known only after apply, and which does not depend on the API or the role.
LATER = Written("aws_s3_bucket", "later", {"bucket": "b"}, {"id": "b", "arn": "arn:aws:s3:::b"})
#: To these attributes nothing visible refers: a local value does, or ``dynamic``.
HIDDEN = {"resource": "aws_s3_bucket.later", "attribute": ["arn"]}


def role(**values: Any) -> Written:
    found = {"name": "app", "assume_role_policy": "{}", **values}
    assigned = {"id": "app", "arn": "arn:aws:iam::111122223333:role/app"}
    return Written("aws_iam_role", "app", found, {**assigned, **({} if "inline_policy" in found else MADE)})


#: What the provider fills in where nobody writes a block.
MADE: Json = {"inline_policy": []}


def plan(*more: Written, hidden: tuple[Json, ...] = (), **values: Any) -> Json:
    found = plan_of([rest_api(**values), root_method(authorization="AWS_IAM"), stage(), LATER, *more])
    found["relevant_attributes"] = [*found["relevant_attributes"], *hidden]
    return found


def test_the_real_plan_shows_both_in_one_way() -> None:
    found = Template.load(KEPT["blocks"])
    assert {each.name: each.reason for each in found.unknowns if each.reason == REASON} == {
        f"{name}.{block}": REASON
        for block, names in {
            "inline_policy": ("aws_iam_role.made", "aws_iam_role.unwritten"),
            "endpoint_configuration": (
                "aws_api_gateway_domain_name.made",
                "aws_api_gateway_domain_name.unwritten",
                "aws_api_gateway_rest_api.unwritten",
            ),
        }.items()
        for name in names
    }
    # These are blocks that nobody fills in: they are unknown because dynamic makes them.
    names = {each.name for each in found.unknowns}
    assert "aws_api_gateway_domain_name.made.mutual_tls_authentication" in names
    assert "aws_apigatewayv2_api.made.cors_configuration" in names


@pytest.mark.parametrize(
    ("name", "expected"),
    [("made", "indeterminate"), ("unwritten", "indeterminate"), ("empty", "denied"), ("own", "denied")],
)
def test_a_role_with_a_block_that_the_real_plan_does_not_show_is_not_known(name: str, expected: str) -> None:
    caller = Template.load(KEPT["blocks"]).callers[f"aws_iam_role.{name}"]
    assert isinstance(caller, Caller)
    document = plan_of([rest_api(endpoint_configuration=REGIONAL), root_method(authorization="AWS_IAM"), stage()])
    assert outcome(document, caller=caller) == expected


def test_a_block_that_depends_on_nothing_unknown_is_not_written() -> None:
    found = contents(plan())
    assert only(found, API).endpoint == "EDGE"
    assert not unknowns(found)


def test_a_block_that_may_depend_on_something_unknown_is_not_known() -> None:
    assert unknowns(contents(plan(hidden=(HIDDEN,))))[f"{API}.endpoint_configuration"] == REASON
    assert not unknowns(contents(plan(hidden=(HIDDEN,), endpoint_configuration=REGIONAL)))


USES: dict[str, tuple[tuple[Written, ...], Json, bool]] = {
    "an attribute that is known": ((), {**HIDDEN, "attribute": ["bucket"]}, False),
    "an attribute that is known, of one that is not": ((), {**HIDDEN, "attribute": ["website", 0, "x"]}, False),
    "an item that is not known": ((), {**HIDDEN, "attribute": ["arn", 0]}, True),
    "the whole resource": ((), {**HIDDEN, "attribute": []}, True),
    "a resource that cannot be found": ((), {**HIDDEN, "resource": "aws_s3_bucket."}, True),
    "a user of the API": (
        (Written("aws_s3_object", "a", {"key": Ref(API), "bucket": "b"}, {"id": "o"}),),
        {"resource": "aws_s3_object.a", "attribute": ["id"]},
        False,
    ),
    "a user of a user of the API": (
        (
            Written("aws_s3_object", "a", {"key": Ref(API), "bucket": "b"}, {"id": "o"}),
            Written("aws_s3_object", "c", {"key": Ref("aws_s3_object.a")}, {"id": "p"}),
        ),
        {"resource": "aws_s3_object.c", "attribute": ["id"]},
        False,
    ),
    "one in another module": (
        (LATER._replace(modules=("m",)),),
        {"resource": "module.m.aws_s3_bucket.later", "attribute": ["id"]},
        True,
    ),
}


@pytest.mark.parametrize(
    ("steps", "is_unknown"), [(["rule", 1, "id"], True), (["rule", 0, "id"], False), (["rule"], True)]
)
def test_a_path_leads_into_what_is_known_only_after_apply(steps: list[str | int], *, is_unknown: bool) -> None:
    document = plan(hidden=({"resource": "aws_s3_bucket.later", "attribute": steps},))
    (change,) = [each["change"] for each in document["resource_changes"] if each["address"] == "aws_s3_bucket.later"]
    change["after_unknown"] = {"rule": [{"id": False}, {"id": True}]}
    assert (f"{API}.endpoint_configuration" in unknowns(contents(document))) is is_unknown


@pytest.mark.parametrize("use", USES)
def test_a_block_cannot_depend_on_what_is_known_or_on_a_user_of_its_resource(use: str) -> None:
    more, relevant, is_unknown = USES[use]
    found = unknowns(contents(plan(*more, hidden=(relevant,))))
    assert (f"{API}.endpoint_configuration" in found) is is_unknown


def without_version(document: Json) -> None:
    document["format_version"] = "1.1"


def updated(document: Json) -> None:
    for each in document["resource_changes"]:
        each["change"]["actions"] = ["update"]


@pytest.mark.parametrize("change", [without_version, updated])
def test_a_plan_that_does_not_say_what_is_relevant_leaves_it_open(change: Callable[[Json], None]) -> None:
    document = plan()
    change(document)
    assert f"{API}.endpoint_configuration" in unknowns(contents(document))


def test_an_update_keeps_what_nobody_sets_so_that_an_unknown_value_is_one_that_changes() -> None:
    document = plan_of([rest_api(), root_method(), stage()])
    updated(document)
    assert {f"{API}.policy", f"{API}.api_key_source"} <= unknowns(contents(document)).keys()
    assert outcome(document) is CallOutcome.INDETERMINATE


def test_a_role_that_may_have_an_inline_policy_is_not_known() -> None:
    allow = Written(
        "aws_iam_role_policy_attachment",
        "a",
        {"role": Ref(ROLE, "name"), "policy_arn": "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"},
        {"id": "x"},
    )
    asked = plan(endpoint_configuration=REGIONAL)
    for roles, expected in (
        ([role(), allow], CallOutcome.ALLOWED),
        ([role(), allow, rest_api(), root_method()], CallOutcome.INDETERMINATE),
        ([role(inline_policy=NO_INLINE_POLICY), allow, rest_api(), root_method()], CallOutcome.ALLOWED),
    ):
        (caller,) = contents(plan_of(roles)).callers[ROLE].values
        assert outcome(asked, caller=caller) is expected, roles


@pytest.mark.parametrize("named", ["app", Ref(ROLE, "id"), Ref(ROLE, "name")])
def test_a_role_with_a_policy_of_its_own_has_no_blocks(named: str | Ref) -> None:
    own = Written("aws_iam_role_policy", "p", {"role": named, "name": "p", "policy": policy_text(statement())})
    document = plan(role(), own, hidden=(HIDDEN,), endpoint_configuration=REGIONAL)
    (caller,) = contents(document).callers[ROLE].values
    assert outcome(document, caller=caller) is CallOutcome.ALLOWED
    other = own._replace(values={**own.values, "role": "other"})
    document = plan(role(), other, hidden=(HIDDEN,), endpoint_configuration=REGIONAL)
    assert f"{ROLE}.inline_policy" in unknowns(contents(document))


def test_a_policy_of_another_role_leaves_it_open() -> None:
    other = role()._replace(name="other", values={"name_prefix": "o", "assume_role_policy": "{}"})
    other = other._replace(assigned={**other.assigned, "name": "o1"})
    name = Ref("aws_iam_role.other", "name")
    own = Written("aws_iam_role_policy", "p", {"role": name, "name": "p", "policy": policy_text(statement())})
    document = plan(role(), other, own, hidden=(HIDDEN,), endpoint_configuration=REGIONAL)
    found = unknowns(contents(document))
    assert f"{ROLE}.inline_policy" in found
    assert "aws_iam_role.other.inline_policy" not in found
