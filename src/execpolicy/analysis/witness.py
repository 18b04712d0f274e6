"""Witnesses: requests that show a difference. The engine decides each of them before it is shown (ANA-2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.carried_values import ISSUED
from execpolicy.analysis.invariants.call_pattern import CONNECT
from execpolicy.analysis.permitted import NAMES_OF_PERMITTED
from execpolicy.analysis.resource_fields import OF_ACCOUNT, OF_REGION
from execpolicy.document.action_name import EXECUTE_API_ACTIONS
from execpolicy.engine.caller import Caller
from execpolicy.engine.clause import spelled
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.engine.request import Request
from execpolicy.errors import RequestError
from execpolicy.language.arn import read_resource
from execpolicy.language.context import Context
from execpolicy.language.context_keys import DOUBTFUL_KEYS, MULTI_FACTOR, find_context_key
from execpolicy.language.principal import ANONYMOUS, SESSION, USER
from execpolicy.language.request_details import FALSE_OR_ABSENT

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.box import Box
    from execpolicy.analysis.dimensions.dimension import ValueExample
    from execpolicy.analysis.side import Side
    from execpolicy.analysis.space import Space
    from execpolicy.engine.decision import DeterminingStatement
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.language.principal import Principal

#: So many values of each dimension are tried.
_EXAMPLES = 3
#: No dimension gives more.
_ALL_EXAMPLES = 64
#: The methods in the order in which witnesses prefer them.
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class Witness(Frozen):
    """A request or a call that shows a difference, with the decisions of both sides.

    Attributes:
        request: the request; on each side the caller has the policies of that side. None for a call to an API.
        call: the call to an API; None for a request.
        before: the decision, or the response, before the change; None where only one version is analysed.
        after: the one after it.
        statements: the statements that decide, of both sides.

    >>> from execpolicy import Policy, compare
    >>> def reads(resource: str) -> Policy:
    ...     return Policy.parse({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
    ...         "Resource": resource}}, kind="resource")
    >>> print(compare(reads("execute-api:/*/GET/*"), reads("execute-api:/*")).newly_allowed[0])
    execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/POST/ by anonymous
      before: implicit deny
      after:  allow by Statement[0] (<policy>)
    """

    __slots__ = ("_preference", "after", "before", "call", "request", "statements")
    request: Request | None
    call: WitnessCall | None
    before: Decision | GatewayResponse | None
    after: Decision | GatewayResponse
    statements: tuple[DeterminingStatement, ...]
    _preference: tuple[Any, ...]

    def __init__(
        self,
        shown: Request | WitnessCall,
        before: Decision | GatewayResponse | None,
        after: Decision | GatewayResponse,
        preference: tuple[Any, ...] = (),
    ) -> None:
        self._set(
            request=shown if isinstance(shown, Request) else None,
            call=None if isinstance(shown, Request) else shown,
            before=before,
            after=after,
            statements=(*(() if before is None else deciding_statements(before)), *deciding_statements(after)),
            _preference=preference,
        )

    @property
    def preference(self) -> tuple[Any, ...]:
        """What orders witnesses: the smallest is shown first."""
        return self._preference

    def __str__(self) -> str:
        """The request and the outcomes, on a line each."""
        shown = str(self.call) if self.request is None else _words(self.request)
        if self.before is None:
            return f"{shown}\n  {_outcome(self.after)}"
        return f"{shown}\n  before: {_outcome(self.before)}\n  after:  {_outcome(self.after)}"


class WitnessCall(NamedTuple):
    """A call to an API.

    Attributes:
        method: the method, or ``$connect``.
        path: the path after the stage; with a host the whole path of the URL. ``$connect`` without a host has none.
        stage: the name of the stage that the call leads to; after a change, if it leads to one there.
        principal: the signer; the anonymous one for a call without a signature.
        context: the context keys of the call.
        arguments: the other arguments of ``Api.invoke``: headers, claims, what an authorizer returns.
        arguments_before: the same for the version before a change, where its Lambda authorizer has another definition
            and answers by itself, or one version does not have the host; None if ``arguments`` are those of both.

    >>> from execpolicy import Api, Route, prove
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders")])
    >>> print(prove("nobody may call GET /orders", api).witness.call)
    GET /orders on prod by anonymous
    """

    method: str
    path: str
    stage: str
    principal: Principal
    context: Mapping[str, tuple[str, ...]]
    arguments: Mapping[str, Any]
    arguments_before: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        each = _INDEPENDENT if self.authorizer_outputs else ""
        who = f"by {_who(self.principal)}{_of_context(self.context)}{each}"
        if self.host is None:
            return " ".join(filter(None, (self.method, self.path, "on", self.stage, who)))
        scheme = "wss" if self.method == CONNECT else "https"
        return f"{self.method} {scheme}://{self.host}{self.path} {who}"

    @property
    def host(self) -> str | None:
        """The host that is called with the whole path; None for a call to the stage by the API's own host."""
        return self.arguments.get("domain_name") or (self.arguments_before or {}).get("domain_name")

    @property
    def authorizer_outputs(self) -> tuple[Any, ...]:
        """What the Lambda authorizers of both versions return, where they answer independently; empty otherwise."""
        outputs = [each.get("authorizer_output") for each in (self.arguments_before or {}, self.arguments)]
        return () if None in outputs or outputs[0] == outputs[1] else tuple(outputs)


