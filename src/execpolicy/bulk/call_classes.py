"""Divides calls into classes that nothing in the policies tells apart: one call of each is decided (LOG-8).

Two calls are of one class if they take the same routes and all clauses that read their paths, their addresses and
their callers give the same results. A value stays whole where a variable joins it to others, and where its text has an
unusual form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from execpolicy.document.action_name import INVOKE
from execpolicy.engine.clauses import ClauseTable, ConditionClause
from execpolicy.engine.compile import compile_policy
from execpolicy.engine.request import Request
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.call_arn import arn_of_call
from execpolicy.language.principal import ANONYMOUS, SESSION, Principal
from execpolicy.loaders.call_destination import find_destination
from execpolicy.loaders.call_route import route_of

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.call import Call
    from execpolicy.document.policy import Policy
    from execpolicy.engine.clause import Clause

#: A path that is sent as it is: no escape, no slash twice or at the end, and short enough for each limit.
_PLAIN_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*+){1,20}+")
_LONGEST_PATH: Final = 300
_OF_ADDRESSES: Final = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_USER_AGENT: Final = "aws:UserAgent"
#: Words of a policy that may tell the sessions of one role apart.
_OF_SESSIONS: Final = ("assumed-role", "userid", "sts:", "sourceidentity", "principalarn", "${")
#: The most results of a column that are kept.
_MOST_KEPT: Final = 500_000
#: A resource where the value of another key is tested.
_SOME_RESOURCE: Final = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/"


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
        self._versions = versions
        self._of_resources = [each for each in clauses if isinstance(each, ResourceClause)]
        of_addresses = [each for each in clauses if not _OF_ADDRESSES.isdisjoint(each.keys())]
        self._of_addresses = [each for each in of_addresses if isinstance(each, ConditionClause)]
        self._joins_paths = any(map(_is_joined, self._of_resources)) or any(
            each.has_variants or each.unknown_parts for each in versions
        )
        self._joins_addresses = any(len(set(each.keys())) > 1 for each in of_addresses) or len(of_addresses) != len(
            self._of_addresses
        )
        self._by_session = by_session or any(word in text for text in texts for word in _OF_SESSIONS)
        self._by_time = any("time" in text for text in texts)
        self._by_agent = any("useragent" in text for text in texts)
        self._paths: dict[Hashable, Hashable] = {}
        self._addresses: dict[Hashable, Hashable] = {}
        self._callers: dict[Hashable, Hashable] = {}

    def of(self, call: Call) -> Hashable | None:
        """The class of a call; None for one with headers or parameters, which is decided by itself.

        Args:
            call: the call.
        """
        if call.headers is not None or call.query is not None:
            return None
        context = tuple(
            (name, value if self._by_agent or name != _USER_AGENT else "") for name, value in call.context.items()
        )
        where = (call.method, call.host, call.path, call.path_start, call.route, call.stage, call.is_websocket)
        return (
            _kept(self._paths, where, lambda: self._path(call, where)),
            _kept(self._addresses, call.source_ip, lambda: self._address(call.source_ip)),
            _kept(self._callers, call.caller_arn, lambda: self._caller(call.caller_arn)),
            *(call.is_signed, call.caller_id, call.client_certificate, call.absent, call.token, context),
            *(call.api_id, call.account, call.region, call.is_of_client, call.time if self._by_time else None),
        )

    def _path(self, call: Call, whole: Hashable) -> Hashable:
        """The class of method, path, stage and host; ``whole``, the values themselves, if other values may differ."""
        path = call.path or ""
        is_plain = len(path) <= _LONGEST_PATH and _PLAIN_PATH.fullmatch(path) is not None
        if self._joins_paths or call.is_websocket or not is_plain:
            return whole
        parts: list[Hashable] = []
        try:
            for api in self._versions:
                at = find_destination(call, api)
                match = route_of(call, api, at)
                if match is None or at.after_stage is None or at.host is not None or at.stage is None:
                    return whole
                stage = next(each for each in api.stages if each.name == at.stage)
                arn = arn_of_call(api, stage, call.method or "", at.after_stage)
                parts.append((match.route.key, at.stage, self._results(self._of_resources, arn)))
        except ExecPolicyError:
            return whole
        # The route that the text names decides nothing but where the path leads, which is found.
        return (call.method, tuple(parts))

    def _results(self, clauses: Iterable[Clause], arn: str) -> Hashable:
        view = Request(caller=ANONYMOUS, action=INVOKE, resource=arn).view()
        return tuple(clause.test(view) for clause in clauses)

    def _address(self, address: str | None) -> Hashable:
        """The class of an address: its version, and the results of the clauses that read it."""
        if address is None or self._joins_addresses:
            return address
        from ipaddress import ip_address

        found: list[Hashable] = []
        try:
            parsed = ip_address(address)
            for key in ("aws:SourceIp", "aws:VpcSourceIp"):
                request = Request(caller=ANONYMOUS, action=INVOKE, resource=_SOME_RESOURCE, context={key: address})
                view = request.view()
                found += [clause.test(view) for clause in self._of_addresses if key.lower() in set(clause.keys())]
        except (ExecPolicyError, ValueError):
            # An address that a public API cannot see is an error of the call.
            return address
        return (parsed.version, tuple(found))

    def _caller(self, arn: str | None) -> Hashable:
        """The class of a caller: sessions of one role are one, unless a policy may tell them apart."""
        if arn is None or self._by_session:
            return arn
        principal = Principal.parse(arn)
        if principal.kind != SESSION:
            return arn
        return (principal.partition, principal.account, principal.name)


def _is_joined(clause: ResourceClause) -> bool:
    """Whether a variable or a value that is not known stands in the patterns of a clause."""
    return bool(clause.keys()) or any(entry.template.unknown for entry in clause.entries)


def _kept(known: dict[Hashable, Hashable], key: Hashable, make: Callable[[], Hashable]) -> Hashable:
    """A result that is made once for each key, as long as there are not too many."""
    if key not in known:
        if len(known) >= _MOST_KEPT:
            known.clear()
        known[key] = make()
    return known[key]
