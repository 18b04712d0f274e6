"""Policies: of data sources that are read during apply, and attached by resources of their own (SRC-4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from execpolicy import Api, CallOutcome
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.loaders.contents import TemplateContents
from tests.loaders.terraform.reading import (
    NO_INLINE_POLICY,
    REGIONAL,
    SourcedPlan,
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

pytestmark = pytest.mark.rule("SRC-4")
API = "aws_api_gateway_rest_api.orders"
#: The two forms of a file.
FORMS = [pytest.param(plan_of, id="plan"), pytest.param(state_of, id="state")]


def statement(sid: str = "", effect: str = "Allow", resource: str = "*", **more: Any) -> Json:
    """A statement for a caller."""
    named = {"Sid": sid} if sid else {}
    return {**named, "Effect": effect, "Action": "execute-api:Invoke", "Resource": resource, **more}


def policy(*statements: Json) -> str:
    """A policy as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def document(name: str, **values: Any) -> Written:
    """A data source that is read during apply."""
    return Written(
        "aws_iam_policy_document", name, values, {"id": "1", "json": "{}", "minified_json": "{}"}, is_data=True
    )


def block(effect: Any = None, **more: Any) -> Json:
    """A block ``statement`` with the attributes that Terraform writes for one."""
    empty = dict.fromkeys(("sid", "not_actions", "not_principals", "not_resources"), None)
    return {
        **empty,
        "effect": effect,
        "actions": ["execute-api:Invoke"],
        "resources": ["execute-api:/*"],
        "principals": [{"type": "*", "identifiers": ["*"]}],
        "condition": [],
        **more,
    }


def with_policy(*sources: Written, name: str = "p") -> Json:
    """A plan of an API whose policy is that of a data source, with its sources."""
    api = rest_api(policy=Ref(f"data.aws_iam_policy_document.{name}", "json"), endpoint_configuration=REGIONAL)
    return SourcedPlan(api, root_method(), stage(), *sources)


def statements(plan: Json) -> list[tuple[str, str | None]]:
    """The effects and Sids of the policy of the API."""
    found = only(contents(plan), API).resource_policy
    assert found is not None
    return [*zip((each.effect for each in found.statements), sids(found), strict=True)]


def sids(found: Policy) -> list[str | None]:
    """The Sids of a policy."""
    return [None if each.sid is None else each.sid.value for each in found.statements]


def outcome(plan: Json, **call: Any) -> CallOutcome:
    """What a call of the API gets."""
    api = plan.api() if isinstance(plan, SourcedPlan) else Api.parse(text_of(plan))
    return api.invoke("GET", "/", **call).outcome


def test_a_policy_document_is_made_of_its_blocks() -> None:
    test = {"test": "NotIpAddress", "variable": "aws:SourceIp", "values": ["203.0.113.0/24"]}
    plan = with_policy(document("p", statement=[block(), block("Deny", condition=[test])]))
    assert outcome(plan, context={"aws:SourceIp": "203.0.113.9"}) is CallOutcome.ALLOWED
    assert outcome(plan, context={"aws:SourceIp": "198.51.100.9"}) is CallOutcome.DENIED
    assert not unknowns(contents(plan))


def test_what_is_unknown_in_a_block_stays_unknown() -> None:
    plan = with_policy(document("p", statement=[block(resources=[Ref(API, "execution_arn")])]))
    assert outcome(plan) is CallOutcome.INDETERMINATE
    name = "data.aws_iam_policy_document.p.statement[0].resources[0]"
    assert unknowns(contents(plan)) == {name: "it is known only after apply: give the state then"}
    plan = with_policy(document("p", statement=[block("Deny"), block(resources=Ref(API, "execution_arn"))]))
    assert outcome(plan) is CallOutcome.DENIED


UNKNOWN_BLOCKS: dict[str, tuple[Json, list[tuple[str, str | None]]]] = {
    "an effect": (block(effect=Ref(API, "id")), [("Allow", None), ("Deny", None)]),
    "principals": (block(principals=Ref(API, "id")), [("Allow", None)]),
    "a condition": (block(condition=Ref(API, "id")), [("Allow", None)]),
    "a test": (
        block(condition=[{"test": Ref(API, "id"), "variable": "aws:SourceIp", "values": ["a"]}]),
        [("Allow", None)],
    ),
    "a type of principals": (block(principals=[{"type": Ref(API, "id"), "identifiers": ["a"]}]), [("Allow", None)]),
}


