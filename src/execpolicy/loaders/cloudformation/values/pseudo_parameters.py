"""The pseudo parameters of CloudFormation, and the placeholders for what AWS assigns (SRC-7)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

#: The account and region of a template if the user gives none.
PLACEHOLDER_ACCOUNT: Final = "123456789012"
PLACEHOLDER_REGION: Final = "us-east-1"

PSEUDO_PARAMETERS: Final = (
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
)
#: The names of those that are not known unless they are given.
UNKNOWN_PSEUDO: Final = {
    "AWS::StackName": "the name of the stack",
    "AWS::StackId": "the id of the stack",
    "AWS::NotificationARNs": "the notification topics of the stack",
}
#: The names of those that have a placeholder, where a placeholder would decide.
PLACED_PSEUDO: Final = {
    "AWS::AccountId": "the account",
    "AWS::Region": "the region",
    "AWS::Partition": "the partition",
    "AWS::URLSuffix": "the URL suffix",
}


_FIELDS: Final = {
    "AWS::AccountId": "account",
    "AWS::Region": "region",
    "AWS::Partition": "partition",
    "AWS::URLSuffix": "url_suffix",
}


class Deployment(NamedTuple):
    """Where a template is deployed: given, or placeholders. ``ids`` are given ids of resources, by logical id."""

    account: str
    region: str
    account_is_given: bool
    region_is_given: bool
    ids: Mapping[str, str] = MappingProxyType({})

    @property
    def partition(self) -> str:
        """The partition of the region.

        >>> Deployment("123456789012", "cn-north-1", True, True).partition
        'aws-cn'
        """
        for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(prefix):
                return partition
        return "aws"

    @property
    def url_suffix(self) -> str:
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def value(self, name: str) -> str | None:
        """The value of a pseudo parameter that is known, or has a placeholder."""
        field = _FIELDS.get(name)
        return getattr(self, field) if field is not None else None

    def is_given(self, name: str) -> bool:
        """Whether the value of a pseudo parameter is no placeholder."""
        return self.account_is_given if name == "AWS::AccountId" else self.region_is_given


def deployment_of(account: str | None, region: str | None, ids: Mapping[str, str] = MappingProxyType({})) -> Deployment:
    """Where a template is deployed, by what the user gives."""
    return Deployment(
        account or PLACEHOLDER_ACCOUNT, region or PLACEHOLDER_REGION, account is not None, region is not None, ids
    )
