"""A decision or a response as assertions see it: what determined the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from execpolicy._base.ordered import OrderedSet
from execpolicy.arguments import with_article
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.errors import UsageError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.response_words import depends_on, statuses_of
from execpolicy.gateway.flow.step import CallOutcome, Step
from execpolicy.gateway.model.names import ResponseType
from execpolicy.render.response import response_to_text
from execpolicy.render.text import to_text

#: The rules that refuse a call to a path, base path or stage that the API does not have.
_NO_ROUTE = frozenset({"GW-26", "GW-28", "GW-32"})

#: The status if the output of an authorizer cannot be used.
_UNUSABLE = 500
#: The gateway responses of that case, which an API can give another status.
_OF_FAILED_AUTHORIZERS = (ResponseType.AUTHORIZER_FAILURE, ResponseType.AUTHORIZER_CONFIGURATION_ERROR)


class ResultView(NamedTuple):
    """A result with the decisions that determined it.

    For a request it is one decision. For a call that is allowed, it is the decisions of all gates that allow it; for
    one that is refused, the decision of the gate that refuses. If several responses are possible, it is the decisions
    of all gates that refuse or may refuse.
    """

    result: Decision | GatewayResponse
    decisions: tuple[Decision, ...]

    @classmethod
    def of(cls, result: object) -> ResultView:
        """The view of a result."""
        if isinstance(result, Decision):
            return cls(result, (result,))
        if isinstance(result, GatewayResponse):
            return cls(result, tuple(_settling(result)))
        raise UsageError(
            f"expected a Decision or a GatewayResponse, found {with_article(type(result))}",
            advice="give the result of authorize() or Api.invoke(), not its .allowed or .outcome",
        )

    @property
    def is_known(self) -> bool:
        """Whether the outcome is an allow or a denial."""
        if isinstance(self.result, GatewayResponse):
            return self.result.outcome is not CallOutcome.INDETERMINATE
        return self.result.outcome is not Outcome.INDETERMINATE

    @property
    def is_open(self) -> bool:
        """Whether a call has more than one possible response."""
        return isinstance(self.result, GatewayResponse) and has_several_answers(self.result)

    @property
    def is_without_route(self) -> bool:
        """Whether it is a call to a path, base path or stage that the API does not have."""
        return isinstance(self.result, GatewayResponse) and is_without_route(self.result)

    @property
    def denial(self) -> Outcome | None:
        """How policies denied; None if no policy did, or if it is unknown which of them."""
        if self.is_open or not self.decisions or self.decisions[-1].allowed:
            return None
        return self.decisions[-1].outcome

    @property
    def blocked_by(self) -> frozenset[Layer]:
        """The layers that block in all possible responses."""
        if not self.is_open:
            return OrderedSet(layer for decision in self.decisions for layer in decision.blocked_by)
        assert isinstance(self.result, GatewayResponse)
        blocking: list[Iterable[Layer]] = [
            step.decision.blocked_by if step.decision is not None else () for step in candidates(self.result)
        ]
        first, *others = blocking or [()]
        return OrderedSet(layer for layer in first if all(layer in each for each in others))

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """The context keys that the outcome depends on, sorted."""
        if isinstance(self.result, GatewayResponse):
            return tuple(sorted(self.result.deciding_keys))
        return tuple(sorted(self.result.missing_keys))

    @property
    def depends_on(self) -> str:
        """What the outcome depends on, in messages."""
        if isinstance(self.result, GatewayResponse):
            return depends_on(self.result)
        return listed(self.missing_keys, "and")

    @property
    def determining(self) -> tuple[tuple[Layer, str | None], ...]:
        """The layer and Sid of each statement that determined the outcome; none if several responses are possible."""
        return tuple(
            (statement.layer, statement.sid)
            for decision in (() if self.is_open else self.decisions)
            for statement in decision.determining_statements
        )

    @property
    def outcome(self) -> str:
        """The outcome in messages."""
        if isinstance(self.result, Decision):
            return self.result.outcome.value
        kind = self.result.response_type
        return f"{statuses_of(self.result)}{'' if kind is None else f' {kind.value}'}"

    @property
    def gate(self) -> str:
        """The gate that refuses a call, and how, in messages; empty for a decision."""
        if isinstance(self.result, Decision):
            return ""
        if self.is_open:
            gates = listed(dict.fromkeys(step.gate for step in candidates(self.result)))
            return f" at the gate {gates}, which depends on {depends_on(self.result)}"
        refusing = self.result.refused_by
        if refusing is None:
            return ""
        how = {
            None: "not by a policy",
            Outcome.EXPLICIT_DENY: "by an explicit deny",
            Outcome.IMPLICIT_DENY: "by an implicit deny",
            Outcome.INDETERMINATE: "by an explicit or an implicit deny",
        }
        return f" at the gate {refusing.gate}, {how[self.denial]}"

    @property
    def text(self) -> str:
        """The explanation, with the lines of the policies."""
        return to_text(self.result) if isinstance(self.result, Decision) else response_to_text(self.result)

    def sids(self) -> frozenset[str]:
        """The Sids of all statements of the policies that apply."""
        found: set[str] = set()
        for decision in self._all_decisions():
            bound = (statement.sid for policy in _policies_of(decision) for statement in policy.statements)
            found.update(sid.value for sid in bound if sid is not None)
            traced = (statement.sid for _, _, statement in decision.explain().statements())
            found.update(sid for sid in traced if sid is not None)
        return OrderedSet(sorted(found))

    def _all_decisions(self) -> Iterator[Decision]:
        if isinstance(self.result, Decision):
            yield self.result
        else:
            yield from (step.decision for step in self.result.steps if step.decision is not None)


def has_several_answers(response: GatewayResponse) -> bool:
    """Whether a call has more than one possible response."""
    return not response.allowed and response.refused_by is None


def candidates(response: GatewayResponse) -> list[Step]:
    """The steps that refuse a call or may refuse it."""
    return [step for step in response.steps if not step.passed]


def is_without_route(response: GatewayResponse) -> bool:
    """Whether a call is refused because the API does not have its path, base path or stage."""
    refusing = response.refused_by
    return refusing is not None and not _NO_ROUTE.isdisjoint(refusing.rules)


def without_route(response: GatewayResponse) -> str:
    """The reason why a call has no route, and how a test expects that."""
    refusing = response.refused_by
    assert refusing is not None, "the gate that finds no route refuses the call"
    either = "404" if response.status == 404 else f'{response.status} with the gate "{refusing.gate}"'
    return f"the call has no route: {refusing.detail}; if this is intended, expect no_route, or {either}"


def has_unusable_answer(response: GatewayResponse) -> bool:
    """Whether a call is refused because its authorizer fails, or its output cannot be used."""
    if response.refused_by is None:
        return False
    kind = response.response_type
    return response.status == _UNUSABLE if kind is None else kind in _OF_FAILED_AUTHORIZERS


def unusable_answer(response: GatewayResponse) -> str:
    """The reason why the output of an authorizer cannot be used, and how a test expects that."""
    refusing = response.refused_by
    assert refusing is not None, "the gate of the authorizer refuses the call"
    return f"the authorizer returns no usable output: {refusing.detail}; if this is intended, expect {response.status}"


def gate_of(response: GatewayResponse) -> str:
    """The gate that refuses the call, or the last one; all that may refuse it if that is unknown."""
    if response.outcome is CallOutcome.DENIED and has_several_answers(response):
        return listed(dict.fromkeys(step.gate for step in candidates(response)))
    return response.steps[-1].gate


def _settling(response: GatewayResponse) -> Iterator[Decision]:
    for step in response.steps:
        counts = step.passed if response.allowed else not step.passed
        if counts and step.decision is not None:
            yield step.decision


def _policies_of(decision: Decision) -> Iterator[Policy]:
    """All policies of the caller and the target, whether they apply or not."""
    yield from (*decision.request.caller.policies, *decision.target.policies)
