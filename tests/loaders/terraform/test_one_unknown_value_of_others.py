"""One value is known only after apply, in turn each: of callers and their policies, of domains, of a WebSocket API.

As in test_one_unknown_value.py: an answer is the same for every value, or it is indeterminate, or the plan is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from execpolicy import Api, ExecPolicyError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import parse_contents
from execpolicy.loaders.terraform.resource_types import READ
from tests.loaders.terraform.one_value import ABSENT, HIDDEN, changed, is_contained, known, places
from tests.loaders.terraform.reading import REGIONAL, rest_api, root_method, stage, text_of
from tests.loaders.terraform.written import ACCOUNT, REGION, Ref, Written, plan_of

pytestmark = [pytest.mark.rule("SRC-4"), pytest.mark.rule("SRC-5")]


def identity(effect: str, resource: str = "*") -> str:
    """An identity policy with one statement."""
    return json.dumps({"Statement": [{"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}]})


GETS, PUTS = "arn:aws:execute-api:*:*:*/*/GET/*", "arn:aws:execute-api:*:*:*/*/PUT/*"
FULL = "arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"


def arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def managed(name: str, document: str) -> Written:
    return Written("aws_iam_policy", name, {"name": name, "policy": document}, {"arn": arn("policy", name)})


def link(type_name: str, local: str = "a", /, **values: Any) -> Written:
    return Written(type_name, local, values, {"id": f"{type_name}-{local}"})


TRUST = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
OPEN = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "execute-api:/*"}]}'


def callers() -> list[Written]:
    """A REST API, and a role, a user and a group, to which policies are attached in every way."""
    role, user, group = (Ref(f"aws_iam_{each}.{each}", "name") for each in ("role", "user", "group"))
    gets, puts = Ref("aws_iam_policy.gets", "arn"), Ref("aws_iam_policy.puts", "arn")
    trust = {"name": "role", "assume_role_policy": json.dumps(TRUST), "tags": {"team": "a"}}
    return [
        rest_api(endpoint_configuration=REGIONAL),
        root_method(authorization="AWS_IAM"),
        root_method("put", method="PUT", authorization="AWS_IAM"),
        stage(),
        managed("gets", identity("Allow", GETS)),
        managed("puts", identity("Allow", PUTS)),
        managed("limit", identity("Allow")),
        Written(
            "aws_iam_role",
            "role",
            {**trust, "permissions_boundary": Ref("aws_iam_policy.limit", "arn")},
            {"arn": arn("role", "role")},
        ),
        Written("aws_iam_user", "user", {"name": "user", "path": "/"}, {"arn": arn("user", "user")}),
        Written("aws_iam_group", "group", {"name": "group"}, {"arn": arn("group", "group")}),
        link("aws_iam_role_policy", role=role, name="r", policy=identity("Deny", PUTS)),
        link("aws_iam_role_policy_attachment", role=role, policy_arn=gets),
        link("aws_iam_user_policy", user=user, name="u", policy=identity("Allow", GETS)),
        link("aws_iam_user_policy_attachment", user=user, policy_arn=puts),
        link("aws_iam_group_policy", group=group, name="g", policy=identity("Deny", PUTS)),
        link("aws_iam_group_policy_attachment", group=group, policy_arn=gets),
        link("aws_iam_group_membership", name="m", group=group, users=[user]),
        link("aws_iam_user_group_membership", "b", user=user, groups=[group]),
        link("aws_iam_policy_attachment", name="all", roles=[role], users=[user], groups=[group], policy_arn=puts),
    ]


def exclusive() -> list[Written]:
    """The same API, with policies in attributes of the role and by the exclusive resources."""
    role, user, group = (Ref(f"aws_iam_{each}.{each}", "name") for each in ("role", "user", "group"))
    others = [each for each in callers() if not each.type.endswith(("_attachment", "_policy"))]
    gets, puts = Ref("aws_iam_policy.gets", "arn"), Ref("aws_iam_policy.puts", "arn")
    number = next(at for at, each in enumerate(others) if each.type == "aws_iam_role")
    written = {
        **others[number].values,
        "inline_policy": [{"name": "i", "policy": identity("Deny", PUTS)}],
        "managed_policy_arns": [FULL],
    }
    others[number] = others[number]._replace(values=written)
    return [
        *others,
        managed("gets", identity("Allow", GETS)),
        managed("puts", identity("Allow", PUTS)),
        managed("limit", identity("Allow")),
        link("aws_iam_role_policy_attachments_exclusive", role_name=role, policy_arns=[gets]),
        link("aws_iam_user_policy_attachments_exclusive", user_name=user, policy_arns=[gets, puts]),
        link("aws_iam_group_policy_attachments_exclusive", group_name=group, policy_arns=[puts]),
    ]


def domains() -> list[Written]:
    """A REST API behind two domains, by mappings of both versions."""
    api, prod = Ref("aws_api_gateway_rest_api.orders"), Ref("aws_api_gateway_stage.prod", "stage_name")
    shop, new = Ref("aws_api_gateway_domain_name.shop", "domain_name"), Ref("aws_apigatewayv2_domain_name.new", "id")
    configuration = {"certificate_arn": "arn:aws:acm:a", "endpoint_type": "REGIONAL", "security_policy": "TLS_1_2"}
    return [
        rest_api(endpoint_configuration=REGIONAL, disable_execute_api_endpoint=False),
        root_method(),
        Written(
            "aws_api_gateway_resource",
            "items",
            {"rest_api_id": api, "parent_id": Ref(api.target, "root_resource_id"), "path_part": "items"},
            {"id": "items1"},
        ),
        root_method("items", resource_id=Ref("aws_api_gateway_resource.items"), authorization="AWS_IAM"),
        stage(),
        Written(
            "aws_api_gateway_domain_name",
            "shop",
            {"domain_name": "shop.example.com", "endpoint_configuration": REGIONAL},
            {"id": "shop.example.com"},
        ),
        link("aws_api_gateway_base_path_mapping", api_id=api, domain_name=shop, base_path="v1", stage_name=prod),
        Written(
            "aws_apigatewayv2_domain_name",
            "new",
            {"domain_name": "new.example.com", "domain_name_configuration": [configuration]},
            {"id": "new.example.com"},
        ),
        link("aws_apigatewayv2_api_mapping", api_id=api, domain_name=new, stage=prod, api_mapping_key="v2"),
    ]


def websocket() -> list[Written]:
    """A WebSocket API with a Lambda authorizer for $connect, and a route that everybody with a connection may use."""
    api = "aws_apigatewayv2_api.chat"
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:a"
    of_api = {"api_id": Ref(api)}
    guarded = {"authorization_type": "CUSTOM", "authorizer_id": Ref("aws_apigatewayv2_authorizer.users")}
    request = {
        **of_api,
        "name": "users",
        "authorizer_type": "REQUEST",
        "authorizer_uri": f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations",
        "identity_sources": ["route.request.header.Authorization"],
    }
    return [
        Written(
            "aws_apigatewayv2_api",
            "chat",
            {
                "name": "chat",
                "protocol_type": "WEBSOCKET",
                "route_selection_expression": "$request.body.action",
                "disable_execute_api_endpoint": False,
            },
            {"id": "c4c4c4c4c4", "execution_arn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:c4c4c4c4c4"},
        ),
        Written("aws_apigatewayv2_authorizer", "users", request, {"id": "auth01"}),
        link("aws_apigatewayv2_route", "connect", **of_api, route_key="$connect", **guarded),
        link("aws_apigatewayv2_route", "send", **of_api, route_key="send", authorization_type="NONE"),
        link("aws_apigatewayv2_stage", "live", **of_api, name="live"),
    ]


def api_of(found: TemplateContents) -> Api:
    (variants,) = found.apis.values()
    return Api.from_variants(variants)


def of_callers(found: TemplateContents) -> Iterator[Callable[[], GatewayResponse]]:
    api = api_of(found)
    for name in ("aws_iam_role.role", "aws_iam_user.user"):
        for method in ("GET", "PUT"):
            yield lambda name=name, method=method: api.invoke(method, "/", caller=found.callers[name])  # type: ignore[misc]  # bound


def of_domains(found: TemplateContents) -> Iterator[Callable[[], GatewayResponse]]:
    api = api_of(found)
    yield lambda: api.invoke("GET", "/")
    for domain in ("shop.example.com", "new.example.com"):
        for path in ("/v1", "/v1/items", "/v2", "/v2/items", "/"):
            yield lambda domain=domain, path=path: api.invoke("GET", path, domain_name=domain)  # type: ignore[misc]  # bound


def of_websocket(found: TemplateContents) -> Iterator[Callable[[], GatewayResponse]]:
    api = api_of(found)
    header, other = {"Authorization": "t"}, {"Other": "t"}
    policy = {"Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]}
    output = {"principalId": "a", "policyDocument": {"Version": "2012-10-17", **policy}}
    for headers in (header, other, {}):
        yield lambda headers=headers: api.invoke("$connect", headers=headers, authorizer_output=output)  # type: ignore[misc]  # bound
    yield lambda: api.invoke("$connect", headers=header, authorizer_output="Unauthorized")
    yield lambda: api.invoke("$connect")
    for key in ("send", "other"):
        yield lambda key=key: api.invoke(key)  # type: ignore[misc]  # bound


class World(NamedTuple):
    """Resources, the calls that are asked of them, and the answers without unknown values."""

    resources: Callable[[], list[Written]]
    calls: Callable[[TemplateContents], Iterator[Callable[[], GatewayResponse]]]
    expected: Sequence[int | None]


WORLDS = {
    "callers": World(callers, of_callers, (200, 403, 200, 403)),
    "exclusive": World(exclusive, of_callers, (200, 403, 200, 200)),
    "domains": World(domains, of_domains, (200, 200, 403, 403, 403, 403, 403, 403, 200, 403, 403)),
    "websocket": World(websocket, of_websocket, (200, 401, 401, 401, 401, 200, 403)),
}
#: Values that an attribute may have after apply, by its name.
OTHERS: Mapping[str, tuple[Any, ...]] = {
    "api_id": ("other",),
    "api_mapping_key": ("other", "v1", None),
    "assume_role_policy": (json.dumps({"Statement": []}),),
    "authorization": ("NONE", "AWS_IAM"),
    "authorization_type": ("NONE", "AWS_IAM", "CUSTOM"),
    "authorizer_type": ("REQUEST",),
    "base_path": ("other", "v2", None),
    "disable_execute_api_endpoint": (True, False),
    "domain_name": ("other.example.com",),
    "endpoint_configuration": ([{"types": ["PRIVATE"]}], [{"types": ["EDGE"]}]),
    "group": ("other",),
    "groups": ([], ["other"]),
    "identity_sources": (["route.request.header.Other"], []),
    "inline_policy": ([], [{"name": "i", "policy": identity("Deny")}], [{"name": "i", "policy": identity("Allow")}]),
    "managed_policy_arns": ([], [FULL], [arn("policy", "gets")]),
    "mutual_tls_authentication": ([], [{"truststore_uri": "s3://b/k"}]),
    "name": ("other",),
    "path": ("/", "/staff/"),
    "permissions_boundary": (arn("policy", "gets"), arn("policy", "limit")),
    "policy": (identity("Allow"), identity("Deny"), OPEN),
    "policy_arn": (FULL, arn("policy", "gets"), arn("policy", "puts"), arn("policy", "limit")),
    "policy_arns": ([], [FULL], [arn("policy", "puts")]),
    "role": ("other", "role"),
    "roles": ([], ["other"], ["role"]),
    "route_key": ("$connect", "send", "other", "$default"),
    "routing_mode": ("ROUTING_RULE_ONLY",),
    "stage": ("other",),
    "stage_name": ("other",),
    "tags": ({}, {"team": "b"}),
    "types": (["PRIVATE"], ["EDGE"], ["REGIONAL"]),
    "user": ("other", "user"),
    "users": ([], ["other"], ["user"]),
}


#: A resource of which an attribute is known only after apply: blocks that ``dynamic`` makes depend on it.
LATER = Written("aws_s3_bucket", "later", {"bucket": "b"}, {"arn": "arn:aws:s3:::b"})


def read(resources: Sequence[Written], made: str = "") -> TemplateContents | None:
    """What a plan describes; None if it is refused.

    Args:
        resources: the resources.
        made: an attribute that ``dynamic`` makes, so that the configuration does not show it, by its resource and name.
    """
    plan = plan_of([*resources, LATER])
    for each in plan["configuration"]["root_module"]["resources"]:
        expressions = each["expressions"]
        each["expressions"] = {
            name: value for name, value in expressions.items() if f"{each['address']}.{name}" != made
        }
    plan["relevant_attributes"] = [{"resource": "aws_s3_bucket.later", "attribute": ["arn"]}]
    options = ReadOptions(account=ACCOUNT, region=REGION)
    try:
        return parse_contents(text_of(plan), options)
    except ExecPolicyError:
        return None


def answers(found: TemplateContents, world: World) -> list[GatewayResponse | None]:
    """The answers to the calls; None for a call that is refused."""
    answered: list[GatewayResponse | None] = []
    for call in world.calls(found):
        try:
            answered.append(call())
        except (ExecPolicyError, KeyError):
            answered.append(None)
    return answered


def cases() -> Iterator[Any]:
    for name, world in WORLDS.items():
        for number, each in enumerate(world.resources()):
            yield pytest.param(name, number, id=f"{name}-{each.local}")


@pytest.mark.parametrize("name", WORLDS)
def test_the_answers_are_known_where_every_value_is(name: str) -> None:
    world = WORLDS[name]
    found = parse_contents(text_of(plan_of(known(world.resources()))), ReadOptions(account=ACCOUNT, region=REGION))
    statuses = [None if each is None else each.status for each in answers(found, world)]
    assert statuses == list(world.expected)


def readings(world: World, number: int, path: tuple[str | int, ...]) -> Iterator[list[GatewayResponse | None]]:
    """The answers where a value is not known: one that is written, and one of a block that ``dynamic`` makes."""
    resources = known(world.resources())
    each = resources[number]
    found = read(changed(resources, number, path, HIDDEN))
    if found is not None:
        yield answers(found, world)
    # A role with an aws_iam_role_policy is taken to have no blocks inline_policy: the provider does not support both.
    has_own = each.type == "aws_iam_role" and any(other.type == "aws_iam_role_policy" for other in resources)
    attribute = READ[each.type].read.get(str(path[0]))
    if len(path) == 1 and attribute is not None and attribute.inner is not None and not has_own:
        found = read(changed(resources, number, path, HIDDEN), made=f"{each.local}.{path[0]}")
        if found is not None:
            yield answers(found, world)


@pytest.mark.parametrize(("name", "number"), [*cases()])
def test_no_answer_passes_over_a_value_that_is_not_known(name: str, number: int) -> None:
    world = WORLDS[name]
    resources = known(world.resources())
    has = {**resources[number].defaults, **resources[number].values}
    for path in places(resources[number]):
        # A value inside a block that the resource does not have makes the block.
        values = [resources] if len(path) == 1 or path[0] in has else []
        values += [changed(resources, number, path, each) for each in (ABSENT, *OTHERS.get(str(path[-1]), ()))]
        for found in readings(world, number, path):
            if all(each is None or each.outcome == "indeterminate" for each in found):
                continue
            for value in values:
                other = read(value)
                if other is not None:
                    assert all(map(is_contained, found, answers(other, world))), (path, value[number])
