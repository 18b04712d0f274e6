"""The attributes of the resources of IAM, EC2 and Organizations that callers and policies consist of (SRC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.loaders.terraform.attribute import Attribute, TypeAttributes
from execpolicy.loaders.terraform.gateway_types import VPC_ENDPOINT

ROLE: Final = "aws_iam_role"
USER: Final = "aws_iam_user"
GROUP: Final = "aws_iam_group"
POLICY: Final = "aws_iam_policy"
ORGANIZATIONS_POLICY: Final = "aws_organizations_policy"
ROLE_POLICY: Final = "aws_iam_role_policy"
INLINE_POLICIES: Final = (ROLE_POLICY, "aws_iam_user_policy", "aws_iam_group_policy")
#: The data source that makes a policy.
POLICY_DOCUMENT: Final = "aws_iam_policy_document"
#: Its attributes that are the policy.
DOCUMENT_JSON: Final = ("json", "minified_json")
#: Its attributes that name other documents, whose statements it merges with its own.
MERGED_BEFORE: Final = "source_policy_documents"
MERGED_AFTER: Final = "override_policy_documents"
#: The attributes of its statements, with the elements of IAM that say the same.
DOCUMENT_ELEMENTS: Final = {
    "sid": "Sid",
    "effect": "Effect",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
#: The blocks of its statements that are principals, with the elements.
DOCUMENT_PRINCIPALS: Final = {"principals": "Principal", "not_principals": "NotPrincipal"}
#: Its blocks, and those of its statements.
DOCUMENT_BLOCKS: Final = ("statement", *DOCUMENT_PRINCIPALS, "condition")
#: How many data sources may be made of each other, and how many references in sources may lead to each other.
MAX_CHAIN: Final = 20

_DOCUMENT: Final = Attribute("PolicyDocument", is_document=True)
_ROLE: Final = Attribute("RoleName", (ROLE,), "name")
_USER: Final = Attribute("UserName", (USER,), "name")
_GROUP: Final = Attribute("GroupName", (GROUP,), "name")
_ROLES: Final = Attribute("RoleNames", (ROLE,), "name")
_USERS: Final = Attribute("UserNames", (USER,), "name")
_GROUPS: Final = Attribute("GroupNames", (GROUP,), "name")
_POLICY_ARN: Final = Attribute("PolicyArn", (POLICY,), "arn")
_POLICY_ARNS: Final = Attribute("PolicyArns", (POLICY,), "arn")
_BOUNDARY: Final = Attribute("PermissionsBoundary", (POLICY,), "arn")
_INLINE: Final = {"name": Attribute("PolicyName"), "policy": _DOCUMENT, "name_prefix": Attribute("")}

#: The types that are read, with their attributes.
IDENTITY_TYPES: Final[Mapping[str, TypeAttributes]] = {
    ROLE: TypeAttributes(
        "AWS::IAM::Role",
        {
            "name": Attribute("RoleName"),
            "path": Attribute("Path"),
            "assume_role_policy": Attribute("AssumeRolePolicyDocument"),
            "permissions_boundary": _BOUNDARY,
            "inline_policy": Attribute(
                "Policies",
                inner={"name": Attribute("PolicyName"), "policy": _DOCUMENT},
                is_list=True,
                is_filled_in=True,
            ),
            "managed_policy_arns": Attribute("ManagedPolicyArns", (POLICY,), "arn"),
            "tags": Attribute(""),
            "tags_all": Attribute("Tags"),
        },
        ("description", "force_detach_policies", "max_session_duration", "name_prefix"),
        ("create_date", "unique_id"),
    ),
    USER: TypeAttributes(
        "AWS::IAM::User",
        {
            "name": Attribute("UserName"),
            "path": Attribute("Path"),
            "permissions_boundary": _BOUNDARY,
            "tags": Attribute(""),
            "tags_all": Attribute("Tags"),
        },
        ("force_destroy",),
        ("unique_id",),
    ),
    GROUP: TypeAttributes(
        "AWS::IAM::Group", {"name": Attribute("GroupName"), "path": Attribute("Path")}, derived=("unique_id",)
    ),
    POLICY: TypeAttributes(
        "AWS::IAM::ManagedPolicy",
        {"name": Attribute("ManagedPolicyName"), "path": Attribute("Path"), "policy": _DOCUMENT},
        ("delay_after_policy_creation_in_ms", "description", "name_prefix", "tags"),
        ("attachment_count", "policy_id"),
    ),
    ROLE_POLICY: TypeAttributes("AWS::IAM::RolePolicy", {**_INLINE, "role": _ROLE}),
    "aws_iam_user_policy": TypeAttributes("AWS::IAM::UserPolicy", {**_INLINE, "user": _USER}),
    "aws_iam_group_policy": TypeAttributes("AWS::IAM::GroupPolicy", {**_INLINE, "group": _GROUP}),
    "aws_iam_role_policy_attachment": TypeAttributes("", {"role": _ROLE, "policy_arn": _POLICY_ARN}),
    "aws_iam_user_policy_attachment": TypeAttributes("", {"user": _USER, "policy_arn": _POLICY_ARN}),
    "aws_iam_group_policy_attachment": TypeAttributes("", {"group": _GROUP, "policy_arn": _POLICY_ARN}),
    "aws_iam_policy_attachment": TypeAttributes(
        "", {"roles": _ROLES, "users": _USERS, "groups": _GROUPS, "policy_arn": _POLICY_ARN}, ("name",)
    ),
    "aws_iam_role_policy_attachments_exclusive": TypeAttributes("", {"role_name": _ROLE, "policy_arns": _POLICY_ARNS}),
    "aws_iam_user_policy_attachments_exclusive": TypeAttributes("", {"user_name": _USER, "policy_arns": _POLICY_ARNS}),
    "aws_iam_group_policy_attachments_exclusive": TypeAttributes(
        "", {"group_name": _GROUP, "policy_arns": _POLICY_ARNS}
    ),
    "aws_iam_group_membership": TypeAttributes(
        "AWS::IAM::UserToGroupAddition",
        {"group": _GROUP, "users": Attribute("Users", (USER,), "name")},
        ("name",),
    ),
    "aws_iam_user_group_membership": TypeAttributes("", {"user": _USER, "groups": _GROUPS}),
    ORGANIZATIONS_POLICY: TypeAttributes(
        "AWS::Organizations::Policy",
        {"content": Attribute("Content", is_document=True), "type": Attribute("Type"), "name": Attribute("Name")},
        ("description", "skip_destroy", "tags"),
    ),
    "aws_organizations_policy_attachment": TypeAttributes(
        "",
        {"policy_id": Attribute("PolicyId", (ORGANIZATIONS_POLICY,)), "target_id": Attribute("TargetId")},
        ("skip_destroy",),
    ),
    VPC_ENDPOINT: TypeAttributes(
        "AWS::EC2::VPCEndpoint",
        {"policy": _DOCUMENT, "service_name": Attribute("ServiceName")},
        (
            *("auto_accept", "dns_options", "ip_address_type", "private_dns_enabled", "resource_configuration_arn"),
            *("route_table_ids", "security_group_ids", "service_network_arn", "service_region"),
            *("subnet_configuration", "subnet_ids", "tags", "vpc_endpoint_type", "vpc_id"),
        ),
        (
            *("cidr_blocks", "dns_entry", "network_interface_ids", "owner_id", "prefix_list_id", "requester_managed"),
            "state",
        ),
    ),
    "aws_vpc_endpoint_policy": TypeAttributes(
        "", {"policy": _DOCUMENT, "vpc_endpoint_id": Attribute("VpcEndpointId", (VPC_ENDPOINT,), is_owner=True)}
    ),
}
#: The types of IAM and Organizations that cannot bear on authorization.
IDENTITY_IGNORED: Final = (
    *(
        "aws_iam_access_key",
        "aws_iam_account_alias",
        "aws_iam_account_password_policy",
        "aws_iam_group_policies_exclusive",
    ),
    *("aws_iam_instance_profile", "aws_iam_openid_connect_provider", "aws_iam_organizations_features"),
    *("aws_iam_outbound_web_identity_federation", "aws_iam_role_policies_exclusive", "aws_iam_saml_provider"),
    *("aws_iam_security_token_service_preferences", "aws_iam_server_certificate", "aws_iam_service_linked_role"),
    *("aws_iam_service_specific_credential", "aws_iam_signing_certificate", "aws_iam_user_login_profile"),
    *("aws_iam_user_policies_exclusive", "aws_iam_user_ssh_key", "aws_iam_virtual_mfa_device"),
    *("aws_organizations_account", "aws_organizations_delegated_administrator", "aws_organizations_organization"),
    *("aws_organizations_organizational_unit", "aws_organizations_resource_policy"),
)
