"""Runs calls and sequences of calls against an API, and compares the responses with what they expect."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.api import Api
from execpolicy.arguments import instance, instance_or_none
from execpolicy.document.syntax.nodes import NodeInSource
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.layers import Outcome
from execpolicy.errors import ExecPolicyError, UsageError
from execpolicy.gateway.authorizers.cache import AuthorizerCache
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.response_words import depends_on, statuses_of
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.gateway.model.names import ApiType
from execpolicy.handler.local_handler import LocalHandler
from execpolicy.testing.case_file.calls import NONE, CallCase, CallExpectation, Invocation, SequenceCase
from execpolicy.testing.case_file.item import ERROR, NO_ROUTE
from execpolicy.testing.result_view import (
    candidates,
    gate_of,
    has_several_answers,
    has_unusable_answer,
    is_without_route,
    unusable_answer,
    without_route,
)
from execpolicy.testing.run.compare import ComparedLine, DecisionFacts, compare_error, compare_sets
from execpolicy.testing.run.result import CaseResult, result_of

_DENY = "deny"
#: The outcomes of calls, as case files name them.
_SHORT = {CallOutcome.ALLOWED: "allow", CallOutcome.DENIED: _DENY}
#: The two kinds of denial by policies.
_KINDS = (Outcome.EXPLICIT_DENY.value, Outcome.IMPLICIT_DENY.value)


def run_call(case: CallCase, cache: AuthorizerCache | None = None) -> CaseResult:
    """Simulate the call of a case and compare the response with what the case expects.

    Args:
        case: from ``load_cases``.
        cache: the authorizer cache to use, if any.

    Returns:
        The result: whether the case passed, what was expected and found, and the response.
    """
    instance(case, CallCase, "case")
    instance_or_none(cache, AuthorizerCache, "cache")
    response: GatewayResponse | None = None
    error = case.refusal
    if error is None:
        if case.api is None or case.call is None:
            raise UsageError("the case has neither an API and a call nor a refusal, and tests nothing")
        try:
            response = _respond(case.api, case.call, cache)
        except ExecPolicyError as raised:
            error = raised
    if error is not None:
        return result_of(case, [compare_error(case.expected, _wanted(case.expected), error)], error=error)
    assert response is not None
    has_types = case.api is not None and case.api.type is not ApiType.HTTP
    return result_of(case, _compare(case.expected, response, has_types=has_types), response=response)


def run_sequence(case: SequenceCase) -> CaseResult:
    """Simulate the calls of a sequence in order, with one authorizer cache, and compare each response.

    Args:
        case: from ``load_cases``.

    Returns:
        The result: whether all calls passed; ``calls`` has the result of each.
    """
    instance(case, SequenceCase, "case")
    if not case.calls:
        raise UsageError("the sequence has no calls, and tests nothing")
    cache = AuthorizerCache()
    results = [run_call(call, cache) for call in case.calls]
    return CaseResult(
        case,
        expected=[f"{result.case.name}: {line}" for result in results for line in result.expected],
        found=[f"{result.case.name}: {line}" for result in results for line in result.found],
        passed=all(result.passed for result in results),
        calls=results,
    )


def _respond(api: Api, call: Invocation, cache: AuthorizerCache | None) -> GatewayResponse:
    return api.invoke(
        call.method,
        call.path,
        caller=call.caller,
        headers=call.headers,
        query=call.query,
        context=call.context,
        vpc_endpoint_policy=call.vpc_endpoint,
        domain_name=call.domain,
        authorizer_output=_answer(call),
        claims=call.claims,
        cache=cache,
        at=call.at,
        signature=call.signature,
        client_certificate=call.client_certificate,
        limits=call.limits,
        signature_regions=call.signature_regions,
    )


def _answer(call: Invocation) -> LocalHandler | NodeInSource | str | Exception | None:
    """The function, what it returns, or the exception that it raises."""
    if call.authorizer_raises is not None:
        return Exception(call.authorizer_raises)
    return call.authorizer_output


def _wanted(expected: CallExpectation) -> str:
    if expected.outcome == ERROR:
        return f'error: "{expected.error}"'
    return expected.outcome or str(expected.status)


def _compare(expected: CallExpectation, response: GatewayResponse, *, has_types: bool) -> Iterable[ComparedLine]:
    """The lines of the comparison.

    ``has_types``: whether responses of the API have a response type, which those of HTTP APIs do not.
    """
    wanted, found = _wanted(expected), _found(expected, response)
    yield wanted, found, found == wanted
    if expected.statuses is not None:
        yield _compared("statuses", _listed(expected.statuses), _listed(response.statuses))
    if expected.response_type is not None:
        is_known = response.response_type is not None or not (has_types and has_several_answers(response))
        yield _compared_if_known(
            "response_type", expected.response_type, response.response_type or NONE, response, is_known=is_known
        )
    if expected.message is not None:
        is_known = response.allowed or bool(response.body_key)
        yield _compared_if_known("message", expected.message, response.message, response, is_known=is_known)
    if expected.gate is not None:
        yield _compared("gate", expected.gate, gate_of(response))
    unlike = _unlike_layers(response)
    for wanted, found, met in compare_sets(expected, _decided(response)):
        yield (wanted, unlike, False) if unlike and wanted.startswith("layer: ") else (wanted, found, met)
    if expected.explains:
        explanation = str(response.explain().full())
        yield from (_part("explains", part, [explanation], shown=False) for part in expected.explains)
    yield from (_part("note", part, response.notes, shown=True) for part in expected.notes)


def _found(expected: CallExpectation, response: GatewayResponse) -> str:
    """The expected status or outcome if it is met; otherwise the actual one with the reason."""
    outcome, status = response.outcome, statuses_of(response)
    if outcome is CallOutcome.INDETERMINATE:
        if expected.outcome == outcome.value:
            return outcome.value
        return f"{outcome.value} ({status}), which depends on {depends_on(response)}"
    if is_without_route(response):
        return _without_route(expected, response)
    if has_unusable_answer(response) and expected.outcome == _DENY and expected.gate is None:
        return f"{status}: {unusable_answer(response)}"
    if expected.outcome in _KINDS and outcome is CallOutcome.DENIED:
        return _kind(expected, response)
    if expected.outcome == _SHORT[outcome]:
        return expected.outcome
    if outcome is CallOutcome.DENIED and response.status == 200:
        return "200, sent with a refusal"
    return status if response.status is not None else f"{status}, which depends on {depends_on(response)}"


def _without_route(expected: CallExpectation, response: GatewayResponse) -> str:
    """The result of a call without a route, which is refused although nothing protects it: a case must expect that."""
    if expected.outcome == NO_ROUTE:
        return NO_ROUTE
    status = str(response.status)
    # The gate is compared separately.
    if expected.gate is not None:
        return _DENY if expected.outcome == _DENY else status
    if expected.status == response.status == 404:
        return status
    return f"{status}: {without_route(response)}"


def _kind(expected: CallExpectation, response: GatewayResponse) -> str:
    """How policies refuse a call: by an explicit or an implicit deny."""
    status = statuses_of(response)
    if has_several_answers(response):
        return f"{status}; which gate refuses, and how, depends on {depends_on(response)}"
    kind = response.decision.outcome.value if response.decision is not None else ""
    return kind if kind == expected.outcome else f"{status} ({kind or 'no policy refused'})"


def _decided(response: GatewayResponse) -> DecisionFacts:
    """The facts of the decisions that determine the response: for a refused call, of the gate that refuses.

    If several responses are possible, they are those of all gates that refuse or may refuse; then no statement
    determines the response.
    """
    decisions = [step.decision for step in response.steps if step.decision is not None]
    if response.allowed:
        return DecisionFacts.of(decisions[-1:])._replace(assumed=response.assumed)
    if not has_several_answers(response):
        found = DecisionFacts.of([response.decision] if response.decision is not None else [])
        return found._replace(assumed=response.assumed)
    found = DecisionFacts.of(step.decision for step in candidates(response) if step.decision is not None)
    keys = frozenset(key.lower() for key in response.deciding_keys)
    return found._replace(sids=frozenset(), missing_keys=found.missing_keys | keys, assumed=response.assumed)


def _unlike_layers(response: GatewayResponse) -> str:
    """The layers that block in each possible response, if these differ; empty otherwise."""
    if response.allowed or not has_several_answers(response):
        return ""
    blocking = [
        () if step.decision is None else sorted(layer.value for layer in step.decision.blocked_by)
        for step in candidates(response)
    ]
    shown = list(dict.fromkeys(", ".join(layers) or "none" for layers in blocking))
    return f"layer: {listed(shown)}, which depends on {depends_on(response)}" if len(shown) > 1 else ""


def _compared_if_known(
    name: str, expected: str, found: str, response: GatewayResponse, *, is_known: bool
) -> ComparedLine:
    """The line for a field of the response. If the possible responses differ in it, no expected value is met."""
    if is_known:
        return _compared(name, expected, found)
    return f"{name}: {expected or 'none'}", f"{name}: not known, it depends on {depends_on(response)}", False


def _listed(statuses: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(statuses)))


def _compared(name: str, expected: str, found: str) -> ComparedLine:
    return f"{name}: {expected or 'none'}", f"{name}: {found or 'none'}", expected == found


def _part(name: str, part: str, texts: Iterable[str], *, shown: bool) -> ComparedLine:
    """The line for a part that one of the texts must contain; with ``shown``, a failure quotes the texts."""
    found = part if any(part in text for text in texts) else None
    if found is None:
        found = ("; ".join(texts) if shown else "") or "nothing like it"
        return f"{name}: {part}", f"{name}: {found}", False
    return f"{name}: {part}", f"{name}: {found}", True
