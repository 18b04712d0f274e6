"""Replays one call of a log in two versions of an API, for every value of what the log does not record (LOG-8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.bulk.logged_verdict import admitted_by_aws
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.replay_result import CallChange, SideAnswer
from execpolicy.bulk.unknown_cause import UnknownCause
from execpolicy.bulk.version_answer import (
    StatementKey,
    VersionAnswer,
    answer_of_version,
    callers_of_call,
    may_be_signed,
    route_in,
)
from execpolicy.language.principal import ANONYMOUS, FEDERATED_USER, SESSION, Principal

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.call import Call


class ReplayedCall(NamedTuple):
    """The result of replaying a call.

    Attributes:
        change: how its answer changes.
        route: the key of the route in the new version, else in the old one; empty for no route.
        before, after: the answers; None where they are not known, or are those of the log.
        causes: why it is not known.
        detail: what is missing.
        inferred: whether it is known only by AWS's logged answer.
        contradicts: whether the old version answers differently from AWS, whoever made the call.
        used: the statements of the new version that decide or may decide it.
    """

    change: CallChange
    route: str
    before: SideAnswer | None
    after: SideAnswer | None
    causes: tuple[UnknownCause, ...] = ()
    detail: str = ""
    inferred: bool = False
    contradicts: bool = False
    used: frozenset[StatementKey] = frozenset()


class AnsweredCall(NamedTuple):
    """The answers to a call.

    Attributes:
        route: the key of its route.
        answers: the answers of the old version, if there is one, and of the new one, for each possible caller.
        used: the statements of the new version that decide or may decide it.
    """

    route: str
    answers: tuple[tuple[VersionAnswer | None, VersionAnswer], ...]
    used: frozenset[StatementKey]


class CallReplayer:
    """Decides the calls of a log in two versions.

    Args:
        before: the old version; None for AWS's answer in the log.
        after: the new version.
        callers: the callers whose policies are given.
    """

    def __init__(self, before: Api | None, after: Api, callers: LogCallers) -> None:
        self._before = before
        self._after = after
        self._callers = callers

    def replay(self, call: Call) -> ReplayedCall:
        """The change of a call (LOG-8).

        A change is certain if it follows for each possible caller (a caller whose policies are not given may have any).
        Where the answer of the old version is not known, AWS's logged answer is used instead.
        """
        return self.change(self.answers(call), admitted_by_aws(call))

    def answers(self, call: Call) -> AnsweredCall:
        """The answers of both versions to a call, for each caller that may have made it."""
        versions = [each for each in (self._after, self._before) if each is not None]
        routes = [route_in(call, each) for each in versions]
        route = next((match.route.key for match in routes if match is not None), "")
        signs = any(may_be_signed(api, match) for api, match in zip(versions, routes, strict=True))
        answers = tuple(
            (
                None if self._before is None else answer_of_version(self._before, call, who),
                answer_of_version(self._after, call, who),
            )
            for who in callers_of_call(call, self._callers, signs=signs)
        )
        return AnsweredCall(route, answers, frozenset(key for _, after in answers for key in after.used))

    def change(self, answered: AnsweredCall, logged: bool | None) -> ReplayedCall:
        """The change of a call.

        Args:
            answered: the answers to it.
            logged: whether AWS admitted it; None if that is not known.
        """
        route, answers, used = answered
        found = [_Pair(before, after, logged) for before, after in answers]
        # A caller for whom the old version answers differently from AWS did not make the call.
        agreeing = [each for each in found if each.agrees]
        kept = agreeing or found
        changes = {each.change for each in kept}
        first = kept[0]
        if len(changes) == 1 and CallChange.UNKNOWN not in changes:
            inferred = len(kept) < len(found) or (self._before is not None and any(each.is_inferred for each in kept))
            sides = (None if first.before is None else first.before.side, first.after.side)
            return ReplayedCall(first.change, route, *sides, inferred=inferred, contradicts=not agreeing, used=used)
        causes = dict.fromkeys(cause for each in kept for cause in each.causes)
        if len(changes) > 1 or not causes:
            causes[UnknownCause.CALLER_POLICIES] = None
        details = dict.fromkeys(each.detail for each in kept if each.detail)
        return ReplayedCall(
            CallChange.UNKNOWN,
            route,
            None,
            None,
            tuple(sorted(causes)),
            ", ".join(sorted(details)),
            contradicts=not agreeing,
            used=used,
        )


class _Pair(NamedTuple):
    """The answers of both versions to a call of one possible caller, and whether AWS admitted it."""

    before: VersionAnswer | None
    after: VersionAnswer
    logged: bool | None

    @property
    def _admitted(self) -> bool | None:
        known = None if self.before is None else self.before.admits
        return self.logged if known is None else known

    @property
    def agrees(self) -> bool:
        """Whether the old version answers as AWS did, as far as both are known."""
        known = None if self.before is None else self.before.admits
        return self.logged is None or known is None or known is self.logged

    @property
    def is_inferred(self) -> bool:
        """Whether AWS's logged answer is used instead of an answer that is not known."""
        return self.before is not None and self.before.admits is None and self.logged is not None

    @property
    def change(self) -> CallChange:
        before, after = self._admitted, self.after.admits
        if before is None or after is None:
            return CallChange.UNKNOWN
        if before is after:
            return CallChange.UNCHANGED
        return CallChange.NEWLY_ADMITTED if after else CallChange.NEWLY_REFUSED

    @property
    def causes(self) -> Iterator[UnknownCause]:
        """Why the change is not known."""
        if self._admitted is None:
            yield from (UnknownCause.LOGGED_ANSWER,) if self.before is None else self.before.causes
        if self.after.admits is None:
            yield from self.after.causes

    @property
    def detail(self) -> str:
        """What is missing."""
        if self.after.admits is None:
            return self.after.detail
        return self.before.detail if self.before is not None and self._admitted is None else ""


def caller_label(call: Call, *, raw_values: bool) -> str:
    """Who made a call: a session by its role, unless raw values are shown."""
    if call.caller_arn is None:
        return ANONYMOUS if call.is_signed is False else "not said"
    return label_of(call.caller_arn, raw_values=raw_values)


def label_of(arn: str, *, raw_values: bool) -> str:
    """The caller with an ARN: a session by its role, unless raw values are shown."""
    if raw_values:
        return arn
    principal = Principal.parse(arn)
    beginning = f"arn:{principal.partition}:iam::{principal.account}:"
    names = {SESSION: f"role/{principal.name}", FEDERATED_USER: "federated-user/*"}
    return f"{beginning}{names[principal.kind]}" if principal.kind in names else principal.arn
