"""The state of a call between the gates: what is known about it, and the result of each gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.gateway.authorizers.cache import AuthorizerCache, CachedAnswer, CacheKey
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.authorizers.output import AuthorizerOutput
from execpolicy.gateway.flow.custom_responses import as_sent
from execpolicy.gateway.flow.lazy_text import LazyText, text_of
from execpolicy.gateway.flow.made_call import MadeCallData
from execpolicy.gateway.flow.policy_checks import PolicyChecks
from execpolicy.gateway.flow.refusals import Refusal
from execpolicy.gateway.flow.response import PASSED, GatewayResponse, response_of
from execpolicy.gateway.flow.step import StepData, UnknownValue
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart
from execpolicy.language.context import Context

if TYPE_CHECKING:
    from execpolicy.gateway.flow.unrecognized_keys import PendingKeyCheck
    from execpolicy.literals import CallLimits, ClientCertificate, Signature


class CallArguments(NamedTuple):
    """The arguments of ``Api.invoke`` other than the call itself, checked."""

    caller: Caller | None
    context: Context
    vpc_endpoint_policy: Policy | None
    domain_name: str | None
    authorizer_output: Any
    claims: Mapping[str, object] | None
    cache: AuthorizerCache | None
    now: float | None
    signature: Signature
    #: A check of context keys that needs the output of a function (KEY-1); None if it is done.
    key_check: PendingKeyCheck | None = None
    client_certificate: ClientCertificate | None = None
    limits: CallLimits = "within"
    #: The regions of a SigV4a signature; None for a signature of SigV4.
    signature_regions: tuple[str, ...] | None = None

    def time_in(self, cache: AuthorizerCache) -> float:
        """The time of the call for the cache, which has a clock for calls that give no time (AUT-5)."""
        return cache.next_time() if self.now is None else self.now

    def with_output(self, output: AuthorizerOutput | None) -> CallArguments:
        """The same arguments with the output of the function and without a cache, for another reading of the call.

        A handler that this call has not needed is not called for another reading either.
        """
        given = self.authorizer_output if output is None else output
        is_handler = callable(given) and not isinstance(given, type)
        return self._replace(cache=None, authorizer_output=None if is_handler else given)


class AssumedReading(NamedTuple):
    """A reading that is assumed, as a gate uses it: the rule of status A, and which of its sentences."""

    rule: str
    reading: str


_ALLOW = Outcome.ALLOW
_INDETERMINATE = Outcome.INDETERMINATE


class CallState:
    """One call, from the first gate to the response. The gates change it.

    The detail of a gate may be a function that makes the text, which is called when the text is read.
    """

    __slots__ = (
        "answered",
        "api",
        "arguments",
        "arn",
        "cached",
        "call",
        "checks",
        "domain",
        "key",
        "method_in_arn",
        "notes",
        "otherwise",
        "output",
        "parameters",
        "path_in_arn",
        "possible",
        "received",
        "route",
        "stage",
        "step_data",
        "stopped_by",
        "unknown_authorizer",
        "unknown_values",
        "used",
    )

    def __init__(
        self, api: ApiDefinition, call: IncomingCall, arguments: CallArguments, otherwise: AssumedReading | None = None
    ) -> None:
        self.api = api
        #: The call as it was received, and with the path and method that follow from host and headers.
        self.received = self.call = call
        self.arguments = arguments
        self.stage: Stage = api.stage
        self.domain: Domain | None = None
        self.route: Route | None = None
        self.checks: PolicyChecks | None = None
        self.parameters: dict[str, str] = {}
        #: The output of the function, once it was called or found in the cache.
        self.output: AuthorizerOutput | None = None
        self.cached: CachedAnswer | None = None
        #: The key of the output in the cache.
        self.key: CacheKey | None = None
        self.arn = ""
        #: The method and the path in the ARN, where they are not those of the call; else empty (GW-5, GW-28).
        self.method_in_arn = self.path_in_arn = ""
        #: Whether API Gateway itself has answered; the other gates are skipped.
        self.answered = False
        self.step_data: list[StepData] = []
        #: The refusals of gates whose result is not known.
        self.possible: list[Refusal] = []
        self.notes: list[LazyText] = []
        #: The values of the file of the API that are not known and that decide (SRC-9).
        self.unknown_values: list[UnknownValue] = []
        #: The unknown parts of the API that decide the last gate that is simulated, and the authorization (SRC-9).
        self.stopped_by: tuple[UnknownPart, ...] = ()
        self.unknown_authorizer: tuple[UnknownPart, ...] = ()
        #: The assumed readings that the gates have used, and the one in whose place they take the other reading.
        self.used: dict[AssumedReading, None] = {}
        self.otherwise = otherwise

    def assumes(self, rule: str, reading: str) -> bool:
        """Whether a gate takes a reading that is assumed.

        It does, unless the call is simulated again to learn whether its outcome depends on this reading.
        """
        asked = AssumedReading(rule, reading)
        self.used[asked] = None
        return asked != self.otherwise

    @property
    def found_route(self) -> Route:
        """The route; for gates after the one that finds it."""
        assert self.route is not None, "an earlier gate finds the route"
        return self.route

    @property
    def policy_checks(self) -> PolicyChecks:
        """The policies for this call; for gates after the one that finds the route."""
        assert self.checks is not None, "an earlier gate finds the route"
        return self.checks

    @property
    def authorizer(self) -> Authorizer:
        """The authorizer of the route; ``Api`` ensures that a route has the one that it requires."""
        name = self.found_route.authorizer
        assert name is not None, "only called for routes with an authorizer"
        return self.api.authorizer(name)

    def passed(
        self,
        number: str,
        gate: str,
        detail: LazyText,
        *rules: str,
        decision: Decision | None = None,
        assumed: tuple[str, ...] = (),
    ) -> None:
        """The call passes a gate; by the other reading of each of the ``assumed`` rules it would not."""
        self.step_data.append((number, gate, True, detail, rules, decision, (), assumed))

    def unknown(
        self, number: str, gate: str, refusal: Refusal, detail: LazyText, *rules: str, keys: tuple[str, ...]
    ) -> None:
        """It is not known whether a gate refuses the call; it depends on the values of ``keys``."""
        self.possible.append(refusal)
        self.step_data.append((number, gate, None, detail, rules, None, keys, ()))

    def refused(
        self,
        number: str,
        gate: str,
        refusal: Refusal,
        detail: LazyText,
        *rules: str,
        decision: Decision | None = None,
        assumed: tuple[str, ...] = (),
    ) -> Refusal:
        """A gate refuses the call; by the other reading of each of the ``assumed`` rules it would not."""
        self.step_data.append((number, gate, False, detail, rules, decision, (), assumed))
        return refusal

    def decided(
        self,
        number: str,
        gate: str,
        decision: Decision,
        refuse: Callable[[ApiType, Decision], Refusal],
        detail: LazyText,
        *rules: str,
        assumed: tuple[str, ...] = (),
    ) -> Refusal | None:
        """Policies decide at a gate: allow, deny, or unknown. ``refuse`` makes the response to a denial.

        ``assumed`` are the rules by whose other reading a denial would not refuse the call.
        """
        outcome = decision.outcome
        if outcome is _ALLOW:
            self.step_data.append((number, gate, True, detail, rules, decision, (), ()))
            return None
        refusal = refuse(self.api.type, decision)
        if outcome is _INDETERMINATE:
            if _ALLOW in decision.possible:
                self.possible.append(refusal)
                self.step_data.append((number, gate, None, detail, rules, decision, (), ()))
                return None
            detail = f"{text_of(detail)}; denied in any case; whether by a Deny is not known"
            if not isinstance(refusal.message, str):
                # Such a message depends on whether a Deny applies.
                refusal = refusal._replace(message="", body_key="")
        self.step_data.append((number, gate, False, detail, rules, decision, (), assumed))
        return refusal

    def response(self, refusal: Refusal | None, made: MadeCallData | None = None) -> GatewayResponse:
        """The response to the call, or all possible ones; ``made`` is what is read of it later."""
        if refusal is None:
            refusal = PASSED
        elif self.possible:
            self.notes.append(
                "the result of an earlier gate is not known; "
                "it may refuse the call first, with another status or message"
            )
        answers = (*self.possible, refusal)
        if self.api.gateway_responses:
            answers = tuple(each if each is PASSED else as_sent(self.api, each) for each in answers)
        values = tuple(self.unknown_values)
        arn = "" if self.api.unknown_parts and self._has_unknown_arn() else self.arn
        return response_of(answers, arn, tuple(self.step_data), self.notes, made, unknown_values=values)

    def _has_unknown_arn(self) -> bool:
        """Whether the ARN of the call has a part that is not known (SRC-9)."""
        return any(
            part.concern is Concern.DEPLOYMENT or (part.concern is Concern.STAGE_NAME and part.key == self.stage.name)
            for part in self.api.unknown_parts
        )
