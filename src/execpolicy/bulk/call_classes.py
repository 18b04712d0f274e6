"""Divides calls into classes that nothing in the policies tells apart: one call of each is decided (LOG-8).

Two calls are of one class if they take the same routes and all clauses that read their paths, their addresses, their
times and their callers give the same results. A value stays whole where a variable joins it to others, and where its
text has an unusual form.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from execpolicy.bulk.path_classes import PathClasses
from execpolicy.engine.clauses import ClauseTable, ConditionClause
from execpolicy.engine.compile import compile_policy
from execpolicy.language.context_keys import TIME_KEYS
from execpolicy.language.dates import read_date, read_period
from execpolicy.language.operators import Network, in_network, is_private, read_address, read_network
from execpolicy.language.principal import SESSION, Principal

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.call import Call
    from execpolicy.document.policy import Policy
    from execpolicy.engine.clause import Clause

_OF_ADDRESSES: Final = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_USER_AGENT: Final = "aws:UserAgent"
#: Words of a policy that may tell the sessions of one role apart.
_OF_SESSIONS: Final = ("assumed-role", "userid", "sts:", "sourceidentity", "principalarn", "${")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CallClasses:
    """Finds the class of a call.

    Args:
        versions: the versions of the API.
        policies: all policies that can decide: those of the versions and of the callers that are given.
        by_session: whether the policies of a session are given, of which another session of its role has others.
    """

    def __init__(self, versions: Sequence[Api], policies: Iterable[Policy], *, by_session: bool) -> None:
        found = list(policies)
        texts = [str(policy.to_document()).lower() for policy in found]
        clauses: dict[Clause, None] = {}
        table = ClauseTable()
        for policy in found:
            for statement in compile_policy(policy, table).statements:
                clauses.update(dict.fromkeys(each.clause for each in statement.occurrences))
        self.paths = PathClasses(versions, clauses)
        self._networks = _networks(clauses)
        #: The times that tell times apart, in seconds since 1970; None if each time is a class of its own.
        self.moments = _moments(clauses)
        self._by_session = by_session or any(word in text for text in texts for word in _OF_SESSIONS)
        #: Whether a policy may tell calls apart by their User-Agent.
        self.by_agent = any("useragent" in text for text in texts)

    def of(self, call: Call) -> Hashable | None:
        """The class of a call; None for one with headers or parameters, which is decided by itself.

        Args:
            call: the call.
        """
        if call.headers is not None or call.query is not None:
            return None
        context = tuple(
            (name, value if self.by_agent or name != _USER_AGENT else "") for name, value in call.context.items()
        )
        return (
            self.paths.of(call),
            self.address(call.source_ip),
            self.caller(call.caller_arn),
            None if call.time is None else self.time((call.time - _EPOCH).total_seconds()),
            *(call.is_signed, call.client_certificate, call.absent, call.token, context),
            *(call.api_id, call.account, call.region, call.is_of_client),
        )

    def address(self, address: str | None) -> Hashable:
        """The class of an address: its version, and which ranges of the policies have it.

        Args:
            address: the address; None if the log does not say it.
        """
        if address is None or self._networks is None:
            return address
        found = read_address(address)
        # An address that a public API cannot see is an error of the call, which names it.
        if found is None or found.is_mapped or is_private(found):
            return address
        return (found.version, *(in_network(found, each) for each in self._networks))

    def time(self, seconds: float) -> Hashable:
        """The class of a time: which of the times in the policies are before it.

        Args:
            seconds: the time in seconds since 1970.
        """
        moments = self.moments
        return seconds if moments is None else (bisect_left(moments, seconds), bisect_right(moments, seconds))

    def caller(self, arn: str | None) -> Hashable:
        """The class of a caller: sessions of one role are one, unless a policy may tell them apart.

        Args:
            arn: the ARN of the caller; None if the log does not say it.
        """
        if arn is None or self._by_session:
            return arn
        principal = Principal.parse(arn)
        if principal.kind != SESSION:
            return arn
        return (principal.partition, principal.account, principal.name)


def _networks(clauses: Iterable[Clause]) -> tuple[Network, ...] | None:
    """The ranges that tell addresses apart; None if something else of them may."""
    found: dict[Network, None] = {}
    for clause in clauses:
        keys = set(clause.keys())
        if _OF_ADDRESSES.isdisjoint(keys):
            continue
        if not isinstance(clause, ConditionClause) or len(keys) > 1 or clause.condition.unknown:
            return None
        if clause.condition.is_null:
            continue
        ranges = [read_network(value) for value in clause.values]
        if clause.condition.operator.family != "IpAddress" or None in ranges:
            return None
        found.update(dict.fromkeys(each for each in ranges if each is not None))
    return tuple(found)


def _moments(clauses: Iterable[Clause]) -> tuple[float, ...] | None:
    """The times that tell times apart, in seconds since 1970; None if something else of them may."""
    found: set[float] = set()
    for clause in clauses:
        keys = set(clause.keys())
        if keys.isdisjoint(TIME_KEYS):
            continue
        if not isinstance(clause, ConditionClause) or len(keys) > 1 or clause.condition.unknown:
            return None
        if clause.condition.is_null:
            continue
        for value in clause.values:
            first, period = read_date(value), read_period(value)
            if first is None or clause.condition.operator.family != "Date":
                return None
            for each in (first, first if period is None else period.end):
                # A key may have whole seconds.
                found.update({float(each), float(int(each)), float(int(each) + 1)})
    return tuple(sorted(found))
