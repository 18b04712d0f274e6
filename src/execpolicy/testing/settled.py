"""A decision or an answer as assertions look at it: what settled it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.document.policy import Policy
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.errors import UsageError
from execpolicy.gateway.response import GatewayResponse, Step
from execpolicy.ordered import OrderedSet
from execpolicy.render.response import response_to_text
from execpolicy.render.text import to_text

#: The gate that looks for the route of a call.
_ROUTE = "route"


class Settled(NamedTuple):
    """A result with the decisions that settled it: one of a request, of a call those of the gates that count.

    Of a call that gets through, these are all that allow it; of one that is refused, that of the gate that refuses.
    """

    result: Decision | GatewayResponse
    decisions: tuple[Decision, ...]

    @classmethod
    def of(cls, result: object) -> Settled:
        """A result, checked for its type."""
        if isinstance(result, Decision):
            return cls(result, (result,))
        if isinstance(result, GatewayResponse):
            return cls(result, tuple(_settling(result)))
        raise UsageError(
            f"expected a Decision or a GatewayResponse, found a {type(result).__name__}",
            advice="give what authorize() or Api.invoke() returns, not its .allowed or .outcome",
        )

    @property
    def status(self) -> int | None:
        """The status of an answer; None of a decision, and where it is not known."""
        return self.result.status if isinstance(self.result, GatewayResponse) else None

    @property
    def is_known(self) -> bool:
        """Whether it is an allow or a denial."""
        if isinstance(self.result, GatewayResponse):
            return self.result.status is not None
        return self.result.outcome is not Outcome.INDETERMINATE

    @property
    def is_without_route(self) -> bool:
        """Whether it is a call to a path that the API does not have."""
        refusing = self._refusing
        return refusing is not None and refusing.gate == _ROUTE

    @property
    def denial(self) -> Outcome | None:
        """How policies denied; None where no policy did."""
        return self.decisions[-1].outcome if self.decisions and not self.decisions[-1].allowed else None

    @property
    def blocked_by(self) -> frozenset[Layer]:
        """The layers that block."""
        return OrderedSet(layer for decision in self.decisions for layer in decision.blocked_by)

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """The keys that it depends on, in order."""
        return tuple(sorted({key for decision in self.decisions for key in decision.missing_keys}))

    @property
    def determining(self) -> tuple[tuple[Layer, str | None], ...]:
        """Layer and Sid of each statement that determined the outcome."""
        return tuple(
            (statement.layer, statement.sid)
            for decision in self.decisions
            for statement in decision.determining_statements
        )

    @property
    def outcome(self) -> str:
        """What was found, in a word or two."""
        if isinstance(self.result, Decision):
            return self.result.outcome.value
        kind = self.result.response_type
        return f"{self.result.status}{'' if kind is None else f' {kind.value}'}"

    @property
    def gate(self) -> str:
        """Which gate refuses a call, and how; empty for a decision."""
        refusing = self._refusing
        if refusing is None:
            return ""
        denial = self.denial
        how = {
            None: "where no policy denies",
            Outcome.EXPLICIT_DENY: "where a policy denies explicitly",
            Outcome.IMPLICIT_DENY: "where policies deny implicitly",
            Outcome.INDETERMINATE: "where policies deny, and whether explicitly is not known",
        }
        return f" at the gate {refusing.gate}, {how[denial]}"

    @property
    def text(self) -> str:
        """The explanation, with the policies' own lines."""
        return to_text(self.result) if isinstance(self.result, Decision) else response_to_text(self.result)

    def sids(self) -> frozenset[str]:
        """The Sids of all statements that were asked, or would have been asked of another request."""
        found: set[str] = set()
        for decision in self._asked():
            bound = (statement.sid for policy in _bound(decision) for statement in policy.statements)
            found.update(sid.value for sid in bound if sid is not None)
            traced = (statement.sid for _, _, statement in decision.explain().statements())
            found.update(sid for sid in traced if sid is not None)
        return OrderedSet(sorted(found))

    @property
    def _refusing(self) -> Step | None:
        steps = self.result.steps if isinstance(self.result, GatewayResponse) else ()
        return next((step for step in steps if step.passed is False), None)

    def _asked(self) -> Iterator[Decision]:
        if isinstance(self.result, Decision):
            yield self.result
        else:
            yield from (step.decision for step in self.result.steps if step.decision is not None)


def _settling(response: GatewayResponse) -> Iterator[Decision]:
    for step in response.steps:
        if response.status is None:
            counts = step.passed is None
        elif response.allowed:
            counts = step.decision is not None and step.decision.allowed
        else:
            counts = step.passed is False
        if counts and step.decision is not None:
            yield step.decision


def _bound(decision: Decision) -> Iterator[Policy]:
    """The policies of both sides, whether they have a say or not."""
    caller, target = decision.request.caller, decision.target
    yield from (*caller.identity, *caller.session)
    yield from (policy for level in (*caller.scps, *target.rcps) for policy in level)
    yield from (policy for policy in (caller.boundary, target.resource, target.vpc_endpoint) if policy is not None)
