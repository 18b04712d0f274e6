"""Identifies the function that an authorizer of a plan or a state calls, equally in all versions (ANA-3, SRC-4).

A function is identified by its ARN, and by its address if the file describes it: another resource with the same name is
another function. A part of the ARN that is known only after apply identifies the function if it is an attribute of one
function, or of an alias of a known one: its name, or the URI by which API Gateway invokes it. An expression of several
values, or of a local value, which plans do not show, may mean another function in another version.
"""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.syntax.node_members import member, text_in
from execpolicy.document.unknown_value import has_unknown, unknown_names, unknown_text
from execpolicy.gateway.model.authorizer import UNKNOWN_FUNCTION, function_of_uri
from execpolicy.loaders.described_functions import (
    BEFORE_NAME,
    DescribedFunction,
    function_named,
    with_described_function,
)
from execpolicy.loaders.terraform.assembled_resources import AssembledResource, AssembledResources
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.gateway_types import FUNCTION
from execpolicy.loaders.terraform.references import ConfigurationReferences, ExpressionScope
from execpolicy.loaders.terraform.sections import Instance, TerraformFile

#: The attributes that identify a function, by their names as unknown values.
_IDENTIFYING: Final = re.compile(
    r"(?P<address>(?:module\..*\.)?aws_lambda_(?:function|alias)\..+)"
    r"\.(?:function_name|(?:qualified_)?invoke_arn)",
    re.DOTALL,
)


class PlannedFunctions:
    """Identifies the functions that the authorizers of a plan or a state call.

    Args:
        file: the plan or the state.
        parts: its resources.
    """

    def __init__(self, file: TerraformFile, parts: AssembledResources) -> None:
        self._file = file
        self._described = {each.id: _described(each) for each in parts.of_type(FUNCTION)}

    def identified(self, written: str) -> str:
        """The text that identifies a function.

        Args:
            written: the ARN or URI.
        """
        text = function_of_uri(written) or written
        if not has_unknown(text):
            return with_described_function([*self._described.values()], text)
        for name in unknown_names(text):
            words = self._of_attribute(name)
            if not words:
                return UNKNOWN_FUNCTION
            text = text.replace(unknown_text(name), unknown_text(words))
        return text

    def _of_attribute(self, name: str) -> str:
        """What identifies the function of which an attribute is not known; empty if that may be another one."""
        found = _IDENTIFYING.fullmatch(name)
        address = "" if found is None else found["address"]
        function = self._described.get(address)
        if function is not None:
            return f"{name} of {function.words}"
        alias = self._file.instances.get(address)
        owner = "" if alias is None else self._owner(alias)
        return f"{name} of {owner}" if owner else ""

    def _owner(self, alias: Instance) -> str:
        """What identifies the function of an alias; empty if that may be another one."""
        written = text_in(alias.values, "function_name")
        if not written:
            return self._linked(alias)
        fields = written.split(":")
        is_arn = len(fields) > BEFORE_NAME
        place = fields[3:5] if is_arn else []
        words = function_named(self._described.values(), fields[BEFORE_NAME] if is_arn else written, *place)
        return "" if words == UNKNOWN_FUNCTION else words or written

    def _linked(self, alias: Instance) -> str:
        """The same for an alias that names its function by an ARN which is known only after apply."""
        if self._file.configuration is None:
            return ""
        configuration = Configuration(self._file.configuration)
        address = alias.address
        scope = ExpressionScope(address.modules, configuration.resource(address))
        references = ConfigurationReferences(configuration, self._file.instances.values())
        found = references.of_expression(member(configuration.expressions(address), "function_name"), scope)
        link = found.links[0] if found.is_clear and len(found.links) == 1 else None
        function = self._described.get(link.instance.id) if link is not None and link.attribute == "arn" else None
        return "" if function is None else function.words


def _described(part: AssembledResource) -> DescribedFunction:
    """A function of the file; where its ARN is not known, its region and account are not."""
    name = part.text("FunctionName")
    fields = (part.attributes.known_text("arn") or "").split(":")
    region, account = fields[3:5] if len(fields) > BEFORE_NAME else ("", "")
    if name is None:
        return DescribedFunction(f"the function {part.id}", unknown_text(f"{part.id}.function_name"), region, account)
    return DescribedFunction(f"the function {part.id}, named {name.value}", name.value, region, account)
