"""The response to a call: status, gateway response, message, and the result of every gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from execpolicy._base.frozen import Frozen, unfrozen
from execpolicy._base.ordered import OrderedSet
from execpolicy.document.syntax.wording import printable
from execpolicy.engine.decision import Decision
from execpolicy.errors import UsageError
from execpolicy.gateway.flow import made_call as calls
from execpolicy.gateway.flow.found_readings import FoundReadings, notes_of, rules_of
from execpolicy.gateway.flow.lazy_text import LazyText, text_of
from execpolicy.gateway.flow.refusals import Refusal, common_answer
from execpolicy.gateway.flow.step import (
    CallOutcome,
    Step,
    StepData,
    UnknownValue,
    assumed_of,
    step_of,
    step_to_dict,
    with_values_of_policies,
)
from execpolicy.gateway.model.names import ResponseType

if TYPE_CHECKING:
    from execpolicy.engine.explain.allowing_context import AllowingContext
    from execpolicy.gateway.flow.integration_request import IntegrationRequest
    from execpolicy.gateway.flow.response_explanation import GatewayExplanation
    from execpolicy.gateway.flow.sent_response import SentResponse

SCHEMA_VERSION = 1
#: Bound once: reading a member of an enumeration takes longer than passing some gates.
_ALLOWED = CallOutcome.ALLOWED
_DENIED = CallOutcome.DENIED
_INDETERMINATE = CallOutcome.INDETERMINATE
#: The response to a call that no gate refuses. It is recognised by identity: a refusal can have its status too.
PASSED = Refusal(200, None, "")


class GatewayResponse(Frozen):
    """The response to a call, as ``Api.invoke`` returns it.

    ``outcome`` is whether the call is allowed. ``status`` is the HTTP status, 200 for a call that reaches its
    integration; where it is not known, it is None, and ``statuses`` lists the possible ones. The status does not decide
    the outcome: an API can send a refusal with any status. ``response_type`` is the gateway response (of REST and
    WebSocket APIs), ``message`` the text of its body; ``refused_by`` is the step that refuses the call, and
    ``decision`` the decision of the policies that refuse it. Each of these is given only where no other is possible.
    ``unknown_values`` are the values of files, of the API and of policies, that are not known and that decide which
    response the call gets. ``steps`` has the result of every gate, ``notes`` further information, such as the effect of
    a different reading of AWS's pages.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> response = api.invoke("GET", "/orders")
    >>> response.outcome.value, response.status, response.message, response.refused_by.gate
    ('denied', 403, 'Missing Authentication Token', 'signature')
    """

    __slots__ = (
        *("_assumed", "_body_key", "_made", "_message", "_notes", "_run_gates", "_step_data", "_steps"),
        "_unknown_values",
        *("arn", "outcome", "response_type", "status", "statuses"),
    )
    #: Whether the call is allowed, whichever of the possible responses it gets.
    outcome: CallOutcome
    #: The HTTP status, None where more than one is possible.
    status: int | None
    #: All possible statuses, in ascending order.
    statuses: tuple[int, ...]
    #: The gateway response, None where more than one is possible; HTTP APIs have none.
    response_type: ResponseType | None
    #: The ARN of the call.
    arn: str
    _unknown_values: tuple[UnknownValue, ...]
    _message: LazyText
    _body_key: LazyText
    #: A note that is empty, once it is made, is none.
    _notes: tuple[LazyText | FoundReadings, ...]
    _step_data: Sequence[StepData]
    #: The steps, once they are read: an explanation reads them several times.
    _steps: tuple[Step, ...]
    _made: calls.MadeCallData | calls.SeveralCalls | None
    #: Assumed rules by whose other reading the whole call has another outcome.
    _assumed: tuple[str | FoundReadings, ...]
    #: What makes the whole response to a plain call, and its arguments.
    _run_gates: tuple[Any, ...]

    def __init__(
        self,
        *,
        status: int | None,
        response_type: ResponseType | None,
        message: str,
        body_key: str,
        arn: str,
        steps: Sequence[Step],
        notes: tuple[str, ...] = (),
        statuses: tuple[int, ...] = (),
        outcome: CallOutcome | None = None,
        unknown_values: tuple[UnknownValue, ...] = (),
        assumed: Iterable[str] = (),
    ) -> None:
        statuses = statuses or (() if status is None else (status,))
        if status != (statuses[0] if len(statuses) == 1 else None) or not statuses:
            raise UsageError(f"statuses holds the status, or all that are possible; found {status!r} and {statuses!r}")
        if outcome is None:
            possible = {each == 200 for each in statuses}
            outcome = _INDETERMINATE if len(possible) > 1 else _ALLOWED if True in possible else _DENIED
        self._set(
            outcome=outcome,
            status=status,
            statuses=statuses,
            response_type=response_type,
            _body_key=body_key,
            arn=arn,
            _unknown_values=unknown_values,
            _notes=notes,
            _message=message,
            _step_data=tuple(steps),
            _made=None,
            _assumed=tuple(assumed),
        )

    if not TYPE_CHECKING:  # with __getattr__, a type checker reports no names that do not exist

        def __getattr__(self, name):
            """The response to a plain call has its outcome and its status; the gates are run when more is read."""
            if name not in _OF_GATES:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            whole = self._run_gates[0](*self._run_gates[1:])
            for slot in _OF_GATES:
                object.__setattr__(self, slot, getattr(whole, slot))
            return getattr(self, name)

    def with_notes(self, notes: Iterable[str], *, assumed: Iterable[str] = ()) -> GatewayResponse:
        """The same response with more notes, and with more assumed rules that its outcome depends on."""
        return self._with(_notes=(*self._notes, *notes), _assumed=(*self._assumed, *assumed))

    def with_readings(self, readings: FoundReadings) -> GatewayResponse:
        """The same response with what other readings say of it; they are read when the response is."""
        return self._with(_notes=(*self._notes, readings), _assumed=(*self._assumed, readings))

    def _with(self, **changes: Any) -> GatewayResponse:
        response = _UnfrozenResponse()
        for slot in ("outcome", "status", *_OF_GATES):
            setattr(response, slot, changes[slot] if slot in changes else getattr(self, slot))
        response.__class__ = GatewayResponse
        return response

    def of_calls(self, several: calls.SeveralCalls) -> GatewayResponse:
        """The same response, as the one that several calls have in common."""
        return self._with(_made=several)

    @property
    def message(self) -> str:
        """The text of the body, with control characters as escapes; empty where API Gateway writes none."""
        found = printable(text_of(self._message))
        # It is made once: an explanation reads it several times.
        object.__setattr__(self, "_message", found)
        return found

    @property
    def body_key(self) -> str:
        """The name of the message in the body; empty where the message is not known, or several are possible."""
        return text_of(self._body_key)

    @property
    def notes(self) -> tuple[str, ...]:
        """Further information."""
        return tuple(notes_of(self._notes))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The result of every gate, in order."""
        found: tuple[Step, ...] | None = getattr(self, "_steps", None)
        if found is None:
            found = tuple(map(step_of, self._step_data))
            object.__setattr__(self, "_steps", found)
        return found

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        known = ("arn", "body_key", "message", "notes", "outcome", "response_type", "status", "statuses", "steps")
        return (*known, "unknown_values", "assumed")

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._fields()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        GatewayResponse.__init__(self, **state)

    @property
    def allowed(self) -> bool:
        """Whether the call is allowed for certain."""
        return self.outcome is _ALLOWED

    @property
    def refused_by(self) -> Step | None:
        """The step that refuses the call; None where no step does, or where an earlier one may refuse it."""
        passed = [data[2] for data in self._step_data]
        if not passed or passed[-1] is not False or None in passed:
            return None
        return step_of(self._step_data[-1])

    @property
    def decision(self) -> Decision | None:
        """The decision of the policies that refuse the call; None where the call is not refused, or not by policies.

        Where an earlier gate may refuse the call, it is None too: ``steps`` has the decision of each gate.
        """
        refusing = self.refused_by
        return None if refusing is None else refusing.decision

    @property
    def deciding_keys(self) -> frozenset[str]:
        """The condition keys that decide which of the possible responses the call gets; empty where there is only one.

        ``Decision.missing_keys`` also has keys that are known to be absent and that affected the outcome.
        """
        return OrderedSet(sorted({key for step in self.steps for key in step.deciding_keys}))

    @property
    def unknown_values(self) -> tuple[UnknownValue, ...]:
        """The values of a file that are not known and that decide: of the API (SRC-9), then of policies (SRC-10)."""
        return with_values_of_policies(self._unknown_values, self._step_data)

    @property
    def body(self) -> dict[str, str | None]:
        """The body of a refusal as API Gateway writes it; empty where there is none or several are possible."""
        return {} if self.allowed or not self.body_key else {self.body_key: self.message or None}

    def __bool__(self) -> bool:
        raise UsageError(
            "a GatewayResponse is neither true nor false",
            advice="use response.allowed: a response that is a refusal would count as true",
        )

    def allowing_context(self) -> AllowingContext | None:
        """A context in which the call would be allowed, confirmed by a simulation; None if none is found."""
        decisions = [each.decision for each in self.steps if not each.passed and each.decision is not None]
        call = self.made_call
        if call is None or self.allowed or not decisions:
            return None
        from execpolicy.engine.explain.allowing_context import confirmed, proposed_values

        return confirmed(call.state.arguments.context, proposed_values(decisions[-1].evaluation), call.is_allowed_in)

    @property
    def made_call(self) -> calls.MadeCall | None:
        """The call after its gates; None for a response that no call has made, or that several have."""
        return calls.single_call(self._made)

    @property
    def integration(self) -> IntegrationRequest:
        """What the integration receives: route, parameters, stage variables, and what the authorizer says (GW-37).

        Raises:
            UsageError: the call does not reach an integration for certain, a part of what it receives is not known, or
                not the same for every value of a file that is not known, or the response is a copy.
        """
        if not self.allowed or self._is_preflight:
            raise calls.no_integration(str(self))
        return calls.found_call(self._made, "GW-37").integration()

    @property
    def sent(self) -> SentResponse | None:
        """The response that API Gateway itself sends (MSG-5); None for a call that it lets through.

        Raises:
            UsageError: the response is not known, not the same for every unknown value, a redirect, or a copy.
        """
        if self.allowed and not self._is_preflight:
            return None
        if self.outcome is _INDETERMINATE:
            raise calls.no_known_answer(str(self))
        return calls.found_call(self._made, "MSG-5").sent()

    @property
    def _is_preflight(self) -> bool:
        """Whether API Gateway answers the call from the CORS configuration (GW-27)."""
        return bool(self._step_data) and self._step_data[-1][1] == "preflight"

    def explain(self) -> GatewayExplanation:
        """Why: the gate that decides, with the statements of the policies that determine its result.

        >>> from execpolicy import Api, Route
        >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
        ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
        >>> print(str(api.invoke("GET", "/orders").explain()).splitlines()[0])
        DENY: 403 MISSING_AUTHENTICATION_TOKEN, at gate 5b (signature)
        """
        from execpolicy.gateway.flow.response_explanation import GatewayExplanation
        from execpolicy.gateway.flow.response_outline import call_result

        return GatewayExplanation(call_result(self))

    def to_dict(self) -> dict[str, Any]:
        """The response as plain data, by the schema ``docs/schemas/response-1.json``."""
        steps, refusing = self.steps, self.refused_by
        return {
            "schema_version": SCHEMA_VERSION,
            "allowed": self.allowed,
            "outcome": self.outcome.value,
            "status": self.status,
            "statuses": list(self.statuses),
            "response_type": None if self.response_type is None else self.response_type.value,
            "message": self.message or None,
            "body": self.body,
            "arn": self.arn or None,
            "refused_by": None if refusing is None else refusing.gate,
            "deciding_keys": list(self.deciding_keys),
            "unknown_values": [{"name": each.name, "place": each.place or None} for each in self.unknown_values],
            "assumed": list(self.assumed),
            "notes": list(self.notes),
            "steps": [step_to_dict(step) for step in steps],
        }

    @property
    def assumed(self) -> frozenset[str]:
        """The ids of the rules that AWS does not document and that the outcome depends on.

        They are those of the steps that decide it: of every step for an allowed call, of the last one for a denied
        call; and those by whose other reading the whole call has another outcome. An indeterminate outcome depends on
        the keys that are not known.
        """
        if self.outcome is _INDETERMINATE:
            return OrderedSet(())
        steps = self.steps if self.allowed else self.steps[-1:]
        return OrderedSet(sorted({rule for step in steps for rule in assumed_of(step)}.union(rules_of(self._assumed))))

    def __str__(self) -> str:
        return self.explain().one_line()

    def _repr_html_(self) -> str:
        return self.explain().html()


