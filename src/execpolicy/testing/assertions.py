"""Assertions on decisions and responses. The message of a failure is the explanation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.errors import UsageError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.testing.case_file.item import NO_ROUTE
from execpolicy.testing.result_view import (
    ResultView,
    gate_of,
    has_unusable_answer,
    unusable_answer,
    without_route,
)

if TYPE_CHECKING:
    from execpolicy.literals import DenialName

#: The type of ``by``: the Sid of a statement, a layer or its name, or several of them.
SidOrLayer = str | Layer | Iterable[str | Layer]

#: The names of the two kinds of denial.
OUTCOME_BY_KIND: Final = {
    "explicit": Outcome.EXPLICIT_DENY,
    "implicit": Outcome.IMPLICIT_DENY,
    "explicit_deny": Outcome.EXPLICIT_DENY,
    "implicit_deny": Outcome.IMPLICIT_DENY,
}
_SHOWN: dict[Outcome | None, str] = {
    Outcome.EXPLICIT_DENY: "an explicit denial",
    Outcome.IMPLICIT_DENY: "an implicit denial",
}
_LAYERS = {layer.value: layer for layer in Layer}


def assert_allowed(result: Decision | GatewayResponse, by: SidOrLayer | None = None) -> None:
    """Assert that a request or a call is allowed.

    Args:
        result: from ``authorize`` or ``Api.invoke``.
        by: what allowed it: the Sid of a statement, a Layer or its name, or a list of them. Each must be among the
            statements that determined the outcome; there can be others.

    Raises:
        AssertionError: it is not allowed; the message is the explanation. An indeterminate outcome is not an allow.
        UsageError: an argument is of the wrong type, or no policy has a statement with that Sid.

    >>> from execpolicy import Caller, Policy, Request, authorize
    >>> reads = Policy.parse({"Statement": {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke",
    ...     "Resource": "arn:aws:execute-api:*:*:*/*/GET/*"}}, kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> assert_allowed(decision, by="Reads")
    """
    __tracebackhide__ = True
    found = ResultView.of(result)
    wanted = _wanted(by, found)
    expected = f"expected an allow{wanted.shown}"
    _check_known(found, expected)
    if not found.result.allowed:
        _fail(found, f"{expected}, found {found.outcome}{_unknown(found, wanted)}")
    _check_sids(found, expected, wanted)
    layers = {layer for layer, _ in found.determining}
    if not layers.issuperset(wanted.layers):
        _fail(found, f"{expected}, found that {_blame(layers, 'allow')}")


def assert_denied(
    result: Decision | GatewayResponse,
    kind: DenialName | int | Outcome | None = None,
    by: SidOrLayer | None = None,
    *,
    gate: str | None = None,
) -> None:
    """Assert that a request is denied, or that API Gateway refuses a call.

    A call is refused if every possible response is a refusal. If several responses are possible, the other conditions
    must hold for each of them.

    A call to a path that the API does not have is refused too, but nothing protects that path. The assertion passes
    for such a call only if ``kind`` is ``no_route`` or 404, or ``gate`` names the gate, so that a misspelled path is
    detected. The same applies to a base path of a custom domain and to a stage that the API does not have. For a call
    whose authorizer fails or returns no usable output (500), it passes only if ``kind`` is 500 or ``gate`` names the
    gate.

    Args:
        result: from ``authorize`` or ``Api.invoke``.
        kind: ``explicit`` or ``implicit``; for a call also the status of the response, or ``no_route``.
        by: what denied it: the Sid of a statement, which must be among those that determined the outcome; a Layer or
            its name, which must be among those that block; or a list of them.
        gate: the gate that refuses the call, as named in the explanation, such as ``API key``.

    Raises:
        AssertionError: it is not denied so; the message is the explanation. An indeterminate outcome is not a denial.
        UsageError: an argument is of the wrong type, or no policy has a statement with that Sid.

    >>> from execpolicy import Request, authorize
    >>> decision = authorize(Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"))
    >>> assert_denied(decision, "implicit", by="identity")
    """
    __tracebackhide__ = True
    found = ResultView.of(result)
    wanted, outcome, status = _wanted(by, found), _outcome(kind, found), _status_of(kind, found)
    denial = "a call without a route" if kind == NO_ROUTE else _SHOWN.get(outcome, "a denial")
    denial += "" if status is None else f" with {status}"
    expected = f"expected {denial}{wanted.shown}{_at(gate, found)}"
    _check_known(found, expected)
    if found.result.allowed:
        _fail(found, f"{expected}, found {found.outcome}")
    _check_status(found, expected, status)
    _check_route(found, expected, kind, gate)
    _check_authorizer(found, expected, kind, gate)
    _check_gate(found, expected, gate)
    if outcome not in (None, found.denial):
        _fail(found, f"{expected}, found {found.outcome}{found.gate}{_unknown(found, wanted)}")
    _check_sids(found, expected, wanted)
    if not found.blocked_by.issuperset(wanted.layers):
        _fail(found, f"{expected}, found that {_blame(found.blocked_by, 'deny')}{found.gate}")


def assert_status(response: GatewayResponse, status: int, *, gate: str | None = None) -> None:
    """Assert that the response to a call has a status; 200 means that the call is allowed.

    For a call to a path, base path or stage that the API does not have, the assertion passes only if the status is 404
    or ``gate`` names the gate, as for ``assert_denied``.

    Args:
        response: from ``Api.invoke``.
        status: from 100 to 599.
        gate: the gate that refuses the call, as named in the explanation, such as ``route`` or ``API key``.

    Raises:
        AssertionError: the status differs, or others are possible too; the message is the explanation.
        UsageError: an argument is of the wrong type.

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> assert_status(api.invoke("GET", "/orders"), 403)
    """
    __tracebackhide__ = True
    found = ResultView.of(response)
    if _status_of(status, found) is None:
        raise UsageError(f"a status is a number from 100 to 599, found {status!r}")
    expected = f"expected the status {status}{_at(gate, found)}"
    _check_status(found, expected, status)
    if status == 200 and not found.result.allowed:
        _fail(found, f"{expected}, found {found.outcome} with a refusal{found.gate}")
    _check_route(found, expected, status, gate)
    _check_gate(found, expected, gate)


class _SidsAndLayers(NamedTuple):
    """The Sids and layers of ``by``; ``shown`` is their form in messages."""

    sids: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()

    @property
    def shown(self) -> str:
        names = [*map(quoted, self.sids), *(f"the layer {layer.value}" for layer in self.layers)]
        return f" by {listed(names, 'and')}" if names else ""


def _wanted(by: object, found: ResultView) -> _SidsAndLayers:
    if by is None:
        return _SidsAndLayers()
    given = tuple(by) if isinstance(by, (list, tuple, set, frozenset)) else (by,)
    if not given:
        raise UsageError("by is an empty list", advice="give a Sid or a layer, or omit by")
    sids: list[str] = []
    layers: list[Layer] = []
    for each in given:
        if isinstance(each, Layer):
            layers.append(each)
        elif not isinstance(each, str) or not each:
            advice = 'write by="PartnerRead", or by=Layer.SCP'
            raise UsageError(f"by is the Sid of a statement, a Layer or a list of them, found {each!r}", advice=advice)
        elif each not in _LAYERS:
            sids.append(each)
        elif each in found.sids():
            advice = f"write by=Layer.{each.upper()} for the layer, or give the statement another Sid"
            raise UsageError(f"by={each!r} names a layer, and a statement of the policies too", advice=advice)
        else:
            layers.append(_LAYERS[each])
    return _SidsAndLayers(tuple(sids), tuple(layers))


def _outcome(kind: object, found: ResultView) -> Outcome | None:
    """The expected kind of denial, if any."""
    if kind is None or (isinstance(kind, int) and not isinstance(kind, bool)):
        return None
    if kind == NO_ROUTE and isinstance(found.result, GatewayResponse):
        return None
    outcome = OUTCOME_BY_KIND.get(kind) if isinstance(kind, str) else kind
    if isinstance(outcome, Outcome) and outcome in _SHOWN:
        return outcome
    advice = did_you_mean(kind, ("explicit", "implicit", NO_ROUTE)) if isinstance(kind, str) else ""
    message = f"kind is explicit, implicit or no_route, or the status of a response, found {kind!r}"
    if kind == NO_ROUTE:
        message, advice = (
            "a decision has no route, so no_route cannot be expected",
            "give the response of a call to an API",
        )
    raise UsageError(message, advice=advice)


def _at(gate: object, found: ResultView) -> str:
    """The expected gate in messages."""
    if gate is None:
        return ""
    if not isinstance(gate, str) or not gate:
        advice = 'write it as the explanation does: gate="API key"'
        raise UsageError(f"gate is the name of a gate, found {gate!r}", advice=advice)
    if not isinstance(found.result, GatewayResponse):
        raise UsageError("a decision has no gates", advice="omit gate, or give the response of a call to an API")
    return f" at the gate {gate}"


def _check_status(found: ResultView, expected: str, status: int | None) -> None:
    """The status must be the expected one, and no other may be possible."""
    __tracebackhide__ = True
    if status is None or not isinstance(found.result, GatewayResponse) or found.result.status == status:
        return
    depends = "" if found.result.status is not None else f": it depends on {found.depends_on}"
    _fail(found, f"{expected}, found {found.outcome}{depends}")


def _check_route(found: ResultView, expected: str, kind: object, gate: str | None) -> None:
    """A call without a route is refused although nothing protects it: the test must expect that."""
    __tracebackhide__ = True
    if kind == NO_ROUTE and not found.is_without_route:
        _fail(found, f"{expected}, found {found.outcome}{found.gate}")
    if not found.is_without_route or kind in (NO_ROUTE, 404) or gate is not None:
        return
    assert isinstance(found.result, GatewayResponse)
    _fail(found, f"{expected}, found {found.outcome}, because {without_route(found.result)}")


def _check_authorizer(found: ResultView, expected: str, kind: object, gate: str | None) -> None:
    """A call whose authorizer fails is refused whatever its policy is: the test must expect that."""
    __tracebackhide__ = True
    if (
        kind is None
        and gate is None
        and isinstance(found.result, GatewayResponse)
        and has_unusable_answer(found.result)
    ):
        _fail(found, f"{expected}, found {found.outcome}, because {unusable_answer(found.result)}")


def _check_gate(found: ResultView, expected: str, gate: str | None) -> None:
    """The gate that refuses must be the expected one, and no other may refuse."""
    __tracebackhide__ = True
    if gate is None or (isinstance(found.result, GatewayResponse) and gate == gate_of(found.result)):
        return
    _fail(found, f"{expected}, found {found.outcome}{found.gate}")


def _status_of(kind: object, found: ResultView) -> int | None:
    """The expected status, if any."""
    if not isinstance(kind, int) or isinstance(kind, bool):
        return None
    if not isinstance(found.result, GatewayResponse):
        advice = "use assert_allowed or assert_denied; a call to an API has a status"
        raise UsageError(f"a decision has no status, so {kind} cannot be expected", advice=advice)
    if not 100 <= kind < 600:
        raise UsageError(f"a status is a number from 100 to 599, found {kind}")
    return kind


def _check_known(found: ResultView, expected: str) -> None:
    """An indeterminate outcome is neither an allow nor a denial."""
    __tracebackhide__ = True
    if found.is_known:
        return
    advice = ": give it in the context" if found.missing_keys else ""
    _fail(found, f"{expected}, found that it depends on {found.depends_on}{advice}")


def _check_sids(found: ResultView, expected: str, wanted: _SidsAndLayers) -> None:
    """All expected Sids must be those of statements that determined the outcome."""
    __tracebackhide__ = True
    there = {sid for _, sid in found.determining if sid is not None}
    if there.issuperset(wanted.sids):
        return
    unknown = _unknown(found, wanted)
    # If a call is refused early, the policies of later gates are not evaluated.
    if unknown and (isinstance(found.result, Decision) or found.result.allowed):
        raise UsageError(unknown.removeprefix("; "), advice="check the spelling, here and in the policy")
    if there:
        which = f" by {listed(map(quoted, sorted(there)), 'and')}"
    else:
        which = " by statements without a Sid" if found.determining else ", which no statement determines"
    _fail(found, f"{expected}, found {found.outcome}{which}{unknown}")


def _unknown(found: ResultView, wanted: _SidsAndLayers) -> str:
    """A note on an expected Sid that no policy has, which is probably misspelled."""
    known = found.sids() if wanted.sids else frozenset()
    for sid in wanted.sids:
        if sid not in known:
            advice = f": {did_you_mean(sid, sorted(known))}" if known else ""
            return f"; no policy that was evaluated has a statement {quoted(sid)}{advice}"
    return ""


def _blame(layers: Collection[Layer], verb: str) -> str:
    names = [layer.value for layer in Layer if layer in layers]
    if len(names) > 1:
        return f"the layers {listed(names, 'and')} {verb} it"
    third_person = {"allow": "allows", "deny": "denies"}[verb]
    return f"{f'the layer {names[0]}' if names else 'no layer'} {third_person} it"


def _fail(found: ResultView, message: str) -> NoReturn:
    __tracebackhide__ = True
    raise AssertionError(f"{message}\n\n{found.text}")
