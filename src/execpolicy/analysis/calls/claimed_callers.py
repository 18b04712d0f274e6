"""The callers that an invariant names, as statements that apply to their requests (INV-3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.invariants.caller_text import CallerPatternKind
from execpolicy.analysis.limits import OF_AN_ACCOUNT, limit
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from execpolicy.analysis.invariants.caller_set import CallerPattern
    from execpolicy.engine.compile import CompiledStatement

#: The context keys that name callers, and the elements of Principal, with the operator of a key.
_BY_ARN, _BY_ACCOUNT, _BY_ORGANIZATION = "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID"
_BY_SERVICE, _BY_SESSION = "Service", "AWS"


def statements_of_callers(callers: Iterable[CallerPattern], *, account: str, partition: str) -> list[CompiledStatement]:
    """The requests of the callers of some patterns, none of them anonymous: one statement for each way to name them.

    Args:
        callers: the patterns.
        account: the account of the API; empty if it is not known.
        partition: the partition of the API.

    Raises:
        UsageError: a caller is of the account of the API, which is not known.
    """
    named: dict[str, list[str]] = {}
    for caller in callers:
        if caller.is_of_own_account and not account:
            raise UsageError(
                f"{caller} is of the account of the API, which is not known", advice=f'write "{caller} of 111122223333"'
            )
        for how, value in _names(caller, account, partition):
            named.setdefault(how, []).append(value)
    return [limit(_statement(how, values)) for how, values in named.items()]


def _names(caller: CallerPattern, of_api: str, partition: str) -> Iterator[tuple[str, str]]:
    """How a pattern names callers, and the values."""
    kind, account = caller.kind, caller.account or of_api
    prefix = f"arn:{caller.partition or partition}"
    if kind in (CallerPatternKind.ROLE, CallerPatternKind.USER):
        # Without a path any path is meant.
        paths = ("/", "/*/") if caller.path is None else (literal_value(caller.path),)
        yield from ((_BY_ARN, f"{prefix}:iam::{account}:{kind.value}{path}{caller.name}") for path in paths)
    elif kind is CallerPatternKind.ROOT:
        yield _BY_ARN, f"{prefix}:iam::{account}:root"
    elif kind is CallerPatternKind.ACCOUNT:
        yield _BY_ACCOUNT, account
    elif kind is CallerPatternKind.ORGANIZATION:
        yield _BY_ORGANIZATION, caller.name
    elif kind is CallerPatternKind.SERVICE:
        yield _BY_SERVICE, caller.name
    elif kind is CallerPatternKind.SESSION:
        yield _BY_SESSION, f"{prefix}:sts::{account}:assumed-role/{caller.name}/{caller.session}"
    else:
        yield _BY_SESSION, f"{prefix}:sts::{account}:federated-user/{caller.name}"


def _statement(how: str, values: list[str]) -> Mapping[str, Any]:
    """The statement about the callers with these names."""
    if how in (_BY_SERVICE, _BY_SESSION):
        return {"Principal": {how: values}}
    if how == _BY_ORGANIZATION:
        return {"Condition": {"StringEquals": {how: values}}}
    operator = "StringLike" if how == _BY_ARN else "StringEquals"
    return {"Condition": {**OF_AN_ACCOUNT, operator: {how: values}}}


def literal_value(text: str) -> str:
    """A value of a policy that stands for a text: with no variable and no wildcard in it (VAR-2).

    >>> literal_value("${aws:username}*")
    '${$}{aws:username}${*}'
    """
    return re.sub("[$*?]", lambda found: f"${{{found[0]}}}", text)
