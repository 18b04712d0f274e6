"""Which types of resources of Terraform are read, and which cannot bear on authorization (SRC-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.loaders.terraform.attribute import TypeAttributes, filled_in_blocks, written_blocks
from execpolicy.loaders.terraform.gateway_types import FUNCTION, GATEWAY_IGNORED, GATEWAY_TYPES, USER_POOL
from execpolicy.loaders.terraform.identity_types import DOCUMENT_BLOCKS, IDENTITY_IGNORED, IDENTITY_TYPES

#: Every type that is read, with its attributes.
READ: Final[Mapping[str, TypeAttributes]] = {**GATEWAY_TYPES, **IDENTITY_TYPES}
#: Blocks that are there only where somebody writes them. One that is unknown is made by ``dynamic``.
WRITTEN_BLOCKS: Final = frozenset(
    (*DOCUMENT_BLOCKS, *(name for each in READ.values() for name in written_blocks(each.read)))
)
#: Blocks that AWS fills in where nobody writes them: one that is unknown may be made by ``dynamic``.
FILLED_IN_BLOCKS: Final = frozenset(name for each in READ.values() for name in filled_in_blocks(each.read))
#: Types of which only names and ARNs are read, with the type of CloudFormation.
NAMED: Final = {FUNCTION: "AWS::Lambda::Function", USER_POOL: "AWS::Cognito::UserPool"}
#: Types of API Gateway, IAM and Organizations that cannot bear on authorization.
IGNORED: Final = (*GATEWAY_IGNORED, *IDENTITY_IGNORED)
#: Types whose resources make others, which are not in the file.
NESTED: Final = (
    *("aws_cloudformation_stack", "aws_cloudformation_stack_set", "aws_cloudformation_stack_set_instance"),
    "aws_serverlessapplicationrepository_cloudformation_stack",
)
#: A type that begins so is one of those above.
_KNOWN_FAMILIES: Final = ("aws_api_gateway_", "aws_apigatewayv2_", "aws_iam_", "aws_organizations_")


def is_read(type_name: str) -> bool:
    """Whether resources of a type are read, or may bear on authorization.

    >>> is_read("aws_api_gateway_method"), is_read("aws_s3_bucket")
    (True, False)
    """
    return type_name in READ or is_unknown_type(type_name)


def is_unknown_type(type_name: str) -> bool:
    """Whether a type belongs to a family of which every type is known, and is none of them."""
    return type_name.startswith(_KNOWN_FAMILIES) and type_name not in READ and type_name not in IGNORED
