"""The document of a narrowed policy: Allow statements with the resources and the sources that calls need (LOG-10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from execpolicy.bulk.narrowed import CoveringPattern, NarrowedStatement
from execpolicy.bulk.needed_statements import NeedingCalls, chosen_statements, statements_for
from execpolicy.bulk.route_patterns import (
    SHORT_FORM,
    contains,
    covered_routes,
    pattern_of_route,
    without_contained,
)
from execpolicy.document.kinds import PolicyKind
from execpolicy.language.common_text import have_a_text_in_common
from execpolicy.language.glob import tokens_of

if TYPE_CHECKING:
    from execpolicy.bulk.narrowed_versions import PolicyVersion
    from execpolicy.document.model import Statement

_SERVICE: Final = "execute-api:"
_INVOKE: Final = "execute-api:invoke"
_OPERATOR: Final = "IpAddress"
_OTHER_ACTIONS: Final = "it also allows other actions, of which a log of calls says nothing: it stays as it is"
_OTHER_REQUESTS: Final = "it allows no call to this API: it stays as it is"
_NOT_RESOURCE: Final = "it has NotResource, which is not narrowed"
_AS_WRITTEN: Final = "it has a resource that is no wider than the route, or holds a variable: that one stays as it is"
_NO_SOURCE: Final = "the log does not have the addresses of all of its calls: its sources are not narrowed"
_OTHER_SOURCES: Final = "its condition on the address holds a variable: its sources are not narrowed"
_OTHER_APIS: Final = "it allowed calls to other APIs, of which this log says nothing: it no longer does"


class NarrowedDocument(NamedTuple):
    """The document, and the Allow statements that it keeps and leaves out."""

    document: dict[str, Any]
    statements: tuple[NarrowedStatement, ...]


def narrowed_document(version: PolicyVersion, calls: Sequence[NeedingCalls], *, sources: bool) -> NarrowedDocument:
    """Write the policy with what calls need.

    Args:
        version: the policy with its API.
        calls: the calls that need something of it.
        sources: whether the sources of the calls become conditions.
    """
    document = version.policy.to_document()
    written = document["Statement"]
    listed = written if isinstance(written, list) else [written]
    allows = [each for each in version.policy.statements if each.effect == "Allow"]
    staying = {each.number: note for each in allows if (note := _why_it_stays(version, each))}
    chosen = chosen_statements(calls, frozenset(staying))
    calls_of: dict[int, list[NeedingCalls]] = {}
    for each in calls:
        for number in statements_for(each, chosen):
            calls_of.setdefault(number, []).append(each)
    kept: dict[int, Any] = {number: each for number, each in enumerate(listed) if each["Effect"] == "Deny"}
    statements = []
    for statement in allows:
        own = calls_of.get(statement.number, [])
        if statement.number in staying:
            kept[statement.number] = listed[statement.number]
            statements.append(_described(version, statement, own, note=staying[statement.number]))
        elif not own:
            statements.append(_described(version, statement, own, is_kept=False))
        else:
            made = _StatementChange(version, statement, own)
            kept[statement.number] = made.document(listed[statement.number], sources=sources)
            statements.append(made.described())
    return NarrowedDocument({**document, "Statement": [kept[number] for number in sorted(kept)]}, tuple(statements))


def _described(
    version: PolicyVersion, statement: Statement, calls: Sequence[NeedingCalls], *, is_kept: bool = True, note: str = ""
) -> NarrowedStatement:
    return NarrowedStatement(
        statement.number,
        None if statement.sid is None else statement.sid.value,
        version.policy.place(statement, f"Statement[{statement.number}]"),
        is_kept,
        tuple(each.value for each in statement.resource.values) if is_kept else (),
        calls=sum(each.calls for each in calls),
        note=note,
    )


def _why_it_stays(version: PolicyVersion, statement: Statement) -> str:
    """Why an Allow of an identity-based policy stays as it is; empty if it is about calls to the API alone."""
    if version.policy.kind is not PolicyKind.IDENTITY:
        return ""
    actions = [each.value.lower() for each in statement.action.values]
    if statement.action.negated:
        return _OTHER_ACTIONS
    if not any(have_a_text_in_common(tokens_of(each), (_INVOKE,)) for each in actions):
        return _OTHER_REQUESTS
    if any(not each.startswith(_SERVICE) for each in actions):
        return _OTHER_ACTIONS
    prefix = next(iter(version.api.tables.arn_prefixes.values())).partition("/")[0]
    of_api = (f"{prefix}/", *tokens_of("*"))
    may_match = any(
        "${" in each.value or have_a_text_in_common(tokens_of(each.value), of_api) for each in statement.resource.values
    )
    return "" if may_match or statement.resource.negated else _OTHER_REQUESTS


class _StatementChange:
    """An Allow statement with the resources and the sources that its calls need."""

    def __init__(self, version: PolicyVersion, statement: Statement, calls: Sequence[NeedingCalls]) -> None:
        self._version = version
        self._statement = statement
        self._calls = calls
        self._entries = [each.value for each in statement.resource.values]
        self._notes: dict[str, None] = {}
        self._routes: dict[str, list[str]] = {}
        self._sources: tuple[str, ...] = ()
        self._resources = tuple(self._entries) if statement.resource.negated else self._narrowed_resources()

    def _narrowed_resources(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for each in self._calls:
            before, _, after = each.arn.partition("/")
            pattern = after if each.route is None else pattern_of_route(each.route, after)
            resource = self._form_of(before, pattern)
            if resource is not None:
                found[resource] = None
                self._routes.setdefault(pattern, []).append("" if each.route is None else each.route.key)
                continue
            self._notes[_AS_WRITTEN] = None
            found.update(dict.fromkeys(self._overlapping(before, pattern)))
        return without_contained(found)

    def _form_of(self, before: str, pattern: str) -> str | None:
        """The resource of a pattern, in the form of an entry that contains it; None if none surely does."""
        takes_short = self._version.policy.kind is PolicyKind.RESOURCE
        short, whole = f"{SHORT_FORM}{pattern}", f"{before}/{pattern}"
        for entry in self._entries:
            if takes_short and (entry == "*" or (entry.startswith(SHORT_FORM) and contains(entry, short))):
                return short
            if contains(entry, whole):
                if not takes_short and not _is_of_one_api(entry):
                    self._notes[_OTHER_APIS] = None
                return whole
        return None

    def _overlapping(self, before: str, pattern: str) -> Iterator[str]:
        """The entries that may match a call of the pattern."""
        wanted = {SHORT_FORM: tokens_of(f"{SHORT_FORM}{pattern}"), "": tokens_of(f"{before}/{pattern}")}
        for entry in self._entries:
            form = SHORT_FORM if entry.startswith(SHORT_FORM) else ""
            if "${" in entry or have_a_text_in_common(tokens_of(entry), wanted[form]):
                yield entry

    def document(self, written: Mapping[str, Any], *, sources: bool) -> dict[str, Any]:
        """The statement as it is written."""
        made = dict(written)
        if self._statement.resource.negated:
            self._notes[_NOT_RESOURCE] = None
        elif set(self._resources) != set(self._entries):
            made["Resource"] = self._resources[0] if len(self._resources) == 1 else list(self._resources)
        if sources:
            self._add_sources(made)
        return made

    def _add_sources(self, made: dict[str, Any]) -> None:
        sources = {source for each in self._calls for source in each.sources}
        if None in sources:
            self._notes[_NO_SOURCE] = None
            return
        key = "aws:VpcSourceIp" if self._version.api.is_private else "aws:SourceIp"
        networks = _networks(each for each in sources if each is not None)
        conditions = {name: dict(each) for name, each in made.get("Condition", {}).items()}
        operator = next((name for name in conditions if name.lower() == _OPERATOR.lower()), _OPERATOR)
        tested = conditions.setdefault(operator, {})
        known = next((name for name in tested if name.lower() == key.lower()), None)
        if known is not None:
            given = tested[known] if isinstance(tested[known], list) else [tested[known]]
            common = _common_networks(networks, given)
            if common is None:
                self._notes[_OTHER_SOURCES] = None
                return
            networks = common
        tested[known or key] = list(networks)
        made["Condition"] = conditions
        self._sources = networks

    def described(self) -> NarrowedStatement:
        """What becomes of the statement."""
        covering = [
            CoveringPattern(pattern, routes)
            for pattern, meant in self._routes.items()
            if (routes := covered_routes(self._version.api, pattern, meant))
        ]
        return _described(self._version, self._statement, self._calls, note="; ".join(self._notes))._replace(
            resources=self._resources, sources=self._sources, covering=tuple(covering)
        )


def _is_of_one_api(entry: str) -> bool:
    """Whether an ARN pattern names its region, its account and its API."""
    before = entry.partition("/")[0]
    return before.count(":") >= 5 and "*" not in before and "?" not in before


def _networks(sources: Iterable[str]) -> tuple[str, ...]:
    """Networks and addresses as networks, joined where they are adjacent."""
    from ipaddress import collapse_addresses, ip_network

    found = [ip_network(each) for each in sources]
    joined = (
        network
        for version in (4, 6)
        for network in collapse_addresses([each for each in found if each.version == version])  # type: ignore[type-var]
    )
    return tuple(map(str, joined))


def _common_networks(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...] | None:
    """The networks that two lists have in common; None if a text of the second is no network."""
    from ipaddress import ip_network

    try:
        others = [ip_network(each, strict=False) for each in other]
    except ValueError:
        return None
    found: dict[str, None] = {}
    for mine in map(ip_network, one):
        for each in others:
            if mine.version == each.version and mine.overlaps(each):
                found[str(max(mine, each, key=lambda network: network.prefixlen))] = None
    return tuple(found) or None