@pytest.mark.parametrize("case", UNKNOWN_BLOCKS)
def test_an_unknown_part_of_a_block_is_not_dropped(case: str) -> None:
    written, _ = UNKNOWN_BLOCKS[case]
    plan = with_policy(document("p", statement=[written]))
    assert outcome(plan) is CallOutcome.INDETERMINATE


def test_a_block_that_is_unknown_is_any_statement() -> None:
    plan = with_policy(document("p", statement=[Ref(API, "id"), block()]))
    assert outcome(plan) is CallOutcome.INDETERMINATE


def test_documents_are_merged_in_order_and_a_sid_replaces() -> None:
    plan = with_policy(
        document(
            "p",
            statement=[block("Deny", sid="A"), block(sid="B")],
            source_policy_documents=[policy(statement("A", Principal="*"), statement("C", Principal="*"))],
            override_policy_documents=[policy(statement("B", "Deny", Principal="*"))],
        )
    )
    assert statements(plan) == [("Deny", "A"), ("Allow", "C"), ("Deny", "B")]


def test_a_document_of_another_data_source_is_made_too() -> None:
    other = Ref("data.aws_iam_policy_document.q", "json")
    sources = (
        document("p", source_policy_documents=[other, policy(statement("X", Principal="*"))]),
        document("q", statement=[block(sid="Q")]),
    )
    assert statements(with_policy(*sources)) == [("Allow", "Q"), ("Allow", "X")]


def test_an_override_that_is_unknown_may_replace_statements() -> None:
    unknown = Ref("aws_ssm_parameter.p", "value")
    plan = with_policy(document("p", statement=[block(sid="A")], override_policy_documents=[unknown]))
    assert outcome(plan) is CallOutcome.INDETERMINATE
    # Without a Sid nothing is replaced: a Deny stays.
    plan = with_policy(document("p", statement=[block("Deny")], override_policy_documents=[unknown]))
    assert outcome(plan) is CallOutcome.DENIED
    plan = with_policy(document("p", statement=[block("Deny", sid="A")], override_policy_documents=[unknown]))
    assert outcome(plan) is CallOutcome.INDETERMINATE


def test_the_version_is_the_newest_of_all() -> None:
    old = document("p", version="2008-10-17", statement=[block()])
    assert only(contents(with_policy(old)), API).resource_policy.version == "2008-10-17"  # type: ignore[union-attr]  # set
    newer = old._replace(values={**old.values, "source_policy_documents": [policy(statement(Principal="*"))]})
    assert only(contents(with_policy(newer)), API).resource_policy.version == "2012-10-17"  # type: ignore[union-attr]  # set


def test_variables_are_written_with_an_ampersand() -> None:
    plan = with_policy(document("p", statement=[block(resources=["execute-api:/&{aws:username}"])]))
    found = only(contents(plan), API).resource_policy
    assert found is not None
    assert "${aws:username}" in str(found.statements[0])


def test_principals_are_joined_by_type() -> None:
    names = [
        {"type": "AWS", "identifiers": ["arn:aws:iam::111122223333:role/a"]},
        {"type": "AWS", "identifiers": ["arn:aws:iam::111122223333:role/b"]},
    ]
    plan = with_policy(document("p", statement=[block(principals=names)]))
    found = only(contents(plan), API).resource_policy
    assert found is not None
    assert found.statements[0].principal is not None
    assert len(found.statements[0].principal.entries) == 2


def test_an_expression_with_more_than_the_document_is_unknown() -> None:
    plan = with_policy(document("p", statement=[block()]))
    expressions = plan["configuration"]["root_module"]["resources"][0]["expressions"]
    expressions["policy"]["references"].append("local.suffix")
    assert [*unknowns(contents(plan))] == [f"{API}.policy"]