#: What is said of a call whose authorizer has another definition in each version (ANA-3).
_INDEPENDENT = " (the authorizers of both versions answer independently)"


def _words(request: Request) -> str:
    caller = _who(request.caller.principal)
    return f"{request.action} on {request.resource} by {caller}{_of_context(request.context.values)}"


def _who(principal: Principal) -> str:
    """The caller; of a session also its role, if that has a path, which the ARN of the session does not show."""
    has_path = principal.kind == SESSION and principal.path not in (None, "/")
    return f"{principal.arn} (a session of {principal.role_arn})" if has_path else principal.arn


def _of_context(values: Mapping[str, tuple[str, ...]]) -> str:
    return "".join(f" {name}={','.join(each)}" for name, each in values.items() if each)


def deciding_statements(answer: Decision | GatewayResponse) -> tuple[DeterminingStatement, ...]:
    """The statements that decide: of a response those of the last gate that has a decision.

    The policies that are taken for granted of a caller are left out: they are no one's text.
    """
    decisions = [answer] if isinstance(answer, Decision) else [step.decision for step in answer.steps]
    deciding = [each for each in decisions if each is not None][-1:]
    return tuple(
        each for found in deciding for each in found.determining_statements if each.policy not in NAMES_OF_PERMITTED
    )


def _outcome(answer: Decision | GatewayResponse) -> str:
    outcome = answer.outcome.value.replace("_", " ") if isinstance(answer, Decision) else str(answer.status)
    places = ", ".join(map(_place, deciding_statements(answer)))
    return f"{outcome} by {places}" if places else outcome


def _place(statement: DeterminingStatement) -> str:
    name = statement.sid or f"Statement[{statement.index}]"
    span = statement.span
    return f"{name} ({statement.policy}:{span.line})" if span else f"{name} ({statement.policy})"


#: Keys that some requests may have or lack: whether one is false or absent is not known, and whether a call that a
#: service makes for its caller has an address.
_GIVEN_AS_ABSENT = (*DOUBTFUL_KEYS, "aws:sourceip")


class RequestParts(NamedTuple):
    """What a request is made of, one part of it from each dimension."""

    principal: Principal
    action: str
    resource: str
    keys: Mapping[str, tuple[str, ...]]

    def request(self, caller: Caller | None) -> Request:
        """The request, of a given caller or of the principal without policies.

        A key that the request lacks is given as absent, if it could have the key (KEY-4, KEY-7). A key that is false or
        absent, whichever denies, is not given (KEY-7).

        Raises RequestError: no such request exists.
        """
        return Request(
            caller=Caller(self.principal) if caller is None else caller,
            action=self.action,
            resource=self.resource,
            context=context_of(self.given),
            resource_account=self._account,
        )

    @property
    def called(self) -> tuple[str, str, str] | None:
        """The stage, the method and the path of a call; None if the ARN is not that of a call."""
        _, *fields = self.resource.split("/", 3)
        if len(fields) < len(("stage", "method")):
            return None
        stage, method, *rest = fields
        return stage, method, "".join(f"/{each}" for each in rest)  # the route of a WebSocket API has no path

    @property
    def _account(self) -> str | None:
        """The account of the resource, where its ARN does not say it."""
        if read_resource(self.resource).account:
            return None
        return next(iter(self.keys.get(OF_ACCOUNT, ())), self.principal.account or None)

    @property
    def given(self) -> Mapping[str, tuple[str, ...]]:
        """The keys that the context gives: those with values, and some that it gives as absent."""
        arn = read_resource(self.resource)
        # What the ARN says, the context does not; nor does it give a key that may be either false or absent.
        said = (OF_ACCOUNT, OF_REGION) if arn.region else (OF_ACCOUNT,)
        either = [key for key, values in self.keys.items() if values is FALSE_OR_ABSENT]
        given = ((key, values) for key, values in self.keys.items() if values or key in _GIVEN_AS_ABSENT)
        found = {key: values for key, values in given if key not in said and key not in either}
        # Of users, only those with temporary credentials may have the key of multi-factor authentication as false.
        return {**ISSUED, **found} if MULTI_FACTOR in either and self.principal.kind == USER else found

    @property
    def preference(self) -> tuple[Any, ...]:
        """What orders witnesses (ANA-2): an action that exists, few keys, no credentials, a short path, GET first."""
        present, has_credentials, rank = self.order
        return (not self._action_exists, present, has_credentials, len(self.resource), rank, self.resource)

    @property
    def order(self) -> tuple[int, bool, int]:
        """The number of its keys, whether it needs credentials, and the place of its method."""
        present = sum(1 for values in self.keys.values() if values)
        method = self.resource.split("/", 3)[2:3]
        rank = _METHODS.index(method[0]) if method and method[0] in _METHODS else len(_METHODS)
        return present, self.principal.kind != ANONYMOUS, rank

    @property
    def _action_exists(self) -> bool:
        """Whether AWS has the action. A policy can name others of execute-api, which no call has today."""
        return self.action in EXECUTE_API_ACTIONS or not self.action.lower().startswith("execute-api:")


