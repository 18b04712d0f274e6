"""The variables that API Gateway replaces when it imports a definition, such as ``${AWS::Region}`` (SRC-1)."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.gateway.arn.execute_api_arn import dns_suffix, partition_of

_VARIABLE: Final = re.compile(r"\$\{AWS::(AccountId|Partition|Region|URLSuffix)\}")


def with_aws_variables(node: JsonObject, account: str, region: str) -> JsonObject:
    """The same document with the values of these variables; each text keeps its place.

    Args:
        node: a document, such as the members that ``api_members`` returns.
        account: the account that imports the definition.
        region: the region in which it is imported.

    >>> policy = JsonObject({"Resource": (0, 0, Text("arn:${AWS::Partition}:execute-api:${AWS::Region}:*:*"))})
    >>> with_aws_variables(policy, "111122223333", "cn-north-1").members["Resource"][2].value
    'arn:aws-cn:execute-api:cn-north-1:*:*'
    """
    partition = partition_of(region)
    values = {"AccountId": account, "Partition": partition, "Region": region, "URLSuffix": dns_suffix(partition)}
    return _object(node, values)


def _object(node: JsonObject, values: dict[str, str]) -> JsonObject:
    members = {name: (start, end, _replaced(value, values)) for name, (start, end, value) in node.members.items()}
    return JsonObject(members, node.start, node.end)


def _replaced(node: Node, values: dict[str, str]) -> Node:
    if isinstance(node, Text):
        return node._replace(value=_VARIABLE.sub(lambda found: values[found[1]], node.value))
    if isinstance(node, JsonArray):
        return JsonArray([_replaced(item, values) for item in node.items], node.start, node.end)
    return _object(node, values) if isinstance(node, JsonObject) else node
