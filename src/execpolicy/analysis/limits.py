"""Limits of requests that no policy of an analysis states, as statements, so that they are read like all others."""

from __future__ import annotations

from types import MappingProxyType

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.action_name import INVOKE, MANAGE_CONNECTIONS
from execpolicy.document.policy import Policy
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_statement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from execpolicy.engine.compile import CompiledStatement


def limit(statement: Mapping[str, Any]) -> CompiledStatement:
    """A statement of a resource policy that applies to the requests that are meant.

    Args:
        statement: its elements but Effect; Principal, Action and Resource name everything if they are left out.
    """
    whole = {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*", **statement}
    if "NotPrincipal" in whole:
        del whole["Principal"]
    policy = Policy.parse({"Version": "2012-10-17", "Statement": whole}, kind="resource", name="<limit>")
    return compile_statement(policy, policy.statements[0], ClauseTable())


#: The condition on callers that belong to an account.
OF_AN_ACCOUNT: Mapping[str, Any] = MappingProxyType({"Bool": {"aws:PrincipalIsAWSService": "false"}})
#: The requests of callers that belong to an account: only these have identity policies (EVL-8).
CALLER_WITH_ACCOUNT = limit({"Condition": {**OF_AN_ACCOUNT}})
#: The requests of callers without credentials: no other lacks the key.
ANONYMOUS_CALLER = limit({"Condition": {"Null": {"aws:PrincipalIsAWSService": "true"}}})
#: The requests that AWS services make as themselves.
SERVICE_CALLER = limit({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}})
#: The requests that Step Functions makes as itself, which calls APIs by their own host only (GW-29).
STEP_FUNCTIONS = limit({"Principal": {"Service": "states.amazonaws.com"}})
#: The requests that RCPs apply to: of callers without an account, and of all others but service-linked roles (EVL-3).
LIMITED_BY_RCPS = (
    limit({"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}}),
    limit(
        {"Condition": {**OF_AN_ACCOUNT, "StringNotLike": {"aws:PrincipalArn": "arn:*:iam::*:role/aws-service-role/*"}}}
    ),
)
#: The requests for the action of calls.
INVOKE_ONLY = limit({"Action": INVOKE})
#: The requests for the action of calls to connections of a WebSocket API.
CONNECTIONS_ONLY = limit({"Action": MANAGE_CONNECTIONS})
#: The requests for actions of execute-api.
EXECUTE_API = limit({"Action": "execute-api:*"})


def in_account(account: str, partition: str) -> tuple[CompiledStatement, CompiledStatement]:
    """The requests for resources of an account, and those for resources of other accounts, in a partition (PRN-8)."""
    resource = {"Resource": f"arn:{partition}:*"}
    return (
        limit({**resource, "Condition": {"StringEquals": {"aws:ResourceAccount": account}}}),
        limit({**resource, "Condition": {"StringNotEquals": {"aws:ResourceAccount": account}}}),
    )


def of_account(account: str, partition: str) -> tuple[CompiledStatement, CompiledStatement]:
    """The requests of callers of an account, and those of callers of other accounts, in a partition (PRN-8)."""
    in_partition = {**OF_AN_ACCOUNT, "StringLike": {"aws:PrincipalArn": f"arn:{partition}:*"}}
    return (
        limit({"Condition": {**in_partition, "StringEquals": {"aws:PrincipalAccount": account}}}),
        limit({"Condition": {**in_partition, "StringNotEquals": {"aws:PrincipalAccount": account}}}),
    )
