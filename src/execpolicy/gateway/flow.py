"""A call on its way through the gates: what is known of it, and what each gate said so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.errors import UsageError
from execpolicy.gateway.api import Api
from execpolicy.gateway.authorizer import Authorizer
from execpolicy.gateway.authorizer_output import AuthorizerOutput
from execpolicy.gateway.cache import AuthorizerCache, Cached, Key
from execpolicy.gateway.domain import Domain
from execpolicy.gateway.identity_sources import Call
from execpolicy.gateway.refusals import Refusal
from execpolicy.gateway.response import GatewayResponse, Step
from execpolicy.gateway.route import Route
from execpolicy.gateway.situation import Situation
from execpolicy.gateway.stage import Stage
from execpolicy.language.context import Context


class Given:
    """What the one who asks gave with the call."""

    __slots__ = (
        "authorizer_output",
        "cache",
        "caller",
        "claims",
        "context",
        "domain_name",
        "now",
        "signature",
        "vpc_endpoint_policy",
    )

    def __init__(
        self,
        *,
        caller: Caller | None,
        context: Context,
        vpc_endpoint_policy: Policy | None,
        domain_name: str | None,
        authorizer_output: Any,
        claims: Mapping[str, object] | None,
        cache: AuthorizerCache | None,
        now: float | None,
        signature: str,
    ) -> None:
        self.caller = caller
        self.context = context
        self.vpc_endpoint_policy = vpc_endpoint_policy
        self.domain_name = domain_name
        self.authorizer_output = authorizer_output
        self.claims = claims
        self.cache = cache
        self.now = now
        self.signature = signature

    @property
    def time(self) -> float:
        """The time of the call, which a cache asks for."""
        if self.now is None:
            raise UsageError("a cache needs the time of each call", advice="give at=…", rule="AUT-5")
        return self.now

    def with_output(self, output: AuthorizerOutput | None) -> Given:
        """The same, with what the function returned known, and no cache: for another reading of the same call."""
        other = object.__new__(Given)
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.cache = None
        other.authorizer_output = self.authorizer_output if output is None else output
        return other


class Flow:
    """One call, from its first gate to its answer."""

    def __init__(self, api: Api, call: Call, given: Given) -> None:
        self.api = api
        #: The call as it arrived, and as it goes on once host and method are known.
        self.arrived = self.call = call
        self.given = given
        self.stage: Stage = api.stage
        self.domain: Domain | None = None
        self.route: Route | None = None
        self.situation: Situation | None = None
        self.parameters: dict[str, str] = {}
        #: What the function returned, once it was asked or found in the cache.
        self.output: AuthorizerOutput | None = None
        self.cached: Cached | None = None
        #: What an answer of the function is cached by.
        self.key: Key | None = None
        self.arn = ""
        #: API Gateway itself has answered: no further gate is met.
        self.answered = False
        self.steps: list[Step] = []
        self.notes: list[str] = []

    @property
    def found_route(self) -> Route:
        """The route, behind the gate that finds it."""
        assert self.route is not None, "the route is found before any gate asks for it"
        return self.route

    @property
    def found_situation(self) -> Situation:
        """The call as policies see it, behind the gate that finds the route."""
        assert self.situation is not None, "the ARN is known before any policy is asked"
        return self.situation

    @property
    def authorizer(self) -> Authorizer:
        """The authorizer of the route; the API refuses a route that lacks the one it asks for."""
        name = self.found_route.authorizer
        assert name is not None, "only routes with an authorizer ask for it"
        return self.api.authorizer(name)

    def passed(self, number: str, gate: str, detail: str, *rules: str, decision: Decision | None = None) -> None:
        """The call passes a gate."""
        self.steps.append(Step(number, gate, True, detail, rules, decision))

    def unknown(self, number: str, gate: str, detail: str, *rules: str) -> None:
        """It is not known whether the call passes a gate."""
        self.steps.append(Step(number, gate, None, detail, rules))

    def refused(
        self, number: str, gate: str, refusal: Refusal, detail: str, *rules: str, decision: Decision | None = None
    ) -> Refusal:
        """A gate refuses the call."""
        self.steps.append(Step(number, gate, False, detail, rules, decision))
        return refusal

    def decided(
        self, number: str, gate: str, decision: Decision, refusal: Refusal, detail: str, *rules: str
    ) -> Refusal | None:
        """Policies decide at a gate: allow, deny, or what is not known."""
        if decision.outcome is Outcome.INDETERMINATE and Outcome.ALLOW in decision.possible:
            self.steps.append(Step(number, gate, None, detail, rules, decision))
            return None
        if decision.outcome is Outcome.INDETERMINATE:
            detail += "; denied either way, whether by a Deny is not known"
        if decision.allowed:
            self.passed(number, gate, detail, *rules, decision=decision)
            return None
        return self.refused(number, gate, refusal, detail, *rules, decision=decision)

    def response(self, refusal: Refusal | None) -> GatewayResponse:
        """The answer to the call."""
        undecided = any(step.passed is None for step in self.steps)
        if refusal is None:
            refusal = Refusal(None if undecided else 200, None, "")
        elif undecided:
            self.notes.append("an earlier gate is not known, and may refuse the call in its own words")
        return GatewayResponse(
            status=refusal.status,
            response_type=refusal.response_type,
            message=refusal.message,
            body_key=refusal.body_key,
            arn=self.arn,
            steps=tuple(self.steps),
            notes=tuple(self.notes),
        )
