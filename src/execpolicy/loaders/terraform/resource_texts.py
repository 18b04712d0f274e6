"""The ids, names and ARNs of resources: known ones, and placeholders for what AWS assigns (SRC-4, SRC-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.document.syntax.nodes import Text, walk
from execpolicy.document.unknown_value import has_unknown, unknown_text
from execpolicy.loaders.cloudformation.values.placeholders import RESOURCE_VALUES
from execpolicy.loaders.cloudformation.values.pseudo_parameters import Deployment
from execpolicy.loaders.terraform.attribute_values import InstanceAttributes, shortened
from execpolicy.loaders.terraform.gateway_types import (
    API_KEY,
    DOMAIN_NAME,
    FUNCTION,
    REST_API,
    REST_AUTHORIZER,
    REST_DEPLOYMENT,
    REST_RESOURCE,
    REST_STAGE,
    USAGE_PLAN,
    USER_POOL,
    V2_API,
    V2_AUTHORIZER,
    V2_DOMAIN_NAME,
    V2_STAGE,
    VPC_ENDPOINT,
)
from execpolicy.loaders.terraform.identity_types import GROUP, ORGANIZATIONS_POLICY, POLICY, ROLE, USER
from execpolicy.loaders.terraform.resource_types import NAMED, READ

#: For each attribute that others may have as a value: the attribute of CloudFormation; empty for ``Ref``.
_ID: Final[Mapping[str, str]] = {"id": ""}
_MADE: Final[Mapping[str, Mapping[str, str]]] = {
    REST_API: {"id": "", "root_resource_id": "RootResourceId"},
    REST_RESOURCE: _ID,
    REST_AUTHORIZER: _ID,
    REST_DEPLOYMENT: _ID,
    API_KEY: _ID,
    USAGE_PLAN: _ID,
    DOMAIN_NAME: {"arn": "DomainNameArn", "domain_name_id": "DomainNameId"},
    V2_API: _ID,
    V2_AUTHORIZER: _ID,
    POLICY: {"arn": "", "id": ""},
    ROLE: {"arn": "Arn"},
    USER: {"arn": "Arn"},
    GROUP: {"arn": "Arn"},
    ORGANIZATIONS_POLICY: _ID,
    VPC_ENDPOINT: _ID,
    FUNCTION: {"arn": "Arn"},
    USER_POOL: {"arn": "Arn", "id": ""},
}
#: The attributes that give a resource its name, also as its id.
_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys((ROLE, USER, GROUP, V2_STAGE), "name"),
    **dict.fromkeys((DOMAIN_NAME, V2_DOMAIN_NAME), "domain_name"),
    **dict.fromkeys((REST_STAGE, REST_DEPLOYMENT), "stage_name"),
    FUNCTION: "function_name",
}
#: The properties of CloudFormation of which placeholders are made, by the attributes that say them.
_PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {
    "DomainName": ("domain_name",),
    "FunctionName": ("function_name",),
    "GroupName": ("name",),
    "ManagedPolicyName": ("name",),
    "Path": ("path",),
    "RoleName": ("name",),
    "UserName": ("name",),
}
_INVOKE_ARN: Final = "invoke_arn"


class ResourceTexts:
    """The texts by which other resources name one.

    Args:
        attributes: the attributes of the resource.
        api_id: the id of the API, if it is one.
        deployment: the account and the region.
    """

    def __init__(self, attributes: InstanceAttributes, api_id: str, deployment: Deployment) -> None:
        self.logical_id = attributes.instance.id
        self.type = type_of(attributes)
        self.api_id = api_id
        self.deployment = deployment
        self._attributes = attributes

    def property_text(self, *path: str) -> str | None:
        """The text of a property; one that is known only after apply is unknown."""
        return next((self.name_text(name) for name in _PROPERTIES.get(path[0], ())), None)

    def name_text(self, attribute: str) -> str | None:
        """The text of an attribute that is a name."""
        value = self._attributes.value(attribute)
        if value is not None:
            return value.node.value if isinstance(value.node, Text) else None
        # AWS and its provider make a name where nobody gives one.
        is_made = attribute in ("name", "function_name") and attribute == _NAMES.get(self._attributes.instance.type)
        is_made = is_made or (self._attributes.instance.type == POLICY and attribute == "name")
        return unknown_text(shortened(f"{self.logical_id}.{attribute}")) if is_made else None

    def text(self, attribute: str) -> str | None:
        """The text of an attribute by which others name the resource; None if it has none."""
        instance = self._attributes.instance
        known = self._attributes.known_text(attribute)
        if known is not None:
            return self.api_id if attribute == "id" and instance.type in (REST_API, V2_API) else known
        if attribute == _INVOKE_ARN and instance.type == FUNCTION:
            return self._invoke_arn()
        if attribute in (_NAMES.get(instance.type), "id") and instance.type in _NAMES:
            return self.name_text(_NAMES[instance.type])
        made = _MADE.get(instance.type, {}).get(attribute)
        if made is None:
            return None
        values = RESOURCE_VALUES[self.type]
        make = values.attributes.get(made) if made else values.reference
        return make(self) if make is not None else None

    def own(self) -> list[str]:
        """Every text by which others name the resource, as CloudFormation's ``Ref`` and ARNs do."""
        names = [*_MADE.get(self._attributes.instance.type, ())]
        if self._attributes.instance.type == FUNCTION:
            names.append("function_name")
        found = [self.text(name) for name in names]
        return [text for text in found if text]

    def _invoke_arn(self) -> str | None:
        arn, place = self.text("arn"), self.deployment
        if arn is None or has_unknown(arn):
            return arn
        head = f"arn:{place.partition}:apigateway:{place.region}:lambda:path/2015-03-31/functions"
        return f"{head}/{arn}/invocations"


def type_of(attributes: InstanceAttributes) -> str:
    """The type of CloudFormation of a resource; that of a custom domain depends on its endpoint."""
    type_name = attributes.instance.type
    if type_name == DOMAIN_NAME and _is_private(attributes):
        return "AWS::ApiGateway::DomainNameV2"
    return NAMED[type_name] if type_name in NAMED else READ[type_name].type


def _is_private(attributes: InstanceAttributes) -> bool:
    value = attributes.value("endpoint_configuration")
    return value is not None and any(isinstance(node, Text) and node.value == "PRIVATE" for node, _ in walk(value.node))
