"""The calls that show what findings about APIs say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.arn.execute_api_arn import partition_of
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.names import AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.routing_rule import RoutingRule
from execpolicy.linter.apis.calls import opened_to_anybody
from execpolicy.linter.finding import ShownRequest
from execpolicy.linter.requests.shown_requests import ask_api, shown_by_policy
from execpolicy.linter.requests.typical_call import SOME_VPC, SOME_VPCE, typical_call
from execpolicy.linter.subject import ApiSubject, CheckResult, PolicySubject

_Asked: TypeAlias = tuple[ShownRequest, GatewayResponse]
_HEADER: Final = "method.request.header."
_ENDPOINT: Final = {"aws:SourceVpce": SOME_VPCE, "aws:SourceVpc": SOME_VPC, "aws:VpcSourceIp": "10.0.0.250"}
#: Tokens of the forms that authorizers ask for most.
_TOKENS: Final = ("token", "Bearer token")
#: An address from which everybody may call.
_PUBLIC: Final = {"aws:SourceIp": "240.0.0.1"}


def _if(
    subject: ApiSubject, ask: Callable[[], _Asked], holds: Callable[[GatewayResponse], bool]
) -> ShownRequest | None:
    """The call, if its response is what the finding says."""
    if not subject.given:
        return None
    try:
        shown, response = ask()
    except ExecPolicyError:
        return None
    return shown if holds(response) else None


def _allowed(response: GatewayResponse) -> bool:
    return response.allowed


def _refused(response: GatewayResponse) -> bool:
    return response.status is not None and not response.allowed


def _context(subject: ApiSubject) -> Mapping[str, str]:
    if subject.api.is_private:
        return _ENDPOINT
    return _PUBLIC if subject.api.resource_policy is not None else {}


def show_refused(subject: ApiSubject, found: CheckResult) -> ShownRequest | None:
    """A call that is refused, to the first route of an API."""
    route = next(iter(subject.api.routes), None)
    return None if route is None else _if(subject, lambda: ask_api(subject, route, context=_context(subject)), _refused)


def show_open(subject: ApiSubject, found: CheckResult) -> ShownRequest | None:
    """A call that gets through without anything."""
    return _if(subject, lambda: ask_api(subject, found.about), _allowed)


def show_default_endpoint(subject: ApiSubject, found: CheckResult) -> ShownRequest | None:
    """A call of the default endpoint without a certificate, to the first route that is open."""
    api = subject.api
    routes = api.routes if api.resource_policy is None else opened_to_anybody(api)
    route = next((route for route in routes if api.auth_of(route) is AuthType.NONE), None)
    if route is None:
        return None
    return _if(subject, lambda: ask_api(subject, route, context=_context(subject)), _allowed)


def show_preflight(subject: ApiSubject, found: CheckResult) -> ShownRequest | None:
    """A preflight, which is refused."""
    headers, context = {"Origin": "https://shop.example"}, _context(subject)
    return _if(
        subject,
        lambda: ask_api(subject, found.about, method="OPTIONS", headers=headers, context=context),
        _refused,
    )


def show_nobody(subject: ApiSubject, found: CheckResult) -> ShownRequest | None:
    """A call of a route that nothing allows."""
    return _if(subject, lambda: ask_api(subject, found.about, context=_context(subject)), _refused)


def show_around_domain(subject: ApiSubject, found: CheckResult) -> ShownRequest | None:
    """A call of the default endpoint of a private API."""
    return _if(subject, lambda: ask_api(subject, found.about, context=_context(subject)), _allowed)


def show_header(subject: ApiSubject, found: CheckResult) -> ShownRequest | None:
    """A call whose header leads to a stage."""
    domain, rule = found.about
    headers, first = dict(_headers(rule)), next(iter(subject.api.routes), None)
    if first is None:
        return None
    return _if(
        subject,
        lambda: ask_api(subject, first, domain=domain, headers=headers),
        lambda response: f"/{rule.stage}/" in (response.arn or ""),
    )


def _headers(rule: RoutingRule) -> Iterator[tuple[str, str]]:
    for name, value in rule.headers:
        yield name, value.replace("*", "x")


def show_signed(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A signed call by somebody who has no policies."""
    if subject.api is None:
        return None
    return _shown_route(subject, found, {"caller": f"arn:aws:iam::{subject.api.account}:user/ann"})


def show_unsigned(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call without a signature."""
    return _shown_route(subject, found, {})


def show_beside_authorizer(
    subject: PolicySubject, found: CheckResult, context: Mapping[str, str] | None = None
) -> ShownRequest | None:
    """A call of which the function says nothing: its policy allows another route."""
    if subject.api is None:
        return None
    api = ApiSubject(subject.api, subject.given)
    try:
        asked = ask_beside_authorizer(api, found.about, context or _context(api))
    except ExecPolicyError:
        return None
    return asked[0] if asked is not None and asked[1].allowed else None


def ask_beside_authorizer(subject: ApiSubject, route: Route, context: Mapping[str, str]) -> _Asked | None:
    """A call whose Lambda authorizer allows another route; None if its token is in no header.

    Raises:
        ExecPolicyError: the call cannot be made.
    """
    api = subject.api
    authorizer = next(each for each in api.authorizers if each.name == route.authorizer)
    sources = authorizer.identity_sources
    if not all(source.startswith(_HEADER) for source in sources):
        return None
    arn = f"arn:{partition_of(api.region)}:execute-api:{api.region}:{api.account}:{api.id}/{api.stage.name}/GET/other"
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}
    output = {"principalId": "somebody", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    asked = None
    for token in _TOKENS:
        headers = {source.removeprefix(_HEADER): token for source in sources}
        asked = ask_api(subject, route, headers=headers, context=context, output=output)
        if asked[1].allowed:
            break
    return asked


def _shown_route(subject: PolicySubject, found: CheckResult, ask: Mapping[str, Any]) -> ShownRequest | None:
    """A call of the route of a finding about a policy, which gets through."""
    if subject.api is None:
        return None
    api = ApiSubject(subject.api, subject.given)
    return _if(api, lambda: ask_api(api, found.about, context=_context(api), **ask), _allowed)


def show_no_principal(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call of an API without AWS_IAM: an Allow for a named principal does not apply to it."""
    call = typical_call(subject, subject.statement(found.about))
    return shown_by_policy(subject, call, found.about, applies=False)
