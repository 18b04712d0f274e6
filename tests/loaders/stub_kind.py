"""A kind of file for tests of what all templates share: several APIs, callers, endpoints, parameters, unknown values.

Its APIs are those of API files, its callers have a principal and policies; the id, the account and the region are
placeholders unless they are given, and the parameter ``Stage`` is unknown unless it is given.
"""

from __future__ import annotations

from typing import Any

from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.engine.caller import Caller
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.api_file.document import read_api_file
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.contents import Ignored, ReadOptions, TemplateContents, Unknown
from execpolicy.loaders.kinds import FileKind

STUB: dict[str, Any] = {
    "Stub": "1.0",
    "Apis": {
        "OrdersApi": {
            "type": "REST",
            "stages": ["prod", "beta"],
            "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}, "GET /health": {}},
        },
        "ShopApi": {"type": "HTTP", "routes": {"GET /shop": {}}},
    },
    "Callers": {
        "PartnerRole": {
            "Principal": "arn:aws:sts::123456789012:assumed-role/PartnerRole/session",
            "Policy": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Read",
                        "Effect": "Allow",
                        "Action": "execute-api:Invoke",
                        "Resource": "arn:aws:execute-api:us-east-1:123456789012:ordersapi/*/GET/orders/*",
                    }
                ],
            },
        },
        "NobodyRole": {"Principal": "arn:aws:sts::123456789012:assumed-role/NobodyRole/session"},
    },
    "Endpoints": {
        "Endpoint": {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "Only", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"},
            ],
        }
    },
    "Functions": {"Pay": {}, "Ship": {}},
}


def is_stub(document: Node) -> bool:
    return isinstance(document, JsonObject) and "Stub" in document.members


def read_stub(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    assert isinstance(document, JsonObject)
    apis = {
        name: Variants(_variants(problems, name, node, options), ("the parameter Stage",))
        for name, node in _members(document, "Apis").items()
    }
    problems.check()
    callers = {name: Variants((_caller(problems, name, node),)) for name, node in _members(document, "Callers").items()}
    endpoints = {
        name: Variants((Policy.from_node(node, kind="vpc_endpoint", name=name, source=problems.source),))
        for name, node in _members(document, "Endpoints").items()
    }
    unknowns = tuple(
        Unknown("the parameter Stage", "it has no value: give --parameter Stage=VALUE", problems.source, span)
        for span in [problems.span(document)]
        if "Unknown" in document.members and "Stage" not in options.parameters
    )
    ignored = [
        Ignored(f"the function {name}", problems.source, problems.span(node))
        for name, node in _members(document, "Functions").items()
    ]
    return TemplateContents("stub", apis, callers, {}, endpoints, unknowns, tuple(ignored))


def _members(document: JsonObject, name: str) -> dict[str, Node]:
    _, _, value = document.members.get(name, (0, 0, JsonObject({})))
    assert isinstance(value, JsonObject)
    return {key: node for key, (_, _, node) in value.members.items()}


def _variants(problems: Problems, name: str, node: Node, options: ReadOptions) -> tuple[ApiDefinition, ...]:
    """The API; with the member ``Routes`` one for each list of routes, unless the parameter ``Stage`` is given."""
    assert isinstance(node, JsonObject)
    added = {
        "schema": "execpolicy/api/1",
        "id": options.api_id or name.lower(),
        "account": options.account or "123456789012",
        "region": options.region or "us-east-1",
    }
    found = []
    for routes in ("routes", "other_routes"):
        if routes not in node.members or (routes == "other_routes" and "Stage" in options.parameters):
            continue
        members: dict[str, Node | None] = {key: value for key, (_, _, value) in node.members.items()}
        members |= {"routes": members[routes], "other_routes": None}
        members |= {key: text_at(value, node) for key, value in added.items()}
        found.append(read_api_file(problems, object_at(members, node), stage=options.stage))
    return tuple(found)


def _caller(problems: Problems, name: str, node: Node) -> Caller:
    assert isinstance(node, JsonObject)
    _, _, principal = node.members["Principal"]
    assert isinstance(principal, Text)
    policies = [
        Policy.from_node(value, kind="identity", name=name, source=problems.source)
        for key, (_, _, value) in node.members.items()
        if key == "Policy"
    ]
    return Caller(principal.value, identity=policies)


STUB_KIND = FileKind("stub", is_stub, read_stub)
