"""Makes an access matrix: each call of each caller in each context."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from execpolicy.api import Api
from execpolicy.arguments import described
from execpolicy.bulk.access_matrix import CellAnswer, CellOutcome, Matrix, MatrixCall, MatrixCaller, MatrixContext
from execpolicy.bulk.matrix_classes import MatrixClasses
from execpolicy.bulk.matrix_contexts import MatrixContexts
from execpolicy.bulk.not_given import RULES_OF_NOT_GIVEN
from execpolicy.bulk.sample_calls import SampleCall, sample_call
from execpolicy.call import Call
from execpolicy.document.action_name import INVOKE
from execpolicy.document.syntax.wording import counted, listed, quoted
from execpolicy.engine.authorize import authorize
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.layers import Outcome
from execpolicy.engine.request import Request
from execpolicy.errors import RequestError, UsageError
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.context import Context
from execpolicy.language.principal import Principal
from execpolicy.template import Template

if TYPE_CHECKING:
    from execpolicy.gateway.flow.response import GatewayResponse

#: The name of a call without a signature.
ANONYMOUS: Final = "anonymous"
_OUTCOMES: Final = {
    CallOutcome.ALLOWED: CellOutcome.ALLOWED,
    CallOutcome.DENIED: CellOutcome.DENIED,
    CallOutcome.INDETERMINATE: CellOutcome.INDETERMINATE,
}
_DECIDED: Final = {Outcome.ALLOW: CellOutcome.ALLOWED, Outcome.INDETERMINATE: CellOutcome.INDETERMINATE}
#: Advice on how a call is given.
_FORMS: Final = "write a call as 'GET /orders/1', or give a Call or a mapping of the arguments of Api.invoke"


class _CallToSimulate(NamedTuple):
    """A call with what it is made to: an API with the arguments of ``invoke``, or a Target with a resource."""

    shown: MatrixCall
    api: Api | None
    arguments: Mapping[str, Any]


class _Simulation(NamedTuple):
    """Simulates a call by the numbers of caller, call and context. Without an API the target decides."""

    target: Target
    callers: Sequence[MatrixCaller]
    calls: Sequence[_CallToSimulate]
    contexts: MatrixContexts

    def answer(self, caller: int, call: int, context: int) -> CellAnswer:
        """The answer to a call."""
        who, where, made = self.callers[caller].caller, self.contexts.of(caller, call, context), self.calls[call]
        if made.api is None:
            return _decision(self.target, who, made.arguments["resource"], where)
        try:
            return _of_response(made.api.invoke(**made.arguments, caller=who, context=where))
        except RequestError as error:
            if error.rule not in RULES_OF_NOT_GIVEN:
                raise
            return CellAnswer(CellOutcome.INDETERMINATE, (), None, error.message)


def matrix(
    subject: Api | Template | Target,
    callers: Mapping[str, Any] | Iterable[Any] | None = None,
    calls: Iterable[Any] | None = None,
    contexts: Mapping[str, Any] | None = None,
) -> Matrix:
    """Simulate each call of each caller in each context: a cell has the answer of ``Api.invoke``.

    Args:
        subject: an API, a template with several, or a Target, whose calls are ARNs of resources.
        callers: the callers, or a mapping of names to callers: each a Caller, variants of one, a Principal or a text
            that ``Principal.parse`` reads; None is a call without a signature. By default a call without a signature,
            and the callers of the template.
        calls: each ``"GET /orders/1"``, the route key of a WebSocket API, a Call, or a mapping of arguments of
            ``Api.invoke`` with its ``method``. By default one to each route, with a sample value for each parameter.
        contexts: the contexts by their names, each as ``Api.invoke`` takes one. By default one without any key: the
            missing keys of a cell are those that its outcome depends on.

    Returns:
        The matrix.

    Raises:
        RequestError: a call is not valid.
        UsageError: an argument is of the wrong type, or two callers or calls have the same name.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=["GET /health", Route("GET", "/orders/{id}", auth="AWS_IAM")])
    >>> found = matrix(api)
    >>> [f"{cell.call}: {cell.outcome}" for cell in found.cells]
    ['GET /health: allowed', 'GET /orders/1: denied']
    """
    if not isinstance(subject, (Api, Template, Target)):
        raise UsageError(f"subject is an Api, a Template or a Target, found {described(subject)}")
    who = _callers(subject, callers)
    notes: list[str] = []
    if isinstance(subject, Target):
        made = _resources(calls)
    else:
        apis = _apis(subject)
        made = list(_sample_calls(apis, notes) if calls is None else _given_calls(apis, calls))
    _refuse_twice([each.shown.name for each in made], "calls")
    where = _contexts(contexts)
    called = [(each.api, each.arguments) for each in made]
    target = subject if isinstance(subject, Target) else Target()
    simulation = _Simulation(target, who, made, MatrixContexts(where, called))
    classes = MatrixClasses(who, called, where)
    return Matrix(who, [each.shown for each in made], where, answer=simulation.answer, class_of=classes.of, notes=notes)


def _apis(subject: Api | Template) -> dict[str, Api]:
    """The APIs by their names in the matrix: the only one has none."""
    apis = dict(subject.apis) if isinstance(subject, Template) else {"": subject}
    if len(apis) != 1:
        return apis
    (only,) = apis.values()
    return {"": only}


def _callers(subject: Api | Template | Target, given: object) -> tuple[MatrixCaller, ...]:
    if given is None:
        found = [MatrixCaller(ANONYMOUS, None)]
        if isinstance(subject, Template):
            of_template = subject.callers
            found += [MatrixCaller(name, of_template.variants(name).value_or_variants()) for name in of_template]
    elif isinstance(given, Mapping):
        found = [MatrixCaller(_name(name, "caller"), _caller(each)) for name, each in given.items()]
    elif isinstance(given, Iterable) and not isinstance(given, (str, bytes)):
        parts = [_caller(each) for each in given]
        found = [MatrixCaller(_name_of(each), each) for each in parts]
    else:
        raise UsageError(
            f"callers are a list of callers or a mapping of names to callers, found {described(given)}",
            advice="put one caller into a list",
        )
    _refuse_twice([each.name for each in found], "callers")
    return tuple(found)


def _caller(given: object) -> Caller | Variants[Caller] | None:
    if given is None:
        return None
    if isinstance(given, (Principal, str)):
        given = Caller(given)
    if isinstance(given, Caller):
        return None if given.principal.kind == ANONYMOUS else given
    if isinstance(given, Variants):
        return given
    raise UsageError(f"a caller is a Caller, a Principal or a text, found {described(given)}")


def _name_of(caller: Caller | Variants[Caller] | None) -> str:
    if caller is None:
        return ANONYMOUS
    return (caller.values[0] if isinstance(caller, Variants) else caller).principal.arn


def _name(given: object, what: str) -> str:
    if not isinstance(given, str):
        raise UsageError(f"the name of a {what} is a text, found {described(given)}")
    return given


def _refuse_twice(names: Sequence[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UsageError(f"two of the {what} are {quoted(name)}", advice="give each once, or under other names")
        seen.add(name)


def _contexts(given: object) -> tuple[MatrixContext, ...]:
    if given is None:
        return (MatrixContext("", Context()),)
    if not isinstance(given, Mapping):
        message = f"contexts are a mapping of names to contexts, found {described(given)}"
        raise UsageError(message, advice='write contexts={"office": {"aws:SourceIp": "203.0.113.7"}}')
    found = [
        MatrixContext(_name(name, "context"), each if isinstance(each, Context) else Context(each))
        for name, each in given.items()
    ]
    if not found:
        raise UsageError("contexts are empty: there would be no cell", advice="leave them out")
    return tuple(found)


def _sample_calls(apis: Mapping[str, Api], notes: list[str]) -> Iterator[_CallToSimulate]:
    """A call to each route of each API; notes say which routes have none, and what the calls do not have."""
    for label, api in apis.items():
        without: list[str] = []
        for route in api.routes:
            sample = sample_call(api, route)
            if sample is None:
                without.append(route.key)
            else:
                yield _CallToSimulate(_shown(label, api, sample), api, {"method": sample.method, "path": sample.path})
        of_api = f" of {label}" if label else ""
        if without:
            notes.append(f"no call was found that reaches {listed(without, 'and')}{of_api}: other routes take them")
        tokens = [each for each in api.routes if api.auth_of(each) not in (AuthType.NONE, AuthType.AWS_IAM)]
        if tokens:
            notes.append(
                f"the calls to {counted(len(tokens), 'route')}{of_api} with an authorizer have no header and no token: "
                "give calls that have what the authorizer reads"
            )


def _shown(label: str, api: Api, sample: SampleCall) -> MatrixCall:
    return MatrixCall(
        _in_words(label, sample.method, sample.path),
        label,
        api.stage.name,
        sample.method,
        sample.path,
        sample.route,
        sample.values,
    )


def _in_words(label: str, method: str, path: str) -> str:
    words = f"{method} {path}".rstrip()
    return f"{label}: {words}" if label else words


def _given_calls(apis: Mapping[str, Api], given: object) -> Iterator[_CallToSimulate]:
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise UsageError(f"calls are a list of calls, found {described(given)}", advice=_FORMS)
    texts = list(given)
    for label, api in apis.items():
        for each in texts:
            arguments = _arguments_of(each, api)
            call = arguments["method"]
            method, path = (call.method or "", call.path or "") if isinstance(call, Call) else (call, arguments["path"])
            stage = (call.stage or "") if isinstance(call, Call) else arguments.get("stage") or api.stage.name
            shown = MatrixCall(_in_words(label, method, path), label, stage, method, path)
            yield _CallToSimulate(shown, api, arguments)


def _arguments_of(given: object, api: Api) -> Mapping[str, Any]:
    """The arguments of ``Api.invoke`` for a call."""
    if isinstance(given, Call):
        return {"method": given}
    if isinstance(given, Mapping):
        refused = [name for name in ("caller", "context") if name in given]
        if refused or not isinstance(given.get("method"), str):
            found = f"a call with {refused[0]}" if refused else "a call without its method"
            advice = f"give {refused[0]}s= to matrix" if refused else 'such as {"method": "GET", "path": "/orders"}'
            raise UsageError(f"found {found}", advice=advice)
        return {"path": "", **given}
    if not isinstance(given, str):
        raise UsageError(f"a call is a text, a Call or a mapping, found {described(given)}", advice=_FORMS)
    if api.type is ApiType.WEBSOCKET:
        return {"method": given, "path": ""}
    method, blank, path = given.partition(" ")
    if not blank or not path.startswith("/"):
        raise UsageError(f"found the call {quoted(given)}, expected a method and a path", advice=_FORMS)
    return {"method": method, "path": path}


def _resources(given: object) -> list[_CallToSimulate]:
    """The requests of a Target: ARNs of resources."""
    if given is None or isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise UsageError(
            f"the calls of a Target are a list of ARNs of resources, found {described(given)}",
            advice="write calls=['arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders']",
        )
    texts = [_name(each, "resource") for each in given]
    return [_CallToSimulate(MatrixCall(each, "", "", "", each), None, {"resource": each}) for each in texts]


def _of_response(response: GatewayResponse) -> CellAnswer:
    outcome = _OUTCOMES[response.outcome]
    # An earlier gate may refuse the call first, where its result is not known: nobody gets through in any case.
    last = response.steps[-1] if outcome is CellOutcome.DENIED and response.steps else None
    if last is not None and last.gate == "route" and last.passed is False and "GW-26" in last.rules:
        outcome = CellOutcome.NO_ROUTE
    return CellAnswer(outcome, response.statuses, response)


def _decision(target: Target, who: Any, resource: str, context: Context) -> CellAnswer:
    if isinstance(who, Variants):
        raise UsageError("a caller with variants is simulated by an API, not by a Target", advice="give a Caller")
    request = Request(caller=ANONYMOUS if who is None else who, action=INVOKE, resource=resource, context=context)
    decision = authorize(request, target)
    return CellAnswer(_DECIDED.get(decision.outcome, CellOutcome.DENIED), (), decision)
