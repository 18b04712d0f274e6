"""The functions of CloudFormation that give values (SRC-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.loaders.cloudformation.values.list_functions import cidr, get_azs, length, select, split
from execpolicy.loaders.cloudformation.values.lookup_functions import (
    condition_if,
    find_in_map,
    get_att,
    import_value,
    ref,
    transform,
)
from execpolicy.loaders.cloudformation.values.template_values import TemplateValues
from execpolicy.loaders.cloudformation.values.text_functions import base64, join, sub, to_json_string

#: Evaluates a function: its argument, and the whole node.
Function = Callable[[TemplateValues, Node, JsonObject], "Node | None"]


def function_of(node: JsonObject) -> str | None:
    """The function that an object calls: its only member is ``Ref`` or begins with ``Fn::``."""
    if len(node.members) != 1:
        return None
    (name,) = node.members
    return name if name == "Ref" or name.startswith("Fn::") else None


#: The functions that give values, by name.
FUNCTIONS: Final[Mapping[str, Function]] = {
    "Ref": ref,
    "Fn::Base64": base64,
    "Fn::Cidr": cidr,
    "Fn::FindInMap": find_in_map,
    "Fn::GetAtt": get_att,
    "Fn::GetAZs": get_azs,
    "Fn::If": condition_if,
    "Fn::ImportValue": import_value,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::Sub": sub,
    "Fn::ToJsonString": to_json_string,
    "Fn::Transform": transform,
}