BROKEN = {
    "an attribute": (document("p", statments=[block()]), 'found "statments", which is not a known attribute of'),
    "an old attribute": (document("p", source_json="{}"), 'found "source_json", which newer versions of the provider'),
    "an attribute of a block": (
        document("p", statement=[block(principal="*")]),
        'found "principal", which is not a known attribute of statement 1 of data.aws_iam_policy_document.p',
    ),
    "principals": (
        document("p", statement=[block(principals=[{"type": "AWS"}])]),
        "found principals of statement 1 of data.aws_iam_policy_document.p without type and identifiers",
    ),
    "a condition": (
        document("p", statement=[block(condition=[{"test": "Bool"}])]),
        "found a condition of statement 1 of data.aws_iam_policy_document.p without test, variable and values",
    ),
    "a condition twice": (
        document("p", statement=[block(condition=[{"test": "Bool", "variable": "a:b", "values": ["true"]}] * 2)]),
        'found Bool of "a:b" twice in statement 1 of data.aws_iam_policy_document.p',
    ),
    "a source": (document("p", source_policy_documents=["{"]), "the object opened here is never closed"),
    "itself": (
        document("p", source_policy_documents=[Ref("data.aws_iam_policy_document.p", "json")]),
        "found data.aws_iam_policy_document.p, which is made of itself or of more than 20 others",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_document_is_refused(case: str) -> None:
    source, expected = BROKEN[case]
    assert errors(with_policy(source))[0][0].startswith(expected)


def attached(*more: Written, **role: Any) -> list[Written]:
    """An API, a role, and what is attached to it."""
    values = {"name": "app", "assume_role_policy": "{}", "inline_policy": NO_INLINE_POLICY, **role}
    app = Written("aws_iam_role", "app", values, {"id": "app", "arn": "arn:aws:iam::111122223333:role/app"})
    return [rest_api(endpoint_configuration=REGIONAL), root_method(authorization="AWS_IAM"), stage(), app, *more]


ROLE = Ref("aws_iam_role.app", "name")
POLICY = Written(
    "aws_iam_policy",
    "p",
    {"name": "p", "policy": policy(statement())},
    {"id": "arn:aws:iam::111122223333:policy/p", "arn": "arn:aws:iam::111122223333:policy/p"},
)
ARN = Ref("aws_iam_policy.p", "arn")
INVOKE = "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"


def resource(type_name: str, **values: Any) -> Written:
    """A resource whose id nobody uses."""
    return Written(type_name, "a", values, {"id": "x"})


WAYS: dict[str, list[Written]] = {
    "an inline policy": attached(resource("aws_iam_role_policy", role=ROLE, name="i", policy=policy(statement()))),
    "an attachment": attached(POLICY, resource("aws_iam_role_policy_attachment", role=ROLE, policy_arn=ARN)),
    "an attachment of AWS": attached(resource("aws_iam_role_policy_attachment", role=ROLE, policy_arn=INVOKE)),
    "an exclusive attachment": attached(
        POLICY, resource("aws_iam_role_policy_attachments_exclusive", role_name=ROLE, policy_arns=[ARN])
    ),
    "an attachment to several": attached(
        POLICY, resource("aws_iam_policy_attachment", name="a", roles=[ROLE], users=[], groups=None, policy_arn=ARN)
    ),
    "blocks of the role": attached(inline_policy=[{"name": "i", "policy": policy(statement())}]),
    "ARNs of the role": attached(POLICY, managed_policy_arns=[ARN]),
}


def caller_of(found: TemplateContents, name: str = "aws_iam_role.app") -> Caller:
    (caller,) = found.callers[name].values
    return caller


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("way", WAYS)
def test_a_role_has_the_policies_that_are_attached_to_it(way: str, form: Callable[..., Json]) -> None:
    found = contents(form(WAYS[way]))
    caller = caller_of(found)
    assert len(caller.identity) == 1
    assert outcome(form(WAYS[way]), caller=caller) is CallOutcome.ALLOWED
    assert outcome(form(attached()), caller=caller_of(contents(form(attached())))) is CallOutcome.DENIED


@pytest.mark.parametrize("form", FORMS)
def test_a_role_without_a_name_has_a_name_that_is_not_known(form: Callable[..., Json]) -> None:
    resources = attached(
        resource("aws_iam_role_policy", role=Ref("aws_iam_role.app", "id"), policy=policy(statement()), name=None)
    )
    role = resources[3]
    values = {"name_prefix": "app-", "assume_role_policy": "{}"}
    resources[3] = role._replace(values=values, assigned={**role.assigned, "name": "app-1", "id": "app-1"})
    resources[4] = resources[4]._replace(assigned={"id": "x", "name": "terraform-1"})
    found = contents(form(resources))
    assert outcome(form(resources), caller=caller_of(found)) is CallOutcome.ALLOWED
    assert ("aws_iam_role.app.name" in unknowns(found)) is (form is plan_of)


@pytest.mark.parametrize("form", FORMS)
def test_a_boundary_limits_a_role(form: Callable[..., Json]) -> None:
    boundary = POLICY._replace(values={"name": "p", "policy": policy(statement(resource="arn:aws:s3:::b"))})
    resources = attached(
        boundary, resource("aws_iam_role_policy_attachment", role=ROLE, policy_arn=INVOKE), permissions_boundary=ARN
    )
    assert outcome(form(resources), caller=caller_of(contents(form(resources)))) is CallOutcome.DENIED


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("membership", ["aws_iam_group_membership", "aws_iam_user_group_membership"])
def test_a_user_has_the_policies_of_its_groups(membership: str, form: Callable[..., Json]) -> None:
    user, group = Ref("aws_iam_user.ada", "name"), Ref("aws_iam_group.all", "name")
    one = membership == "aws_iam_user_group_membership"
    values = {"user": user, "groups": [group]} if one else {"name": "m", "group": group, "users": [user]}
    resources = [
        *attached(resource("aws_iam_group_policy", group=group, name="i", policy=policy(statement()))),
        Written("aws_iam_user", "ada", {"name": "ada"}, {"id": "ada", "arn": "arn:aws:iam::111122223333:user/ada"}),
        Written("aws_iam_group", "all", {"name": "all"}, {"id": "all", "arn": "arn:aws:iam::111122223333:group/all"}),
        resource(membership, **values),
        resource("aws_iam_user_policy_attachment", user=user, policy_arn=INVOKE),
        resource("aws_iam_group_policy_attachment", group=group, policy_arn=INVOKE),
    ]
    caller = caller_of(contents(form(resources)), "aws_iam_user.ada")
    assert len(caller.identity) == 3
    assert outcome(form(resources), caller=caller) is CallOutcome.ALLOWED


def test_the_tags_of_a_role_are_those_of_its_provider_too() -> None:
    resources = attached()
    role = resources[3]
    values = {**role.values, "tags": {"team": "a"}}
    resources[3] = role._replace(values=values, defaults={"tags_all": {"team": "a", "env": "prod"}})
    assert dict(caller_of(contents(plan_of(resources))).principal.tags or {}) == {"team": "a", "env": "prod"}
    resources[3] = role._replace(values={**role.values, "tags": {"team": Ref(API, "id")}})
    assert "aws_iam_role.app.tags.team" in unknowns(contents(plan_of(resources)))


def test_an_attachment_to_a_role_of_another_file_is_listed() -> None:
    resources = attached(resource("aws_iam_role_policy_attachment", role="other", policy_arn=INVOKE))
    found = [each.what for each in contents(plan_of(resources)).ignored]
    expected = "aws_iam_role_policy_attachment.a: it is attached to the role other, which the file does not have"
    assert expected in found


def test_an_attachment_to_a_role_that_is_not_known_is_refused() -> None:
    resources = attached(resource("aws_iam_role_policy_attachment", role=Ref("local", "x"), policy_arn=INVOKE))
    (message, _, _) = errors(plan_of(resources))[0]
    assert message == ("found aws_iam_role_policy_attachment.a, whose role is <aws_iam_role_policy_attachment.a.role>")


REST_POLICY = resource(
    "aws_api_gateway_rest_api_policy", rest_api_id=Ref(API), policy=policy(statement("Own", "Deny", Principal="*"))
)


def test_a_policy_of_its_own_resource_precedes_what_aws_says_of_the_api() -> None:
    old = policy(statement("Old", Principal="*"))
    state = state_of([rest_api(policy=old), root_method(), stage(), REST_POLICY])
    found = only(contents(state), API).resource_policy
    assert found is not None
    assert sids(found) == ["Own"]


def test_a_policy_in_two_places_is_refused() -> None:
    resources = [rest_api(policy=policy(statement(Principal="*"))), root_method(), stage(), REST_POLICY]
    (message, at, advice) = errors(plan_of(resources))[0]
    first = f"{API}.policy"
    assert message == f"found the policy of {API} twice: in {first} and in aws_api_gateway_rest_api_policy.a"
    assert (at, advice) == ('"aws_api_gateway_rest_api_policy.a"', "keep one of them")


def removing(plan: Json, *before: Written) -> Json:
    """The plan that removes other resources, too."""
    for each in before:
        values = {name: "a1b2c3d4e5" if value == Ref(API) else value for name, value in each.values.items()}
        plan["resource_changes"].append(
            {
                "address": each.address,
                "mode": "managed",
                "type": each.type,
                "name": each.name,
                "change": {"actions": ["delete"], "before": values, "after": None, "after_unknown": {}},
            }
        )
    return plan


def of_changes(resources: list[Written]) -> Json:
    """A plan in which the resources stay as they are, with what AWS says of them."""
    plan = plan_of(resources)
    state = state_of(resources)["values"]["root_module"]["resources"]
    for each, change, old in zip(
        plan["planned_values"]["root_module"]["resources"], plan["resource_changes"], state, strict=True
    ):
        each["values"] = old["values"]
        change["change"] |= {"actions": ["no-op"], "before": old["values"], "after_unknown": {}}
    return plan


def test_a_policy_whose_resource_the_plan_removes_is_none() -> None:
    api = rest_api()
    old = policy(statement("Own", Principal="*"))
    api = api._replace(assigned={**api.assigned, "policy": old})
    plan = of_changes([api, root_method(), stage()])
    found = only(contents(plan), API).resource_policy
    assert found is not None  # somebody set it without Terraform
    assert only(contents(removing(plan, REST_POLICY)), API).resource_policy is None


def test_a_policy_that_the_plan_takes_from_a_role_is_not_among_its_attributes() -> None:
    resources = attached()
    role = resources[3]
    given = {
        "managed_policy_arns": [INVOKE],
        "inline_policy": [{"name": "i", "policy": policy(statement())}, {"name": "", "policy": ""}],
    }
    values = {name: value for name, value in role.values.items() if name != "inline_policy"}
    resources[3] = role._replace(values=values, assigned={**role.assigned, **given})
    assert len(caller_of(contents(of_changes(resources))).identity) == 2
    gone = [
        Written("aws_iam_role_policy", "i", {"role": "app", "name": "i", "policy": "{}"}),
        Written("aws_iam_role_policy_attachment", "i", {"role": "app", "policy_arn": INVOKE}),
    ]
    assert caller_of(contents(removing(of_changes(resources), *gone))).identity == ()


def test_a_state_does_not_count_an_inline_policy_twice() -> None:
    resources = attached(resource("aws_iam_role_policy", role=ROLE, name="i", policy=policy(statement())))
    role = resources[3]
    mirrored = {"inline_policy": [{"name": "i", "policy": policy(statement())}]}
    resources[3] = role._replace(assigned={**role.assigned, **mirrored})
    assert len(caller_of(contents(state_of(resources))).identity) == 1


@pytest.mark.parametrize("form", FORMS)
def test_the_policy_of_an_endpoint_may_be_a_resource_of_its_own(form: Callable[..., Json]) -> None:
    endpoint = Written(
        "aws_vpc_endpoint",
        "e",
        {"service_name": "com.amazonaws.eu-west-1.execute-api"},
        {"id": "vpce-1", "policy": "{}"},
    )
    own = resource(
        "aws_vpc_endpoint_policy",
        vpc_endpoint_id=Ref("aws_vpc_endpoint.e"),
        policy=policy(statement("Own", "Deny", Principal="*")),
    )
    found = contents(form([endpoint, own])).vpc_endpoints["aws_vpc_endpoint.e"]
    (read,) = found.values
    assert isinstance(read, Policy)
    assert sids(read) == ["Own"]
    document = plan_of([endpoint])
    (default,) = contents(document).vpc_endpoints["aws_vpc_endpoint.e"].values
    assert [each.effect for each in default.statements] == ["Allow"]


@pytest.mark.parametrize("form", FORMS)
def test_a_policy_of_organizations_applies_where_it_is_attached(form: Callable[..., Json]) -> None:
    scp = Written(
        "aws_organizations_policy",
        "scp",
        {"name": "scp", "type": "SERVICE_CONTROL_POLICY", "content": policy(statement("", "Deny"))},
        {"id": "p-12345678", "arn": "arn:aws:organizations::111122223333:policy/o-a/service_control_policy/p-1"},
    )
    target = resource(
        "aws_organizations_policy_attachment", policy_id=Ref("aws_organizations_policy.scp"), target_id="r-ab12"
    )
    resources = attached(scp, target)
    assert len(caller_of(contents(form(resources))).scps) == 1
    assert len(caller_of(contents(form(resources[:-1]))).scps) == 0
