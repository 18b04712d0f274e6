"""The calls that an invariant is about, as boxes: what they are, and what is excepted (INV-1, INV-3, INV-4, INV-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.box import intersection
from execpolicy.analysis.calls.call_arns import call_arns, connect_arns, connection_arns, paths_of_people
from execpolicy.analysis.calls.claimed_callers import literal_value, statements_of_callers
from execpolicy.analysis.calls.credentials import HAS_TOKEN, NO_TOKEN, TOKEN
from execpolicy.analysis.calls.route_calls import before_stage
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.dimensions.names import RESOURCE
from execpolicy.analysis.dimensions.one_value import has_one_value
from execpolicy.analysis.invariants.call_source import SourceKind
from execpolicy.analysis.invariants.caller_text import CallerPatternKind
from execpolicy.analysis.invariants.key_test import KeyRelation
from execpolicy.analysis.invariants.parts import InvariantKind
from execpolicy.analysis.limits import ANONYMOUS_CALLER, INVOKE_ONLY, limit
from execpolicy.analysis.values.text_pattern import either
from execpolicy.errors import UsageError
from execpolicy.gateway.model.names import ApiType
from execpolicy.language.context_keys import KeyType

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.box import Box
    from execpolicy.analysis.invariants.call_pattern import CallPattern
    from execpolicy.analysis.invariants.call_source import CallSource
    from execpolicy.analysis.invariants.invariant import Invariant
    from execpolicy.analysis.invariants.key_test import KeyTest
    from execpolicy.analysis.space import Space
    from execpolicy.analysis.values.text_pattern import TextPattern
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.gateway.model.api_definition import ApiDefinition

#: The operator that compares the values of a key, by its type: text character by character, addresses by range.
_OPERATORS = {KeyType.IP: "IpAddress", KeyType.BOOL: "Bool"}


class ApiNames(NamedTuple):
    """What names the calls to an API in ARNs: its account and partition, and the ARN up to the stage.

    Attributes:
        account: the account of the API; empty if it is not known.
        partition: the partition.
        before_stage: the beginning of the ARN of a call.
        is_socket: whether it is a WebSocket API, whose calls have no paths but those to connections; None if it may be.
    """

    account: str
    partition: str
    before_stage: TextPattern
    is_socket: bool | None = None

    @classmethod
    def of_api(cls, api: ApiDefinition) -> ApiNames:
        """What names the calls to an API."""
        return cls(api.account, api.partition, before_stage(api), api.type is ApiType.WEBSOCKET)


class ClaimedBoxes(NamedTuple):
    """The calls of an invariant: those in one box of each group, and in none of the excluded ones.

    Attributes:
        needed: the groups.
        excluded: the boxes of calls that are not meant.
        says_token: whether the boxes say which calls present a token.
    """

    needed: Sequence[Sequence[Box]]
    excluded: Sequence[Box]
    says_token: bool


class ClaimedCalls:
    """The calls that an invariant is about, prepared for a space.

    Args:
        invariant: the invariant.
        names: what names the calls to the API.

    Raises:
        UsageError: a caller is of the account of the API, which is not known.
    """

    def __init__(self, invariant: Invariant, names: ApiNames) -> None:
        # All patterns are one region: what tells them apart does not matter.
        found = [region_of_calls(each, invariant.stages, names) for each in invariant.calls]
        name = ", ".join(value for each in found for value in each.values)
        self.regions = (ArnRegion(name, either(each.pattern for each in found)),)
        #: Calls to a WebSocket API have one of two actions, which the route that they reach says.
        self._action = [] if names.is_socket else [INVOKE_ONLY]
        members = [each for each in invariant.callers.members if each.kind is not CallerPatternKind.ANONYMOUS]
        self._callers = statements_of_callers(members, account=names.account, partition=names.partition)
        self._names_anonymous = len(members) < len(invariant.callers.members)
        self._all_except = invariant.callers.all_except
        #: Whether a caller presents a token, of whom it is claimed that every call gets through: only an anonymous one
        #: does not.
        self._has_token = invariant.kind is InvariantKind.EVERY
        self._sources = _statements_of_sources(invariant.sources)
        self._when = [_statement_of_test(each) for each in invariant.when]
        self._unless_sources = _statements_of_sources(invariant.unless_sources)
        self._unless_when = [_statement_of_test(each) for each in invariant.unless_when]

    @property
    def tells_anonymous(self) -> bool:
        """Whether it matters which calls of a caller without a signature are those of an anonymous caller (INV-3)."""
        return self._names_anonymous or (self._all_except and self._has_token)

    def statements(self) -> Iterator[CompiledStatement]:
        """Every statement that says which calls are meant."""
        yield from self._action
        yield from (*self._callers, *self._when, *self._unless_when)
        if self.tells_anonymous:
            yield ANONYMOUS_CALLER
        yield from (*self._sources, *self._unless_sources)

    def boxes(self, space: Space) -> ClaimedBoxes:
        """The calls as boxes of a space that was made for them."""
        members = self._boxes_of_callers(space)
        values = (space.values_of(each) for each in self.regions)
        needed: list[list[Box]] = [[{RESOURCE: each} for each in values if each]]
        needed += [_boxes([each], space) for each in self._action]
        excluded: list[Box] = []
        if not self._all_except:
            needed.append(members)
        else:
            excluded += members
            needed += [[{TOKEN: HAS_TOKEN}, *_anonymous(space)]] if self._says_token(space) else []
        if self._sources:
            needed.append(_boxes(self._sources, space))
        needed += [_boxes([each], space) for each in self._when]
        excluded += _boxes(self._unless_sources, space)
        if self._unless_when:
            excluded += _all_of(self._unless_when, space)
        return ClaimedBoxes(needed, excluded, says_token=self._says_token(space))

    def _says_token(self, space: Space) -> bool:
        return self._has_token and TOKEN in space.everything

    def _boxes_of_callers(self, space: Space) -> list[Box]:
        """The boxes of the callers that are named. An anonymous caller has no token either."""
        named = _boxes(self._callers, space)
        if self._says_token(space):
            named = [box for each in named if (box := intersection(each, {TOKEN: HAS_TOKEN})) is not None]
        return [*named, *(_anonymous(space) if self._names_anonymous else ())]


def _anonymous(space: Space) -> list[Box]:
    """The calls of anonymous callers: of those without a signature, the calls that present no token either (INV-3)."""
    box = space.box(ANONYMOUS_CALLER)
    if box is not None and TOKEN in space.everything:
        box = intersection(box, {TOKEN: NO_TOKEN})
    return [] if box is None else [box]


def _boxes(statements: Iterable[CompiledStatement], space: Space) -> list[Box]:
    """The boxes of the statements that apply to some calls."""
    return [box for each in statements if (box := space.box(each)) is not None]


def _all_of(statements: Iterable[CompiledStatement], space: Space) -> list[Box]:
    """The calls to which all statements apply: one box, or none."""
    whole: Box | None = {}
    for each in statements:
        box = space.box(each)
        whole = None if whole is None or box is None else intersection(whole, box)
    return [] if whole is None else [whole]


def check_calls(calls: Iterable[CallPattern], apis: Iterable[ApiDefinition]) -> None:
    """Refuse calls that no API has by its type: an invariant about no call would be proven of anything (INV-1).

    Raises:
        UsageError: ``$connect`` without a WebSocket API, or a path with nothing else.
    """
    types = {api.type for api in apis}
    for call in calls:
        if call.is_connect and ApiType.WEBSOCKET not in types:
            raise UsageError(
                f"{call} opens a connection to a WebSocket API, and there is none",
                advice="name methods and paths",
                rule="INV-1",
            )
        if not (call.is_connect or call.is_anything) and types == {ApiType.WEBSOCKET}:
            raise UsageError(
                f"a WebSocket API has no call {call}",
                advice="write $connect, which is what it authorizes, or anything",
                rule="INV-1",
            )


def has_calls(invariant: Invariant, api: ApiDefinition) -> bool:
    """Whether an API has some of the calls of an invariant, by its type."""
    is_socket = api.type is ApiType.WEBSOCKET
    return any(call.is_anything or call.is_connect is is_socket for call in invariant.calls)


def region_of_calls(call: CallPattern, stages: Sequence[str], names: ApiNames) -> ArnRegion:
    """The ARNs of the calls of a pattern on some stages; none for any stage.

    On a WebSocket API ``$connect`` opens connections, and ``anything`` has the calls to them too (INV-1).
    """
    if call.path is None or names.is_socket:
        before = names.before_stage
        opened = [connect_arns(before, stages)] if call.is_connect or call.is_anything else []
        called = [connection_arns(before, stages)] if call.is_anything else []
        return ArnRegion(f"{call} on {', '.join(stages) or 'any stage'}", either([*opened, *called]))
    pattern = call_arns(names.before_stage, stages, call.methods, paths_of_people(call.path))
    return ArnRegion(f"{call} on {', '.join(stages) or 'any stage'}", pattern)


def _statements_of_sources(sources: Iterable[CallSource]) -> list[CompiledStatement]:
    """The requests from one of some sources: one statement for each key that may have them."""
    values: dict[tuple[str, str], list[str]] = {}
    for source in sources:
        operator = "IpAddress" if source.kind is SourceKind.ADDRESSES else "StringEquals"
        for key in source.keys:
            values.setdefault((operator, key), []).append(source.text)
    return [limit({"Condition": {operator: {key: each}}}) for (operator, key), each in values.items()]


def _statement_of_test(test: KeyTest) -> CompiledStatement:
    """The requests for which a test of a key holds."""
    return limit({"Condition": _condition_of(test)})


def _condition_of(test: KeyTest) -> Mapping[str, Any]:
    if test.relation in (KeyRelation.ABSENT, KeyRelation.PRESENT):
        return {"Null": {test.key: "true" if test.relation is KeyRelation.ABSENT else "false"}}
    multivalued = not has_one_value(test.key.lower())
    values = {test.key: [literal_value(each) for each in test.values]}
    if test.relation is KeyRelation.IN:
        operator = _OPERATORS.get(test.type, "StringEquals")
        return {f"ForAnyValue:{operator}" if multivalued else operator: values}
    if test.type is KeyType.BOOL:
        return {"BoolIfExists": {test.key: [each for each in ("true", "false") if each not in test.values]}}
    operator = {KeyType.IP: "NotIpAddress"}.get(test.type, "StringNotEquals")
    return {f"ForAllValues:{operator}" if multivalued else operator: values}
