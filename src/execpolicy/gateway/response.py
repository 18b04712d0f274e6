"""What a caller gets: status, gateway response, message, and every gate that was passed or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

from execpolicy.document.wording import printable
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.engine.outline import Line
from execpolicy.frozen import Frozen
from execpolicy.gateway.names import ResponseType
from execpolicy.gateway.refusals import Refusal

SCHEMA_VERSION = 1


class Step(NamedTuple):
    """One gate: its number in the flow, whether the call passed (None: not known), and why.

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> api.invoke("GET", "/orders").steps[-1].gate
    'signature'
    """

    number: str
    gate: str
    passed: bool | None
    detail: str
    rules: tuple[str, ...] = ()
    decision: Decision | None = None


#: A text, or the function that makes it when it is asked for, and what it takes.
Told = str | tuple[Callable[..., str], *tuple[Any, ...]]

#: A step whose detail may still have to be made: what is told of a gate takes longer than to pass it.
Passage = tuple[str, str, bool | None, Told, tuple[str, ...], Decision | None]


def text_of(told: Told) -> str:
    """The text that is told."""
    return told if isinstance(told, str) else told[0](*told[1:])


class _Made:
    """A response while it is made: its slots can be set, at a third of what it takes to set those of a response."""

    __slots__ = ("_told", "arn", "body_key", "notes", "response_type", "status")
    status: int | None
    response_type: ResponseType | None
    body_key: str
    arn: str
    notes: tuple[str, ...]
    #: The message and the steps, which are made when they are asked for.
    _told: tuple[Told, Sequence[Passage]]


class GatewayResponse(_Made, Frozen):
    """The answer to a call: what ``Api.invoke`` returns.

    ``status`` is the HTTP status, 200 for a call that reaches its integration, None where that is not known.
    ``response_type`` is the gateway response that it ends in (REST and WebSocket APIs), ``message`` the text of its
    body, ``decision`` the decision of the policies that settled it, ``steps`` every gate on the way, ``notes`` what
    else should be known, such as a reading of AWS's pages that differs.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> api.invoke("GET", "/orders").message
    'Missing Authentication Token'
    """

    __slots__ = ()
    #: The HTTP status, None where it is not known.
    status: int | None
    #: The gateway response that the call ends in; HTTP APIs have none.
    response_type: ResponseType | None
    #: The name of the message in the body.
    body_key: str
    #: The ARN of the call.
    arn: str
    #: What else should be known.
    notes: tuple[str, ...]

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
    ) -> None:
        self._set(
            status=status,
            response_type=response_type,
            body_key=body_key,
            arn=arn,
            notes=notes,
            _told=(message, tuple(steps)),
        )

    @classmethod
    def of(cls, refusal: Refusal, arn: str, passages: Sequence[Passage], notes: Iterable[str]) -> GatewayResponse:
        """The answer to a call with this ARN, after these gates."""
        made: Any = _Made()
        made.status, made.response_type, message, made.body_key = refusal
        made.arn = arn
        made.notes = tuple(notes)
        made._told = message, passages
        made.__class__ = cls
        response: GatewayResponse = made
        return response

    def with_notes(self, notes: Iterable[str]) -> GatewayResponse:
        """The same response with more notes."""
        message, passages = self._told
        refusal = Refusal(self.status, self.response_type, message, self.body_key)
        return GatewayResponse.of(refusal, self.arn, passages, (*self.notes, *notes))

    @property
    def message(self) -> str:
        """The text of the body, with what a terminal might obey as an escape; empty where API Gateway writes none."""
        return printable(text_of(self._told[0]))

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every gate on the way."""
        return tuple(
            Step(number, gate, passed, text_of(detail), rules, decision)
            for number, gate, passed, detail, rules, decision in self._told[1]
        )

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("arn", "body_key", "message", "notes", "response_type", "status", "steps")

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._fields()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        GatewayResponse.__init__(self, **state)

    @property
    def allowed(self) -> bool:
        """Whether the call gets through."""
        return self.status == 200

    @property
    def decision(self) -> Decision | None:
        """The decision of the last policies that had a say: of a refused call, those that refused it.

        Where the answer is not known, it is the first decision that is not.
        """
        passages = self._told[1]
        if self.status is None:
            return next((decision for _, _, passed, _, _, decision in passages if passed is None), None)
        return next((passage[5] for passage in reversed(passages) if passage[5] is not None), None)

    @property
    def body(self) -> dict[str, str | None]:
        """The body of a refusal as API Gateway writes it; empty for a call that gets through."""
        return {} if self.allowed or self.status is None else {self.body_key: self.message or None}

    def __bool__(self) -> bool:
        from execpolicy.errors import UsageError

        raise UsageError(
            "a GatewayResponse is neither true nor false",
            advice="ask response.allowed: an answer that is a refusal would pass as true",
        )

    def explain(self) -> GatewayExplanation:
        """Why: each gate in order, with the statements of the policies that settled it."""
        return GatewayExplanation(self)

    def to_dict(self) -> dict[str, Any]:
        """The response as plain data, by the schema ``docs/schemas/response-1.json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "allowed": self.allowed,
            "status": self.status,
            "response_type": None if self.response_type is None else self.response_type.value,
            "message": self.message or None,
            "body": self.body,
            "arn": self.arn or None,
            "notes": list(self.notes),
            "steps": [
                {
                    "number": step.number,
                    "gate": step.gate,
                    "passed": step.passed,
                    "detail": step.detail,
                    "rules": list(step.rules),
                    "decision": None if step.decision is None else step.decision.to_dict(),
                }
                for step in self.steps
            ],
        }

    def _repr_html_(self) -> str:
        return self.explain().html()


_MARKS = {True: "passed", False: "refused", None: "not known"}


def _decision_lines(decision: Decision) -> Iterator[Line]:
    """A decision below its gate, without the message, which the answer itself has."""
    for line in decision.explain().lines():
        if line.text != printable(decision.message):
            yield line._replace(depth=line.depth + 2)


class GatewayExplanation(Frozen):
    """The account of a response. ``str()`` is the text for people."""

    __slots__ = ("response",)
    response: GatewayResponse

    def __init__(self, response: GatewayResponse) -> None:
        self._set(response=response)

    def lines(self) -> Iterator[Line]:
        """The account line by line, for whoever sets it in text, colour or HTML; nothing in it moves a cursor."""
        for line in self._lines():
            yield line._replace(text=printable(line.text))

    def _lines(self) -> Iterator[Line]:
        response = self.response
        yield Line(0, self._style(), self._headline())
        if response.arn:
            yield Line(1, "fact", response.arn)
        for step in response.steps:
            style = {True: "passed_over", False: "failed", None: "undecided"}[step.passed]
            yield Line(0, style, f"{step.number}. {step.gate}: {_MARKS[step.passed]}: {step.detail}")
            if step.decision is not None:
                yield from _decision_lines(step.decision)
        for note in response.notes:
            yield Line(0, "assumed", note)

    def _style(self) -> str:
        if self.response.status is None:
            return Outcome.INDETERMINATE.value
        return str((Outcome.ALLOW if self.response.allowed else Outcome.EXPLICIT_DENY).value)

    def _headline(self) -> str:
        response = self.response
        if response.status is None:
            return "INDETERMINATE: it depends on what is not known of the call"
        if response.allowed:
            return "200: the call gets through"
        kind = f" {response.response_type.value}" if response.response_type is not None else ""
        return f"{response.status}{kind}: {response.message or 'no message'}"

    def html(self) -> str:
        """The text as an HTML fragment, each line marked with what it is."""
        rows = (
            f'<div class="execpolicy-{line.style}" style="margin-left:{line.depth * 1.5}em">{escape(line.text)}</div>'
            for line in self.lines()
        )
        return f'<div class="execpolicy" style="font-family:monospace">{"".join(rows)}</div>'

    def __str__(self) -> str:
        return "\n".join(f"{'  ' * line.depth}{line.text}" for line in self.lines())

    def _repr_html_(self) -> str:
        return self.html()
