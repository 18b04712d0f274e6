"""The variables that the policies of an API need and that a log does not have, named before the log is replayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from execpolicy.engine.clause import spelled
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy
from execpolicy.gateway.model.names import AuthType

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.call import Call
    from execpolicy.document.policy import Policy

#: The variables of condition keys, besides those of the address and the time.
_OF_KEYS: Final[Mapping[str, str]] = {
    "aws:sourcevpce": "identity.vpceId",
    "aws:sourcevpc": "identity.vpcId",
    "aws:useragent": "identity.userAgent",
    "aws:principalorgid": "identity.principalOrgId",
}
_OF_ADDRESSES: Final = ("aws:sourceip", "aws:vpcsourceip")
_OF_TIMES: Final = ("aws:currenttime", "aws:epochtime")


def needed_variables(calls: Sequence[Call], versions: Sequence[Api], policies: Iterable[Policy]) -> Iterator[str]:
    """What the log lacks, in words, each with the variable to log; nothing if there are no calls.

    Args:
        calls: some calls of the log: a variable that one of them has is in its format.
        versions: the versions of the API.
        policies: the policies that decide.
    """
    if not calls:
        return
    keys = _keys(policies)
    if not any(call.source_ip is not None for call in calls):
        why = _read_by(keys, _OF_ADDRESSES) or "whether a call comes through a VPC endpoint is known by it"
        yield f"the log does not have $context.identity.sourceIp: {why}"
    if not any(call.caller_arn is not None or call.is_signed is not None for call in calls):
        routes = {route.key: None for api in versions for route in api.routes if api.auth_of(route) is AuthType.AWS_IAM}
        if routes:
            yield f"the log does not have $context.identity.userArn: {next(iter(routes))} requires a signature"
    if not any(call.time is not None for call in calls) and _read_by(keys, _OF_TIMES):
        yield f"the log does not have $context.requestTimeEpoch: {_read_by(keys, _OF_TIMES)}"
    for key, variable in _OF_KEYS.items():
        known = any(key in map(str.lower, (*call.context, *call.absent)) for call in calls)
        if key in keys and not known:
            yield f"the log does not have $context.{variable}: {_read_by(keys, (key,))}"


def _read_by(keys: Mapping[str, str], names: Iterable[str]) -> str:
    """Which statement reads one of some keys; empty if none does."""
    found = next((name for name in names if name in keys), None)
    return "" if found is None else f"{spelled(found)} decides in {keys[found]}"


def _keys(policies: Iterable[Policy]) -> dict[str, str]:
    """The condition keys that policies read, in lower case, each with the place of the first statement that does."""
    found: dict[str, str] = {}
    table = ClauseTable()
    for policy in policies:
        for statement in compile_policy(policy, table).statements:
            for occurrence in statement.occurrences:
                for key in occurrence.clause.keys():  # noqa: SIM118  # the keys of a clause, which is no mapping
                    found.setdefault(key, statement.place)
    return found
