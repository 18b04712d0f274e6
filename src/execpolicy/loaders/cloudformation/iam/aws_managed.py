"""The policies that AWS manages: what is known of those that often stand in templates (SRC-8)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

#: The pages of these policies: this address, and the name of the policy.
PAGES: Final = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/"
_ARN: Final = re.compile(r"arn:(aws[a-z-]*):iam::aws:policy/((?:[\x21-\x7e]+/)?([\w+=,.@-]+))")


class GrantedStatement(NamedTuple):
    """A statement that allows something on execute-api; ``resource`` has ``{partition}`` in place of the partition."""

    actions: tuple[str, ...]
    resource: str = "*"


_EVERYTHING: Final = (GrantedStatement(("*",)),)
#: What the policies allow on execute-api, by path and name. None of them denies anything, and what they say about
#: other services is left out: PowerUserAccess excepts only iam, organizations and account from everything.
_STATEMENTS: Final[dict[str, tuple[GrantedStatement, ...]]] = {
    "AdministratorAccess": _EVERYTHING,
    "PowerUserAccess": _EVERYTHING,
    "AmazonAPIGatewayInvokeFullAccess": (
        GrantedStatement(("execute-api:Invoke", "execute-api:ManageConnections"), "arn:{partition}:execute-api:*:*:*"),
    ),
    "AmazonAPIGatewayAdministrator": (),
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs": (),
    "service-role/AWSLambdaBasicExecutionRole": (),
    "service-role/AWSLambdaVPCAccessExecutionRole": (),
    "AWSXRayDaemonWriteAccess": (),
}


class AwsManagedPolicy(NamedTuple):
    """A policy that AWS manages.

    Attributes:
        name: its name without its path.
        partition: that of its ARN.
        statements: what it allows on execute-api; None if that is not known here.
    """

    name: str
    partition: str
    statements: tuple[GrantedStatement, ...] | None


def aws_managed_policy(arn: str) -> AwsManagedPolicy | None:
    """The policy of AWS that an ARN names, or None for another ARN.

    >>> aws_managed_policy("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole").statements
    ()
    >>> aws_managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess").statements is None
    True
    """
    match = _ARN.fullmatch(arn)
    if match is None:
        return None
    partition, path, name = match.groups()
    return AwsManagedPolicy(name, partition, _STATEMENTS.get(path))
