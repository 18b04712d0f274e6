"""The answer of one version of an API to a logged call, for each caller that may have made it (LOG-8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.analysis.witness import deciding_statements
from execpolicy.bulk.not_given import RULES_OF_NOT_GIVEN
from execpolicy.bulk.possible_callers import LogCallers, is_of_possible_policy, possible_callers
from execpolicy.bulk.replay_result import SideAnswer
from execpolicy.bulk.unknown_cause import UnknownCause
from execpolicy.errors import ExecPolicyError, RequestError
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.language.principal import Principal
from execpolicy.loaders.call_arguments import NotSaidError
from execpolicy.loaders.call_destination import find_destination
from execpolicy.loaders.call_route import route_of

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.possible_callers import AnyCaller
    from execpolicy.call import Call
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.route_table import RouteMatch

_PARTS: Final = {
    "signer": UnknownCause.CALLER,
    "signature": UnknownCause.CALLER,
    "headers": UnknownCause.SENT_VALUES,
    "query parameters": UnknownCause.SENT_VALUES,
}

#: The gate that reads the claims of a token.
_TOKEN: Final = "token"

#: A statement by the name of its policy and its number.
StatementKey = tuple[str, int]


class VersionAnswer(NamedTuple):
    """The answer of a version to a call of one possible caller.

    Attributes:
        side: the answer; None if what the log does not say decides whether there is one.
        causes: why it is not known.
        detail: what is missing.
        used: the statements that decide or may decide it.
        response: the response; None without an answer.
    """

    side: SideAnswer | None
    causes: tuple[UnknownCause, ...] = ()
    detail: str = ""
    used: frozenset[StatementKey] = frozenset()
    response: GatewayResponse | None = None

    @property
    def admits(self) -> bool | None:
        """Whether the call gets through; None if that is not known."""
        if self.side is None or self.side.outcome is CallOutcome.INDETERMINATE:
            return None
        return self.side.outcome is CallOutcome.ALLOWED


def callers_of_call(call: Call, given: LogCallers, *, signs: bool) -> Sequence[AnyCaller | str | None]:
    """The callers that may have made a call, as ``Api.invoke`` takes them.

    Args:
        call: the call.
        given: the callers whose policies are given.
        signs: whether the policies of the caller may decide.
    """
    if call.caller_arn is None:
        return (None,)
    principal = Principal.parse(call.caller_arn)
    known = given.find(principal)
    if known is not None:
        return (known,)
    return possible_callers(principal) if signs else (call.caller_arn,)


def route_in(call: Call, api: Api) -> RouteMatch | None:
    """The route that a call takes in a version; None if it takes none, or if it is not possible there."""
    try:
        return route_of(call, api, find_destination(call, api))
    except ExecPolicyError:  # the answer says what is wrong
        return None


def may_be_signed(api: Api, match: RouteMatch | None) -> bool:
    """Whether the policies of the caller may decide: calls to connections of a WebSocket API have no route."""
    if api.type is ApiType.WEBSOCKET:
        return True
    return match is not None and any(each.auth_of(match.route) is AuthType.AWS_IAM for each in api.variants)


def answer_of_version(api: Api, call: Call, who: AnyCaller | str | None) -> VersionAnswer:
    """The answer of a version; an answer that needs what the log does not say is not known.

    Args:
        api: the version.
        call: the call.
        who: its caller, as ``Api.invoke`` takes it.
    """
    found = response_of_version(api, call, who)
    return found if isinstance(found, VersionAnswer) else _of_response(found)


def response_of_version(api: Api, call: Call, who: AnyCaller | str | None) -> GatewayResponse | VersionAnswer:
    """The response of a version; the answer that is not known, where what the log does not say decides.

    Args:
        api: the version.
        call: the call.
        who: its caller, as ``Api.invoke`` takes it.
    """
    try:
        response = api.invoke(call, caller=who)
    except NotSaidError as error:
        return VersionAnswer(None, (_PARTS[error.part],))
    except RequestError as error:
        is_sent = error.rule in RULES_OF_NOT_GIVEN
        return VersionAnswer(None, (UnknownCause.SENT_VALUES if is_sent else UnknownCause.CONTRADICTION,), error.rule)
    if call.headers is None and any(step.gate == _TOKEN and step.passed is not True for step in response.steps):
        # A call of a log has no claims, which does not say that its token was not valid.
        return VersionAnswer(None, (UnknownCause.SENT_VALUES,))
    return response


def admits_call(found: GatewayResponse | VersionAnswer) -> bool | None:
    """Whether a call gets through; None if that is not known.

    Args:
        found: from ``response_of_version``.
    """
    if isinstance(found, VersionAnswer) or found.outcome is CallOutcome.INDETERMINATE:
        return None
    return found.outcome is CallOutcome.ALLOWED


def _of_response(response: GatewayResponse) -> VersionAnswer:
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
        return VersionAnswer(side, used=used, response=response)
    causes: list[UnknownCause] = []
    keys, values = sorted(response.deciding_keys), [each.name for each in response.unknown_values]
    if keys or not values:
        causes.append(UnknownCause.CONDITION_KEYS)
    if values:
        causes.append(UnknownCause.FILE_VALUES)
    return VersionAnswer(side, tuple(causes), ", ".join((*keys, *values)), used, response)