def context_of(values: Mapping[str, tuple[str, ...]]) -> Context:
    """The context with some values of keys; a key that is in no catalogue is accepted, as one version may not name it.

    Raises RequestError: no such context exists.
    """
    others = [key for key in values if find_context_key(key) is None]
    context = {spelled(key): list(each) for key, each in values.items()}
    return Context(context, allow_unknown=others) if others else Context(context)


def requests_in(box: Box, space: Space) -> Iterator[RequestParts]:
    """Some requests of a box, first that of the best value of each dimension, then those with one other value."""
    found = {name: _best(each.examples(box[name])) for name, each in space.dimensions.items()}
    best = {name: examples[0] for name, examples in found.items()}
    yield _parts(best, space)
    for name, examples in found.items():
        for other in examples[1:]:
            yield _parts({**best, name: other}, space)


def _best(examples: Iterator[ValueExample]) -> list[ValueExample]:
    """The first examples, and first of all the anonymous caller, who needs no credentials."""
    several = list(islice(examples, _ALL_EXAMPLES))
    several.sort(key=lambda example: example.principal is None or example.principal.kind != ANONYMOUS)
    return several[:_EXAMPLES]


def _parts(examples: Mapping[str, ValueExample], space: Space) -> RequestParts:
    view = space.base
    principal, action, resource = view.principal, view.key_values.action, view.resource
    keys: dict[str, tuple[str, ...]] = {}
    for example in examples.values():
        principal = example.principal or principal
        action = example.action or action
        resource = example.resource or resource
        keys.update(example.keys)
    return RequestParts(principal, action, resource, keys)


def confirmed(parts: RequestParts, _: Box, *, before: Side, after: Side, allowed_after: bool) -> Witness | None:
    """The witness of a request, if the engine confirms that it is allowed on one side only, the meant one."""
    decided = _decided_by(parts, before, after)
    if decided is None or Outcome.INDETERMINATE in (decided.before.outcome, decided.after.outcome):
        return None
    is_meant = (decided.before.allowed, decided.after.allowed) == (not allowed_after, allowed_after)
    return Witness(*decided, parts.preference) if is_meant else None


def confirmed_deny(parts: RequestParts, _: Box, *, before: Side, after: Side, denied_after: bool) -> Witness | None:
    """The witness of a request that a Deny refuses on one side only, the meant one, and that no side allows."""
    decided = _decided_by(parts, before, after)
    if decided is None:
        return None
    denied, not_denied = (decided.after, decided.before) if denied_after else (decided.before, decided.after)
    is_meant = (denied.outcome, not_denied.outcome) == (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
    return Witness(*decided, parts.preference) if is_meant else None


class _DecidedRequest(NamedTuple):
    """A request, and the decisions of both sides."""

    request: Request
    before: Decision
    after: Decision


def _decided_by(parts: RequestParts, before: Side, after: Side) -> _DecidedRequest | None:
    """The request that is made of some parts, decided by both sides; None if there is no such request."""
    try:
        request = parts.request(after.caller)
        return _DecidedRequest(request, before.decide(parts.request(before.caller)), after.decide(request))
    except RequestError:
        return None
