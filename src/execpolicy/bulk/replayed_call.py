"""Replays one call of a log in two versions of an API, for every value of what the log does not record (LOG-8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.analysis.witness import deciding_statements
from execpolicy.bulk.possible_callers import LogCallers, is_of_possible_policy, possible_callers
from execpolicy.bulk.replay_result import CallChange, SideAnswer, UnknownCause
from execpolicy.errors import ExecPolicyError, RequestError
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.language.principal import ANONYMOUS, FEDERATED_USER, SESSION, Principal
from execpolicy.loaders.call_arguments import NotSaidError
from execpolicy.loaders.call_destination import find_destination
from execpolicy.loaders.call_route import route_of
from execpolicy.loaders.compared_answer import was_refused

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.possible_callers import AnyCaller
    from execpolicy.call import Call
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.route_table import RouteMatch

#: Refusals that no policy decides: the new version refuses such a call in the same way.
_NOT_OF_POLICIES: Final = frozenset(
    {"THROTTLED", "QUOTA_EXCEEDED", "WAF_FILTERED", "INVALID_SIGNATURE", "EXPIRED_TOKEN", "INVALID_API_KEY"}
    | {"AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR"}
)
_TOO_MANY_REQUESTS: Final = 429
_PARTS: Final = {
    "signer": UnknownCause.CALLER,
    "signature": UnknownCause.CALLER,
    "headers": UnknownCause.SENT_VALUES,
    "query parameters": UnknownCause.SENT_VALUES,
}
#: The rules of errors about the output of a Lambda authorizer and about headers.
_RULES_OF_SENT: Final = ("GW-14", "GW-32")

#: A statement by the name of its policy and its number.
StatementKey = tuple[str, int]


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


class _Answer(NamedTuple):
    """The answer of a version to a call of one possible caller."""

    side: SideAnswer | None
    causes: tuple[UnknownCause, ...] = ()
    detail: str = ""
    used: frozenset[StatementKey] = frozenset()

    @property
    def admits(self) -> bool | None:
        """Whether the call gets through; None if that is not known."""
        if self.side is None or self.side.outcome is CallOutcome.INDETERMINATE:
            return None
        return self.side.outcome is CallOutcome.ALLOWED


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
        logged = admitted_by_aws(call)
        versions = [each for each in (self._after, self._before) if each is not None]
        routes = [_route(call, each) for each in versions]
        route = next((match.route.key for match in routes if match is not None), "")
        signs = any(_may_be_signed(api, match) for api, match in zip(versions, routes, strict=True))
        answers = [
            (None if self._before is None else _answer(self._before, call, who), _answer(self._after, call, who))
            for who in self._possible(call, signs=signs)
        ]
        used = frozenset(key for _, after in answers for key in after.used)
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

    def _possible(self, call: Call, *, signs: bool) -> Sequence[AnyCaller | str | None]:
        """The callers that may have made a call, as ``Api.invoke`` takes them."""
        if call.caller_arn is None:
            return (None,)
        principal = Principal.parse(call.caller_arn)
        known = self._callers.find(principal)
        if known is not None:
            return (known,)
        return possible_callers(principal) if signs else (call.caller_arn,)


class _Pair(NamedTuple):
    """The answers of both versions to a call of one possible caller, and whether AWS admitted it."""

    before: _Answer | None
    after: _Answer
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


def admitted_by_aws(call: Call) -> bool | None:
    """Whether API Gateway let a call through, as its log says; None if it does not, or if no policy decided (LOG-6).

    Args:
        call: the call.
    """
    answer = call.answer
    refused = None if answer is None else was_refused(answer)
    if answer is None or refused is None or not refused:
        return None if refused is None else True
    if answer.response_type is not None:
        by_policies = answer.response_type not in _NOT_OF_POLICIES
    else:
        # WAF and API keys refuse with the message and the status of policies, and a signature may not be valid.
        by_policies = any(
            each is not None and each >= 400 for each in (answer.authorize_status, answer.authorizer_status)
        )
    return False if by_policies and answer.status != _TOO_MANY_REQUESTS else None


def _route(call: Call, api: Api) -> RouteMatch | None:
    try:
        return route_of(call, api, find_destination(call, api))
    except ExecPolicyError:  # the answer says what is wrong
        return None


def _may_be_signed(api: Api, match: RouteMatch | None) -> bool:
    """Whether the policies of the caller may decide: calls to connections of a WebSocket API have no route."""
    if api.type is ApiType.WEBSOCKET:
        return True
    return match is not None and any(each.auth_of(match.route) is AuthType.AWS_IAM for each in api.variants)


def _answer(api: Api, call: Call, who: AnyCaller | str | None) -> _Answer:
    """The answer of a version; an answer that needs what the log does not say is not known."""
    try:
        response = api.invoke(call, caller=who)
    except NotSaidError as error:
        return _Answer(None, (_PARTS[error.part],))
    except RequestError as error:
        is_sent = error.rule in _RULES_OF_SENT
        return _Answer(None, (UnknownCause.SENT_VALUES if is_sent else UnknownCause.CONTRADICTION,), error.rule)
    return _of_response(response)


def _of_response(response: GatewayResponse) -> _Answer:
    refusing = response.refused_by
    statements = tuple(each for each in deciding_statements(response) if not is_of_possible_policy(each.policy))
    side = SideAnswer(response.outcome, response.statuses, "" if refusing is None else refusing.gate, statements)
    used = frozenset(
        (each.policy, each.index)
        for step in response.steps
        if step.decision is not None
        for each in step.decision.determining_statements
    )
    if response.outcome is not CallOutcome.INDETERMINATE:
        return _Answer(side, used=used)
    causes: list[UnknownCause] = []
    keys, values = sorted(response.deciding_keys), [each.name for each in response.unknown_values]
    if keys or not values:
        causes.append(UnknownCause.CONDITION_KEYS)
    if values:
        causes.append(UnknownCause.FILE_VALUES)
    return _Answer(side, tuple(causes), ", ".join((*keys, *values)), used)


def caller_label(call: Call, *, raw_values: bool) -> str:
    """Who made a call: a session by its role, unless raw values are shown."""
    if call.caller_arn is None:
        return ANONYMOUS if call.is_signed is False else "not said"
    if raw_values:
        return call.caller_arn
    principal = Principal.parse(call.caller_arn)
    beginning = f"arn:{principal.partition}:iam::{principal.account}:"
    names = {SESSION: f"role/{principal.name}", FEDERATED_USER: "federated-user/*"}
    return f"{beginning}{names[principal.kind]}" if principal.kind in names else principal.arn
