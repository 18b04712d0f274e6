"""Requests that show what findings say: the engine answers them, and a command asks the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from shlex import join, quote
from typing import Any, Final

from execpolicy.api import Api
from execpolicy.document.action_name import INVOKE
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.authorize import authorize
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.decision import Decision
from execpolicy.engine.request import Request
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.names import AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.language.truth import Truth
from execpolicy.linter.finding import ShownRequest
from execpolicy.linter.requests.typical_call import TypicalCall
from execpolicy.linter.subject import ApiSubject, PolicySubject

_CHECK: Final = ("execpolicy", "check")
#: So many routes are tried for one finding.
_MOST_ROUTES: Final = 5


def shown_by_policy(
    subject: PolicySubject, call: TypicalCall | None, number: int, *, applies: bool
) -> ShownRequest | None:
    """The request of a call, if the engine confirms that a statement applies to it, or does not.

    Args:
        subject: the policy.
        call: the call.
        number: the number of the statement.
        applies: what the finding says of the statement.

    Returns:
        The request; None if there is no call, or the engine does not confirm it.
    """
    if call is None:
        return None
    try:
        if subject.api is not None:
            return _by_call(subject, subject.api, call, number, applies=applies)
        decision = _decide(subject.policy, call)
    except ExecPolicyError:
        return None
    if _applies([decision], subject.policy, number) is not applies:
        return None
    words = (*_CHECK, *subject.given, "--as", call.caller, "--on", call.resource)
    return ShownRequest(join((*words, *_context(call.context))), str(decision.outcome), number, applies)


def _decide(policy: Policy, call: TypicalCall) -> Decision:
    def given(kind: PolicyKind) -> Policy | None:
        return policy if policy.kind is kind else None

    caller = Caller(
        call.caller,
        identity=given(PolicyKind.IDENTITY) or (),
        boundary=given(PolicyKind.BOUNDARY),
        session=given(PolicyKind.SESSION) or (),
        scps=[[policy]] if policy.kind is PolicyKind.SCP else (),
    )
    target = Target(resource=given(PolicyKind.RESOURCE), vpc_endpoint=given(PolicyKind.VPC_ENDPOINT))
    request = Request(caller=caller, action=INVOKE, resource=call.resource, context=call.context)
    return authorize(request, target)


def _by_call(
    subject: PolicySubject, api: ApiDefinition, call: TypicalCall, number: int, *, applies: bool
) -> ShownRequest | None:
    signer = call.caller if call.caller != "anonymous" else f"arn:aws:iam::{api.account}:user/ann"
    callable_routes = (route for route in api.routes if _needs_no_token(api, route))
    for route in islice(callable_routes, _MOST_ROUTES):
        caller = "" if api.auth_of(route) is AuthType.NONE else signer
        shown, response = ask_api(ApiSubject(api, subject.given), route, caller=caller, context=call.context)
        decisions = (step.decision for step in response.steps if step.decision is not None)
        if _applies(decisions, subject.policy, number) is applies:
            return shown._replace(statement=number, applies=applies)
    return None


def _needs_no_token(api: ApiDefinition, route: Route) -> bool:
    """Whether a call of a route can be made without a token and an API key."""
    return api.auth_of(route) in (AuthType.NONE, AuthType.AWS_IAM) and not route.api_key_required


def _applies(decisions: Iterable[Decision], policy: Policy, number: int) -> Truth:
    """Whether a statement applies to the request of the decisions."""
    for decision in decisions:
        for evaluated in decision.evaluation.layers.values():
            for row, result in zip(evaluated.table.rows, evaluated.results, strict=True):
                if row.statement.policy is policy and row.statement.statement.number == number:
                    return result.applies
    return None


def _context(context: Mapping[str, str]) -> Iterator[str]:
    for key, value in context.items():
        yield from ("--context", f"{key}={value}")


def ask_api(
    subject: ApiSubject,
    route: Route,
    *,
    method: str = "",
    caller: str = "",
    domain: str = "",
    headers: Mapping[str, str] | None = None,
    context: Mapping[str, str] | None = None,
    output: Mapping[str, Any] | None = None,
) -> tuple[ShownRequest, GatewayResponse]:
    """A call of a route, with API Gateway's response.

    Args:
        subject: the API.
        route: the route.
        method: the method; by default that of the route, GET for one of all methods.
        caller: the signer; empty for a call without a signature.
        domain: the custom domain that is called; empty for the default endpoint.
        headers: the headers of the call.
        context: its condition keys.
        output: what the Lambda authorizer returns.

    Raises:
        ExecPolicyError: the call cannot be made.
    """
    api = subject.api
    verb = method or ("GET" if route.method in ("ANY", "$default") else route.method)
    path = path_of(route)
    words = [*_CHECK, verb, path, *subject.given]
    if not domain and len(api.stages) > 1:
        words += ["--stage", api.stage.name]
    words += ["--domain", domain] if domain else []
    words += ["--as", caller] if caller else []
    for name, value in (headers or {}).items():
        words += ["-H", f"{name}: {value}"]
    words += _context(context or {})
    response = _as_api(api).invoke(
        verb,
        path,
        caller=caller or None,
        headers=headers,
        context=context,
        domain_name=domain or None,
        authorizer_output=output,
    )
    command = join(words)
    if output is not None:
        command = f"echo {quote(json.dumps(output))} | {command} --authorizer-output -"
    return ShownRequest(command, str(response.status)), response


def _as_api(api: ApiDefinition) -> Api:
    if isinstance(api, Api):
        return api
    parts = {name: getattr(api, name) for name in ApiParts.__slots__}
    return Api(**{**parts, "stage": api.stage.name})


def path_of(route: Route) -> str:
    """A path that a call of the route has."""
    if route.method == "$default":
        return "/"
    segments = ("x" if each.startswith("{") else each for each in route.path.split("/"))
    return "/".join(segments)
