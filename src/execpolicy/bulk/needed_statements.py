"""The Allow statements of a policy that the calls of a log need (LOG-10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from execpolicy.bulk.call_classes import CallClasses
from execpolicy.bulk.counted_calls import CallCounter, CountedCalls
from execpolicy.bulk.logged_networks import source_of
from execpolicy.bulk.logged_verdict import admitted_by_aws
from execpolicy.bulk.replayed_call import caller_label
from execpolicy.bulk.version_answer import (
    VersionAnswer,
    admits_call,
    callers_of_call,
    may_be_signed,
    response_of_version,
    route_in,
)
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.narrowed_versions import PolicyVersion
    from execpolicy.bulk.replay_counts import TimesOfCalls
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.call import Call
    from execpolicy.document.policy import Policy
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.route import Route


class StatementNeed(NamedTuple):
    """What calls of one class need of a policy.

    Attributes:
        any_of: statements that apply, of which one is enough.
        all_of: statements that may apply.
    """

    any_of: frozenset[int]
    all_of: frozenset[int]


class NeedingCalls(NamedTuple):
    """Calls of one class that are admitted, or may be.

    Attributes:
        route: their route.
        arn: the ARN of one of them.
        needs: what they need: one for each possible caller that needs something else.
        sources: the networks of their clients, or the addresses; None stands for one that the log does not have.
        calls: their number.
    """

    route: Route | None
    arn: str
    needs: tuple[StatementNeed, ...]
    sources: frozenset[str | None]
    calls: int


class _CountedClass:
    """The calls of a class so far."""

    def __init__(self, route: Route | None, arn: str, needs: tuple[StatementNeed, ...]) -> None:
        self.route, self.arn, self.needs = route, arn, needs
        self.sources: set[str | None] = set()
        self.calls = 0


class _NeedingGroup(CountedCalls):
    """Calls of one class.

    Args:
        of_class: the class.
        callers: the callers whose policies are not given, with the numbers of their calls.
        caller: the caller; None if its policies are given, or if it has none.
    """

    def __init__(self, of_class: _CountedClass, callers: Counter[str], caller: str | None) -> None:
        self._class = of_class
        self._callers = callers
        self._caller = caller

    def add_more(self, number: int, times: TimesOfCalls) -> None:
        """Count more of these calls."""
        del times
        self._class.calls += number
        if self._caller is not None:
            self._callers[self._caller] += number

    def add_sources(self, sources: Iterable[str | None]) -> None:
        """Take the sources of these calls."""
        self._class.sources.update(sources)


class NeededStatements(CallCounter):
    """Finds what calls need of a policy.

    Args:
        version: the API and the callers, with the policy.
        bare: the same with the policy without its Allow statements.
        class_of: the class of a call; None for a call by itself.
        sources: whether the sources of the calls are kept.
        raw_values: whether the names of callers have their sessions, and the sources are addresses.
    """

    def __init__(
        self,
        version: PolicyVersion,
        bare: PolicyVersion,
        class_of: Callable[[Call], Hashable | None],
        *,
        sources: bool,
        raw_values: bool,
    ) -> None:
        self.wants_sources = sources
        self._raw = raw_values
        self._version = version
        self._bare = bare
        self._class_of = class_of
        self._classes: dict[Hashable, _CountedClass] = {}
        #: The callers whose policies are not given, with the numbers of their calls.
        self.unknown_callers: Counter[str] = Counter()

    def add(self, _line: LogLine, call: Call, _found: ReplayedCall) -> CountedCalls:
        """Count a call.

        Returns:
            What counts more calls of its class.
        """
        of_class = self._class_of(call)
        key = (of_class, admitted_by_aws(call)) if of_class is not None else (None, len(self._classes))
        counted = self._classes.get(key)
        if counted is None:
            counted = self._classes[key] = self._counted(call)
        caller = caller_label(call, raw_values=self._raw) if self._is_unknown(call) else None
        group = _NeedingGroup(counted, self.unknown_callers, caller)
        group.add_more(1, (call.time, call.time))
        if self.wants_sources:
            group.add_sources([source_of(call.source_ip, raw_values=self._raw)])
        return group

    def _is_unknown(self, call: Call) -> bool:
        """Whether somebody signed the call whose policies are not given."""
        if call.caller_arn is None:
            return call.is_signed is not False
        principal = Principal.parse(call.caller_arn)
        return principal.is_iam and self._version.callers.find(principal) is None

    @property
    def calls(self) -> Sequence[NeedingCalls]:
        """The calls that need statements, by class."""
        return [
            NeedingCalls(each.route, each.arn, each.needs, frozenset(each.sources), each.calls)
            for each in self._classes.values()
            if each.needs
        ]

    def _counted(self, call: Call) -> _CountedClass:
        match = route_in(call, self._version.api)
        found = dict.fromkeys(self._needs(call))
        arn = next((each for each, _ in found), "")
        needs = dict.fromkeys(need for _, need in found if need.any_of or need.all_of)
        return _CountedClass(None if match is None else match.route, arn, tuple(needs))

    def _needs(self, call: Call) -> Iterator[tuple[str, StatementNeed]]:
        """The ARN of the call, and what it needs for each caller that may have made it and that is admitted."""
        for who, found in admitted_answers(self._version, call):
            # Where other policies are enough, the call needs no statement of this one.
            without = response_of_version(self._bare.api, call, self._bare.same_caller(who))
            if admits_call(without) is not True and not isinstance(found, VersionAnswer):
                applied, doubtful = _allowing(self._version.policy, found)
                yield found.arn, StatementNeed(applied, frozenset() if applied else doubtful)


def admitted_answers(version: PolicyVersion, call: Call) -> Iterator[tuple[Any, GatewayResponse | VersionAnswer]]:
    """The answers to a call that is admitted, or may be, for each possible caller.

    A caller for whom the version answers differently from AWS did not make the call.

    Args:
        version: the version.
        call: the call.
    """
    logged = admitted_by_aws(call)
    signs = may_be_signed(version.api, route_in(call, version.api))
    found = [
        (who, response_of_version(version.api, call, who))
        for who in callers_of_call(call, version.callers, signs=signs)
    ]
    agreeing = [each for each in found if logged is None or admits_call(each[1]) in (None, logged)]
    for who, answer in agreeing or found:
        admits = admits_call(answer)
        if admits or (admits is None and logged is not False):
            yield who, answer


def _allowing(policy: Policy, response: GatewayResponse) -> tuple[frozenset[int], frozenset[int]]:
    """The Allow statements of a policy that apply, and those that may."""
    applied: set[int] = set()
    doubtful: set[int] = set()
    seen = False
    for step in response.steps:
        layers = () if step.decision is None else step.decision.evaluation.layers.values()
        for evaluated in layers:
            for row, result in zip(evaluated.table.rows, evaluated.results, strict=True):
                if row.statement.policy is not policy:
                    continue
                seen = True
                if row.effect == "Allow" and result.applies is not False:
                    (applied if result.applies else doubtful).add(row.number)
    if not seen:
        # The gate of the policy is not reached in a way that shows its statements: none of them is left out.
        doubtful = {each.number for each in policy.statements if each.effect == "Allow"}
    return frozenset(applied), frozenset(doubtful)


def chosen_statements(calls: Sequence[NeedingCalls], always: frozenset[int]) -> frozenset[int]:
    """Statements that are enough for all calls: those that may apply, then those that serve the most other needs.

    Args:
        calls: the calls.
        always: statements that are kept in any case.
    """
    needs = dict.fromkeys(need for each in calls for need in each.needs)
    chosen = {number for need in needs for number in need.all_of} | always
    open_needs = [need.any_of for need in needs if need.any_of and not need.any_of & chosen]
    while open_needs:
        numbers = sorted({number for need in open_needs for number in need})
        best = max(numbers, key=lambda number: sum(number in need for need in open_needs))
        chosen.add(best)
        open_needs = [need for need in open_needs if best not in need]
    return frozenset(chosen)


def statements_for(calls: NeedingCalls, chosen: frozenset[int]) -> frozenset[int]:
    """The chosen statements that let calls in: all that may apply, and one of those that do.

    Args:
        calls: the calls.
        chosen: the statements that are kept.
    """
    found: set[int] = set()
    for need in calls.needs:
        found |= need.all_of
        if need.any_of and not need.any_of & found:
            found.add(min(need.any_of & chosen))
    return frozenset(found)


def classes_of(version: PolicyVersion, *others: PolicyVersion) -> CallClasses:
    """The classes of calls that no policy of some versions tells apart."""
    versions = (version, *others)
    policies = dict.fromkeys(policy for each in versions for policy in each.policies)
    return CallClasses(
        [each.api for each in versions], policies, by_session=any(each.has_sessions for each in versions)
    )
