"""The properties of the resources of IAM, EC2 and Organizations that callers and their policies consist of (SRC-8)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.fields import Fields, wrong_type
from execpolicy.document.syntax.nodes import JsonArray, Text
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack
from execpolicy.loaders.cloudformation.values.scalars import scalar_text

USER: Final = "AWS::IAM::User"
GROUP: Final = "AWS::IAM::Group"
ROLE: Final = "AWS::IAM::Role"
POLICY: Final = "AWS::IAM::Policy"
MANAGED_POLICY: Final = "AWS::IAM::ManagedPolicy"
ROLE_POLICY: Final = "AWS::IAM::RolePolicy"
USER_POLICY: Final = "AWS::IAM::UserPolicy"
GROUP_POLICY: Final = "AWS::IAM::GroupPolicy"
MEMBERSHIP: Final = "AWS::IAM::UserToGroupAddition"
ORGANIZATIONS_POLICY: Final = "AWS::Organizations::Policy"
VPC_ENDPOINT: Final = "AWS::EC2::VPCEndpoint"

#: What messages call the resources of a type, and the properties that they may have.
_TYPES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    USER: (
        "a user",
        (
            *("UserName", "Path", "Groups", "ManagedPolicyArns", "Policies", "PermissionsBoundary", "LoginProfile"),
            "Tags",
        ),
    ),
    GROUP: ("a group", ("GroupName", "Path", "ManagedPolicyArns", "Policies")),
    ROLE: (
        "a role",
        (
            *("RoleName", "Path", "AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "Policies"),
            *("MaxSessionDuration", "PermissionsBoundary", "Tags"),
        ),
    ),
    POLICY: ("a policy", ("PolicyName", "PolicyDocument", "Users", "Groups", "Roles")),
    MANAGED_POLICY: (
        "a managed policy",
        ("ManagedPolicyName", "Path", "PolicyDocument", "Description", "Users", "Groups", "Roles", "Tags"),
    ),
    ROLE_POLICY: ("a policy of a role", ("PolicyName", "PolicyDocument", "RoleName")),
    USER_POLICY: ("a policy of a user", ("PolicyName", "PolicyDocument", "UserName")),
    GROUP_POLICY: ("a policy of a group", ("PolicyName", "PolicyDocument", "GroupName")),
    MEMBERSHIP: ("an addition of users to a group", ("GroupName", "Users")),
    ORGANIZATIONS_POLICY: (
        "a policy of Organizations",
        ("Name", "Content", "Type", "TargetIds", "Description", "Tags"),
    ),
    VPC_ENDPOINT: (
        "a VPC endpoint",
        (
            *("ServiceName", "ServiceRegion", "ServiceNetworkArn", "ResourceConfigurationArn", "VpcEndpointType"),
            *("PolicyDocument", "PrivateDnsEnabled", "IpAddressType", "DnsOptions", "VpcId", "SubnetIds"),
            *("SecurityGroupIds", "RouteTableIds", "Tags"),
        ),
    ),
}
#: The properties that cannot bear on authorization.
_IGNORED: Final[dict[str, tuple[str, ...]]] = {
    USER: ("LoginProfile",),
    ROLE: ("Description", "MaxSessionDuration"),
    MANAGED_POLICY: ("Description", "Tags"),
    ORGANIZATIONS_POLICY: ("Description", "Tags"),
    VPC_ENDPOINT: (
        *("ServiceRegion", "ServiceNetworkArn", "ResourceConfigurationArn", "VpcEndpointType", "PrivateDnsEnabled"),
        *("IpAddressType", "DnsOptions", "VpcId", "SubnetIds", "SecurityGroupIds", "RouteTableIds", "Tags"),
    ),
}
#: The types whose properties are read here.
READ_TYPES: Final = tuple(_TYPES)


def properties_of(stack: Stack, resource: Resource) -> Fields:
    """The properties of a resource; unknown ones are reported."""
    what, names = _TYPES[resource.type]
    return Fields(stack.problems, resource.properties, what, names)


def list_ignored(stack: Stack, resource: Resource) -> None:
    """List the properties of a resource that is read that cannot bear on authorization."""
    for name in _IGNORED.get(resource.type, ()):
        member = resource.properties.members.get(name)
        if member is not None:
            stack.ignore(member[2], f"{name} of the {resource.type} {resource.logical_id}")


def texts_in(fields: Fields, name: str, expected: str) -> list[Text]:
    """The strings of a list; a value that is not known may stand for the whole list."""
    value = fields.value(name)
    if value is None:
        return []
    if has_unknown_part(value):
        return [value]
    if not isinstance(value, JsonArray):
        fields.wrong(value, name, f"a list of {expected}")
        return []
    found = []
    for item in value.items:
        text = scalar_text(item)
        if text:
            found.append(Text(text, item.start, item.end))
        else:
            wrong_type(fields.problems, item, f"an entry of {name}", f"a string: {expected}")
    return found
