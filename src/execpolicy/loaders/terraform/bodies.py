"""OpenAPI documents of APIs in plans and states: texts of JSON or YAML, and what resources say beside them (SRC-4)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text
from execpolicy.document.unknown_value import has_unknown
from execpolicy.loaders.json_in_text import read_json_in_text, read_yaml_in_text
from execpolicy.loaders.openapi.text_rules import OPENAPI_RULES

_BODY: Final = "Body"
#: Properties that a definition says too, with the member of an API file: what Terraform sets is set after the import.
_SAID_TWICE: Final = {
    "ApiKeySourceType": "api_key_source",
    "DisableExecuteApiEndpoint": "disable_execute_api_endpoint",
    "EndpointAccessMode": "endpoint_access_mode",
    "Policy": "resource_policy",
    "CorsConfiguration": "cors",
}


def with_definition(problems: Problems, members: dict[str, Member]) -> dict[str, Node]:
    """Read the definition of an API, and take out what is set after its import.

    Args:
        problems: collects what is wrong.
        members: the properties of the API, which are changed.

    Returns:
        What is set after the import, by the names of the properties.
    """
    if _BODY not in members:
        return {}
    start, end, body = members[_BODY]
    if isinstance(body, Text) and not has_unknown(body.value):
        is_json = body.value.lstrip().startswith("{")
        read = (read_json_in_text if is_json else read_yaml_in_text)(problems, body, OPENAPI_RULES)
        # What is no document is reported; an API with an empty one has no other faults.
        members[_BODY] = (start, end, read if read is not None else JsonObject({}, body.start, body.end))
    return {name: members.pop(name)[2] for name in _SAID_TWICE if name in members}


def member_of(name: str) -> str:
    """The member of an API file that a property says.

    >>> member_of("Policy")
    'resource_policy'
    """
    return _SAID_TWICE[name]