#: What the response to a plain call has only after its gates were run.
_OF_GATES = frozenset(GatewayResponse.__slots__) - {"outcome", "status", "_run_gates", "_steps"}
_UnfrozenResponse = unfrozen(GatewayResponse)


def response_of_plain_call(outcome: CallOutcome, status: int, run_gates: tuple[Any, ...]) -> GatewayResponse:
    """The response to a plain call: ``run_gates`` makes the whole one, when more of it is read."""
    response = _UnfrozenResponse()
    response.outcome, response.status, response._run_gates = outcome, status, run_gates
    response.__class__ = GatewayResponse
    return response


def response_of(
    answers: Sequence[Refusal],
    arn: str,
    step_data: Sequence[StepData],
    notes: Iterable[LazyText],
    made: calls.MadeCallData | None = None,
    *,
    unknown_values: tuple[UnknownValue, ...] = (),
) -> GatewayResponse:
    """The response to a call from its possible answers, its ARN, the results of its gates and its notes.

    The last answer is that of the flow as a whole: PASSED, or the refusal of the last gate. ``made`` is what
    is read of the call later.
    """
    response = _UnfrozenResponse()
    if answers[-1] is not PASSED:
        response.outcome = _DENIED
    else:
        response.outcome = _ALLOWED if len(answers) == 1 else _INDETERMINATE
    if len(answers) == 1:
        status, response.response_type, response._message, response._body_key = answers[0]
        response.status = status
        response.statuses = (status,)
    else:
        response.statuses = tuple(sorted({answer.status for answer in answers}))
        response.status, response.response_type, response._message, response._body_key = common_answer(answers)
    response.arn = arn
    response._unknown_values = unknown_values
    response._notes = tuple(notes)
    response._step_data = step_data
    response._made = made
    response._assumed = ()
    response.__class__ = GatewayResponse
    return response
