"""The definition of an API in its property Body, an OpenAPI document (SRC-1)."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.syntax.fields import wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import unknown_names, unknown_text
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.apis.policies import policy_at
from execpolicy.loaders.cloudformation.stack import Stack
from execpolicy.loaders.json_in_text import read_json_in_text
from execpolicy.loaders.openapi.aws_variables import with_aws_variables
from execpolicy.loaders.openapi.extensions import POLICY
from execpolicy.loaders.openapi.members import IGNORE, api_members


class ApiMembers(NamedTuple):
    """Members of an API file by name, the definition of the API, None if it has none, and whether it is known."""

    members: dict[str, Node | None]
    body: Node | None
    is_known: bool = True


def read_definition(stack: Stack, body: Node, api_type: ApiType, base_path: Text | None) -> ApiMembers:
    """The members of an API file that a definition gives.

    Args:
        stack: the template.
        body: the value of Body.
        api_type: the type of the API.
        base_path: what the import does with the base path of the definition; None for the default.
    """
    document = read_json_in_text(stack.problems, body) if _is_json(body) and isinstance(body, Text) else body
    if has_unknown_part(document):
        return ApiMembers(_unknown_members(document, api_type), body, is_known=False)
    if not isinstance(document, JsonObject):
        if document is not None:
            wrong_type(stack.problems, document, "Body", "an OpenAPI document")
        return ApiMembers({}, body)
    how = base_path.value if base_path is not None else IGNORE
    defined = api_members(stack.problems, document, api_type=api_type, base_path=how)
    stack.add(defined.unknowns, defined.ignored)
    said = with_aws_variables(defined.members, stack.account, stack.region)
    members: dict[str, Node | None] = {name: node for name, (_, _, node) in said.members.items()}
    policy = members.get("resource_policy")
    if policy is not None:
        members["resource_policy"] = policy_at(stack, policy, POLICY)
    return ApiMembers(members, body)


def _unknown_members(body: Text, api_type: ApiType) -> dict[str, Node | None]:
    """What a definition that is not known says: its routes are not known, and how the hosts are checked (SRC-9)."""
    unknown = text_at("".join(map(unknown_text, unknown_names(body.value))), body)
    route = JsonObject({unknown.value: (body.start, body.end, object_at({}, body))}, body.start, body.end)
    members: dict[str, Node | None] = {"routes": route, "disable_execute_api_endpoint": unknown}
    of_type = "cors" if api_type is ApiType.HTTP else "endpoint_access_mode"
    return {**members, "ip_address_type": unknown, of_type: unknown}


def _is_json(node: Node) -> bool:
    return isinstance(node, Text) and node.value.lstrip().startswith("{")
